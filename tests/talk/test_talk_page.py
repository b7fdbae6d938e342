"""The page on which one talks with an avatar, in a real browser and over a real connection."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from browsing import Reviewer
from flashing_avatar import FORM, FlashingAvatar, FlashingSession
from mouthpiece.core.errors import Fault
from mouthpiece.live.moments import Moment
from mouthpiece.review.colours import DARK, LIGHT
from mouthpiece.talk.conversation import Parts

pytest.importorskip("aiortc", reason="install the extra talk: aiortc")


from .serving import ask, begin, served, serving

LOUDNESS = """
(() => {
  const video = document.querySelector('video');
  const context = new AudioContext();
  const node = context.createAnalyser();
  context.createMediaStreamSource(video.srcObject).connect(node);
  const wave = new Float32Array(node.fftSize);
  window.loudest = 0;
  setInterval(() => {
    node.getFloatTimeDomainData(wave);
    window.loudest = Math.max(window.loudest, ...wave.map(Math.abs));
  }, 10);
})()
"""
"""Lets `loudest` be the highest sample that the page has heard."""

BRIGHTNESS = """
(() => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 8, height: 8});
  const context = canvas.getContext('2d', {willReadFrequently: true});
  const video = document.querySelector('video');
  window.shades = new Set();
  const look = () => {
    context.drawImage(video, 0, 0, 8, 8);
    const pixels = context.getImageData(0, 0, 8, 8).data;
    window.shades.add(Math.round(pixels.reduce((a, b) => a + b, 0) / pixels.length));
    video.requestVideoFrameCallback(look);
  };
  look();
})()
"""
"""Lets `shades` be the mean shades of the pictures that the page has shown."""


def test_typing_moves_the_picture_and_is_heard_and_captioned(
    reviewer: Reviewer, make_parts: Callable[..., Parts]
) -> None:
    with served(make_parts) as server:
        begin(reviewer, server)
        reviewer.page.evaluate(LOUDNESS)
        reviewer.page.evaluate(BRIGHTNESS)
        reviewer.page.fill("#text", "Hello there. How are you?")
        reviewer.press("Enter")
        reviewer.wait("document.querySelectorAll('#log .avatar').length === 2")
        assert "How are you?" in reviewer.page.locator("#caption").inner_text()
        reviewer.wait("document.querySelector('#state').dataset.state === 'idle'")
        reviewer.wait("window.loudest > 0.1")
        reviewer.wait("Math.max(...window.shades) > 240 && Math.min(...window.shades) < 120")
        reviewer.page.click("#end")
        reviewer.wait("document.querySelector('#state').dataset.state === 'away'")
    assert not reviewer.errors


def test_being_told_to_be_silent_interrupts(
    reviewer: Reviewer, make_parts: Callable[..., Parts]
) -> None:
    with served(make_parts) as server:
        begin(reviewer, server)
        reviewer.page.fill("#text", "A long sentence that goes on and on, " * 8)
        reviewer.page.click("#say")
        reviewer.wait("document.querySelector('#state').dataset.state === 'speaking'")
        reviewer.page.click("#stop")
        reviewer.wait("document.querySelector('#state').dataset.state === 'idle'")
        (session,) = server.room.avatars["Ada"].sessions
        assert not session._waiting
        reviewer.page.click("#end")
        reviewer.wait("document.querySelector('#state').dataset.state === 'away'")
        # The page's leaving is under way.
        reviewer.until(lambda: session.is_shut and not server.room._visit, "it has left")


@pytest.mark.parametrize(("width_px", "height_px"), [(320, 240), (240, 426), (640, 200)])
def test_the_stage_has_the_form_of_the_picture(
    reviewer: Reviewer, make_parts: Callable[..., Parts], width_px: int, height_px: int
) -> None:
    form = replace(FORM, width_px=width_px, height_px=height_px)
    with served(make_parts, form=form) as server:
        begin(reviewer, server)
        reviewer.wait(
            "(({clientWidth: w, clientHeight: h}, aspect) => Math.abs(w / h / aspect - 1) < 0.02)"
            f"(document.querySelector('#stage'), {width_px / height_px})"
        )
        assert reviewer.page.evaluate("document.querySelector('#stage').clientHeight < innerHeight")


@pytest.mark.parametrize("names", [["x" * 200], ["x" * 200, "Ada"]])
def test_the_longest_name_widens_no_page(
    reviewer: Reviewer, make_parts: Callable[..., Parts], names: list[str]
) -> None:
    reviewer.page.set_viewport_size({"width": 390, "height": 800})
    with served(make_parts, *names) as server:
        begin(reviewer, server)
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not reviewer.page.evaluate(wide)
        assert list(server.room.avatars[names[0]].sessions)


def test_a_second_speaker_is_refused_until_the_first_one_leaves(
    reviewer: Reviewer, make_parts: Callable[..., Parts]
) -> None:
    with served(make_parts) as server:
        begin(reviewer, server)
        second = Reviewer(reviewer.page.context.new_page())
        second.visit(server.address)
        second.page.click("#start")
        second.wait("!document.querySelector('#problem').hidden")
        assert "somebody is talking here" in second.page.locator("#problem").inner_text()
        reviewer.visit("about:blank")
        for _ in range(300):  # the first one's leaving may be under way
            second.page.wait_for_timeout(200)
            if second.page.locator("#start").is_hidden():
                break
            if second.page.locator("#state").get_attribute("data-state") == "away":
                second.page.click("#start")
        second.wait("!document.querySelector('#text').disabled")


class Failing(FlashingAvatar):
    """Its sessions fail after some moments."""

    def __init__(self, moments: int) -> None:
        super().__init__()
        self._moments = moments

    def session(self) -> FlashingSession:
        session = super().session()
        draw = session.moment

        def drawn() -> Moment:
            if session.index == self._moments:
                raise Fault("a file is broken")
            return draw()

        session.moment = drawn  # type: ignore[method-assign]
        return session


@pytest.mark.parametrize("moments", [0, 20])
def test_a_visit_ends_where_the_avatar_fails(
    reviewer: Reviewer, make_parts: Callable[..., Parts], moments: int
) -> None:
    ada = Failing(moments)
    with serving({"Ada": ada}, make_parts) as server:
        reviewer.visit(server.address)
        reviewer.page.click("#start")
        reviewer.wait("!document.querySelector('#problem').hidden")
        assert "the avatar failed" in reviewer.page.locator("#problem").inner_text()
        reviewer.wait("document.querySelector('#state').dataset.state === 'away'")
        reviewer.until(lambda: ada.sessions[0].is_shut and not server.room._visit, "it has left")
        reviewer.drawn()
        assert reviewer.page.locator("#problem").is_visible()
        assert "the avatar failed" in reviewer.page.locator("#problem").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_is_accessible(
    reviewer: Reviewer, make_parts: Callable[..., Parts], scheme: str, width: int
) -> None:
    reviewer.page.set_viewport_size({"width": width, "height": 800})
    reviewer.page.emulate_media(color_scheme=scheme)
    with served(make_parts, "Ada", "Grace") as server:
        reviewer.visit(server.address)
        assert not reviewer.violations()
        colours = (DARK if scheme == "dark" else LIGHT)["bg"]
        red, green, blue = (int(colours[at : at + 2], 16) for at in (1, 3, 5))
        shown = reviewer.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert shown == f"rgb({red}, {green}, {blue})"
        reviewer.page.click("#start")
        reviewer.wait("!document.querySelector('#text').disabled")
        reviewer.page.fill("#text", "Hello there.")
        reviewer.press("Enter")
        reviewer.wait("!document.querySelector('#caption').hidden")
        assert not reviewer.violations()
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not reviewer.page.evaluate(wide)


OFFER = {"avatar": "Ada", "sdp": "v=0\r\n"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Mouthpiece_Token": "wrong"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 403),
        ({}, 400),
    ],
)
def test_who_may_not_enter_is_refused(
    make_parts: Callable[..., Parts], headers: dict[str, str], status: int
) -> None:
    with served(make_parts) as server:
        assert ask(server, "POST", f"/{server.secret}/enter", OFFER, **headers)[0] == status
        assert server.room._visit is None


@pytest.mark.parametrize(
    "body",
    [
        {"avatar": "Ada"},
        {"avatar": "nobody", "sdp": "v=0"},
        {"avatar": "Ada", "sdp": ""},
        {"avatar": "Ada", "sdp": "x" * 60_001},
        {"avatar": "Ada", "sdp": "m=video \x00"},
        {"avatar": "Ada", "sdp": "v=0", "more": 1},
        [1],
    ],
)
def test_an_offer_that_is_none_is_refused_and_the_room_stays_free(
    make_parts: Callable[..., Parts], body: object
) -> None:
    with served(make_parts) as server:
        assert ask(server, "POST", f"/{server.secret}/enter", body)[0] == 400
        assert server.room._visit is None


def test_without_the_secret_there_is_nothing(make_parts: Callable[..., Parts]) -> None:
    with served(make_parts) as server:
        for path in ("/", "/wrong/", "/wrong/avatars"):
            assert ask(server, "GET", path)[0] == 404
        status, text = ask(server, "GET", f"/{server.secret}/avatars", Sec_Fetch_Site="cross-site")
        assert status == 403 and server.write_token not in text


def test_nothing_but_loopback_is_offered(
    reviewer: Reviewer, make_parts: Callable[..., Parts]
) -> None:
    with served(make_parts) as server:
        reviewer.visit(server.address)
        with reviewer.page.expect_response(lambda one: one.url.endswith("enter")) as answer:
            reviewer.page.click("#start")
        reviewer.wait("!document.querySelector('#text').disabled")
        lines = json.loads(answer.value.text())["sdp"].splitlines()
        found = {line.split()[4] for line in lines if line.startswith("a=candidate")}
        assert found == {"127.0.0.1"}
