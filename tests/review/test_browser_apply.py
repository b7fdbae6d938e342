"""The review page starts a run, follows it, and shows the film that was made again."""

import os
import threading

import pytest
from samples import cut_row
from test_browser import (  # noqa: F401
    ROWS,
    SAVED,
    at_size,
    clips,
    saved,
    write,
)

from mouthpiece.config.guard import Guard
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import write_text
from mouthpiece.review.decisions import Table
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore

LATE = "000150-000199"


class FakeRunner:
    """A run that a test moves on."""

    def __init__(self, folder):
        self.folder, self.words, self.is_allowed = folder, ("run", "--config", "job.yaml"), True
        self.told, self.asked = {"state": "none"}, []

    def state(self):
        return {"stage": "", "done": 0, "jobs": 0, "message": "", **self.told}

    def start(self):
        self.asked.append("start")
        self.told = {"state": "working"}

    def cancel(self):
        self.asked.append("cancel")
        self.told = {"state": "stopping"}


class Project:
    """A film that is made again while its page is looked at."""

    def __init__(self, folder, clip):
        self.film = folder / "results" / "film" / "pt-BR"
        self.clip, self.runner = clip, FakeRunner(folder)
        (self.film / "review").mkdir(parents=True)
        self.make(ROWS)
        reviews = ReviewStore(folder / "results", folder / "decisions.tsv")
        self.server = Server(reviews, runner=self.runner)

    def make(self, rows):
        """Make the film, as a run does: its table, then its page."""
        lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
        write_text(self.film / "cuts.tsv", "\n".join(lines) + "\n")
        write(self.film / "review", self.clip, rows)

    def begin(self):
        """Do what a run does first: what is made again is gone."""
        for name in ("cuts.tsv", "review/index.html"):
            (self.film / name).unlink()

    @property
    def address(self):
        return f"{self.server.address}film/pt-BR/"


@pytest.fixture
def project(tmp_path, clips):  # noqa: F811
    made = Project(tmp_path, clips)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def changed(cut, **values):
    """The rows of the film with another one of a cut."""
    return [row | values if row["cut"] == cut else row for row in ROWS]


BETTER = {
    "gate": "pass", "gate_reasons": "", "offset_frames": "0", "draft": "ba9876543210",
    "action": "lipsync", "reason": "in_sync", "confidence": "0.8",
}  # fmt: skip


def says(text):
    return f"document.querySelector('#run-text').textContent.includes({text!r})"


def visit(reviewer, project):
    reviewer.visit(project.address).wait_loaded(2)
    reviewer.wait(SAVED)
    reviewer.wait("!document.querySelector('#apply').hidden")


def test_a_run_is_started_followed_and_its_film_is_shown(reviewer, project):
    visit(reviewer, project)
    reviewer.press("g")
    assert reviewer.page.locator("#apply-command").input_value().endswith("run --config job.yaml")
    reviewer.page.get_by_role("button", name="Start the run").click()
    reviewer.wait(says("Run: starting"))
    reviewer.wait("!document.querySelector('dialog[open]')")
    project.runner.told |= {"stage": "drawing", "done": 3, "jobs": 11}
    reviewer.wait(says("Run: drawing, 3 of 11 jobs"))
    project.begin()
    reviewer.page.wait_for_timeout(1500)
    reviewer.press("f", "f", "f")
    reviewer.page.evaluate("document.querySelector('#scope').dataset.mine = 'kept'")
    project.make(changed(LATE, **BETTER))
    project.runner.told = {"state": "done"}
    reviewer.wait(says("1 cut changed: 000150-000199 In sync (was Gated out)"))
    assert project.runner.asked == ["start"]
    live = reviewer.page.locator("#live")
    assert "The film was made again" in live.inner_text() or "done" in live.inner_text()
    assert reviewer.chosen == LATE
    assert reviewer.page.locator("#cut-verdict").inner_text().strip() == "In sync"
    assert reviewer.page.locator(f"tr[data-cut='{LATE}'] .verdict").inner_text() == "In sync"
    assert "3 of 5 cuts" not in reviewer.page.locator("#about").inner_text()
    assert "2 of 5 cuts are lip-synced" in reviewer.page.locator("#about").inner_text()
    assert reviewer.page.locator("[data-verdict=pass] .num").inner_text() == "2"
    assert reviewer.page.locator("#progress-text").inner_text() == "0 of 2 cuts to review decided"
    reviewer.wait("document.querySelector('#clock').textContent.includes('frame 153')")
    assert reviewer.page.evaluate("document.querySelector('#scope').dataset.mine") == "kept"
    assert "/draft" not in reviewer.page.url
    reviewer.press("a")
    reviewer.wait(SAVED)
    said = Table(project.server.reviews.table).decisions["film", "pt-BR", LATE]
    assert (said.decision, said.draft) == ("approve", "ba9876543210")
    assert [e for e in reviewer.errors if "404" not in e and "503" not in e] == []


def test_an_unsaved_note_stays_and_an_approval_of_the_draft_before_goes(reviewer, project):
    visit(reviewer, project)
    project.begin()
    reviewer.press("a", "n")
    reviewer.page.keyboard.type("the jaw is")
    reviewer.wait("document.querySelector('#saving').textContent.includes('making film')")
    project.make(changed(LATE, **BETTER))
    reviewer.wait(says("1 cut changed"))
    reviewer.wait(SAVED)
    assert reviewer.page.evaluate("document.activeElement.id") == "note"
    reviewer.page.keyboard.type(" late")
    assert reviewer.page.locator("#note").input_value() == "the jaw is late"
    reviewer.press("Escape")
    reviewer.wait(SAVED)
    assert saved(project.server)[LATE] == "ba9876543210 the jaw is late"


def test_a_cut_that_is_looked_at_and_did_not_change_is_left_alone(reviewer, project):
    visit(reviewer, project)
    reviewer.pick("000200-000249")
    reviewer.wait_loaded(2)
    reviewer.press(" ")
    reviewer.wait("document.querySelector('video').currentTime > 0.1")
    project.make(changed(LATE, **BETTER))
    reviewer.wait(says("000150-000199 In sync"))
    assert reviewer.page.locator("#play").inner_text() == "Pause"
    assert reviewer.chosen == "000200-000249"
    reviewer.page.get_by_role("button", name="Show", exact=True).click()
    assert reviewer.chosen == LATE
    reviewer.page.get_by_role("button", name="Close this news").click()
    assert reviewer.page.locator("#run").is_hidden()


def test_a_film_with_other_cuts_is_loaded_again_where_the_reviewer_is(reviewer, project):
    visit(reviewer, project)
    reviewer.pick("000100-000149")
    reviewer.press("f", "f")
    reviewer.wait("location.hash === '#000100-000149@102'")
    halves = [cut_row(150, 20, "fail"), cut_row(170, 30, "pass", action="lipsync")]
    project.make([*ROWS[:3], *halves, ROWS[4]])
    reviewer.wait("document.querySelectorAll('#rows tr').length === 6")
    reviewer.wait(says("The film was made again"))
    assert reviewer.chosen == "000100-000149"
    assert "frame 102" in reviewer.page.locator("#clock").inner_text()


def test_thresholds_are_those_of_the_film_that_was_made_again(reviewer, project, monkeypatch):
    visit(reviewer, project)
    monkeypatch.setattr("test_browser.Guard", lambda: Guard(min_face_px=77))
    project.make(changed(LATE, **BETTER))
    reviewer.wait(says(f"{LATE} In sync"))
    reviewer.page.get_by_role("button", name="Thresholds").click()
    shown = reviewer.page.get_by_role("dialog", name="Thresholds in force").inner_text()
    assert "77\tpx" in shown


def test_a_cut_that_is_split_leaves_the_reviewer_at_the_frame(reviewer, project):
    visit(reviewer, project)
    reviewer.pick(LATE)
    reviewer.press(*"f" * 12)
    reviewer.wait(f"location.hash === '#{LATE}@162'")
    halves = [cut_row(150, 10, "fail"), cut_row(160, 40, "pass", action="lipsync")]
    project.make([*ROWS[:3], *halves, ROWS[4]])
    reviewer.wait("document.querySelectorAll('#rows tr').length === 6")
    reviewer.wait(says("000160-000199 In sync (new)"))
    assert reviewer.chosen == "000160-000199"
    assert "frame 162" in reviewer.page.locator("#clock").inner_text()


def test_with_something_unsaved_a_page_is_not_loaded_again_by_itself(reviewer, project):
    visit(reviewer, project)
    reviewer.pick("000100-000149")
    reviewer.press("n")
    reviewer.page.keyboard.type("half a wo")
    project.make([*ROWS[:3], cut_row(150, 20, "fail"), cut_row(170, 30, "fail"), ROWS[4]])
    reviewer.wait("!document.querySelector('#run-reload').hidden")
    reviewer.page.keyboard.type("rd")
    assert reviewer.page.locator("#note").input_value() == "half a word"
    reviewer.press("Escape")
    reviewer.wait(SAVED)
    reviewer.page.get_by_role("button", name="Load the page again").click()
    reviewer.wait("document.querySelectorAll('#rows tr').length === 6")


def test_a_run_is_cancelled_and_one_that_fails_says_why(reviewer, project):
    visit(reviewer, project)
    reviewer.press("g", "Enter")
    reviewer.wait(says("Run: starting"))
    reviewer.page.get_by_role("button", name="Cancel", exact=True).click()
    reviewer.wait(says("Run: stopping"))
    assert reviewer.page.locator("#run-cancel").inner_text() == "Stop at once"
    project.runner.told = {"state": "stopped"}
    reviewer.wait(says("The run was stopped"))
    project.runner.told = {"state": "working"}
    reviewer.wait(says("Run: starting"))
    project.runner.told = {"state": "failed", "message": "dubs.tsv, row 2: no such file"}
    reviewer.wait(says("The run failed: dubs.tsv, row 2: no such file"))
    assert project.runner.asked == ["start", "cancel"]


def test_what_speaks_against_a_run_is_said_in_the_dialog(reviewer, project):
    visit(reviewer, project)

    def refuse():
        raise InputError("another run is at work in results/ (process 12); wait for it")

    project.runner.start = refuse
    reviewer.press("g", "Enter")
    reviewer.wait("!document.querySelector('#apply-problem').hidden")
    assert "process 12" in reviewer.page.locator("#apply-problem").inner_text()
    project.runner.told = {"state": "elsewhere", "stage": "judging", "done": 1, "jobs": 2}
    reviewer.wait(says("A run that was started elsewhere: judging, 1 of 2 jobs"))
    assert reviewer.page.locator("#apply-start").is_disabled()
    assert reviewer.page.locator("#run-cancel").is_hidden()


def test_a_run_waits_for_what_is_being_saved(reviewer, project):
    held, at_start = [], []
    start = project.runner.start

    def noted():
        at_start.append(saved(project.server))
        start()

    project.runner.start = noted

    def hold(route):
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    visit(reviewer, project)
    reviewer.page.route("**/decisions", hold)
    reviewer.press("a")
    reviewer.wait("document.querySelector('#saving').textContent === 'Saving…'")
    reviewer.until(lambda: held, "it is on its way")
    reviewer.press("g")
    reviewer.wait("document.activeElement.id === 'apply-start'")
    reviewer.press("Enter")
    reviewer.drawn()
    assert project.runner.asked == []
    assert reviewer.page.locator("#apply-problem").is_hidden()
    held[0].continue_()
    reviewer.wait(says("Run: starting"))
    assert project.runner.asked == ["start"]
    assert at_start == [{LATE: "approve 0123456789ab"}]


def test_a_server_that_starts_no_runs_shows_the_command(reviewer, project):
    project.runner.is_allowed = False
    visit(reviewer, project)
    reviewer.press("g")
    assert "This server starts no runs" in reviewer.page.locator("#applying").inner_text()
    assert reviewer.page.locator("#apply-start").is_hidden()
    assert reviewer.page.locator("#apply-command").input_value().startswith(f"cd {os.sep}")
    reviewer.press("Escape")
    project.make(changed(LATE, **BETTER))
    reviewer.wait(says("1 cut changed"))


def test_a_page_of_no_project_or_from_disk_offers_no_run(reviewer, project, tmp_path):
    project.server.runner = None
    reviewer.visit(project.address).wait_loaded(2)
    reviewer.wait(SAVED)
    reviewer.press("g")
    assert reviewer.page.locator("dialog[open]").count() == 0
    assert reviewer.page.locator("#apply").is_hidden()
    reviewer.open(project.film / "review").wait_loaded(2)
    assert reviewer.page.locator("#apply").is_hidden()
    asked = [url for url in reviewer.requests if url.startswith("file:")]
    assert not [url for url in asked if url.endswith("/run")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_a_run_and_its_dialog(reviewer, project, theme):
    reviewer.page.emulate_media(color_scheme=theme)
    visit(reviewer, project)
    reviewer.press("g")
    assert reviewer.violations() == []
    reviewer.press("Enter")
    reviewer.wait(says("Run: starting"))
    assert reviewer.violations() == []
    project.runner.told = {"state": "failed", "message": "no such file"}
    reviewer.wait(says("The run failed"))
    assert reviewer.violations() == []
    project.runner.is_allowed = False
    reviewer.wait("!document.querySelector('#apply-off').hidden")
    reviewer.press("g")
    assert reviewer.violations() == []


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1440, 900)])
def test_nothing_needs_scrolling_sideways(at_size, project, width, height):  # noqa: F811
    reviewer = at_size(width, height)
    visit(reviewer, project)
    project.runner.told = {"state": "working", "stage": "drawing", "done": 3, "jobs": 11}
    reviewer.wait(says("drawing"))
    reviewer.page.locator("#apply").click()
    for box in ("document.documentElement", "document.querySelector('#applying')"):
        assert reviewer.page.evaluate(f"{box}.scrollWidth - {box}.clientWidth") <= 0
