"""The review page in a real browser."""

import shutil
from fractions import Fraction

import pytest

from mouthpiece.review import Clips, Film, Thresholds, write_page
from mouthpiece.settings import Gate, Guard
from mouthpiece.tables import Dub, read_decisions
from test_clips import segment
from test_review import cut_row

sync_api = pytest.importorskip("playwright.sync_api", reason="install the test extra: playwright")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: apt-get install chromium (or google-chrome)"
)

FILM = Film("film", "pt-BR", Fraction(25))
FRAMES = 50


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """One clip for every original and draft: fifty frames."""
    return segment(tmp_path_factory.mktemp("clips") / "clip.mp4", FRAMES, size=(160, 128))


ROWS = [
    cut_row(0, FRAMES, "pass", action="lipsync", reason="in_sync", confidence="0.9"),
    cut_row(50, FRAMES, guard_reasons="no_face=0", reason="no_face=0"),
    cut_row(
        100, FRAMES, "review", reason="doubtful=0.2", gate_reasons="doubtful=0.2", confidence="0.2"
    ),
    cut_row(
        150, FRAMES, "fail", reason="off_sync=10", gate_reasons="off_sync=10", offset_frames="10"
    ),
    cut_row(200, FRAMES, "fail", reason="low_confidence=0.1", gate_reasons="low_confidence=0.1"),
]


class Reviewer:
    """A person at the page."""

    def __init__(self, page):
        self.page = page
        self.errors, self.requests = [], []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, folder):
        self.page.goto((folder / "index.html").as_uri())
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def chosen(self):
        return self.page.locator("tr[aria-current] .pick").inner_text()

    @property
    def shown(self):
        return self.page.locator("#rows tr:not([hidden]) .pick").all_text_contents()

    @property
    def times(self):
        return self.page.evaluate("[...document.querySelectorAll('video')].map(v => v.currentTime)")

    def wait(self, condition):
        """Wait until a script says so; the page's policy forbids Playwright's own way."""
        for _ in range(500):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(20)
        pytest.fail(f"never came true: {condition}")

    def wait_loaded(self, players):
        self.wait(
            f"(v => v.length === {players} && v.every(p => p.readyState >= 2 && !p.seeking))"
            "([...document.querySelectorAll('video')])"
        )

    def decide_and_export(self):
        self.page.click("#export")
        text = self.page.locator("#export-text").input_value()
        self.press("Escape")
        return text


@pytest.fixture
def reviewer(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Reviewer(context.new_page())
    context.close()


@pytest.fixture
def folder(tmp_path, clips):
    """A page of five cuts with clips."""
    write(tmp_path, clips, ROWS)
    return tmp_path


def write(folder, clips, rows):
    (folder / "clips").mkdir(exist_ok=True)
    shutil.copy(clips, folder / "clips/clip.mp4")
    paths = {
        row["cut"]: Clips(
            "clips/clip.mp4", "clips/clip.mp4" if row["draft"] else "", (50,) * FRAMES
        )
        for row in rows
    }
    write_page(folder, FILM, rows, Thresholds.of(Guard(), Gate()), paths)


def test_it_opens_from_disk_and_fetches_nothing_else(reviewer, folder):
    reviewer.open(folder).wait_loaded(2)
    assert reviewer.errors == []
    assert all(url.startswith(folder.as_uri()) for url in reviewer.requests)
    assert reviewer.shown[:2] == ["000150-000199", "000200-000249"]
    assert reviewer.chosen == "000150-000199"
    assert "10 frames behind the voice" in reviewer.page.locator("#cut-why").inner_text()


def test_cuts_are_walked_by_keyboard(reviewer, folder):
    reviewer.open(folder)
    reviewer.press("j", "j")
    assert reviewer.chosen == "000100-000149"
    focused = reviewer.page.evaluate("document.activeElement.textContent")
    assert focused == "000100-000149"
    reviewer.press("k")
    assert reviewer.chosen == "000200-000249"
    reviewer.press(*"jjjjjjj")
    assert reviewer.chosen == reviewer.shown[-1]
    assert reviewer.page.locator("[aria-current]").count() == 1
    assert reviewer.errors == []


def test_frames_are_stepped_on_both_sides(reviewer, folder):
    reviewer.open(folder).wait_loaded(2)
    for frame, key in enumerate(["f", "f", "f"], 1):
        reviewer.press(key)
        reviewer.wait_loaded(2)
        assert reviewer.times == pytest.approx([(frame + 0.5) / 25] * 2)
    reviewer.press("Shift+F")
    reviewer.wait_loaded(2)
    assert reviewer.times == pytest.approx([2.5 / 25] * 2)
    assert "frame 152 · 3/50" in reviewer.page.locator("#clock").inner_text()


def test_both_sides_play_and_stop_on_one_frame(reviewer, folder):
    reviewer.open(folder).wait_loaded(2)
    reviewer.press(" ")
    reviewer.wait("document.querySelector('video').currentTime > 0.3")
    reviewer.press(" ")
    reviewer.wait_loaded(2)
    first, second = reviewer.times
    assert first == second and first > 0.2
    muted = reviewer.page.evaluate("[...document.querySelectorAll('video')].map(v => v.muted)")
    assert muted == [True, False]


def test_it_loops(reviewer, folder):
    reviewer.open(folder).wait_loaded(2)
    reviewer.press(*["f"] * 45, " ")
    reviewer.wait("document.querySelectorAll('video')[1].currentTime < 1")
    assert reviewer.page.locator("#play").inner_text() == "Pause"


def test_a_cut_without_a_draft_shows_the_original_alone(reviewer, folder):
    reviewer.open(folder)
    reviewer.page.get_by_role("button", name="000050-000099").click()
    reviewer.wait_loaded(1)
    assert "No draft" in reviewer.page.locator("#stage").inner_text()
    assert reviewer.page.get_by_role("button", name="Approve draft").is_disabled()
    reviewer.press("a")
    assert reviewer.decide_and_export().count("\n") == 1


def test_verdicts_are_filtered_and_cuts_sorted_and_searched(reviewer, folder):
    reviewer.open(folder)
    for name in ("Gated out", "Passed through"):
        reviewer.page.get_by_role("button", name=name).click()
    assert reviewer.shown == ["000100-000149", "000000-000049"]
    assert reviewer.chosen == "000100-000149"
    reviewer.page.get_by_role("button", name="Gated out").click()
    reviewer.page.get_by_label("Sort by").select_option("confidence")
    assert reviewer.shown[0] == "000100-000149" and reviewer.shown[-1] == "000000-000049"
    reviewer.page.get_by_label("Search").fill("behind the voice")
    assert reviewer.shown == ["000150-000199"]
    reviewer.page.get_by_label("Search").fill("nothing like it")
    assert reviewer.page.get_by_text("No cut fits the filter.").is_visible()
    assert reviewer.errors == []


def test_decisions_go_out_as_the_run_reads_them(reviewer, folder, tmp_path):
    reviewer.open(folder)
    reviewer.press("a", "n")
    reviewer.page.keyboard.type('she said "no"')
    reviewer.press("Enter")
    reviewer.page.keyboard.insert_text("second line\twith a tab")
    reviewer.press("Escape", "j", "p", "j", "r", "j", "p", "u")
    text = reviewer.decide_and_export()
    (tmp_path / "decisions.tsv").write_text(text, encoding="utf-8")
    dubs = {("film", "pt-BR"): Dub("film", "pt-BR", tmp_path, None)}
    found = read_decisions(tmp_path / "decisions.tsv", dubs)
    assert {cut: (d.decision, d.draft) for (_, _, cut), d in found.items()} == {
        "000150-000199": ("approve", "0123456789ab"),
        "000200-000249": ("passthrough", "0123456789ab"),
    }
    assert '"she said ""no"" second line with a tab"' in text
    assert "# film\tpt-BR\t000100-000149\tretry\t0123456789ab" in text
    with reviewer.page.expect_download() as download:
        reviewer.page.click("#export")
        reviewer.page.click("#download")
    assert download.value.suggested_filename == "decisions.tsv"
    assert download.value.path().read_text(encoding="utf-8") == text
    assert reviewer.errors == []


def test_decisions_outlive_the_page_but_not_their_draft(reviewer, folder, clips):
    reviewer.open(folder)
    reviewer.press("p", "j", "a")
    before = reviewer.decide_and_export()
    reviewer.open(folder)
    assert reviewer.decide_and_export() == before
    redone = [r | {"draft": "ffffffffffff"} if r["cut"] == "000150-000199" else r for r in ROWS]
    write(folder, clips, redone)
    reviewer.open(folder)
    after = reviewer.decide_and_export()
    assert "000150-000199" not in after and "000200-000249\tapprove" in after


def test_what_the_run_obeyed_is_exported_again_and_a_stale_word_is_not(reviewer, tmp_path, clips):
    rows = [
        cut_row(0, FRAMES, "fail", decision="approve"),
        cut_row(50, FRAMES, "fail", decision="stale passthrough"),
    ]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    text = reviewer.decide_and_export()
    assert "000000-000049\tapprove" in text and "000050-000099" not in text
    reviewer.press("j")
    assert "not obeyed" in reviewer.page.locator("#hint").inner_text()


def test_html_in_values_is_shown_as_text(reviewer, tmp_path, clips):
    evil = "<img src=x onerror=document.title=1></script><script>document.title=1</script>"
    write(tmp_path, clips, [cut_row(0, FRAMES, "fail", gate_reasons=evil, note=evil, engine=evil)])
    reviewer.open(tmp_path).wait_loaded(2)
    assert reviewer.page.title() == "film · pt-BR · review"
    assert reviewer.page.locator("img").count() == 0
    assert "<img src=x" in reviewer.page.locator("#brief").inner_text()
    assert reviewer.page.locator("#note").input_value() == evil
    assert reviewer.errors == []


def test_a_missing_clip_is_said(reviewer, folder):
    (folder / "clips/clip.mp4").unlink()
    reviewer.open(folder)
    reviewer.page.get_by_text("This clip cannot be played").first.wait_for()
    reviewer.press(" ", "f", "j")
    assert reviewer.chosen == "000200-000249"


def test_an_empty_film(reviewer, tmp_path, clips):
    write(tmp_path, clips, [])
    reviewer.open(tmp_path)
    reviewer.press("j", " ", "a", "f")
    assert reviewer.page.get_by_text("There is nothing to review.").is_visible()
    assert reviewer.errors == []


def test_fifteen_hundred_cuts_need_two_players(reviewer, tmp_path, clips):
    rows = [cut_row(50 * n, FRAMES, ("fail", "pass", "none")[n % 3]) for n in range(1500)]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    assert reviewer.page.locator("#rows tr").count() == 1500
    reviewer.press(*["j"] * 30)
    assert reviewer.chosen == reviewer.shown[30]
    reviewer.wait_loaded(2)
    reviewer.page.get_by_label("Sort by").select_option("film")
    assert reviewer.shown[:3] == ["000000-000049", "000050-000099", "000100-000149"]
    assert reviewer.errors == []


def test_the_theme_follows_the_system_and_the_button(browser, folder):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Switch between dark and light").click()
    light = page.evaluate(background)
    assert dark == "rgb(15, 17, 19)" and light == "rgb(244, 245, 247)"
    page.reload()
    assert page.evaluate(background) == light
    context.close()


def test_a_screen_reader_finds_table_buttons_and_news(reviewer, folder):
    reviewer.open(folder)
    page = reviewer.page
    assert page.get_by_role("row").count() == 6 + page.locator("#brief tr").count()
    headers = page.get_by_role("columnheader").all_inner_texts()
    assert headers == ["Cut", "Verdict", "Confid.", "Offset", "Decision"]
    reviewer.press("p")
    button = page.get_by_role("button", name="Keep original")
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator("[aria-live]").inner_text() == "Cut 000150-000199: keep original"
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, select, textarea, input')].filter(e =>"
        " !e.textContent.trim() && !e.getAttribute('aria-label') && !e.labels?.length).length"
    )
    assert unnamed == 0
