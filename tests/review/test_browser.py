"""The review page in a real browser."""

import io
import itertools
import json
import shutil
import threading
from dataclasses import replace
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from PIL import Image
from samples import cut_row, segment

from browsing import CLIPS, REFUSE_STORAGE, Reviewer
from mouthpiece.config.guard import Guard
from mouthpiece.core.files import write_text
from mouthpiece.engines.dials import dials_of
from mouthpiece.project.decision_table import Decision, read_decisions
from mouthpiece.project.gate import Gate
from mouthpiece.project.rows import Row
from mouthpiece.project.tables import Dub
from mouthpiece.review.clips import Clips
from mouthpiece.review.colours import DARK, LIGHT
from mouthpiece.review.decisions import Table
from mouthpiece.review.film_view import FilmView
from mouthpiece.review.folded_films import FOLDED_DUBS
from mouthpiece.review.override_table import OverrideTable
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.remedies import PageRemedies
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore
from mouthpiece.review.thresholds import Thresholds
from mouthpiece.review.unmatched import FilmCuts, rows_on_cuts, unmatched

FILM = Film("film", "pt-BR", Fraction(25))
FRAMES = 50
PRESETS = {"preview": ("standard", "opens_too_little", "opens_too_much")}
THEMES = ["light", "dark"]


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


@pytest.fixture
def folder(tmp_path, clips):
    """A page of five cuts with clips."""
    write(tmp_path, clips, ROWS)
    return tmp_path


def write(
    folder, clips, rows, levels=(50,) * FRAMES, speech=((0, FRAMES),), course=(), unmatched=()
):
    if not (folder / "clips").exists():  # a page that is looked at reads its clip
        (folder / "clips").mkdir()
        shutil.copy(clips, folder / "clips/clip.mp4")
    paths = {
        row["cut"]: Clips(
            "clips/clip.mp4", "clips/clip.mp4" if row["draft"] else "", levels, speech, course
        )
        for row in rows
    }
    thresholds = Thresholds.of(Guard(), Gate())
    remedies = PageRemedies({"preview": dials_of("preview")}, {}, [row["cut"] for row in rows])
    write_page(
        folder, FILM, rows, thresholds, paths, PRESETS, unmatched=unmatched, remedies=remedies
    )


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
    assert reviewer.focused == "000100-000149"
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
    reviewer.press("s", "s", " ")  # slowly: it is stopped before it begins again
    reviewer.wait(f"{CLIPS}[1].currentTime > 0.3")
    reviewer.press(" ")
    reviewer.wait_loaded(2)
    first, second = reviewer.times
    assert first == second and first > 0.2
    muted = reviewer.page.evaluate(f"[...{CLIPS}].map(v => v.muted)")
    assert muted == [True, False]


def test_it_loops(reviewer, folder):
    reviewer.open(folder).wait_loaded(2)
    reviewer.press(*["f"] * 45, " ")
    reviewer.wait("document.querySelectorAll('video')[1].currentTime < 1")
    assert reviewer.page.locator("#play").inner_text() == "Pause"


def test_a_cut_without_a_draft_shows_the_original_alone(reviewer, folder):
    reviewer.open(folder)
    reviewer.pick("000050-000099")
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
    reviewer.press("Escape", "j", "p", "t", "j", "r", "3", "j", "p", "u", "j", "t")
    text = reviewer.decide_and_export()
    draft, note = "0123456789ab", 'she said "no" second line with a tab'
    assert said_in(text, tmp_path) == {
        "000150-000199": ("approve", draft, "", "", note),
        "000200-000249": ("passthrough", draft, "", "final", ""),
        "000100-000149": ("retry", draft, "opens_too_much", "", ""),
        "000000-000049": ("", draft, "", "final", ""),
    }
    with reviewer.page.expect_download() as download:
        reviewer.page.click("#export")
        reviewer.page.click("#download")
    assert download.value.suggested_filename == "decisions.tsv"
    assert download.value.path().read_text(encoding="utf-8") == text
    assert reviewer.errors == []


def said_in(text, folder):
    """What the run reads of an exported table, by cut."""
    (folder / "decisions.tsv").write_text(text, encoding="utf-8")
    dubs = {("film", "pt-BR"): Dub("film", "pt-BR", "", folder, None)}
    found = read_decisions(folder / "decisions.tsv", dubs)
    return {cut: tuple(said.obeyed.values()) for (_, _, cut), said in found.items()}


def test_the_search_is_left_with_its_words_and_its_filter(reviewer, folder):
    reviewer.open(folder)
    for key in ("Escape", "Enter"):
        reviewer.page.get_by_label("Search").fill("behind the voice")
        reviewer.press(key)
        assert reviewer.page.get_by_label("Search").input_value() == "behind the voice"
        assert reviewer.shown == ["000150-000199"]
        assert reviewer.focused == "000150-000199"
    reviewer.page.locator("#search").evaluate(EMPTIED)
    assert len(reviewer.shown) == 5


EMPTIED = "box => { box.value = ''; box.dispatchEvent(new Event('search')); }"
"""What a browser's own button in a search box does; not all send `input` as well."""


@pytest.mark.parametrize("name", ["#sort", "#speed"])
def test_letters_act_after_a_choice_by_mouse(reviewer, folder, name):
    reviewer.open(folder).wait_loaded(2)
    reviewer.page.locator(name).click()
    reviewer.page.locator(name).select_option(index=1)
    at = reviewer.shown.index(reviewer.chosen)
    reviewer.press("j")
    assert reviewer.chosen == reviewer.shown[at + 1]


def test_a_choice_by_keyboard_keeps_the_focus(reviewer, folder):
    reviewer.open(folder)
    reviewer.page.locator("#sort").focus()
    reviewer.press("ArrowDown", "ArrowDown")
    assert reviewer.page.evaluate("document.activeElement.value") == "confidence"


def test_keys_decide_nothing_that_the_list_does_not_show(reviewer, folder):
    reviewer.open(folder)
    reviewer.page.get_by_label("Search").fill("nothing like it")
    reviewer.press("Escape", "p", "a", "t", "r", "n", " ")
    assert reviewer.page.evaluate("document.querySelector('video').paused")
    assert reviewer.page.locator("dialog[open]").count() == 0
    assert reviewer.page.locator("#viewer").is_hidden()
    reviewer.page.get_by_role("button", name="Show all cuts").click()
    assert len(reviewer.shown) == 5 and reviewer.page.locator("#viewer").is_visible()
    assert reviewer.page.get_by_label("Search").input_value() == ""
    assert reviewer.decide_and_export().count("\n") == 1
    reviewer.page.get_by_role("button", name="Gated out").click()
    reviewer.page.locator("#ribbon").click(position={"x": 800, "y": 10})  # a cut that is left out
    assert reviewer.chosen == "000150-000199" and len(reviewer.shown) == 5
    assert reviewer.errors == []


def test_a_cut_without_a_draft_is_refused_at_most(reviewer, folder, tmp_path):
    """A refusal binds to frames, so it keeps every later draft of them out."""
    reviewer.open(folder)
    reviewer.pick("000050-000099")
    assert "No draft was made" in reviewer.page.locator("#hint").inner_text()
    for name in ("Approve draft", "Retry…", "Final tier"):
        assert reviewer.page.get_by_role("button", name=name).is_disabled()
    reviewer.press("a", "r", "t")
    assert reviewer.decide_and_export().count("\n") == 1
    reviewer.press("p")
    assert said_in(reviewer.decide_and_export(), tmp_path) == {
        "000050-000099": ("passthrough", "", "", "", "")
    }
    assert reviewer.errors == []


def test_progress_counts_what_is_queued_for_review(reviewer, tmp_path, clips):
    rows = [cut_row(50 * n, FRAMES, gate) for n, gate in enumerate(("unjudged", "fail", "review"))]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path).press("a")
    assert reviewer.page.locator("#progress-text").inner_text() == "1 of 2 cuts to review decided"
    assert reviewer.page.locator("#progress").evaluate("bar => bar.max") == 2


def test_a_preset_is_chosen_by_keyboard_and_taken_back(reviewer, folder, tmp_path):
    reviewer.open(folder)
    reviewer.press("r")
    dialog = reviewer.page.get_by_role("dialog", name="Draft again")
    assert dialog.get_by_role("button").all_text_contents() == [
        "1standard", "2opens too little", "3opens too much", "Cancel",
    ]  # fmt: skip
    focused = "document.activeElement.textContent"
    assert reviewer.page.evaluate(focused) == "2opens too little"
    reviewer.press("ArrowDown", "ArrowDown", "j", "Enter")
    button = reviewer.page.locator("[data-decision=retry]")
    assert button.inner_text() == "Retry: opens too little r"
    assert button.get_attribute("aria-pressed") == "true"
    assert "retry: opens too little" in reviewer.page.locator("tr[aria-current]").inner_text()
    reviewer.press("r", "Escape")
    assert "opens_too_little" in reviewer.decide_and_export()
    reviewer.press("a")  # of the draft that is there, which has no such preset
    text = reviewer.decide_and_export()
    assert "approve" in text and "opens_too_little" not in text
    reviewer.press("u", "t", "t")
    assert said_in(reviewer.decide_and_export(), tmp_path) == {}
    assert reviewer.errors == []


def test_a_retry_that_was_obeyed_is_open_again_and_keeps_its_preset(reviewer, tmp_path, clips):
    said = {"decision": "done retry", "preset": "opens_too_much", "tier": "final", "note": "<i>x"}
    settings = json.dumps({"preset": "opens_too_much"})
    write(tmp_path, clips, [cut_row(0, FRAMES, "fail", settings=settings, **said)])
    reviewer.open(tmp_path)
    draft = "0123456789ab"
    rest = ("opens_too_much", "final", "<i>x")
    assert "0 of 1" in reviewer.page.locator("#progress-text").inner_text()
    assert "drafted" not in reviewer.page.locator("#hint").inner_text()
    assert "made with “opens too much”" in reviewer.page.locator("#hint").inner_text()
    assert reviewer.page.locator("#tier").get_attribute("aria-pressed") == "true"
    assert said_in(reviewer.decide_and_export(), tmp_path) == {"000000-000049": ("", draft, *rest)}
    reviewer.press("p")
    assert said_in(reviewer.decide_and_export(), tmp_path) == {
        "000000-000049": ("passthrough", draft, *rest)
    }
    reviewer.press("r")
    assert "this draft" in reviewer.page.locator("#presets [aria-current]").inner_text()
    reviewer.press("1")
    assert said_in(reviewer.decide_and_export(), tmp_path) == {
        "000000-000049": ("retry", draft, "standard", "final", "<i>x")
    }


def test_what_was_not_drawn_is_neither_drawn_again_nor_marked(reviewer, folder):
    reviewer.open(folder)
    reviewer.pick("000050-000099")
    for name in ("Retry…", "Final tier"):
        assert reviewer.page.get_by_role("button", name=name).is_disabled()
    reviewer.press("r", "t")
    assert reviewer.page.locator("dialog[open]").count() == 0
    assert reviewer.decide_and_export().count("\n") == 1


def test_speech_is_drawn_and_told(reviewer, tmp_path, clips):
    rows = [cut_row(0, FRAMES, "pass", speech_s="1.20")]
    write(tmp_path, clips, rows, (0,) * 20 + (80,) * 30, ((20, 50),))
    reviewer.open(tmp_path).wait_loaded(2)
    tag = reviewer.page.locator("#level-tag").inner_text()
    assert tag == "dub level · speech 1.20 s, judged from 0.6 s"
    named = reviewer.page.get_by_role("img", name="Level of the dub over 50 frames; speech in")
    assert named.get_attribute("aria-label").endswith("frames 21 to 50")
    band = """() => { const canvas = document.querySelector('#level');
        const y = canvas.height - 2, width = canvas.width;
        const data = canvas.getContext('2d').getImageData(0, y, width, 1).data;
        return Array.from({length: width}, (_, x) => data[4 * x + 3] > 200); }"""
    drawn = reviewer.page.evaluate(band)
    assert sum(drawn) == pytest.approx(len(drawn) * 0.6, abs=2)
    assert sum(drawn[: len(drawn) * 2 // 5 - 1]) <= 2  # the line of the frame that is shown


def test_nothing_lies_over_the_drawings_and_their_limits_have_values(reviewer, tmp_path, clips):
    write(tmp_path, clips, ROWS, course=(0.05, 0.3) * 25)
    reviewer.open(tmp_path).wait_loaded(2)
    name = "Score over time: 0.05 to 0.30; 0.16 passes, under 0.08 fails"
    assert reviewer.page.get_by_role("img", name=name).count() == 1
    bounds = reviewer.page.locator(".bound").all_inner_texts()
    assert bounds == ["0.16 passes", "0.08 fails"]
    boxes = reviewer.page.evaluate("""() => [...document.querySelectorAll(
        '.tag, .bound, #level, #curve')].map((e) => [e.tagName, e.getBoundingClientRect().toJSON()])
    """)
    texts = [box for tag, box in boxes if tag != "CANVAS"]
    for text, other in itertools.product(texts, [box for _, box in boxes]):
        apart = (
            text["right"] <= other["left"] or other["right"] <= text["left"],
            text["bottom"] <= other["top"] or other["bottom"] <= text["top"],
        )
        assert text == other or any(apart)
    reviewer.pick("000150-000199")
    offset = reviewer.page.locator(".gauge").last.locator("text").all_text_contents()
    assert offset == ["−15", "−1", "+1", "+15"]


def test_what_is_pressed_or_chosen_is_not_told_by_colour_alone(at_size, folder):
    reviewer = at_size(1280, 800, forced_colors="active")
    reviewer.open(folder).wait_loaded(2)
    reviewer.press("p")
    style = "([name, pseudo, key]) => getComputedStyle(document.querySelector(name), pseudo)[key]"
    for name in ("#loop", "[data-decision=passthrough]"):
        assert "✓" in reviewer.page.evaluate(style, [name, "::before", "content"])
        assert reviewer.page.evaluate(style, [name, None, "outlineStyle"]) == "solid"
    assert "✓" not in reviewer.page.evaluate(style, ["#blink", "::before", "content"])
    approve = ["[data-decision=approve]", "::before", "content"]
    assert "✓" not in reviewer.page.evaluate(style, approve)
    assert reviewer.page.evaluate(style, ["tr[aria-current]", None, "outlineStyle"]) == "solid"
    reviewer.page.get_by_role("button", name="Doubtful").click()
    off = reviewer.page.evaluate(style, ["[data-verdict=review]", None, "textDecorationLine"])
    assert off == "line-through"


def test_the_source_attempts_and_the_box_that_suits_are_in_words(reviewer, tmp_path, clips):
    tries = [
        {"preset": "standard", "moved_frames": 0, "gate": "fail", "confidence": 0.05},
        {"preset": "opens_too_little", "moved_frames": 4, "gate": "review", "confidence": 0.15},
    ]
    row = cut_row(
        0, FRAMES, "review", confidence="0.15", source_confidence="0.4100",
        attempts=json.dumps(tries),
        facts=json.dumps({"bbox_shift_range_px": [-9, 7], "hearing": "phones"}),
    )  # fmt: skip
    write(tmp_path, clips, [row])
    reviewer.open(tmp_path)
    brief = reviewer.page.locator("#brief").inner_text()
    assert "standard: gated out, 0.05; then opens too little, moved by +4 frames: " in brief
    assert "Heard by\tphones" in brief
    suits = "bbox_shift_px from -9 (the mouth opens less) to 7 (more) suits this cut"
    assert suits in brief
    scores = reviewer.page.locator("#gauges").inner_text()
    assert "0.150, in doubt · source 0.41" in scores
    reviewer.press("r")
    assert suits in reviewer.page.get_by_role("dialog").inner_text()


def test_undecided_cuts_alone_and_on_to_the_next(reviewer, folder):
    reviewer.open(folder)
    reviewer.press("p")
    assert reviewer.chosen == "000150-000199", "as long as nobody wants to go on"
    reviewer.page.get_by_role("button", name="Undecided only").click()
    assert reviewer.shown[0] == reviewer.chosen == "000200-000249" and len(reviewer.shown) == 4
    reviewer.page.get_by_label("Go on after deciding").check()
    reviewer.press("a")
    assert reviewer.chosen == "000100-000149"
    assert reviewer.focused == reviewer.chosen
    news = reviewer.page.locator("[aria-live]").inner_text()
    assert news.startswith("Cut 000200-000249: approve. Cut 000100-000149: Doubtful.")
    reviewer.press("k")
    assert reviewer.chosen == "000200-000249", "it stays in reach until the list is filled again"
    reviewer.press("u")
    assert reviewer.chosen == "000200-000249"
    reviewer.open(folder)
    assert reviewer.page.get_by_label("Go on after deciding").is_checked(), "the browser remembers"
    reviewer.press("j")
    button = reviewer.page.get_by_role("button", name="Approve draft")
    button.click()
    assert reviewer.chosen == "000100-000149"
    assert reviewer.page.evaluate("document.activeElement.dataset.decision") == "approve"


@pytest.fixture
def with_film(tmp_path, clips):
    """The page of five cuts with its film beside it, which a face is followed in, and subtitles."""
    write(tmp_path, clips, ROWS)
    shutil.copy(segment(tmp_path / "all.mp4", 250, size=(160, 128)), tmp_path / "clips/film.mp4")
    mouth = tuple((500, 600, 300) for _ in range(10))
    paths = {
        row["cut"]: Clips(
            "clips/clip.mp4", "clips/clip.mp4" if row["draft"] else "", (50,) * FRAMES,
            mouth=mouth if row["draft"] else (),
        )
        for row in ROWS
    }  # fmt: skip
    play = FilmView("clips/film.mp4", "clips/film.mp4", {"pt-BR": [(160, 170, "Bom dia.")]})
    write_page(tmp_path, FILM, ROWS, Thresholds.of(Guard(), Gate()), paths, PRESETS, play=play)
    return tmp_path


COLOURED = """(canvas) => { const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return data.some((value) => value > 0); }"""


STRETCHED = "c => Math.abs((c.width * c.clientHeight) / (c.height * c.clientWidth) - 1)"
"""By how much what is drawn is wider or higher than where it is shown."""


def test_the_loupe_enlarges_both_mouths(reviewer, with_film):
    reviewer.open(with_film).wait_loaded(2)
    reviewer.press("z")
    shown = reviewer.page.locator("#stage canvas.loupe:visible")
    assert shown.count() == 2
    box = reviewer.page.locator("[data-side=draft] .box").bounding_box()
    assert shown.last.bounding_box() == pytest.approx(box, abs=1)
    small = reviewer.page.locator("[data-side=draft] video").bounding_box()
    assert small["width"] < box["width"] / 3, "the whole picture stays in its corner"
    reviewer.press("b")
    assert shown.count() == 1, "blink compare shows one, larger"
    assert shown.bounding_box()["height"] > box["height"]
    reviewer.until(lambda: shown.evaluate(STRETCHED) < 0.01, "the mouth is drawn for its new size")
    reviewer.press("x")
    assert shown.count() == 1
    reviewer.press("b", "z")
    assert reviewer.page.locator("#loupe").get_attribute("aria-pressed") == "false"
    reviewer.pick("000050-000099")
    assert reviewer.page.locator("#loupe").is_disabled(), "no face was followed there"
    assert reviewer.errors == []


def test_a_cut_is_played_in_context_with_its_draft_in_the_film(reviewer, with_film):
    reviewer.open(with_film).wait_loaded(2)
    reviewer.press("s", "i")  # slowly: each part is looked at before it is over
    time_s = "document.querySelector('#context-film').currentTime"
    reviewer.wait(f"{time_s} > 4.3")
    assert reviewer.page.locator("figure.in-context").is_visible()
    assert reviewer.page.locator("#context-name").inner_text() == "In context, with the draft"
    overlay = reviewer.page.locator("canvas.overlay")
    assert overlay.is_hidden(), "two seconds before, the film itself is seen"
    reviewer.wait(f"{time_s} > 6.2 && !document.querySelector('canvas.overlay').hidden")
    reviewer.press(" ")
    reviewer.wait("document.querySelector('#context-film').paused")
    assert reviewer.page.locator("#play").inner_text() == "Play"
    assert "in context" in reviewer.page.locator("#clock").inner_text()
    reviewer.press("x")
    reviewer.wait("document.querySelector('canvas.overlay').hidden")
    assert reviewer.page.locator("#context-name").inner_text() == "In context, with the original"
    reviewer.press("j")
    assert reviewer.page.locator("figure.in-context").is_hidden(), "another cut, its clips"
    assert reviewer.errors == []


def test_a_cut_without_a_draft_is_not_said_to_be_seen_with_one(reviewer, with_film):
    reviewer.open(with_film)
    reviewer.pick("000050-000099")
    reviewer.wait_loaded(1)
    reviewer.press("i")
    name = reviewer.page.locator("#context-name")
    reviewer.until(lambda: name.inner_text() != "In context", "it is drawn")
    assert name.inner_text() == "In context, with the original"
    reviewer.press("x")
    film = "document.querySelector('#context-film')"
    at_s = reviewer.page.evaluate(f"{film}.currentTime")
    reviewer.wait(f"{film}.currentTime > {at_s}")
    reviewer.drawn()
    assert name.inner_text() == "In context, with the original"


HEARD = """window.made = []; const Made = window.Audio;
window.Audio = function () { const made = new Made(); window.made.push(made); return made; };"""


def test_the_dub_is_heard_where_a_cut_is_passed_through(reviewer, with_film):
    reviewer.page.add_init_script(HEARD)
    reviewer.open(with_film)
    reviewer.pick("000050-000099")
    reviewer.wait_loaded(1)
    assert reviewer.page.locator("#sound").inner_text() == "Sound: dub"
    reviewer.press(" ")
    reviewer.wait("window.made.at(-1)?.currentTime > 2.2 && !window.made.at(-1).paused")
    assert reviewer.page.evaluate(f"[...{CLIPS}][0].muted")
    reviewer.press("m")
    reviewer.wait("window.made.at(-1).paused")
    assert not reviewer.page.evaluate(f"[...{CLIPS}][0].muted")
    assert reviewer.errors == []


SHOWS_ITS_FRAME = """(({seeking, currentTime}, {textContent}) => !seeking &&
  textContent.endsWith(`frame ${Math.floor(currentTime * 25 + 1e-3)}`)
)(document.querySelector('#film-video'), document.querySelector('#film-clock'))"""
"""The film is where it was sent, and its clock says so."""


def test_the_film_is_played_from_any_frame(reviewer, with_film):
    reviewer.open(with_film)
    page = reviewer.page
    page.click("#tab-film")
    assert page.locator("#cuts").is_hidden() and page.url.endswith("#film")
    ribbon = page.locator("#ribbon").bounding_box()
    page.mouse.click(ribbon["x"] + ribbon["width"] * 165.5 / 250, ribbon["y"] + 10)
    reviewer.wait("document.querySelector('#film-clock').textContent.includes('frame 165')")
    assert page.locator("#film-words").inner_text() == "Bom dia."
    assert "Gated out" in page.locator("#film-cut").inner_text()
    page.locator("#film-speed").select_option("0.25")  # it is left before the next cut begins
    page.locator("#film-subtitles").select_option("")
    assert page.locator("#film-words").inner_text() == ""
    page.locator("#film-subtitles").blur()
    reviewer.press("m", "k")
    assert page.locator("#film-sound").inner_text() == "Sound: source"
    reviewer.wait("document.querySelector('#film-clock').textContent.includes('frame 100')")
    reviewer.press(" ")
    reviewer.wait("document.querySelector('#film-video').currentTime > 4.5")
    reviewer.press("Enter")
    assert page.locator("#cuts").is_visible() and reviewer.chosen == "000100-000149"
    assert page.evaluate("document.querySelector('#film-video').paused")
    page.click("#tab-film")
    page.get_by_label("Volume of the film").fill("0.4")
    assert page.evaluate("document.querySelector('#film-video').volume") == 0.4
    assert page.locator("#volume").input_value() == "0.4", "one volume for all parts"
    reviewer.wait(SHOWS_ITS_FRAME)
    frame = page.locator("#film-clock").inner_text()
    reviewer.press("ArrowRight", "ArrowRight", "Enter")
    assert page.evaluate("document.querySelector('#film-video').volume") == 0.5
    assert page.locator("#film-clock").inner_text() == frame, "a slider has arrow keys of its own"
    reviewer.press("Escape", "w")
    reviewer.wait("document.fullscreenElement?.id === 'film'")
    reviewer.wait("document.querySelector('#film-whole').ariaPressed === 'true'")
    assert page.locator("#whole").get_attribute("aria-pressed") == "false"
    assert reviewer.errors == []


@pytest.mark.parametrize("theme", THEMES)
def test_words_are_read_and_pictures_larger_on_the_whole_screen(reviewer, with_film, theme):
    reviewer.page.emulate_media(color_scheme=theme)
    reviewer.open(with_film).wait_loaded(2)
    before = reviewer.page.locator("#stage .box").first.bounding_box()["height"]
    reviewer.press("z", "w")
    reviewer.wait("document.fullscreenElement?.id === 'viewer'")
    box = reviewer.page.locator("#stage .box").first
    reviewer.until(lambda: box.bounding_box()["height"] > before + 50, "it is larger")
    assert reviewer.violations() == []


LACKS = "delete Element.prototype.requestFullscreen"
"""As Safari on an iPhone."""

REFUSES = "Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('refused'))"
"""As the frame of a report does."""


@pytest.mark.parametrize("script", [LACKS, REFUSES], ids=["lacks", "refuses"])
@pytest.mark.parametrize("size", [(390, 844), (844, 390), (1280, 800)])
def test_without_a_whole_screen_the_window_is_filled(at_size, with_film, size, script):
    reviewer = at_size(*size)
    reviewer.page.add_init_script(script)
    reviewer.open(with_film).wait_loaded(2)
    page = reviewer.page
    for button, part in (("whole", "viewer"), ("film-whole", "film")):
        page.click(f"#{button}")
        page.mouse.move(0, 0)
        pressed = f"document.querySelector('#{button}').ariaPressed"
        reviewer.wait(f"{pressed} === 'true'")
        box = page.locator(f"#{part}").bounding_box()
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *size)
        assert page.locator("header").is_hidden() and page.locator("#search").is_hidden()
        if part == "viewer":
            seen = ["#stage figure:not(.behind) .box", "[data-decision=approve]"]
            assert page.evaluate(WITHIN, seen) == []
            reviewer.press("j")
            assert reviewer.chosen == "000200-000249", "cuts are walked there, too"
        reviewer.press("?", "Escape")
        assert page.evaluate(pressed) == "true", "Escape closed the dialog"
        reviewer.press("Escape")
        reviewer.wait(f"{pressed} === 'false'")
        assert page.locator("header").is_visible()
        page.click(f"#{button}")
        reviewer.wait(f"{pressed} === 'true'")
        page.click(f"#{button}")
        reviewer.wait(f"{pressed} === 'false'")
        page.click("#tab-film")
    assert reviewer.errors == []


@pytest.mark.parametrize("name", ["help", "limits"])
def test_what_is_read_is_shown_from_its_beginning(at_size, folder, name):
    reviewer = at_size(390, 600)
    reviewer.open(folder)
    reviewer.page.click(f"#{name}-open")
    dialog = reviewer.page.locator(f"#{name}")
    assert dialog.evaluate("dialog => dialog.scrollHeight - dialog.clientHeight") > 0
    assert dialog.evaluate("dialog => dialog.scrollTop") == 0


def test_list_and_ribbon_show_what_will_be_delivered(reviewer, folder):
    reviewer.open(folder)
    delivered = reviewer.page.locator("#rows .outcome")
    assert delivered.all_inner_texts() == ["Original"] * 2 + ["Draft", "Original", "Draft"]
    part = "document.querySelectorAll('#parts i')[3].className"
    assert reviewer.page.evaluate(part) == "o-original e-fail"
    reviewer.press("a")
    assert delivered.first.inner_text() == "Draft"
    assert reviewer.page.evaluate(part) == "o-draft e-fail decided"
    reviewer.press("r", "2")
    assert delivered.first.inner_text() == "Drawn again"
    assert reviewer.page.evaluate(part) == "o-again e-fail decided"
    assert reviewer.page.locator(".chip[data-verdict=unjudged]").count() == 0, "there is none"
    primary = reviewer.page.locator(".primary:visible")
    assert primary.count() == 0, "it is decided"
    reviewer.press("u")
    assert primary.all_inner_texts() == ["Correct the offset"], "it was gated out by that alone"
    reviewer.press("o")
    assert primary.count() == 0, "it is drawn again"
    reviewer.press("Control+z", "j")
    assert primary.all_inner_texts() == ["Keep original p"], "it was gated out"
    reviewer.pick("000100-000149")
    assert primary.all_inner_texts() == ["Approve draft a"]
    assert reviewer.page.locator(".list").bounding_box()["width"] == 280


def test_a_ribbon_of_many_cuts_shows_the_worst_of_each_part(reviewer, long_film):
    reviewer.open(long_film)
    parts = reviewer.page.locator("#parts i")
    assert 0 < parts.count() <= 400
    assert parts.evaluate_all("parts => parts.every((part) => part.matches('.e-fail'))")
    reviewer.page.locator("#ribbon").click(position={"x": 600, "y": 5})
    left = reviewer.page.locator("#here").evaluate("here => parseFloat(here.style.left)")
    assert left == pytest.approx(100 * int(reviewer.chosen.split("-")[0]) / 75_000, abs=0.01)


def pixel(page, x, y):
    """The colour at a point of the page, "#rrggbb"."""
    clip = {"x": int(x), "y": int(y), "width": 1, "height": 1}
    with Image.open(io.BytesIO(page.screenshot(clip=clip))) as picture:
        return "#" + picture.convert("RGB").tobytes().hex()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("cuts", "width"), [(1500, 1280), (400, 1280), (90, 320)])
def test_in_a_narrow_part_of_the_ribbon_a_decision_is_a_bar(
    at_size, tmp_path, clips, cuts, width, theme
):
    write(tmp_path, clips, [cut_row(50 * n, FRAMES, "fail") for n in range(cuts)])
    reviewer = at_size(width, 800, color_scheme=theme)
    colours = DARK if theme == "dark" else LIGHT
    reviewer.open(tmp_path).wait_loaded(2)
    page = reviewer.page
    page.locator("#rows .pick").first.focus()
    reviewer.press("Control+a", "p", "Escape")
    part = page.locator("#parts i").nth(60)
    box = part.bounding_box()
    assert box["width"] < 5
    x, low = box["x"] + box["width"] / 2, box["y"] + box["height"]
    assert pixel(page, x, low - 2) == colours["text"]
    assert pixel(page, x, low - 7) == colours["sunk"], "what is delivered is seen beside it"
    page.mouse.click(x, low - 3)
    reviewer.press("u", *"jjjjjjjjjjjjjjjjjjjj")
    page.evaluate("scrollTo(0, 0)")
    assert pixel(page, x, low - 2) == pixel(page, x, low - 7) == colours["sunk"]


def test_the_score_over_time_is_drawn_with_its_limits(reviewer, tmp_path, clips):
    write(tmp_path, clips, ROWS, course=(0.05, 0.3) * 25)
    reviewer.open(tmp_path).wait_loaded(2)
    drawn = reviewer.page.evaluate("""() => {
      const canvas = document.querySelector("#course canvas");
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set([...Array(pixels.length / 4).keys()].filter((i) => pixels[4 * i + 3] > 200)
        .map((i) => pixels.slice(4 * i, 4 * i + 3).join())).size;
    }""")
    assert drawn >= 4, "the course, two limits and the playhead"
    assert reviewer.errors == []


def test_without_a_score_over_time_there_is_no_room_for_it(reviewer, folder):
    reviewer.open(folder).wait_loaded(2)
    assert reviewer.page.locator("#course").is_hidden()


def test_the_picture_is_shown_with_its_limits_beside_the_scores(reviewer, tmp_path, clips):
    rows = [cut_row(0, 50, "pass", detail="0.910"), cut_row(50, 50, guard_reasons="no_face=0")]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    table = reviewer.page.locator("#picture")
    reviewer.pick(rows[0]["cut"])
    assert "Sharpness, of the source's" in table.inner_text() and "91%" in table.inner_text()
    reviewer.pick(rows[1]["cut"])
    assert table.inner_text() == "", "nothing was drawn"
    assert reviewer.errors == []


def test_what_enhancement_did_is_shown(reviewer, tmp_path, clips):
    scores = {"drafted_confidence": "0.5000", "enhanced_confidence": "0.3000"}
    rows = [
        cut_row(0, 50, "pass", enhanced="smoothed+restored", **scores),
        cut_row(50, 50, "pass", enhanced="reverted restored", enhance_reasons="sync_lost=0.4",
                **scores),
        cut_row(100, 50, "pass"),
    ]  # fmt: skip
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    brief, why = (reviewer.page.locator(f"#{name}") for name in ("brief", "cut-why"))
    assert "smoothed, restored; confidence 0.5000 before, 0.3000 after" in brief.inner_text()
    reviewer.press("j")
    assert "restored, and taken back; confidence 0.5000 before" in brief.inner_text()
    assert "it cost 40% of the sync confidence" in why.inner_text()
    reviewer.press("j")
    assert "Enhanced" not in brief.inner_text()
    assert reviewer.errors == []


def test_decisions_outlive_the_page_and_refusals_their_draft(reviewer, folder, clips):
    reviewer.open(folder)
    reviewer.press("p", "j", "a")
    before = reviewer.decide_and_export()
    reviewer.open(folder)
    assert reviewer.decide_and_export() == before
    write(folder, clips, [row | {"draft": "ffffffffffff"} for row in ROWS])
    reviewer.open(folder)
    after = reviewer.decide_and_export()
    assert "000150-000199\tpassthrough\tffffffffffff" in after and "000200-000249" not in after
    moved = [cut_row(140, 30, "fail"), cut_row(170, 80, "fail")]
    write(folder, clips, moved)
    reviewer.open(folder)
    after = reviewer.decide_and_export()
    assert "000140-000169\tpassthrough" in after and "000170-000249\tpassthrough" in after


def test_what_the_run_obeyed_is_exported_again_and_a_stale_word_is_not(reviewer, tmp_path, clips):
    rows = [
        cut_row(0, FRAMES, "fail", decision="approve"),
        cut_row(50, FRAMES, "fail", decision="stale approve"),
    ]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    text = reviewer.decide_and_export()
    assert "000000-000049\tapprove" in text and "000050-000099" not in text
    reviewer.press("j")
    assert "not obeyed" in reviewer.page.locator("#hint").inner_text()


def test_a_refusal_that_is_carried_over_is_said_and_handed_on(reviewer, tmp_path, clips):
    carried = {
        "decision": "carried passthrough",
        "carried_from": "000000-000119",
        "reason": "decided",
        "note": "consent withdrawn",
    }
    rows = [cut_row(0, FRAMES, "fail", **carried), cut_row(50, FRAMES, "fail", **carried)]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    page = reviewer.page
    assert page.locator("tr[aria-current] .decision").inner_text() == "keep original (carried over)"
    assert "frames of the cut 000000-000119" in page.locator("#cut-why").inner_text()
    assert "Refused as frames of 000000-000119" in page.locator("#hint").inner_text()
    assert page.locator("#progress-text").inner_text() == "2 of 2 cuts to review decided"
    draft = "0123456789ab"
    assert said_in(reviewer.decide_and_export(), tmp_path) == dict.fromkeys(
        ("000000-000049", "000050-000099"), ("passthrough", draft, "", "", "consent withdrawn")
    )
    reviewer.press("a")
    hint = page.locator("#hint").inner_text()
    assert "Take the row of 000000-000119 out of decisions.tsv, too." in hint
    assert "000000-000049\tapprove" in reviewer.decide_and_export()
    assert reviewer.errors == []


@pytest.mark.parametrize("theme", THEMES)
def test_rows_on_cuts_that_are_not_there_are_named(reviewer, tmp_path, clips, theme):
    reviewer.page.emulate_media(color_scheme=theme)
    decision = Decision(
        Row(tmp_path / "decisions.tsv", 3, {
            "video": "film", "language": "pt-BR", "cut": "000900-000949"}),
        "passthrough", note="consent",
    )  # fmt: skip
    cuts = FilmCuts([row["cut"] for row in ROWS], [])
    found = unmatched(rows_on_cuts([decision], []), {("film", "pt-BR"): cuts})
    write(tmp_path, clips, ROWS, unmatched=found)
    reviewer.open(tmp_path)
    notice = reviewer.page.locator(".notice")
    assert notice.inner_text() == "1 row of your tables names no cut of this film"
    assert reviewer.violations() == []
    notice.locator("summary").click()
    assert reviewer.violations() == []
    notice = notice.inner_text()
    assert "row 3: passthrough on cut 000900-000949 of film in pt-BR" in notice
    assert "the nearest is 000200-000249" in notice
    # An export takes the place of the table: it keeps what refuses other frames.
    assert "000900-000949\tpassthrough\t\t\t\tconsent" in reviewer.decide_and_export()
    write(tmp_path, clips, ROWS)
    reviewer.open(tmp_path)
    assert reviewer.page.locator(".notice").count() == 0


@pytest.fixture
def served(tmp_path, clips):
    """The page of five cuts as the server has it, and the table that it saves to."""
    film = tmp_path / "results" / "film" / "pt-BR"
    (film / "review").mkdir(parents=True)
    write(film / "review", clips, ROWS)
    lines = ["\t".join(ROWS[0]), *("\t".join(row.values()) for row in ROWS)]
    (film / "cuts.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    server = Server(ReviewStore(tmp_path / "results", tmp_path / "decisions.tsv"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def saved(server):
    said = Table(server.reviews.table).decisions
    return {cut: " ".join(filter(None, d.obeyed.values())) for (_, _, cut), d in said.items()}


SAVED = "/aved to decisions.tsv( at once)?$/.test(document.querySelector('#saving').textContent)"
FAILED = "document.querySelector('#saving').textContent.startsWith('Not saved')"


def test_the_served_page_saves_each_word_at_once(reviewer, served):
    reviewer.visit(served.address)
    assert reviewer.page.url == served.address
    reviewer.page.get_by_role("link", name="film").click()
    reviewer.wait_loaded(2)
    reviewer.wait(SAVED)
    reviewer.press("p")
    reviewer.wait(SAVED)
    draft = "0123456789ab"
    assert saved(served) == {"000150-000199": f"passthrough {draft}"}
    reviewer.press("j", "r", "2", "t", "n")
    reviewer.page.keyboard.type('<b>soft</b> & "so"')
    reviewer.press("Escape")
    reviewer.wait(SAVED)
    assert saved(served)["000200-000249"] == (
        f'retry {draft} opens_too_little final <b>soft</b> & "so"'
    )
    assert "Saved; the next run obeys it." in reviewer.page.locator("#hint").inner_text()
    reviewer.press("k", "u")
    reviewer.wait(SAVED)
    assert list(saved(served)) == ["000200-000249"]

    reviewer.reload()
    reviewer.wait(SAVED)
    reviewer.pick("000200-000249")
    assert "opens too little" in reviewer.page.locator("[data-decision=retry]").inner_text()
    assert reviewer.page.locator("#note").input_value() == '<b>soft</b> & "so"'
    assert (
        reviewer.page.evaluate(
            "Object.keys(localStorage).filter((key) => key.startsWith('mouthpiece.decisions'))"
        )
        == []
    )
    reviewer.page.get_by_role("button", name="All films").click()
    reviewer.page.get_by_text("1 of 3").wait_for()
    assert reviewer.errors == []
    assert all(url.startswith(f"http://{served.netloc}/") for url in reviewer.requests)


def test_steps_are_taken_back_and_done_again(reviewer, folder, tmp_path):
    reviewer.open(folder)
    undo, redo = (reviewer.page.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    assert undo.is_disabled() and redo.is_disabled()
    reviewer.press("p", "j", "a", "n")
    reviewer.page.keyboard.type("soft")
    reviewer.press("Escape", "Control+z", "Control+z")
    assert reviewer.page.locator("#note").input_value() == ""
    assert said_in(reviewer.decide_and_export(), tmp_path).keys() == {"000150-000199"}
    reviewer.press("j", "Control+Shift+Z")
    assert reviewer.chosen == "000200-000249", "where the step was"
    assert said_in(reviewer.decide_and_export(), tmp_path)["000200-000249"][0] == "approve"
    undo.click()
    undo.click()
    assert said_in(reviewer.decide_and_export(), tmp_path) == {}
    redo.click()
    assert reviewer.chosen == "000150-000199"
    assert reviewer.errors == []


def test_all_that_is_in_sync_is_approved_at_once(reviewer, tmp_path, clips):
    rows = [cut_row(50 * n, FRAMES, gate) for n, gate in enumerate(("pass", "fail", "pass"))]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    button, search = (reviewer.page.locator(name) for name in ("#approve-all", "#search"))
    button.click()
    assert said_in(reviewer.decide_and_export(), tmp_path).keys() == {
        "000000-000049", "000100-000149",
    }  # fmt: skip
    assert button.is_hidden()
    reviewer.press("Control+z")
    assert said_in(reviewer.decide_and_export(), tmp_path) == {}
    assert button.inner_text() == "Approve listed in sync (2)"
    search.fill("000100")
    assert button.inner_text() == "Approve listed in sync (1)"
    button.click()
    assert said_in(reviewer.decide_and_export(), tmp_path).keys() == {"000100-000149"}
    reviewer.press("Control+z")
    search.fill("no such cut")
    assert button.is_hidden()
    search.fill("")
    assert button.inner_text() == "Approve listed in sync (2)"


def test_an_address_leads_to_a_cut_and_a_frame(reviewer, folder):
    address = (folder / "index.html").as_uri()
    reviewer.visit(f"{address}#000100-000149@120").wait_loaded(2)
    assert reviewer.chosen == "000100-000149"
    assert "frame 120" in reviewer.page.locator("#clock").inner_text()
    reviewer.press("j", "f")
    reviewer.wait("location.hash === '#000050-000099@51'")
    reviewer.page.evaluate("location.hash = '#000000-000049@7'")
    reviewer.wait("document.querySelector('#clock').textContent.includes('frame 7 ')")
    assert reviewer.chosen == "000000-000049"
    assert reviewer.errors == []


def test_the_volume_is_set_and_remembered(reviewer, folder):
    reviewer.open(folder)
    reviewer.page.get_by_label("Volume").fill("0.4")
    assert reviewer.page.evaluate(f"[...{CLIPS}].map(v => v.volume)") == [0.4, 0.4]
    reviewer.open(folder)
    assert reviewer.page.evaluate(f"[...{CLIPS}].map(v => v.volume)") == [0.4, 0.4]


def overrides(server):
    """The rows of overrides.tsv, without the video."""
    entries = OverrideTable(server.reviews.remedies.table).entries
    return {key[1:]: entry.values["value"] for key, entry in entries.items()}


TIMING = "engines.preview.lip_offset_frames"
LATE = "000150-000199"


def test_a_late_cut_is_corrected_and_nudged(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    remedies = reviewer.page.get_by_role("group", name="Remedies")
    assert remedies.locator("output").first.inner_text() == "0 frames"
    reviewer.press("o", ",", ",", ".")
    assert remedies.locator("output").first.inner_text() == "−11 frames"
    assert "The next run draws it again: lips 11 frames earlier" in remedies.inner_text()
    assert reviewer.page.locator("tr[aria-current] .outcome").inner_text() == "Drawn again"
    reviewer.until(
        lambda: overrides(served) == {("pt-BR", LATE, TIMING): "-11"},
        "the table of overrides has it",
    )
    reviewer.page.get_by_role("button", name="opens more").click()
    reviewer.wait("document.querySelector('#remedy-hint').textContent.includes('strength 1.15')")
    reviewer.until(lambda: len(overrides(served)) >= 2, "the table of overrides has it")
    reviewer.reload()
    reviewer.wait(
        "document.querySelector('#remedy-hint').textContent.includes('11 frames earlier')"
    )
    reviewer.page.get_by_role("button", name="Take back").click()
    reviewer.until(lambda: not overrides(served), "the table of overrides has it")
    assert reviewer.page.locator("tr[aria-current] .outcome").inner_text() == "Original"
    assert reviewer.errors == []


def test_a_turn_that_is_turned_back_promises_nothing(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    hint, outcome = (
        reviewer.page.locator(name) for name in ("#remedy-hint", "tr[aria-current] .outcome")
    )
    reviewer.press(".")
    reviewer.until(lambda: overrides(served), "saved")
    assert outcome.inner_text() == "Drawn again"
    reviewer.press(",")
    reviewer.until(lambda: not overrides(served), "taken out")
    assert hint.inner_text() == "" and outcome.inner_text() == "Original"
    table = served.reviews.remedies.table
    row = f"film\tpt-BR\t{LATE}\t{TIMING}\t0\n"
    table.write_text(f"video\tlanguage\tcut\tsetting\tvalue\n{row}", encoding="utf-8")
    reviewer.reload()
    reviewer.wait("document.querySelector('#remedy-hint').textContent !== ''")
    assert hint.inner_text().startswith("The next run has nothing to draw again: ")
    assert outcome.inner_text() == "Original"


def test_who_turns_what_somebody_else_turned_is_told(two, served):
    anna, ben = two
    with ben.page.expect_response("**/overrides"):  # read before it is turned
        ben.reload()
    anna.press(".")
    anna.until(lambda: overrides(served), "the table of overrides has it")
    ben.press(",")
    hint = "document.querySelector('#remedy-hint').textContent"
    ben.wait(f"{hint}.startsWith('Somebody else changed it meanwhile: theirs is shown.')")
    assert ben.page.locator("#remedies output").first.inner_text() == "+1 frame"
    assert overrides(served) == {("pt-BR", LATE, TIMING): "1"}


def test_remedies_from_disk_are_kept_and_handed_out(reviewer, folder):
    reviewer.open(folder).press("o", "j", "+")
    reviewer.open(folder)
    reviewer.page.click("#export")
    lines = reviewer.page.locator("#remedy-text").input_value().splitlines()
    assert all(line.endswith("Z") for line in lines[1:]), "the time"
    assert [lines[0], *("\t".join(line.split("\t")[:5]) for line in lines[1:])] == [
        "video\tlanguage\tcut\tsetting\tvalue\treviewer\ttime",
        f"film\tpt-BR\t{LATE}\t{TIMING}\t-10",
        "film\tpt-BR\t000200-000249\tengines.preview.strength\t1.15",
    ]
    with reviewer.page.expect_download() as download:
        reviewer.page.click("#download-remedies")
    assert download.value.suggested_filename == "overrides.tsv"
    reviewer.press("Escape")
    reviewer.pick("000050-000099")
    assert reviewer.page.locator("#remedies").is_hidden(), "nothing was drawn: nothing to turn"


def test_the_face_to_redraw_is_chosen_where_there_are_two(reviewer, tmp_path, clips):
    reasons = {"guard_reasons": "two_faces=1", "reason": "two_faces=1"}
    write(tmp_path, clips, [cut_row(0, FRAMES, **reasons)])
    reviewer.open(tmp_path)
    reviewer.page.get_by_role("button", name="redraw the left face").click()
    assert "face left" in reviewer.page.locator("#remedy-hint").inner_text()
    reviewer.page.click("#export")
    assert "film\t*\t000000-000049\tguard.face\tleft" in (
        reviewer.page.locator("#remedy-text").input_value()
    )


def test_who_is_not_the_speaker_is_passed_through_and_another_face_offered(
    reviewer, tmp_path, clips
):
    """Of two faces the sound had chosen one: `guard.two_faces: in_sync`."""
    passed = {"action": "lipsync", "reason": "in_sync"}
    rows = [
        cut_row(0, FRAMES, "pass", second_face="1.0000", **passed),
        cut_row(50, FRAMES, "pass", **passed),
    ]
    write(tmp_path, clips, rows)
    reviewer.open(tmp_path)
    page = reviewer.page
    said = page.get_by_role("button", name="Not the speaker after all")
    said.click()
    assert page.locator("tr[aria-current] .outcome").inner_text() == "Original"
    hint = page.locator("#remedy-hint").inner_text()
    assert hint.startswith("The next run passes it through: not the speaker (")
    page.click("#export")
    assert "film\t*\t000000-000049\tspeaker.mode\tnot_speaking" in (
        page.locator("#remedy-text").input_value()
    )
    reviewer.press("Escape")
    page.get_by_role("button", name="redraw the right face").click()
    assert said.get_attribute("aria-pressed") == "false", "another face is the speaker's"
    assert page.locator("tr[aria-current] .outcome").inner_text() == "Drawn again"
    reviewer.press("Control+z", "Control+z")
    assert page.locator("tr[aria-current] .outcome").inner_text() == "Draft"
    reviewer.press("j")
    assert said.is_visible() and page.get_by_role("button", name="redraw the").count() == 0
    assert reviewer.errors == []


def selected(reviewer):
    """The ids of the selected cuts."""
    rows = reviewer.page.locator("#rows tr.selected")
    return rows.evaluate_all("rows => rows.map((row) => row.dataset.cut)")


def test_several_cuts_are_selected_by_mouse_and_decided_as_one(reviewer, folder, tmp_path):
    reviewer.open(folder)
    first, second, third, fourth, _ = reviewer.shown
    reviewer.page.locator(f"tr[data-cut='{third}']").click(modifiers=["Control"])
    assert selected(reviewer) == [first, third], "the chosen cut comes along"
    reviewer.page.locator(f"tr[data-cut='{fourth}']").click(modifiers=["Shift"])
    assert selected(reviewer) == [third, fourth]
    assert reviewer.page.locator("#selected").inner_text().startswith("2 cuts selected")
    reviewer.press("Shift+ArrowUp", "Shift+ArrowUp")
    assert selected(reviewer) == [second, third]
    reviewer.press("p", "n")
    reviewer.page.keyboard.type("too dark")
    reviewer.press("Escape", "t")
    said = said_in(reviewer.decide_and_export(), tmp_path)
    assert said == dict.fromkeys(
        (second, third), ("passthrough", "0123456789ab", "", "final", "too dark")
    )
    reviewer.press("Control+z", "Control+z")  # the tier, the note
    assert said_in(reviewer.decide_and_export(), tmp_path)[third][-1] == ""
    reviewer.press("Control+z")
    assert said_in(reviewer.decide_and_export(), tmp_path) == {}
    reviewer.pick(first)
    assert selected(reviewer) == [] and reviewer.page.locator("#selected").is_hidden()
    assert reviewer.errors == []


def test_several_cuts_are_selected_by_keys_and_those_without_a_draft_are_named(reviewer, folder):
    reviewer.open(folder)
    reviewer.page.locator("tr[aria-current] .pick").focus()
    reviewer.press("Control+a")
    assert selected(reviewer) == reviewer.shown
    reviewer.press("a")
    news = reviewer.page.locator("#live").inner_text()
    assert news == "4 cuts: approve; 1 cut has no draft to decide on"
    reviewer.press("r")
    assert "drafts 4 of these 5 cuts with" in reviewer.page.locator("#retrying").inner_text()
    reviewer.press("Escape")
    reviewer.press("Escape")
    assert selected(reviewer) == []
    reviewer.press("v", "j", "j", "v")
    assert selected(reviewer) == [reviewer.shown[0], reviewer.shown[2]], "one by one"
    assert reviewer.page.locator("#select").get_attribute("aria-pressed") == "true"
    reviewer.press("r")
    assert "drafts these 2 cuts with" in reviewer.page.locator("#retrying").inner_text()
    reviewer.press("2")
    listed = reviewer.page.locator("#rows tr.selected .decision").all_inner_texts()
    assert listed == ["retry: opens too little"] * 2
    reviewer.page.get_by_label("Search").fill("no_face")
    reviewer.page.get_by_label("Search").fill("")
    assert selected(reviewer) == [], "what is not listed is not decided on"
    assert reviewer.errors == []


def test_remedies_of_several_cuts_are_one_step_and_taken_back(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    late, other, *_ = reviewer.shown
    reviewer.press("Shift+ArrowDown", ",")
    hushed = reviewer.page.get_by_role("button", name="Closed in silence")
    hushed.click()
    assert hushed.get_attribute("aria-pressed") == "true"
    hush = "engines.preview.hush_pauses"
    wanted = {
        ("pt-BR", cut, setting): value
        for cut in (late, other)
        for setting, value in ((TIMING, "-1"), (hush, "true"))
    }
    reviewer.until(lambda: overrides(served) == wanted, "the table of overrides has it")
    outcomes = reviewer.page.locator("#rows tr.selected .outcome")
    assert outcomes.all_inner_texts() == ["Drawn again"] * 2
    title = reviewer.page.locator("#rows tr.selected .pick").first.bounding_box()
    assert title["x"] + title["width"] < outcomes.first.bounding_box()["x"], "nothing overlaps"
    reviewer.press("Control+z")
    assert hushed.get_attribute("aria-pressed") == "false"
    reviewer.press("Control+z")
    reviewer.until(lambda: not overrides(served), "the table of overrides has it")
    reviewer.page.get_by_role("button", name="Redo").click()
    reviewer.until(
        lambda: overrides(served) == {("pt-BR", cut, TIMING): "-1" for cut in (late, other)},
        "the table of overrides has it",
    )
    reviewer.page.get_by_role("button", name="Preset…").click()
    assert "these 2 cuts" in reviewer.page.get_by_role("dialog").inner_text()
    assert reviewer.errors == []


def test_keys_are_shown_where_a_button_is_pointed_at(reviewer, folder):
    reviewer.open(folder)
    approve = reviewer.page.get_by_role("button", name="Approve draft")
    assert approve.get_attribute("title") == "Deliver the draft: a"
    assert approve.get_attribute("aria-keyshortcuts") == "a"
    earlier = reviewer.page.get_by_role("button", name="lips 1 earlier")
    assert earlier.get_attribute("title") == "Lips 1 frame earlier: ,"
    reviewer.page.click("#help-open")
    reviewer.page.locator("#letters").uncheck()
    assert approve.get_attribute("title") == "Deliver the draft"
    assert reviewer.page.locator("#play").get_attribute("title") == "Play, pause: space"


class Elsewhere(BaseHTTPRequestHandler):
    """A page on another port of this machine."""

    seen: ClassVar[list[str]] = []
    """What browsers have sent to it."""

    def do_GET(self):
        self.seen.append(f"{self.path} {self.headers}")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    Elsewhere.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


STEAL = """async ([root, film]) => {
  const told = [];
  const attempt = async (what, act) => {
    try { told.push(`${what}: ${await act()}`); } catch { told.push(`${what}: refused`); }
  };
  const text = async (...request) => (await fetch(...request)).text();
  const body = JSON.stringify({cut: "000150-000199", revision: "", decision: "passthrough",
    draft: "", preset: "", tier: "", note: "stolen"});
  const loaded = (name, address) => new Promise((done, fail) => {
    const made = Object.assign(document.createElement(name), {src: address, onload: done,
      onloadeddata: done, onerror: fail});
    document.body.append(made);
    if (made.load) made.load();
  });
  for (const address of [root, `${root}film/pt-BR/`, film, new URL("/", root).href]) {
    await attempt("read", () => text(address));
    await attempt("read with cookies", () => text(address, {credentials: "include"}));
    await attempt("write", () => text(address, {method: "POST", body,
      headers: {"Content-Type": "application/json", "X-Mouthpiece-Token": "x"}}));
  }
  await attempt("script", async () => { await loaded("script", film); return "ran"; });
  await attempt("video", async () => {
    await loaded("video", `${root}film/pt-BR/clips/clip.mp4`); return "played"; });
  const frame = document.createElement("iframe");
  frame.src = `${root}film/pt-BR/`;
  await new Promise((done) => { frame.onload = done; document.body.append(frame); });
  await attempt("frame", () => frame.contentDocument.title || "empty");
  await fetch(film, {method: "POST", mode: "no-cors", body}).catch(() => {});
  return told;
}"""
"""What a page that knows even the secret tries, to read the decisions and to write one."""


def test_a_page_on_another_port_can_neither_read_nor_write(reviewer, served, elsewhere):
    """Browsers send the cookies of a host to all its ports; a page once stole the token so."""
    reviewer.visit(served.address)
    reviewer.page.get_by_role("link", name="film").click()
    reviewer.wait(SAVED)
    assert reviewer.page.context.cookies() == []
    other = reviewer.page.context.new_page()
    other.goto(elsewhere)
    told = other.evaluate(STEAL, [served.address, f"{served.address}film/pt-BR/decisions"])
    assert {line for line in told if not line.endswith(": refused")} == set()
    assert len(told) == 15
    assert saved(served) == {}
    # A link from a review page tells the other page nothing of where it came from.
    reviewer.page.evaluate(f"location.href = {elsewhere!r}")
    reviewer.page.wait_for_url(elsewhere)
    assert not any(served.secret in text or "Cookie" in text for text in Elsewhere.seen)


def test_the_served_page_shows_what_the_table_says_now(reviewer, served):
    table = Table(served.reviews.table)
    words = {
        "000150-000199": {"decision": "approve"},
        "000200-000249": {"decision": "approve", "draft": "ffffffffffff"},
        "000100-000149": {"decision": "passthrough", "draft": "ffffffffffff"},
    }
    for cut, word in words.items():
        table.put(("film", "pt-BR", cut), word)
    table.write()
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    said = reviewer.page.locator(".decision").all_inner_texts()
    # A stale approval counts for nothing; a refusal holds, whatever is drafted.
    assert [text for text in said if text] == ["approve", "keep original"]


def test_a_refusal_that_is_carried_over_is_taken_back_for_one_cut(reviewer, served):
    table = Table(served.reviews.table)
    refusal = {"decision": "passthrough", "draft": "ffffffffffff", "note": "consent"}
    table.put(("film", "pt-BR", "000150-000248"), refusal)
    table.write()
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    said = reviewer.page.locator(".decision").all_inner_texts()
    assert said[:2] == ["keep original (carried over)"] * 2
    assert reviewer.page.locator("#note").input_value() == "consent"
    reviewer.press("u")
    reviewer.wait(SAVED)
    draft = "0123456789ab"
    assert saved(served) == {
        "000150-000199": f"{draft} consent",
        "000200-000249": f"passthrough {draft} consent",
    }
    reviewer.press("j")
    assert reviewer.page.locator(".decision").nth(1).inner_text().startswith("keep original")
    assert reviewer.errors == []


def test_what_is_not_saved_is_said_and_tried_again(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    table = served.reviews.table
    table.write_text("video\tlanguage\tcut\tdecision\nfilm\tpt-BR\tseven\tapprove\n")
    reviewer.press("a")
    reviewer.wait(FAILED)
    status = reviewer.page.locator("#saving").inner_text()
    assert "000150-000199" in status and "row 2, column cut: 'seven' is not allowed" in status
    assert "Not saved" in reviewer.page.locator("#hint").inner_text()
    assert "approve" in reviewer.decide_and_export()
    table.unlink()
    reviewer.page.get_by_role("button", name="Try again").click()
    reviewer.wait(SAVED)
    assert saved(served) == {"000150-000199": "approve 0123456789ab"}
    assert reviewer.page.get_by_role("button", name="Try again").is_hidden()


def test_a_server_that_is_gone_is_named(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    reviewer.page.route("**/decisions", lambda route: route.abort())
    reviewer.press("p")
    reviewer.wait(FAILED)
    assert "does not answer" in reviewer.page.locator("#saving").inner_text()
    reviewer.page.unroute("**/decisions")
    reviewer.press("j", "p")
    reviewer.wait("document.querySelectorAll('.decision.new').length === 2")
    reviewer.page.get_by_role("button", name="Try again").click()
    reviewer.wait(SAVED)
    assert len(saved(served)) == 2


def test_decisions_wait_while_the_film_is_made_again(reviewer, served):
    """Snakemake deletes cuts.tsv before it makes it again, which takes as long as it takes."""
    table = served.reviews.results / "film" / "pt-BR" / "cuts.tsv"
    rows = table.read_text(encoding="utf-8")
    table.unlink()
    reviewer.visit(f"{served.address}film/pt-BR/")
    away = "document.querySelector('#saving').textContent.includes('is making film')"
    reviewer.wait(away)
    reviewer.press("p")
    reviewer.wait(FAILED)
    write_text(table, rows)
    reviewer.wait(SAVED)
    assert saved(served) == {"000150-000199": "passthrough 0123456789ab"}

    table.unlink()
    reviewer.page.evaluate("window.dispatchEvent(new Event('focus'))")
    reviewer.wait(away)
    reviewer.press("j", "a")
    reviewer.wait(FAILED)
    assert reviewer.page.locator("#forget").is_hidden(), "words go to the table, not the browser"
    write_text(table, rows)
    reviewer.wait(SAVED)

    table.unlink()
    reviewer.press("t")
    reviewer.wait(FAILED)
    write_text(table, rows)
    reviewer.wait(SAVED)
    assert saved(served)["000200-000249"] == "approve 0123456789ab final"
    assert [error for error in reviewer.errors if "503" not in error] == []


def test_a_film_that_is_gone_from_the_project_is_said_and_words_stay(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    folder = served.reviews.results / "film" / "pt-BR"
    folder.rename(folder.with_name("fr"))
    reviewer.page.evaluate("window.dispatchEvent(new Event('focus'))")
    reviewer.press("p")
    reviewer.wait(FAILED)
    assert "there is no film film in pt-BR" in reviewer.page.locator("#saving").inner_text()
    folder.with_name("fr").rename(folder)
    reviewer.page.get_by_role("button", name="Try again").click()
    reviewer.wait(SAVED)
    assert saved(served) == {"000150-000199": "passthrough 0123456789ab"}


def test_another_server_on_this_machine_is_told_from_ours(reviewer, served):
    reviewer.page.route("**/decisions", lambda route: route.fulfill(status=404))
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait("document.querySelector('#saving').hidden")
    reviewer.press("p")
    reviewer.wait("document.querySelector('#hint').textContent.startsWith('Kept in this browser')")


@pytest.fixture
def two(browser, served):
    """Two reviewers who have opened the same film, each in a browser of their own."""
    size = {"width": 1280, "height": 800}
    contexts = [browser.new_context(viewport=size, reduced_motion="reduce") for _ in range(2)]
    pair = [Reviewer(context.new_page()) for context in contexts]
    for one in pair:
        one.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
        one.wait(SAVED)
    yield pair
    for context in contexts:
        context.close()


CONFLICT = "!document.querySelector('#conflict').hidden"


def test_a_conflict_hides_neither_the_pictures_nor_the_decision(two):
    anna, ben = two
    anna.press("a")
    anna.wait(SAVED)
    ben.press("p")
    ben.wait(CONFLICT)
    seen = ["#stage .box", "#play", "#keep-mine", "[data-decision=approve]", "#note"]
    assert ben.page.evaluate(WITHIN, seen) == []


@pytest.mark.parametrize(
    "size", [(1440, 900), (1024, 768), (1024, 640), (768, 1024), (390, 844), (320, 640)]
)
def test_long_notes_in_a_conflict_leave_the_whole_picture_in_view(two, size):
    anna, ben = two
    ben.page.set_viewport_size({"width": size[0], "height": size[1]})
    ben.drawn()
    for one, decision, state in ((anna, "a", SAVED), (ben, "p", CONFLICT)):
        one.press("n")
        one.page.keyboard.insert_text(f"{decision}: late in its second half, " * 30)
        one.press("Escape", decision)
        one.wait(state)
    ben.press("c")
    seen = ["#keep-mine", "#take-theirs", "[data-decision=approve]"]
    assert ben.page.evaluate(WITHIN, seen) == []
    box = ben.page.locator("#stage figure:not(.behind) .box").first.bounding_box()
    assert box["height"] >= 140
    assert box["y"] + box["height"] <= ben.page.locator(".decide").bounding_box()["y"]
    ben.press("n")
    assert ben.page.evaluate(WITHIN, ["#note"]) == [], "a note can still be written"


def test_the_name_is_asked_for_once(reviewer, folder):
    reviewer.open(folder)
    question = reviewer.page.get_by_placeholder("Who decides?")
    assert not question.is_visible()
    reviewer.press("a")
    question.wait_for()
    reviewer.press("j", "a")
    assert not question.is_visible()


@pytest.mark.parametrize("size", [(390, 844), (768, 1024), (720, 450)])
def test_the_name_is_asked_for_beside_the_decision_on_a_small_screen(at_size, folder, size):
    reviewer = at_size(*size)
    reviewer.open(folder)
    reviewer.page.get_by_role("button", name="Keep original").click()
    assert reviewer.page.evaluate(WITHIN, ["#reviewer"]) == []
    reviewer.page.get_by_placeholder("Who decides?").fill("Anna")
    reviewer.press("Enter")
    assert reviewer.page.locator("footer #reviewer").input_value() == "Anna"
    assert reviewer.errors == []


def test_a_name_that_is_given_answers_the_question(reviewer, folder):
    reviewer.open(folder)
    reviewer.press("a")
    reviewer.page.get_by_placeholder("Who decides?").fill("Anna")
    reviewer.press("Enter")
    reviewer.page.get_by_placeholder("Your name").wait_for()


def test_a_decision_says_who_when_and_a_note_its_frame(two, served):
    anna, ben = two
    for one, name in ((anna, "Anna"), (ben, "Ben <b>")):
        one.page.get_by_label("Reviewer").fill(name)
        one.press("Enter")
        one.pick("000150-000199")
        one.wait_loaded(2)
    anna.press("f", "f")
    anna.wait_loaded(2)
    anna.press("n")
    anna.page.keyboard.type("blurred")
    anna.press("Escape")
    anna.page.get_by_label("Severity").select_option("Blocker")
    anna.page.get_by_label("Reason").select_option("Best Possible")
    anna.wait(SAVED)
    said = Table(served.reviews.table).decisions["film", "pt-BR", "000150-000199"].values
    assert said.pop("time").startswith("20")
    assert {name: value for name, value in said.items() if value} == {
        "draft": "0123456789ab", "note": "blurred", "severity": "Blocker",
        "reason": "Best Possible", "frame": "152", "reviewer": "Anna",
    }  # fmt: skip
    assert "Anna, " in anna.page.locator("#hint").inner_text()
    anna.press("f", "f")
    anna.wait_loaded(2)
    anna.page.get_by_role("button", name="Frame 152").click()
    anna.wait_loaded(2)
    assert anna.times == pytest.approx([2.5 / 25] * 2)

    ben.press("p")
    ben.wait(CONFLICT)
    panel = ben.page.get_by_role("group", name="Two decisions on this cut").inner_text()
    assert "Anna decided on it" in panel
    assert "Blocker; Best Possible; “blurred” (Anna, " in panel
    ben.press("1")
    ben.wait(SAVED)
    anna.reload()
    anna.wait(SAVED)
    assert anna.page.get_by_label("Reviewer").input_value() == "Anna", "it is asked once"
    assert "Ben <b>, " in anna.page.locator("#hint").inner_text()
    anna.page.get_by_label("Search").fill("ben <b>")
    assert anna.shown == ["000150-000199"]


def test_who_decides_on_a_cut_with_a_note_does_not_sign_the_note(two, served):
    anna, ben = two
    for one, name in ((anna, "Anna"), (ben, "Ben")):
        one.page.get_by_label("Reviewer").fill(name)
        one.press("Enter")
        one.pick(LATE)
    anna.press("n", "x", "Escape")
    anna.wait(SAVED)
    ben.reload()
    ben.wait(SAVED)
    ben.press("a")
    ben.wait("document.querySelector('#hint').textContent.includes('Ben, ')")
    ben.wait(SAVED)
    hint = ben.page.locator("#hint").inner_text()
    assert hint.endswith("Noted by Anna.")
    said = Table(served.reviews.table).decisions["film", "pt-BR", LATE]
    assert (said.note, said.noted_by, said.reviewer) == ("x", "Anna", "Ben")
    anna.reload()
    anna.wait("document.querySelector('#hint').textContent.endsWith('Noted by Anna.')")


NOTES = [
    '"',
    'he said "no"\n\tand left',
    "<script>document.title=1</script>",
    "&lt;\u202e\\t",
    "=1+1",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_is_text_wherever_it_is_shown(reviewer, served, note):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    reviewer.page.locator("#note").fill(note)
    reviewer.press("Escape")
    reviewer.wait(SAVED)
    flat = " ".join(note.split())
    assert saved(served)["000150-000199"] == f"0123456789ab {flat}"
    reviewer.reload()
    reviewer.wait(SAVED)
    assert reviewer.page.locator("#note").input_value() == flat
    reviewer.page.get_by_label("Search").fill(flat)
    assert reviewer.shown == ["000150-000199"]
    assert reviewer.page.title() == "film · pt-BR · review" and reviewer.errors == []


def test_all_lines_of_a_note_are_seen(reviewer, folder):
    reviewer.open(folder).press("n")
    reviewer.page.keyboard.type("softer at the end, and the lips stay open " * 4)
    hidden = "(note => note.scrollHeight - note.clientHeight)(document.querySelector('#note'))"
    assert reviewer.page.evaluate(hidden) <= 0


def test_nothing_is_called_saved_before_something_is(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    status = reviewer.page.locator("#saving")
    assert status.inner_text() == "Changes are saved to decisions.tsv at once"
    reviewer.press("p")
    reviewer.wait("document.querySelector('#saving').textContent === 'Saved to decisions.tsv'")


def test_a_cut_that_fails_by_offset_is_not_said_to_pass(reviewer, folder):
    reviewer.open(folder)
    scores = reviewer.page.locator("#gauges").inner_text()
    assert "0.500, high enough" in scores and "lips 10 frames late, too far" in scores
    assert "passes" not in scores


def test_a_note_that_is_too_long_is_said(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    reviewer.press("n")
    reviewer.page.keyboard.insert_text("x" * 10_240)  # as if pasted: the browser cuts it
    reviewer.wait(SAVED)
    assert "2000 characters at most" in reviewer.page.locator("#hint").inner_text()
    assert saved(served)["000150-000199"] == f"0123456789ab {'x' * 2000}"


def test_two_words_on_one_cut_are_shown_and_the_person_chooses(two, served):
    anna, ben = two
    anna.press("a", "n")
    anna.page.keyboard.type("fine <b>by me</b>")
    anna.press("Escape")
    anna.wait(SAVED)
    ben.press("p", "j")
    ben.wait(FAILED)
    assert saved(served)["000150-000199"] == "approve 0123456789ab fine <b>by me</b>"
    status = ben.page.locator("#saving").inner_text()
    assert "000150-000199" in status and "somebody else" in status
    said = ben.page.locator(".decision").first.inner_text()
    assert said == "keep original, in conflict"
    assert ben.page.locator("#conflict").is_hidden(), "it is another cut's"
    ben.press("c")
    assert ben.chosen == "000150-000199" and ben.page.evaluate(CONFLICT)
    panel = ben.page.get_by_role("group", name="Two decisions on this cut")
    assert "keep original" in panel.locator("#conflict-mine").inner_text()
    assert "approve; “fine <b>by me</b>”" in panel.locator("#conflict-theirs").inner_text()
    assert "somebody else decided" in ben.page.locator("[aria-live]").inner_text()
    ben.press("2")
    ben.wait(SAVED)
    assert ben.page.locator("#conflict").is_hidden()
    assert ben.page.locator("#note").input_value() == "fine <b>by me</b>"
    assert saved(served)["000150-000199"] == "approve 0123456789ab fine <b>by me</b>"
    assert ben.page.locator("[data-decision=approve]").get_attribute("aria-pressed") == "true"

    anna.press("u")
    anna.wait(SAVED)
    ben.press("t")
    ben.wait(FAILED)
    ben.page.get_by_role("button", name="Keep mine").click()
    ben.wait(SAVED)
    assert saved(served)["000150-000199"] == "approve 0123456789ab final fine <b>by me</b>"
    errors = [error for one in two for error in one.errors if "409" not in error]
    assert errors == []


def test_a_decision_taken_back_by_another_is_a_conflict_too(two, served):
    anna, ben = two
    anna.press("p")
    anna.wait(SAVED)
    ben.page.evaluate("window.dispatchEvent(new Event('focus'))")
    ben.wait("document.querySelector('.decision').textContent === 'keep original'")
    ben.wait(SAVED)
    anna.press("u")
    anna.wait(SAVED)
    assert saved(served) == {}
    ben.press("a")
    ben.wait(CONFLICT)
    assert "nothing" in ben.page.locator("#conflict-theirs").inner_text()
    ben.press("1")
    ben.wait(SAVED)
    assert saved(served) == {"000150-000199": "approve 0123456789ab"}


def test_a_page_that_is_looked_at_again_learns_what_others_said(two, served):
    anna, ben = two
    anna.press("j", "t", "k", "p")
    anna.wait(SAVED)
    ben.page.evaluate("window.dispatchEvent(new Event('focus'))")
    ben.wait("document.querySelector('.decision').textContent === 'keep original'")
    button = ben.page.locator("[data-decision=passthrough]")
    assert button.get_attribute("aria-pressed") == "true"
    news = ben.page.locator("[aria-live]").inner_text()
    assert news == "Changed elsewhere meanwhile: 000150-000199, 000200-000249"
    ben.press("a")
    ben.wait(SAVED)
    assert saved(served)["000150-000199"] == "approve 0123456789ab"
    ben.page.evaluate("window.dispatchEvent(new Event('focus'))")
    ben.wait(SAVED)
    assert "Changed" not in ben.page.locator("[aria-live]").inner_text().replace(news, "")


def test_what_is_not_taken_back_is_said_to_the_eye_too(two, served):
    anna, ben = two
    for one in two:
        one.pick(LATE)
    anna.press("p")
    anna.wait(SAVED)
    ben.reload()
    ben.wait(SAVED)
    ben.pick(LATE)
    ben.press("a")
    ben.wait(SAVED)
    anna.page.evaluate("window.dispatchEvent(new Event('focus'))")
    hint = "document.querySelector('#hint').textContent"
    anna.wait(f"{hint}.startsWith('Changed elsewhere meanwhile: {LATE}. ')")
    anna.press("Control+z")
    anna.wait(f"{hint}.startsWith('Left as it is, changed since: {LATE}. ')")
    anna.press("j")
    assert "Left as it is" not in anna.page.locator("#hint").inner_text()
    assert said_of(served) == "approve"


def said_of(server):
    return Table(server.reviews.table).decisions["film", "pt-BR", LATE].decision


def test_two_tabs_from_disk_keep_each_others_words(browser, folder):
    context = browser.new_context()
    tabs = [Reviewer(context.new_page()).open(folder) for _ in range(2)]
    tabs[0].press("p")
    tabs[1].press("j", "a")
    tabs[0].wait("document.querySelectorAll('.decision.new').length === 2")
    for tab in tabs:
        tab.settle()
    again = Reviewer(context.new_page()).open(folder)
    text = again.decide_and_export()
    assert "000150-000199\tpassthrough" in text and "000200-000249\tapprove" in text
    context.close()


def test_a_cut_that_was_drafted_again_meanwhile_is_not_approved(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/")
    reviewer.wait(SAVED)
    table = served.reviews.results / "film" / "pt-BR" / "cuts.tsv"
    write_text(table, table.read_text().replace("0123456789ab", "ffffffffffff"))
    reviewer.press("a")
    reviewer.wait(FAILED)
    assert "another draft by now; reload" in reviewer.page.locator("#saving").inner_text()
    assert saved(served) == {}


def test_html_in_values_is_shown_as_text(reviewer, tmp_path, clips):
    evil = "<img src=x onerror=document.title=1></script><script>document.title=1</script>"
    write(tmp_path, clips, [cut_row(0, FRAMES, "fail", gate_reasons=evil, note=evil, engine=evil)])
    reviewer.open(tmp_path).wait_loaded(2)
    assert reviewer.page.title() == "film · pt-BR · review"
    assert reviewer.page.locator("img[src=x]").count() == 0
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


@pytest.fixture
def long_film(tmp_path, clips):
    """A page of fifteen hundred cuts."""
    rows = [cut_row(50 * n, FRAMES, ("fail", "pass", "none")[n % 3]) for n in range(1500)]
    write(tmp_path, clips, rows)
    return tmp_path


def test_fifteen_hundred_cuts_need_two_players_and_a_hundred_rows(reviewer, long_film):
    reviewer.open(long_film)
    table = reviewer.page.locator(".rows table")
    assert reviewer.page.locator("#rows tr").count() == 100
    assert table.get_attribute("aria-rowcount") == "1501"
    reviewer.press(*["j"] * 30)
    assert reviewer.chosen == reviewer.shown[30]
    reviewer.wait_loaded(2)
    reviewer.page.get_by_label("Sort by").select_option("film")
    # Rows are rendered when they come into view.
    reviewer.wait("document.querySelector('tr[aria-current] .pick').innerText")
    assert reviewer.chosen == "004500-004549", "the cut stays, and its row is shown"
    assert reviewer.shown[0] == "000000-000049" and reviewer.shown[90] == reviewer.chosen
    assert reviewer.errors == []


def test_the_keys_walk_from_one_hundred_to_the_next(reviewer, long_film):
    reviewer.open(long_film)
    place = reviewer.page.locator("#place")
    assert place.inner_text() == "1–100 of 1500"
    assert reviewer.page.get_by_role("button", name="Cuts before").is_disabled()
    reviewer.page.locator("#rows .pick").last.click()
    reviewer.press("j")
    assert place.inner_text() == "101–200 of 1500"
    assert reviewer.chosen == reviewer.shown[0]
    row = reviewer.page.locator("tr[aria-current]")
    assert row.get_attribute("aria-rowindex") == "102"
    assert reviewer.focused == reviewer.chosen
    reviewer.press("k")
    assert place.inner_text() == "1–100 of 1500" and reviewer.chosen == reviewer.shown[-1]
    for _ in range(14):
        reviewer.page.get_by_role("button", name="Cuts after").click()
    assert place.inner_text() == "1401–1500 of 1500"
    assert reviewer.chosen == reviewer.shown[0]
    assert reviewer.page.get_by_role("button", name="Cuts after").is_disabled()
    reviewer.press("p")
    reviewer.page.get_by_role("button", name="Cuts before").click()
    reviewer.page.get_by_label("Search").fill("keep original")
    assert len(reviewer.shown) == 1 and reviewer.page.locator("#pager").is_hidden()
    assert reviewer.errors == []


def test_the_theme_follows_the_system_and_the_button(browser, folder):
    context = browser.new_context(color_scheme="dark")
    viewer = Reviewer(context.new_page()).open(folder)
    dark = viewer.background
    viewer.exchange_themes()
    light = viewer.background
    expected = [tuple(bytes.fromhex(colours["bg"][1:])) for colours in (DARK, LIGHT)]
    assert [dark, light] == [f"rgb{colour}" for colour in expected]
    viewer.reload()
    assert viewer.background == light
    context.close()


def test_a_screen_reader_finds_table_buttons_and_news(reviewer, folder):
    reviewer.open(folder)
    page = reviewer.page
    assert page.get_by_role("row").count() == 6 + page.locator("#brief tr").count()
    headers = page.get_by_role("columnheader").all_inner_texts()
    assert headers == ["Cut", "Verdict", "Delivered"]
    reviewer.press("p")
    button = page.get_by_role("button", name="Keep original")
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator("[aria-live]").inner_text() == "Cut 000150-000199: keep original"
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, select, textarea, input')].filter(e =>"
        " !e.textContent.trim() && !e.getAttribute('aria-label') && !e.labels?.length).length"
    )
    assert unnamed == 0


def test_letters_may_be_kept_from_acting(reviewer, folder):
    """WCAG 2.1.4: what a letter does can be switched off; arrows and buttons stay."""
    reviewer.open(folder).press("?")
    reviewer.page.locator("#letters").uncheck()
    reviewer.press("Escape")
    for _ in range(2):
        first = reviewer.chosen
        reviewer.press("j", "a", "t", "?", "2")
        assert reviewer.chosen == first
        assert (
            reviewer.page.locator("[data-decision=approve]").get_attribute("aria-pressed") != "true"
        )
        assert not reviewer.page.locator("#help").is_visible()
        reviewer.press("ArrowDown")
        assert reviewer.chosen != first
        assert not reviewer.page.locator("[data-decision=approve] kbd").is_visible()
        assert reviewer.page.locator("#note").get_attribute("placeholder") == "Note"
        reviewer.page.locator("[data-decision=retry]").click()
        reviewer.press("2")
        assert reviewer.page.locator("#retrying").is_visible()
        reviewer.press("Escape")
        reviewer.open(folder)  # the browser remembers
    reviewer.page.locator("#help-open").click()
    reviewer.page.locator("#letters").check()
    reviewer.press("Escape", "a")
    assert reviewer.page.locator("[data-decision=approve]").get_attribute("aria-pressed") == "true"
    assert reviewer.errors == []


def test_the_tab_key_goes_through_the_page_as_it_reads(reviewer, folder):
    reviewer.open(folder)
    order = []
    for _ in range(60):
        reviewer.press("Tab")
        name = reviewer.page.evaluate(
            "(e => e === document.body ? '' : e.id || e.dataset.verdict || e.dataset.decision"
            " || e.className || e.tagName)(document.activeElement)"
        )
        if not name:
            break
        order.append(name)
    wanted = [
        "limits-open", "fail", "search", "sort", "pick", "play", "back", "loop", "speed", "SUMMARY",
        "approve", "retry", "tier", "undo", "note", "export",
    ]  # fmt: skip
    assert [name for name in order if name in wanted] == wanted
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    reviewer.page.locator("#search").focus()
    assert reviewer.page.evaluate(ring) == "solid"


def test_the_list_is_one_stop_and_keys_go_through_it(reviewer, long_film):
    reviewer.open(long_film)
    reviewer.page.locator("#after").focus()
    reviewer.press("Tab")
    assert reviewer.focused == reviewer.shown[0]
    reviewer.press("ArrowDown", "PageDown", "ArrowUp")
    assert reviewer.chosen == reviewer.focused == reviewer.shown[10]
    reviewer.press("End")
    assert reviewer.focused == reviewer.chosen == reviewer.shown[-1]
    assert reviewer.page.locator("#place").inner_text() == "1401–1500 of 1500"
    reviewer.press("Home", "Tab")
    assert reviewer.page.evaluate("document.activeElement.closest('#viewer') !== null")


@pytest.fixture
def at_size(browser):
    """A reviewer whose window has this width and height, in pixels."""
    contexts = []

    def sized(width, height, **options):
        size = {"width": width, "height": height}
        options = {"reduced_motion": "reduce"} | options  # as in `reviewer`
        contexts.append(browser.new_context(viewport=size, **options))
        return Reviewer(contexts[-1].new_page())

    yield sized
    for context in contexts:
        context.close()


WITHIN = """(names) => names.filter((name) => {
  const box = document.querySelector(name).getBoundingClientRect();
  const [x, y] = [box.left + Math.min(20, box.width / 2), box.top + box.height / 2];
  const over = y < innerHeight && y > 0 && document.elementFromPoint(x, y);
  return !over || !over.closest(name) && !over.matches(`:has(${name})`);
})"""
"""Which of these elements are out of sight: beyond the window's edge, or under something else."""


@pytest.mark.parametrize("size", [(1000, 800), (930, 400), (640, 512), (320, 640)])
def test_on_a_small_screen_the_chosen_cut_lies_under_its_list(at_size, long_film, size):
    reviewer = at_size(*size)
    reviewer.open(long_film).wait_loaded(2)
    assert reviewer.page.evaluate("scrollY") == 0, "nothing scrolls before a person chose"
    seen = ["tr[aria-current] .pick", "#cut-title", "#stage figure:not(.behind) .box"]
    reviewer.page.locator("#rows .pick").nth(2).click()
    assert reviewer.page.evaluate(WITHIN, seen) == []
    reviewer.page.evaluate("scrollTo(0, 1e6)")
    reviewer.press("j")
    assert reviewer.page.evaluate(WITHIN, seen) == []
    reviewer.page.evaluate("scrollTo(0, 0)")
    if reviewer.page.locator("#filters").is_visible():
        reviewer.page.click("#filters")
    reviewer.page.get_by_label("Search").fill("no such cut")
    assert reviewer.page.evaluate("scrollY") == 0, "who types is left where they are"
    assert reviewer.errors == []


def seen_picture(page):
    """Where the picture in front begins and ends, in pixels from the window's upper edge."""
    box = page.locator("#stage figure:not(.behind) .box").first.bounding_box()
    return box["y"], box["y"] + box["height"]


PHONES = [(320, 568), (320, 640), (390, 844), (640, 512), (720, 450), (844, 390), (640, 360)]


@pytest.mark.parametrize("size", PHONES)
def test_on_a_phone_and_in_great_zoom_the_whole_picture_is_in_view(at_size, with_film, size):
    reviewer = at_size(*size)
    reviewer.open(with_film).wait_loaded(2)
    top, low = seen_picture(reviewer.page)
    assert top >= 0 and low - top >= 140
    assert low <= reviewer.page.locator(".decide").bounding_box()["y"], "decisions are at hand"
    assert reviewer.page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
    reviewer.page.get_by_role("button", name="Filter, search, sort").click()
    reviewer.page.get_by_role("button", name="Gated out").click()
    assert "000150-000199" not in reviewer.shown
    assert reviewer.errors == []


@pytest.mark.parametrize("size", [(720, 450), (640, 512), (844, 390), (390, 844), (1440, 900)])
def test_the_film_and_its_controls_are_in_view_whatever_the_window(at_size, with_film, size):
    segment(with_film / "clips/film.mp4", FRAMES, size=(1280, 1024))
    reviewer = at_size(*size)
    reviewer.open(with_film)
    reviewer.page.click("#tab-film")
    reviewer.wait("document.querySelector('#film-video').readyState >= 1")
    reviewer.wait("document.querySelector('#film-clock').textContent.includes('frame')")
    seen = ["#film-play", "#film-clock", "#film-speed", "[data-film=review]"]
    assert reviewer.page.evaluate(WITHIN, seen) == []
    box = reviewer.page.locator("#film-box").bounding_box()
    header = reviewer.page.locator("header").bounding_box()
    play = reviewer.page.locator("#film-play").bounding_box()
    assert box["height"] >= 120
    assert header["y"] + header["height"] <= box["y"]
    assert box["y"] + box["height"] <= play["y"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("size", "high_px"),
    [((720, 450), 48), ((640, 360), 48), ((844, 390), 48), ((1440, 480), 48), ((320, 568), 96)],
)
def test_in_a_low_window_the_decisions_are_a_line_under_the_picture(
    at_size, with_film, size, high_px, theme
):
    """1440 x 900 at 200 % is 720 x 450; a phone may be held across."""
    reviewer = at_size(*size, color_scheme=theme)
    reviewer.open(with_film).wait_loaded(2)
    page, bar = reviewer.page, reviewer.page.locator(".cuts .decide")
    page.locator("#rows .pick").nth(1).click()
    buttons = [f"[data-decision={name}]" for name in ("approve", "passthrough", "retry")]
    buttons += ["#tier", "#undo", "#note"]
    assert bar.bounding_box()["height"] <= high_px
    top, low = seen_picture(page)
    assert top >= 0 and low - top >= 140 and low <= bar.bounding_box()["y"]
    assert page.evaluate(WITHIN, ["#play", *buttons]) == []
    for at in (0, 100, 200, 300):
        page.evaluate(f"scrollTo(0, {at})")
        assert page.evaluate(WITHIN, buttons) == [], at
        box = bar.bounding_box()
        assert box["y"] + box["height"] == size[1]
    page.click("#note")
    page.keyboard.type("a word")
    assert page.evaluate(WITHIN, ["#note", "#severity", "#reason"]) == []
    page.locator("#severity").select_option("Issue")
    reviewer.press("Escape", "p")
    assert "Kept in this browser" in page.locator("#hint").inner_text()
    assert page.evaluate(WITHIN, ["#hint"]) == []
    reviewer.press("j")
    top, low = seen_picture(page)
    assert top >= 0 and low <= bar.bounding_box()["y"]
    assert reviewer.violations() == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
    assert reviewer.errors == []


def test_a_phone_shows_one_picture_and_the_decisions(at_size, with_film):
    reviewer = at_size(390, 844)
    reviewer.open(with_film).wait_loaded(2)
    page = reviewer.page
    pictures = page.locator("#stage figure[data-side]:not(.behind) .box")
    assert pictures.count() == 1 and page.locator("#blink").is_hidden()
    seen = ["[data-decision=approve]", "[data-decision=passthrough]", "#note"]
    assert page.evaluate(WITHIN, seen) == []
    reviewer.press("z")  # the small whole picture must not lie over the decisions
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(WITHIN, ["[data-decision=retry]", *seen]) == []
    reviewer.press("z")
    page.get_by_role("button", name="Exchange").click()
    assert page.locator("#stage figure:not(.behind)").first.get_attribute("data-side") == "original"
    assert page.locator("#search").is_hidden()
    page.get_by_role("button", name="Filter, search, sort").click()
    page.get_by_label("Search").fill("behind the voice")
    assert reviewer.shown == ["000150-000199"]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 800})
    reviewer.until(lambda: pictures.count() == 2, "there is room for both")
    assert reviewer.errors == []


def test_columns_do_not_overlap(at_size, folder):
    for width in (1001, 1024, 1100, 1200, 1400):
        reviewer = at_size(width, 800)
        reviewer.open(folder)
        overlaps = reviewer.page.evaluate("""[...document.querySelectorAll("#rows .verdict")]
          .filter((e) => { const cell = e.parentElement.getBoundingClientRect();
            return e.getBoundingClientRect().right > cell.right + 0.5; }).length""")
        assert overlaps == 0, width


@pytest.mark.parametrize("size", [(320, 256), (640, 512), (1000, 760), (1280, 720), (1400, 900)])
def test_nothing_lies_over_what_has_the_focus(at_size, folder, size):
    """WCAG 2.4.11."""
    reviewer = at_size(*size)
    reviewer.open(folder).wait_loaded(2)
    stops, covered = 0, []
    for _ in range(60):
        reviewer.press("Tab")
        name, points = reviewer.page.evaluate("""() => {
          const e = document.activeElement, box = e.getBoundingClientRect();
          const at = (low, high) => [0.1, 0.5, 0.9].map((share) => low + share * (high - low));
          const seen = (x, y) => e.contains(document.elementFromPoint(x, y));
          return [e === document.body ? "" : e.id || e.className || e.textContent,
            at(box.left, box.right).flatMap((x) => at(box.top, box.bottom).map((y) => seen(x, y)))
              .filter(Boolean).length];
        }""")
        if not name:
            break
        stops += 1
        if not points:
            covered.append(name)
    assert stops > 20
    assert covered == []


@pytest.mark.parametrize("size", [(1400, 900), (1280, 720), (1366, 768)])
def test_pictures_keys_and_decisions_are_seen_at_once(at_size, tmp_path, clips, size):
    reviewer = at_size(*size)
    write(tmp_path, clips, ROWS, course=(0.05, 0.3) * 25)
    reviewer.open(tmp_path).wait_loaded(2)
    seen = ["#stage figure:not(.behind) .box", "#course", "#play", "#blink", "#note"]
    seen += [f"[data-decision={name}]" for name in ("approve", "passthrough", "retry")]
    assert reviewer.page.evaluate(WITHIN, seen) == []
    reviewer.press("b")
    seen.remove("#course")  # the pictures have its room
    assert reviewer.page.evaluate(WITHIN, [*seen, "#exchange"]) == []


def test_nothing_moves_under_the_pointer_when_a_cut_is_decided(at_size, folder):
    reviewer = at_size(1280, 720)
    reviewer.open(folder).wait_loaded(2)
    button = reviewer.page.get_by_role("button", name="Keep original")
    before = button.bounding_box()
    button.click()
    assert "Kept in this browser" in reviewer.page.locator("#hint").inner_text()
    assert button.bounding_box() == before


def test_both_pictures_are_exchanged_by_key_and_by_button(reviewer, folder):
    reviewer.open(folder).wait_loaded(2)
    front = "document.querySelector('figure:not(.behind)').dataset.side"
    button = reviewer.page.get_by_role("button", name="Exchange")
    assert button.count() == 0
    reviewer.press("b")
    assert reviewer.page.evaluate(front) == "draft"
    button.click()
    assert reviewer.page.evaluate(front) == "original"
    reviewer.press("x")
    assert reviewer.page.evaluate(front) == "draft"
    reviewer.pick("000050-000099")
    assert button.count() == 0, "there is one picture alone"
    assert reviewer.page.locator("[data-side=original]").is_visible()
    reviewer.pick("000000-000049")
    assert button.count() == 1, "the next cut with two is compared, too"


def test_a_narrow_screen_needs_no_scrolling_sideways(browser, folder):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    context.close()


def test_nothing_moves_for_who_wants_less_motion(browser, folder):
    for motion, moves in (("reduce", False), ("no-preference", True)):
        context = browser.new_context(reduced_motion=motion)
        page = context.new_page()
        page.goto((folder / "index.html").as_uri())
        times = page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(e => (s => [s.transitionDuration,"
            " s.animationDuration])(getComputedStyle(e)))"
        )
        assert any(float(t.split("s")[0]) for t in times) == moves
        context.close()


def test_every_part_has_a_role_and_a_name(reviewer, folder):
    reviewer.open(folder)
    page = reviewer.page
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    for name in ("Cuts", "The chosen cut"):
        assert page.get_by_role("region", name=name).count() == 1
    for name in ("Which cuts are shown", "Playback", "Your decision on this cut"):
        assert page.get_by_role("group", name=name).count() == 1
    assert page.get_by_role("progressbar").get_attribute("id") == "progress"
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3')].filter(e => e.offsetParent)"
        ".map(e => Number(e.tagName[1]))"
    )
    assert levels[0] == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels))
    reviewer.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    reviewer.press("Escape")
    assert page.get_by_role("dialog").count() == 0


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_wrong_with_cuts_loupe_film_and_dialogs(reviewer, with_film, theme):
    reviewer.page.emulate_media(color_scheme=theme)
    reviewer.open(with_film).wait_loaded(2)
    reviewer.press("p", "j", "a")
    assert reviewer.violations() == []
    reviewer.press("z")
    assert reviewer.violations() == []
    reviewer.press("z", "i")
    reviewer.wait("document.querySelector('#context-film').readyState >= 2")
    assert reviewer.violations() == []
    reviewer.press("x")
    assert reviewer.violations() == []
    reviewer.press("i", "r")
    assert reviewer.page.locator("dialog[open]").count() == 1
    assert reviewer.violations() == []
    for name in ("help-open", "limits-open", "export"):
        reviewer.press("Escape")
        reviewer.page.click(f"#{name}")
        assert reviewer.violations() == [], name
    reviewer.press("Escape")
    reviewer.page.click("#tab-film")
    assert reviewer.page.locator("#cuts").is_hidden()
    assert reviewer.violations() == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_wrong_with_a_conflict(two, served, theme):
    anna, ben = two
    for one in two:
        one.page.emulate_media(color_scheme=theme)
        one.reload()
        one.wait(SAVED)
    anna.press("a")
    anna.wait(SAVED)
    ben.press("p")
    ben.wait(CONFLICT)
    assert ben.violations() == []


@pytest.fixture
def listed(served):
    """The list of films: one, one with many dubs, and two that are not made."""
    results = served.reviews.results
    for number in range(FOLDED_DUBS + 1):
        shutil.copytree(results / "film/pt-BR", results / "hello" / f"en_guest-number-{number}")
    log = results.parent / "logs/film/fr/000000-000049/draft.log"
    log.parent.mkdir(parents=True)
    said = "2026-11-28 00:00:00,000 ERROR mouthpiece.core.jobs: no memory is left on the device\n"
    log.write_text(said, encoding="utf-8")
    known = {("film", "fr"), ("a film with a long name and nothing shorter", "pt-BR")}
    served.reviews = replace(served.reviews, known=known | set(served.reviews.films()))
    return served


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_wrong_with_the_list_of_films(reviewer, listed, theme):
    """With all that can be opened opened, and nothing cut off."""
    reviewer.page.emulate_media(color_scheme=theme)
    reviewer.visit(listed.address)
    assert reviewer.page.get_by_text("Not made", exact=True).is_visible()
    assert reviewer.page.locator("details.folded").count() == 2
    reviewer.open_all()
    assert reviewer.violations_at_widths() == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024])
def test_the_list_of_films_is_not_scrolled_sideways_and_names_its_figures(at_size, served, width):
    reviewer = at_size(width, 800)
    reviewer.visit(served.address)
    table = reviewer.page.locator(".scroll")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    name = "cell => getComputedStyle(cell, '::before').content"
    cell = reviewer.page.locator("td[data-name='Gated out']")
    assert cell.is_visible() and cell.inner_text() == "2"
    assert ("Gated out" in cell.evaluate(name)) == (width <= 800)
    nothing = reviewer.page.locator("td[data-name='Not judged']")
    assert nothing.is_visible() == (width > 800), "what is 0 takes no room on a phone"


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_theme_of_a_page_from_disk_does_not_flash(reviewer, folder, is_kept):
    if not is_kept:
        reviewer.page.add_init_script(REFUSE_STORAGE)
    reviewer.page.emulate_media(color_scheme="light")
    reviewer.open(folder).wait_loaded(2)
    reviewer.exchanges_themes_without_a_flash((folder / "index.html").as_uri(), is_kept)
    assert reviewer.errors == []


def test_the_list_of_films_and_its_pages_have_one_theme(reviewer, served):
    reviewer.visit(served.address)
    before = reviewer.background
    reviewer.exchange_themes()
    after = reviewer.background
    assert after != before
    reviewer.settle()
    reviewer.page.get_by_role("link", name="film").first.click()
    reviewer.wait(SAVED)
    assert reviewer.background == after
    assert reviewer.backgrounds(served.address) == [after], "no flash of the system's theme"
    assert reviewer.errors == []
