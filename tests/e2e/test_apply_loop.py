"""A reviewer's whole loop in one page: look, nudge, apply, it passes; undo, restore; two people."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from browsing import Reviewer
from mouthpiece.review.decisions import Table
from mouthpiece.review.override_table import OverrideTable
from mouthpiece.runs.runner import OUTPUT

from .conftest import Job

GOOD = "000000-000049"
OFFSET = "engines.preview.lip_offset_frames"
RUN_S = 240


@pytest.fixture(scope="module")
def late(finished: Job, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A film whose lips are five frames late in the cut of the man, so that the gate fails it."""
    job = finished.copy(tmp_path_factory.mktemp("late") / "job")
    job.write(
        "overrides.tsv", "video\tlanguage\tcut\tsetting\tvalue", f"v\ten\t{GOOD}\t{OFFSET}\t5"
    )
    done = job.run()
    assert done.code == 0, done.output
    (row,) = [row for row in job.cuts() if row["cut"] == GOOD]
    assert (row["gate"], row["action"]) == ("fail", "passthrough"), row
    assert row["gate_reasons"].startswith("off_sync"), row
    return job


@pytest.fixture
def job(late: Job, tmp_path: Path) -> Job:
    return late.copy(tmp_path / "job")


@pytest.fixture
def films(job: Job) -> Iterator[str]:
    """The address of the list of films; its server may start runs."""
    command = [sys.executable, "-m", "mouthpiece", "review", "--config", "job.yaml"]
    command += ["--port", "0", "--apply", "--cores", "2"]
    with subprocess.Popen(command, cwd=job.folder, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            lines = iter(server.stderr.readline, "")
            yield next(found[1] for line in lines if (found := re.search(r"(http://\S+)", line)))
        finally:
            server.terminate()
            rest = server.stderr.read()
    assert server.returncode == 0, rest
    assert "Traceback" not in rest


@pytest.fixture
def address(films: str) -> str:
    """The address of the film's page."""
    return f"{films}v/en/"


@pytest.fixture
def at_size(browser) -> Iterator:
    """Makes reviewers, each with a browser of their own and a window of some size."""
    contexts = []

    def sized(width: int, height: int, **options: bool) -> Reviewer:
        size = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=size, **options))
        return Reviewer(contexts[-1].new_page())

    yield sized
    for context in contexts:
        context.close()


SAVED = "/aved to decisions.tsv( at once)?$/.test(document.querySelector('#saving').textContent)"


NO_POINTER = """
for (const name of ["pointerdown", "mousedown", "touchstart"]) {
  addEventListener(name, () => console.error(`the page had a ${name}`), true);
}
"""
"""Who works by keyboard alone has neither mouse nor finger."""


def visit(reviewer: Reviewer, address: str) -> None:
    reviewer.visit(address)
    await_page(reviewer)
    reviewer.pick(GOOD)


def await_page(reviewer: Reviewer) -> None:
    reviewer.wait_loaded(2)
    reviewer.wait(SAVED)
    reviewer.wait("!document.querySelector('#apply').hidden")


def open_by_keyboard(reviewer: Reviewer, films: str) -> None:
    """Open the film's page from the list of films, and go to the cut."""
    reviewer.page.add_init_script(NO_POINTER)
    reviewer.visit(films)
    link = "document.activeElement.getAttribute('href')"
    for _ in range(20):
        reviewer.press("Tab")
        if reviewer.page.evaluate(link) == "v/en/":
            break
    reviewer.press("Enter")
    reviewer.page.wait_for_url(f"{films}v/en/**")
    await_page(reviewer)
    for _ in reviewer.shown:
        if reviewer.chosen != GOOD:
            reviewer.press("j")
    assert reviewer.chosen == GOOD
    reviewer.wait_loaded(2)


def text(reviewer: Reviewer, selector: str) -> str:
    return str(reviewer.page.locator(selector).inner_text()).strip()


def until(
    reviewer: Reviewer, is_so: Callable[[], bool], problem: Callable[[], str], log: Path
) -> None:
    """Wait for what a run does; `problem`: why it will not, if it will not."""
    for _ in range(RUN_S * 4):
        if is_so():
            return
        if problem():
            break
        reviewer.page.wait_for_timeout(250)
    said = log.read_text() if log.exists() else ""
    pytest.fail(f"{problem()}\n{text(reviewer, '#run-text')}\n{said}")


def until_started(reviewer: Reviewer, log: Path) -> None:
    """Wait until the page follows the run that it asked for."""
    until(
        reviewer,
        lambda: text(reviewer, "#run-text").startswith("Run:"),
        lambda: text(reviewer, "#apply-problem"),
        log,
    )


def until_made(reviewer: Reviewer, verdict: str, log: Path) -> None:
    """Wait until the run that the page started has made the film with this verdict on the cut."""
    until(
        reviewer,
        lambda: (
            verdict in text(reviewer, "#cut-verdict") and "is done" in text(reviewer, "#run-text")
        ),
        lambda: "the run failed" if reviewer.page.locator("#run.failed").count() else "",
        log,
    )


def settings(job: Job) -> dict[str, str]:
    table = OverrideTable(job.folder / "overrides.tsv")
    return {key[3]: row.values["value"] for key, row in table.entries.items() if key[2] == GOOD}


def frames_of(job: Job) -> bytes:
    return (job.folder / "results/v/en/cuts" / GOOD / "lipsync.mp4").read_bytes()


def test_a_late_cut_is_nudged_applied_and_passes_by_keyboard_alone(
    job: Job, films: str, reviewer: Reviewer
) -> None:
    open_by_keyboard(reviewer, films)
    output = job.folder / OUTPUT
    late_draft = next(row["draft"] for row in job.cuts() if row["cut"] == GOOD)
    late_frames = frames_of(job)
    assert text(reviewer, "#cut-verdict") == "Gated out"
    reviewer.press("z")
    reviewer.wait("document.querySelector('#stage').classList.contains('enlarged')")
    reviewer.press("z", "i")
    reviewer.wait("document.querySelector('#context-film').currentTime > 0.4")
    reviewer.press("i", *["," for _ in range(5)])
    reviewer.wait("/0 frames/.test(document.querySelector('#remedies output').textContent)")
    reviewer.press("n")
    reviewer.page.keyboard.type("lips were late")
    reviewer.press("Escape")
    reviewer.wait(SAVED)
    reviewer.press("g")
    reviewer.wait("document.activeElement.id === 'apply-start'")
    reviewer.press("Enter")
    until_started(reviewer, output)
    reviewer.press("f", "f", "f", "n", "End")
    reviewer.page.keyboard.type(", and then")
    until_made(reviewer, "In sync", output)

    assert "was Gated out" in text(reviewer, "#run-text")
    assert reviewer.chosen == GOOD
    assert reviewer.page.evaluate("document.activeElement.id") == "note"
    assert reviewer.page.locator("#note").input_value() == "lips were late, and then"
    assert settings(job) == {}, "what holds without a row needs none"
    (row,) = [row for row in job.cuts() if row["cut"] == GOOD]
    assert (row["gate"], row["action"]) == ("pass", "lipsync")
    reviewer.press("Escape")
    reviewer.wait(SAVED)
    said = Table(job.folder / "decisions.tsv").decisions["v", "en", GOOD]
    assert said.note == "lips were late, and then"

    # The draft before is compared and restored: nothing is drawn again.
    reviewer.wait("!document.querySelector('#versions').hidden")
    reviewer.press("e")
    reviewer.wait_loaded(2)
    assert text(reviewer, "#original-name") == "Earlier draft"
    chosen = reviewer.page.locator("#against option:checked").inner_text()
    assert "late" in chosen and "lip offset frames 5" in chosen
    reviewer.press("b", "x", "b", "y")
    reviewer.wait(SAVED)
    said = Table(job.folder / "decisions.tsv").decisions["v", "en", GOOD]
    assert (said.decision, said.draft) == ("restore", late_draft)
    reviewer.press("g", "Enter")
    until_made(reviewer, "Gated out", output)
    events = max((job.folder / "logs/events").glob("*.jsonl")).read_text()
    assert '"rule":"draft"' not in events and '"rule":"lipsync"' in events
    (row,) = [row for row in job.cuts() if row["cut"] == GOOD]
    assert (row["draft"], row["action"], row["decision"]) == (late_draft, "lipsync", "restore")
    assert frames_of(job) == late_frames

    # Undo takes the restoring back, and the film is that of the nudge again, drawn by no job.
    reviewer.press("Control+z")
    reviewer.wait(SAVED)
    reviewer.press("g", "Enter")
    until_made(reviewer, "In sync", output)
    events = max((job.folder / "logs/events").glob("*.jsonl")).read_text()
    assert '"rule":"draft"' not in events
    assert job.plan().nothing_to_do
    assert [error for error in reviewer.errors if "50" not in error and "404" not in error] == []


def test_a_face_that_is_not_the_speaker_after_all_is_passed_through(
    job: Job, address: str, reviewer: Reviewer
) -> None:
    visit(reviewer, address)
    said = reviewer.page.get_by_role("button", name="Not the speaker after all")
    said.click()
    reviewer.wait("/passes it through/.test(document.querySelector('#remedy-hint').textContent)")
    reviewer.press("g")
    reviewer.wait("document.activeElement.id === 'apply-start'")
    reviewer.press("Enter")
    until_made(reviewer, "Passed through", job.folder / OUTPUT)
    keys = [key for key in OverrideTable(job.folder / "overrides.tsv").entries if key[1] == "*"]
    assert keys == [("v", "*", GOOD, "speaker.mode")], "a row for all languages"
    assert settings(job)["speaker.mode"] == "not_speaking"
    (row,) = [row for row in job.cuts() if row["cut"] == GOOD]
    assert (row["draft"], row["action"]) == ("", "passthrough")
    assert (row["speaker"], row["reason"]) == ("not_speaking", "said_not_speaking=1")
    assert "a person said so" in text(reviewer, "#cut-why")

    # It can be taken back where it was said.
    assert said.get_attribute("aria-pressed") == "true"
    said.click()
    until(reviewer, lambda: "speaker.mode" not in settings(job), str, job.folder / OUTPUT)


def test_two_reviewers_see_the_film_that_one_of_them_made(job: Job, address: str, at_size) -> None:
    anna, ben = at_size(1280, 800), at_size(390, 844)
    for one, name in ((anna, "Anna"), (ben, "Ben")):
        visit(one, address)
        one.page.locator("#reviewer").fill(name)
        one.press("Tab")
    ben.page.get_by_role("button", name="Keep original").click()
    ben.wait(SAVED)
    anna.pick(GOOD)
    anna.press("t")
    anna.wait("!document.querySelector('#conflict').hidden")
    assert "Ben" in text(anna, "#conflict-who")
    anna.press("2")
    anna.wait(SAVED)
    anna.press("u", "o")
    anna.wait(SAVED)
    anna.press("g", "Enter")
    ben.page.evaluate("document.querySelector('#note').dataset.mine = 'kept'")
    for one in (anna, ben):
        seen = partial(text, one, "#cut-verdict")
        until(one, lambda seen=seen: "In sync" in seen(), str, job.folder / OUTPUT)
    until_made(anna, "In sync", job.folder / OUTPUT)
    assert ben.page.evaluate("document.querySelector('#note').dataset.mine") == "kept"
    assert ben.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_late_cut_is_nudged_applied_and_passes_on_a_phone(
    job: Job, address: str, at_size
) -> None:
    reviewer = at_size(390, 844, has_touch=True, is_mobile=True)
    page, output = reviewer.page, job.folder / OUTPUT

    def tap(selector: str) -> None:
        page.locator(selector).tap()

    reviewer.visit(address)
    await_page(reviewer)
    tap(f"#rows tr[data-cut='{GOOD}'] .pick")
    reviewer.wait_loaded(2)
    assert text(reviewer, "#cut-verdict") == "Gated out"
    tap("#loupe")
    mouth = page.locator("#stage canvas.loupe:visible")
    assert mouth.count() == 1, "one picture at a time"
    assert mouth.bounding_box()["width"] > 300
    tap("#loupe")
    tap("#in-context")
    reviewer.wait("document.querySelector('#context-film').currentTime > 0.4")
    tap("#in-context")
    for _ in range(5):
        page.get_by_role("button", name="lips 1 earlier").tap()
    assert text(reviewer, "#remedies output >> nth=0") == "0 frames"
    assert "The next run draws it again" in text(reviewer, "#remedy-hint")
    reviewer.wait(SAVED)
    tap("#apply")
    tap("#apply-start")
    until_started(reviewer, output)
    until_made(reviewer, "In sync", output)
    assert "was Gated out" in text(reviewer, "#run-text")
    assert settings(job) == {}, "what holds without a row needs none"
    (row,) = [row for row in job.cuts() if row["cut"] == GOOD]
    assert (row["gate"], row["action"]) == ("pass", "lipsync")
    tap("[data-decision=approve]")
    reviewer.wait(SAVED)
    tap("#undo-step")
    reviewer.wait(SAVED)
    assert ("v", "en", GOOD) not in Table(job.folder / "decisions.tsv").decisions
    for _ in range(5):
        tap("#undo-step")
    until(reviewer, lambda: settings(job) == {OFFSET: "5"}, str, output)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert [error for error in reviewer.errors if "50" not in error and "404" not in error] == []
