"""A conversation, turn by turn: what is said, what is shown, and what fails."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from flashing_avatar import FORM, FlashingSession
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.project.talk_settings import TalkEndpoint
from mouthpiece.talk import conversation
from mouthpiece.talk.borders import Utterance
from mouthpiece.talk.conversation import Conversation, Parts
from mouthpiece.talk.events import Event
from mouthpiece.talk.replies import ChatReplies
from mouthpiece.voices.base import Sound, UnspeakableError
from services.fake_service import FakeService, Reply, serving
from waiting import LIMIT_S, wait_until

from .conftest import RATE_HZ, Scripted

SECOND = Utterance(samples=np.zeros(16000, np.float32))


class Scene:
    """A conversation whose moments are shown as fast as they can be."""

    def __init__(self, parts: Parts) -> None:
        self.session = FlashingSession(FORM, flashes=False)
        self.events: list[Event] = []
        self.talk = Conversation(self.session, FORM, parts, self.events.append)

    def said(self, kind: str) -> list[str]:
        return [event.text for event in self.events if event.kind == kind]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Show moments until something is so."""

        def is_shown() -> bool:
            self.talk.show(self.session.moment())
            return is_so()

        wait_until(is_shown, pause_s=0.002)

    def until_idle(self) -> None:
        self.until(lambda: self.events[-1] == Event(kind="state", text="idle"))


@pytest.fixture
def scene(make_parts: Callable[..., Parts]) -> Iterator[Callable[..., Scene]]:
    scenes = []

    def make(**parts: object) -> Scene:
        scenes.append(Scene(make_parts(**parts)))
        return scenes[-1]

    yield make
    for one in scenes:
        one.talk.close()


def test_a_text_is_said_sentence_by_sentence_with_captions(scene: Callable[..., Scene]) -> None:
    one = scene()
    one.talk.say("Hello there. How are you?")
    one.until_idle()
    assert one.said("state") == ["thinking", "speaking", "idle"]
    assert one.said("caption") == ["Hello there.", "How are you?"]
    assert len(one.session.pushed) == 2 and not one.said("problem")


def test_speaking_begins_before_the_answer_is_written(scene: Callable[..., Scene]) -> None:
    go_on = threading.Event()

    def answer(text: str) -> Iterator[str]:
        yield "The first. "
        assert go_on.wait(60)
        yield "The second."

    replies = Scripted(answer)
    one = scene(replies=replies)
    one.talk.say("hi")
    one.until(lambda: one.said("caption") == ["The first."])
    go_on.set()
    one.until(lambda: one.said("caption") == ["The first.", "The second."])
    one.until_idle()
    assert replies.remembered == [("hi", "The first. The second.")]


def test_what_is_heard_is_answered(scene: Callable[..., Scene]) -> None:
    one = scene(hears="what is heard")
    one.talk.listen()
    one.talk.hear(SECOND)
    one.until_idle()
    assert one.said("heard") == one.said("caption") == ["what is heard"]
    assert one.said("state") == ["listening", "thinking", "speaking", "idle"]


@pytest.mark.parametrize("utterance", [SECOND, None])
def test_a_noise_is_no_turn(scene: Callable[..., Scene], utterance: Utterance | None) -> None:
    one = scene(hears=" ... ")
    one.talk.listen()
    one.talk.hear(utterance)
    one.until_idle()
    assert not one.said("problem") and not one.session.pushed


def test_talking_over_it_stops_it_with_the_next_moment(scene: Callable[..., Scene]) -> None:
    one = scene()
    one.talk.say("A sentence that is so long that it lasts some seconds. And one more.")
    one.until(lambda: one.said("state")[-1] == "speaking")
    one.talk.listen()
    moment = one.session.moment()
    assert not moment.speaking and not moment.sound.any()
    assert one.said("state")[-1] == "listening"
    one.talk.say("Next.")
    one.until_idle()
    assert one.said("caption")[-1] == "Next."


def test_what_was_not_heard_is_not_remembered(scene: Callable[..., Scene]) -> None:
    replies = Scripted(lambda text: iter(["The first. ", "The second."]))
    one = scene(replies=replies)
    one.talk.say("hi")
    wait_until(lambda: len(one.session.pushed) == 2)
    one.until(lambda: one.said("caption") == ["The first."])
    one.talk.interrupt()
    one.until_idle()
    assert replies.remembered == [("hi", "The first.")]


def test_a_new_turn_drops_the_one_that_is_still_being_spoken(scene: Callable[..., Scene]) -> None:
    is_asked, go_on = threading.Event(), threading.Event()

    def speak(text: str) -> Sound:
        if text == "Slow.":
            is_asked.set()
            assert go_on.wait(60)
        return Sound(np.full(RATE_HZ // 10, 0.1, np.float32), RATE_HZ)

    one = scene(speak=speak)
    one.talk.say("Slow.")
    assert is_asked.wait(60)
    one.talk.say("Fast.")
    go_on.set()
    one.until_idle()
    assert one.said("caption") == ["Fast."] and len(one.session.pushed) == 1


def dead(text: str) -> Sound:
    raise Fault("the voice is dead")


def broken(text: str) -> Sound:
    raise ZeroDivisionError


def nothing(text: str) -> Sound:
    return Sound(np.zeros(0, np.float32), RATE_HZ)


def wrong_rate(text: str) -> Sound:
    return Sound(np.zeros(800, np.float32), 100)


def unspeakable(text: str) -> Sound:
    raise UnspeakableError("it has nothing that can be spoken")


def hanging(text: str) -> Sound:
    time.sleep(5)
    return nothing(text)


@pytest.mark.parametrize(
    ("speak", "why"),
    [
        (dead, "the voice is dead"),
        (broken, "this turn failed"),
        (nothing, "gave no sound"),
        (wrong_rate, "gave no speech"),
        (unspeakable, "nothing that can be spoken"),
        (hanging, "gave nothing within"),
    ],
)
def test_a_voice_that_fails_is_told_once_and_the_session_goes_on(
    scene: Callable[..., Scene], speak: Callable[[str], Sound], why: str
) -> None:
    one = scene(speak=speak, timeout_s=0.2 if speak is hanging else LIMIT_S)
    one.talk.say("One. Two. Three.")
    one.until_idle()
    assert len(one.said("problem")) == 1 and why in one.said("problem")[0]
    assert not one.session.is_shut


def test_a_voice_that_lives_again_is_heard(scene: Callable[..., Scene]) -> None:
    sounds = iter([dead, lambda text: Sound(np.full(2400, 0.1, np.float32), RATE_HZ)])
    one = scene(speak=lambda text: next(sounds)(text))
    one.talk.say("One.")
    one.until(lambda: bool(one.said("problem")))
    one.until_idle()
    one.talk.say("Two.")
    one.until(lambda: one.said("caption") == ["Two."])


@pytest.mark.parametrize("text", ["", "  ", "?!", "a" * 2001])
def test_a_text_that_is_none_is_told(scene: Callable[..., Scene], text: str) -> None:
    one = scene()
    one.talk.say(text)
    one.until(lambda: bool(one.said("problem")))
    assert "cannot be answered" in one.said("problem")[0]


def forever(text: str) -> Iterator[str]:
    while True:
        yield "Again and again. "


def test_an_answer_without_an_end_is_cut(scene: Callable[..., Scene]) -> None:
    one = scene(replies=Scripted(forever), longest=60)
    one.talk.say("go on")
    one.until_idle()
    assert len(" ".join(one.said("caption"))) <= 60


def test_a_long_answer_is_not_spoken_long_before_it_is_heard(
    scene: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MOST_AHEAD_S", 2.0)
    one = scene(longest=20_000)
    push, ahead_s = one.session.push_audio, []

    def noted(samples: np.ndarray, rate_hz: int) -> None:
        push(samples, rate_hz)
        ahead_s.append(sum(one.session.pushed) / rate_hz - one.session.index / 25)

    one.session.push_audio = noted  # type: ignore[method-assign]
    one.talk.say("A second of words. " * 20)  # 0.9 s each
    one.until_idle()
    assert len(one.said("caption")) == len(ahead_s) == 20 and not one.said("problem")
    assert max(ahead_s) < 2 + 1


@pytest.mark.parametrize("error", [Fault("it is down"), InputError("it does not know the key")])
def test_an_answer_that_fails_is_told(scene: Callable[..., Scene], error: Exception) -> None:
    def answer(text: str) -> Iterator[str]:
        raise error
        yield

    one = scene(replies=Scripted(answer))
    one.talk.say("hi")
    one.until_idle()
    assert one.said("problem") == [str(error)]


def event(text: str) -> bytes:
    return b'data: {"choices": [{"delta": {"content": "' + text.encode() + b'"}}]}\n\n'


WHOLE = b'{"choices": [{"message": {"content": "Not streamed."}}]}'
STREAM = b": hello\n" + event("Good ") + b"data: {}\n\n" + event("morning.") + b"data: [DONE]\n"


def chat(service: FakeService, **values: object) -> ChatReplies:
    given = {"base_url": service.url, "model": "m", "key_variable": "", **values}
    return ChatReplies(TalkEndpoint.model_validate(given), "Be brief.", 2)


@pytest.mark.parametrize(
    ("body", "captions"), [(STREAM, ["Good morning."]), (WHOLE, ["Not streamed."])]
)
def test_an_endpoint_answers_and_gets_the_conversation(
    scene: Callable[..., Scene], body: bytes, captions: list[str]
) -> None:
    with serving(FakeService(Reply(body=body))) as service:
        one = scene(replies=chat(service))
        for text in ("first", "second"):
            one.events.clear()
            one.talk.say(text)
            one.until_idle()
            assert one.said("caption") == captions
    assert service.requests[1]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": captions[0]},
        {"role": "user", "content": "second"},
    ]
    assert service.requests[0]["stream"] is True


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(body=b"nonsense"), "its answer has no text"),
        (Reply(body=b""), "its answer has no text"),
        (Reply(body=b'data: {"choices": []}\n\ndata: [DONE]\n'), "its answer has no text"),
        (Reply(401), "is the key"),
        (Reply(500), "HTTP 500"),
        (Reply(is_nothing=True), "cannot be asked"),
        (Reply(drip_s=0.05), "is not done within"),
        (Reply(is_endless=True), "sends more than"),
        (Reply(body=event("x") + b"y" * 2_000_000), "sends more than"),
    ],
)
def test_an_endpoint_that_fails_is_told_once_and_the_session_goes_on(
    scene: Callable[..., Scene], reply: Reply, why: str
) -> None:
    with serving(FakeService(reply)) as service:
        one = scene(replies=chat(service, timeout_s=1.0 if reply.drip_s else 30.0))
        one.talk.say("hi")
        one.until_idle()
    assert len(one.said("problem")) == 1 and why in one.said("problem")[0]
    assert not one.session.is_shut
