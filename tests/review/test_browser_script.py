"""The tab "Script" of a review page in a real browser."""

import threading
from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile
from samples import cut_row, segment
from scripts_of_films import script_line, write_script_files
from test_browser import WITHIN, at_size  # noqa: F401
from test_browser_apply import FakeRunner

from mouthpiece.config.fit import Fit
from mouthpiece.config.guard import Guard
from mouthpiece.project.gate import Gate
from mouthpiece.review.edits import EditTable
from mouthpiece.review.film_files import SOURCE
from mouthpiece.review.film_media import write_sound
from mouthpiece.review.film_view import make_film_view
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.script_tab import ScriptRequest, make_script_tab
from mouthpiece.review.script_view import OfferedVoice
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore
from mouthpiece.review.thresholds import Thresholds

RATE = Fraction(25)
LINES = [
    script_line(5, 20, "Good morning.", "Bom dia."),
    script_line(30, 20, "Who is there?", "Quem está aí?", speaker="S2"),
    script_line(55, 20, "The cat <b>sat</b>.", "O gato sentou."),
]
FIRST, SECOND, THIRD = (line.line for line in LINES)
JUDGED = {SECOND: ("fail", "overrun=0.62", "Blocker"), THIRD: ("review", "heard=0.4", "Issue")}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A film of four seconds, with sound."""
    folder = tmp_path_factory.mktemp("film")
    picture, path = segment(folder / "picture.mp4", 70, size=(160, 90)), folder / "film.mp4"
    with av.open(str(picture)) as source, av.open(str(path), "w") as made:
        video = made.add_stream_from_template(source.streams.video[0])
        sound = made.add_stream("aac", rate=48000, layout="mono")
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = video
                made.mux(packet)
        block = av.AudioFrame.from_ndarray(np.zeros((1, 134400), np.float32), "fltp", "mono")
        block.sample_rate, block.pts = 48000, 0
        made.mux(sound.encode(block))
        made.mux(sound.encode())
    soundfile.write(folder / "source.flac", np.zeros(44800), 16000)
    write_sound(folder / "source.flac", folder / SOURCE)
    return path


@pytest.fixture
def results(tmp_path, film):
    """A film whose dub is made, with its page."""
    folder = tmp_path / "results/film/pt-BR"
    request = ScriptRequest(
        files=write_script_files(folder, LINES, JUDGED),
        transcript=folder / "transcript.json",
        language="pt-BR",
        voices=[OfferedVoice("kokoro:pf_dora", "f"), OfferedVoice("kokoro:pm_alex", "m")],
        fit=Fit(),
        edits={},
    )
    rows = [cut_row(0, 70, "pass", action="lipsync", reason="in_sync")]
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    (folder / "cuts.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tab = make_script_tab(request, RATE)
    thresholds = Thresholds.of(Guard(), Gate())
    play = make_film_view(film, film.parent, None, folder / "review")
    about = Film("film", "pt-BR", RATE)
    write_page(folder / "review", about, rows, thresholds, {}, script=tab, play=play)
    return tmp_path / "results"


def texts(page, selector):
    return page.locator(f"#line-rows {selector}").all_inner_texts()


def test_lines_are_heard_edited_and_handed_out_from_disk(reviewer, results):
    page = reviewer.page
    reviewer.open(results / "film/pt-BR/review")
    assert page.locator("#script").is_hidden() and page.locator("#cuts").is_visible()
    page.click("#tab-script")
    assert texts(page, ".pick") == ["00:00:01:05", "00:00:02:05", "00:00:00:05"], "doubts first"
    assert page.locator("#line-severity").inner_text() == "Blocker"
    assert "0.62 s beyond the room" in page.locator("#line-why").inner_text()
    reviewer.wait("document.querySelector('#line-film').readyState >= 2")
    reviewer.press(" ")
    reviewer.wait("document.querySelector('#line-film').currentTime > 1.5")
    assert page.evaluate("document.querySelector('#line-film').muted") is False
    reviewer.press("s")
    reviewer.wait("document.querySelector('#line-film').muted")
    reviewer.wait("document.querySelector('#line-film').paused")
    page.fill("#line-reviewer", "Anna")
    page.locator("#line-rows .pick").first.focus()
    reviewer.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type('Quem "é"?')
    assert page.locator("#line-length").inner_text().startswith("9 characters, about 0.6 s of 0.8")
    reviewer.press("Escape", ".", ".", ",", "j", "a", "n")
    page.keyboard.type("soft")
    reviewer.press("Escape", "j", "v")
    page.select_option("#line-voice", "kokoro:pm_alex")
    reviewer.press("Escape", "u")
    assert page.locator("#line-voice").input_value() == ""
    assert page.locator("#line-progress-text").inner_text() == (
        "1 of 2 lines to review approved; 1 to be spoken again"
    )
    reviewer.reload()
    page.click("#line-export")
    rows = page.locator("#line-export-text").input_value().splitlines()[1:]
    wanted, times = zip(*(row.rsplit("\t", 1) for row in rows), strict=True)
    assert wanted == (
        f'film\tpt-BR\t{SECOND}\tWho is there?\t"Quem ""é""?"\t\t1\t\t\tAnna',
        f"film\tpt-BR\t{THIRD}\tThe cat <b>sat</b>.\t\t\t\tapproved\tsoft\tAnna",
    )
    assert all(time.endswith("Z") for time in times)
    reviewer.press("Escape")
    assert reviewer.errors == []
    assert all(url.startswith("file:") for url in reviewer.requests)


def test_it_fits_a_narrow_screen(reviewer, results):
    reviewer.page.set_viewport_size({"width": 390, "height": 844})
    reviewer.visit((results / "film/pt-BR/review/index.html").as_uri() + "#script")
    assert reviewer.page.locator("#script").is_visible()
    assert reviewer.page.evaluate("document.documentElement.scrollWidth") == 390
    nameless = "[...document.querySelectorAll('#script button, #script select, #script textarea')]"
    nameless += ".filter((e) => !e.textContent.trim() && !e.ariaLabel && !e.labels?.length).length"
    assert reviewer.page.evaluate(nameless) == 0


@pytest.mark.parametrize("size", [(720, 450), (640, 512), (844, 390), (390, 844), (1440, 900)])
def test_the_picture_of_a_line_and_its_controls_are_in_view(at_size, results, size):  # noqa: F811
    reviewer = at_size(*size)
    reviewer.visit((results / "film/pt-BR/review/index.html").as_uri() + "#script")
    reviewer.wait("document.querySelector('#line-box').style.getPropertyValue('--film-aspect')")
    reviewer.page.locator("#line-rows .pick").first.click()
    assert reviewer.page.evaluate(WITHIN, ["#line-title", "#line-box", "#line-play"]) == []


def test_changes_are_taken_back_and_done_again(reviewer, results):
    page = reviewer.page
    reviewer.visit((results / "film/pt-BR/review/index.html").as_uri() + "#script")
    undo, redo = (page.locator("#script").get_by_role("button", name=n) for n in ("Undo", "Redo"))
    assert undo.is_disabled() and redo.is_disabled()
    reviewer.press("a", "j", ".")
    undo.click()
    assert page.locator("#line-shift").inner_text() == "as it is"
    page.locator("#line-rows .pick").first.focus()
    reviewer.press("Control+z", "Control+Shift+Z")
    assert page.locator("#line-approve").get_attribute("aria-pressed") == "true"
    redo.click()
    assert page.locator("#line-shift").inner_text() == "1 frame later"
    assert redo.is_disabled()
    reviewer.press("u", ".")
    assert redo.is_disabled(), "another change"
    assert reviewer.errors == []


def test_a_text_that_is_too_long_is_said(reviewer, results):
    reviewer.visit((results / "film/pt-BR/review/index.html").as_uri() + "#script")
    hint = reviewer.page.locator("#line-hint")
    assert "characters at most" not in hint.inner_text()
    for key, text in (("n", "A note has 2000"), ("e", "A line has 2000")):
        reviewer.press(key)
        reviewer.page.keyboard.insert_text("x" * 2100)
        assert f"{text} characters at most; what goes beyond is left out." in hint.inner_text()
        reviewer.press("Escape")


SAVED = "/aved to edits.tsv( at once)?$/.test(document.querySelector('#line-saving').textContent)"


def test_two_reviewers_who_edit_one_line_choose(reviewer, results, tmp_path):
    server = Server(ReviewStore(results, tmp_path / "decisions.tsv"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def saved():
        entries = EditTable(tmp_path / "edits.tsv").entries
        return {line: edit.target or edit.status for (_, _, line), edit in entries.items()}

    try:
        reviewer.visit(server.address)
        reviewer.page.get_by_role("link", name="0 of 3").click()
        reviewer.wait(SAVED)
        other = type(reviewer)(reviewer.page.context.new_page())
        other.visit(f"{server.address}film/pt-BR/#script")
        other.wait(SAVED)
        reviewer.page.fill("#line-reviewer", "Anna")
        reviewer.page.locator("#line-rows .pick").first.focus()
        reviewer.press("e")
        reviewer.page.keyboard.type(" Diga!")
        reviewer.press("Escape")
        reviewer.wait(SAVED)
        other.press("a")
        other.wait("!document.querySelector('#line-conflict').hidden")
        assert "Quem está aí? Diga!" in other.page.locator("#line-theirs").inner_text()
        assert other.page.locator("#line-conflict-who").inner_text() == "Anna"
        assert saved() == {SECOND: "Quem está aí? Diga!"}
        other.press("2", "a")
        other.wait(SAVED)
        (edit,) = EditTable(tmp_path / "edits.tsv").entries.values()
        assert (edit.target, edit.status) == ("Quem está aí? Diga!", "approved")
        reviewer.page.evaluate("dispatchEvent(new Event('focus'))")
        reviewer.wait("document.querySelector('#line-approve').ariaPressed === 'true'")
        reviewer.page.click("#line-reset")
        reviewer.wait(SAVED)
        assert saved() == {}
        refused = [e for e in other.errors if "409" not in e]
        assert reviewer.errors == refused == []
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_run_is_asked_for_from_the_script_and_from_the_film(reviewer, results, tmp_path):
    runner = FakeRunner(tmp_path)
    server = Server(ReviewStore(results, tmp_path / "decisions.tsv"), runner=runner)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    dialog = reviewer.page.get_by_role("dialog", name="Apply")
    try:
        reviewer.visit(f"{server.address}film/pt-BR/#script")
        reviewer.wait(SAVED)
        reviewer.wait("!document.querySelector('#script-foot [data-apply]').hidden")
        reviewer.press("e")
        reviewer.page.keyboard.type(" Diga!")
        reviewer.press("Escape", "g")
        assert "edits of 1 line" in dialog.inner_text()
        reviewer.press("Escape")
        reviewer.page.click("#tab-film")
        reviewer.press("g")
        assert dialog.is_visible()
        reviewer.press("Enter")
        reviewer.wait("!document.querySelector('dialog[open]')")
        assert runner.asked == ["start"]
        (edit,) = EditTable(tmp_path / "edits.tsv").entries.values()
        assert edit.target == "Quem está aí? Diga!", "what is typed is saved before the run starts"
        assert reviewer.errors == []
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_script(reviewer, results, theme):
    reviewer.page.emulate_media(color_scheme=theme)
    reviewer.visit((results / "film/pt-BR/review/index.html").as_uri() + "#script")
    assert reviewer.page.locator("#script").is_visible()
    assert reviewer.violations() == []
    reviewer.press("j", "a", "e")
    assert reviewer.violations() == []
    reviewer.press("Escape", "?")
    assert reviewer.page.get_by_role("dialog").count() == 1
    assert reviewer.violations() == []
    reviewer.press("Escape")
    reviewer.page.click("#line-export")
    assert reviewer.page.get_by_role("dialog").count() == 1
    assert reviewer.violations() == []
