"""Cuts are split and merged on the review page, in a real browser."""

import threading

import pytest
from samples import segment
from test_browser import FRAMES, ROWS, SAVED, write
from test_browser_apply import FakeRunner

from mouthpiece.core.cuts import from_starts, write_boundaries
from mouthpiece.project.given_cuts import read_override
from mouthpiece.review.decisions import Table
from mouthpiece.review.override_table import OverrideTable
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore

LATE, OTHER = "000150-000199", "000200-000249"
DIALOG = "document.querySelector('#cutting')"
PLANNED = "!document.querySelector('#cut-apply').disabled"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return segment(tmp_path_factory.mktemp("clips") / "clip.mp4", FRAMES, size=(160, 128))


@pytest.fixture
def served(tmp_path, clip):
    """A film of five cuts in a project, as the server has it."""
    film = tmp_path / "results" / "film" / "pt-BR"
    shared = film.parent / "_shared"
    for folder in (film / "review", shared):
        folder.mkdir(parents=True)
    write(film / "review", clip, ROWS)
    lines = ["\t".join(ROWS[0]), *("\t".join(row.values()) for row in ROWS)]
    (film / "cuts.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_boundaries(from_starts([50, 100, 150, 200], 250), shared / "boundaries.tsv")
    tables = {"film": tmp_path / "film.cuts.tsv"}
    store = ReviewStore(tmp_path / "results", tmp_path / "decisions.tsv", cuts_tables=tables)
    server = Server(store, runner=FakeRunner(tmp_path))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def starts(server):
    return [cut.first_frame for cut in read_override(server.reviews.cuts_tables["film"], 250)]


def decided(server):
    entries = Table(server.reviews.table).entries
    return {key[2]: " ".join(filter(None, said.obeyed.values())) for key, said in entries.items()}


def settings(server):
    entries = OverrideTable(server.reviews.remedies.table).entries
    return {key[2]: entry.values["value"] for key, entry in entries.items()}


def saved(reviewer, server, found):
    """Wait until the tables have what was turned and decided."""
    reviewer.until(lambda: found(server), "saved")


def test_a_cut_is_split_at_the_shown_frame_and_taken_back(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    reviewer.press("a", ",")
    saved(reviewer, served, lambda server: decided(server) and settings(server))
    reviewer.press(*["f"] * 20, "d")
    dialog = reviewer.page.get_by_role("dialog", name="Split or merge")
    reviewer.wait(PLANNED)
    told = dialog.inner_text()
    assert "Split before frame 170, which is shown" in told
    assert f"{LATE} becomes 000150-000169 and 000170-000199." in told
    assert "A table of cuts, film.cuts.tsv, is made of the cuts as they were found" in told
    assert "2 rows of decisions.tsv and overrides.tsv are carried over." in told
    assert f"No longer matches: pt-BR: approve of {LATE}." in told
    assert not served.reviews.cuts_tables["film"].exists(), "shown before it is done"
    reviewer.page.locator("#cut-apply").click()
    reviewer.wait(f"!{DIALOG}.open")
    assert starts(served) == [0, 50, 100, 150, 170, 200]
    assert settings(served) == {"000150-000169": "-1", "000170-000199": "-1"}
    assert decided(served) == {}
    reviewer.wait("!document.querySelector('#cut-instead').hidden")
    assert "film.cuts.tsv has 000150-000169 and 000170-000199 here" in (
        reviewer.page.locator("#cut-instead").inner_text()
    )
    row = reviewer.page.locator(f"tr[data-cut='{LATE}'] .outcome")
    assert row.inner_text() == "Drawn again"
    assert reviewer.page.locator("#remedies").is_hidden(), "they are carried over, not taken out"
    assert "carried over to the new cuts" in reviewer.page.locator("#hint").inner_text()
    reviewer.wait("!document.querySelector('#apply').hidden")
    reviewer.press("g")
    assert "other boundaries of 1 cut." in reviewer.page.locator("#apply-what").inner_text()
    reviewer.press("Escape", "Control+z")
    table = served.reviews.cuts_tables["film"]
    saved(reviewer, served, lambda server: LATE in settings(server) and not table.exists())
    assert decided(served)[LATE].startswith("approve")
    reviewer.wait("document.querySelector('#cut-instead').hidden")
    reviewer.page.get_by_role("button", name="Redo").click()
    saved(reviewer, served, lambda server: len(settings(server)) == 2 and table.exists())
    assert starts(served) == [0, 50, 100, 150, 170, 200]
    assert reviewer.errors == []


def test_what_is_saved_says_what_the_next_run_does_with_it(reviewer, served):
    def says(*keys):
        reviewer.press(*keys)
        reviewer.wait(SAVED)
        return reviewer.page.locator("#hint").inner_text().partition(" Anna")[0]

    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    assert says("a").startswith("Saved; the next run obeys it.")
    assert "draws it again, and approves no other draft." in says(",")
    assert "Saved; the next run obeys it." in says("p")
    assert "remarks are for people, and nothing is decided." in says("u", "n", "a", "Escape")
    reviewer.press("f", "f", "d")
    reviewer.wait(PLANNED)
    reviewer.page.locator("#cut-apply").click()
    reviewer.wait(f"!{DIALOG}.open")
    reviewer.wait("!document.querySelector('#cut-instead').hidden")
    assert "but the next run makes other cuts here, and does not obey it." in says("a")
    assert "Saved; the next run obeys it." in says("p"), "a refusal is carried by its frames"
    assert reviewer.errors == []


def late(page, address, method):
    """Let requests come so late that a reviewer does something before they are answered."""

    def wait(route):
        if route.request.method == method:
            route.request.frame.page.wait_for_timeout(300)
        route.continue_()

    page.route(address, wait)


def test_what_is_decided_at_once_is_in_no_conflict_with_ones_own_split(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    reviewer.press("n", "x", "Escape", ",")
    saved(reviewer, served, lambda server: decided(server) and settings(server))
    late(reviewer.page, "**/decisions", "GET")
    late(reviewer.page, "**/cuts", "POST")
    reviewer.press(*["f"] * 20, "d")
    reviewer.wait(PLANNED)
    reviewer.page.locator("#cut-apply").click()
    reviewer.wait(f"!{DIALOG}.open")
    reviewer.press("p")
    saved(reviewer, served, lambda server: decided(server).get(LATE, "")[:4] == "pass")
    reviewer.press("Control+z")
    saved(reviewer, served, lambda server: LATE not in decided(server))
    reviewer.press("Control+z", "a", ",")  # the split, and at once
    saved(reviewer, served, lambda server: decided(server).get(LATE, "")[:4] == "appr")
    saved(reviewer, served, lambda server: settings(server) == {LATE: "-2"})
    assert reviewer.page.locator("#conflict").is_hidden()
    assert reviewer.errors == []


def test_who_splits_a_cut_is_in_the_table_of_cuts(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    reviewer.page.get_by_label("Reviewer").fill("Anna")
    reviewer.page.locator("#cut-title").click()
    reviewer.press("f", "d")
    reviewer.wait(PLANNED)
    reviewer.page.locator("#cut-apply").click()
    reviewer.wait(f"!{DIALOG}.open")
    text = served.reviews.cuts_tables["film"].read_text(encoding="utf-8")
    assert "\nfirst_frame\treviewer\ttime\n" in text and "\n151\tAnna\t" in text


def test_a_cut_is_merged_by_keys_alone(reviewer, served):
    table = served.reviews.cuts_tables["film"]
    table.write_text("# ours\nfirst_frame\n0\n50\n100\n150\n200\n", encoding="utf-8")
    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    reviewer.press("d")
    reviewer.wait(PLANNED)
    reviewer.press("ArrowDown")
    reviewer.wait(f"{DIALOG}.textContent.includes('{LATE} and {OTHER} become 000150-000249.')")
    assert "The table of cuts, film.cuts.tsv, is changed." in (
        reviewer.page.locator("#cut-plan").inner_text()
    )
    reviewer.press("Tab", "Enter")
    reviewer.wait(f"!{DIALOG}.open")
    assert table.read_text(encoding="utf-8") == "# ours\nfirst_frame\n0\n50\n100\n150\n"
    reviewer.press("d", "Escape")
    assert reviewer.errors == []


def test_who_changed_the_cuts_meanwhile_is_not_overwritten(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    reviewer.press("f", "d")
    reviewer.wait(PLANNED)
    table = served.reviews.cuts_tables["film"]
    text = "first_frame\treviewer\ttime\n0\n50\tBen\t2026-11-27T22:13:05Z\n"
    table.write_text(text, encoding="utf-8")
    reviewer.page.locator("#cut-apply").click()
    problem = "document.querySelector('#cut-problem').textContent"
    reviewer.wait(f"{problem}.startsWith('Not done: The cuts were changed meanwhile by Ben, ')")
    assert table.read_text(encoding="utf-8") == text
    reviewer.wait(PLANNED)
    assert "000050-000249 becomes 000050-000150 and 000151-000249." in (
        reviewer.page.locator("#cut-plan").inner_text()
    )
    reviewer.page.locator("#cut-apply").click()
    reviewer.wait(f"!{DIALOG}.open")
    assert starts(served) == [0, 50, 151]


def test_steps_are_taken_back_after_the_page_was_loaded_again(reviewer, served):
    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    reviewer.press("p")
    saved(reviewer, served, decided)
    reviewer.press("j", ",")
    saved(reviewer, served, settings)
    reviewer.press("k", *["f"] * 20, "d")
    reviewer.wait(PLANNED)
    reviewer.page.locator("#cut-apply").click()
    reviewer.wait(f"!{DIALOG}.open")
    reviewer.reload()
    table = served.reviews.cuts_tables["film"]
    undo = reviewer.page.get_by_role("button", name="Undo")
    reviewer.wait("!document.querySelector('#undo-step').disabled")
    undo.click()
    saved(reviewer, served, lambda server: not table.exists())
    reviewer.reload()
    reviewer.wait("!document.querySelector('#undo-step').disabled")
    undo.click()
    saved(reviewer, served, lambda server: not settings(server))
    undo.click()
    saved(reviewer, served, lambda server: not decided(server))
    assert undo.is_disabled()
    assert reviewer.errors == []


def test_a_page_from_disk_hands_the_table_out(reviewer, tmp_path, clip):
    write(tmp_path, clip, ROWS)
    reviewer.open(tmp_path).wait_loaded(2)
    reviewer.press("f", "d")
    reviewer.wait(PLANNED)
    with reviewer.page.expect_download() as download:
        reviewer.page.locator("#cut-apply").click()
    assert download.value.suggested_filename == "film.cuts.tsv"
    text = download.value.path().read_text(encoding="utf-8")
    assert text == "first_frame\n0\n50\n100\n150\n151\n200\n"
    assert "Put it beside videos.tsv" in reviewer.page.locator("#cut-plan").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_wrong_with_several_cuts_and_the_dialog(reviewer, served, theme, width):
    reviewer.page.set_viewport_size({"width": width, "height": 800})
    reviewer.page.emulate_media(color_scheme=theme)
    reviewer.visit(f"{served.address}film/pt-BR/").wait_loaded(2)
    reviewer.press("Shift+ArrowDown")
    assert reviewer.violations() == []
    reviewer.press("f", "d")
    reviewer.wait(PLANNED)
    assert reviewer.violations() == []
    wide = reviewer.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, "nothing needs scrolling sideways"
    reviewer.page.locator("#cut-apply").click()
    reviewer.wait("!document.querySelector('#cut-instead').hidden")
    assert reviewer.violations() == []
