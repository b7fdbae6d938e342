"""What is shown while a run goes on, on a terminal and in a file, and the words for it."""

import io

import pytest
from rich.console import Console

from mouthpiece.cli.display import LiveDisplay, PlainDisplay, display_of
from mouthpiece.cli.words import about, count, duration
from mouthpiece.runs.events import JobFailed, JobFinished, JobName, JobsKnown, JobStarted
from mouthpiece.runs.progress import Progress

FILM = ("talk", "de")
CUTS = [f"{n:06d}-{n + 24:06d}" for n in range(0, 200, 25)]
DRAFTS = [JobName("draft", *FILM, cut) for cut in CUTS]
REVIEW = JobName("review", *FILM)
NORMALIZE = JobName("normalize", "talk")


class Run:
    """Feeds a run to a display, one job after the other."""

    def __init__(self, terminal: bool, films: int = 1) -> None:
        self.stream = io.StringIO()
        names = [FILM, *((f"film{n}", "de") for n in range(1, films))]
        self.progress = Progress(names)
        console = Console(
            file=self.stream, force_terminal=terminal, width=100, height=20, color_system=None
        )
        self.display = display_of(console, self.progress)
        self.now = 1000.0

    def known(self, *names: JobName) -> None:
        self.progress.update(JobsKnown(self.now, names))
        self.display.renew()

    def job(self, name: JobName, fails: bool = False) -> None:
        self.progress.update(JobStarted(self.now, 1, name))
        self.display.renew()
        self.now += 1
        end = JobFailed(self.now, 1, [], False) if fails else JobFinished(self.now, 1)
        self.progress.update(end)
        self.display.renew()

    def end(self) -> list[str]:
        self.progress.end(self.now)
        self.display.close()
        return self.stream.getvalue().splitlines()


def test_in_a_file_a_stage_is_a_line_and_a_quarter_is_a_line() -> None:
    run = Run(terminal=False)
    assert isinstance(run.display, PlainDisplay)
    run.known(NORMALIZE, REVIEW)
    run.job(NORMALIZE)
    run.known(*DRAFTS, REVIEW)
    for draft in DRAFTS:
        run.job(draft)
    run.display.say("warning: [bold]not markup[/bold] " + "long " * 40)
    run.job(REVIEW)
    lines = run.end()
    assert [line.split(",")[0] for line in lines if "warning" not in line] == [
        "talk de: reading",
        *["talk de: drawing"] * 5,
        "talk de: writing the review page",
        "talk de: done",
    ]
    assert "talk de: reading" in lines  # nothing is known of the cuts, and nothing is said
    assert any(line.startswith("talk de: drawing, 4 of 8 cuts") for line in lines)
    assert lines[-1].endswith("8 of 8 cuts, 22.2 frames/s, 10 s")
    (warning,) = [line for line in lines if "warning" in line]
    assert "[bold]not markup[/bold]" in warning and warning.count("long") == 40


def test_in_a_file_a_failure_is_said_at_the_end() -> None:
    run = Run(terminal=False)
    run.known(*DRAFTS[:1], REVIEW)
    run.job(DRAFTS[0], fails=True)
    assert run.end()[-1] == "talk de: stopped, 0 of 1 cut, 1 s, 1 job failed"


def test_on_a_terminal_a_film_is_one_line() -> None:
    run = Run(terminal=True)
    assert isinstance(run.display, LiveDisplay)
    run.display.renew()
    assert "starting" in run.stream.getvalue()
    run.known(*DRAFTS, REVIEW)
    for draft in DRAFTS:
        run.job(draft)
    run.display.say("warning: look")
    run.job(REVIEW)
    run.end()
    text = run.stream.getvalue()
    assert "\n" in text and "warning: look\n" in text
    last = text.rpartition("\x1b[2K")[2]
    assert last.split()[:3] == ["talk", "de", "done"] and "8 of 8 cuts" in last


def test_a_terminal_shows_as_many_films_as_it_has_lines_for() -> None:
    run = Run(terminal=True, films=40)
    known = [JobName("draft", f"film{n}", "de", CUTS[0]) for n in range(1, 40)]
    run.known(*known, *DRAFTS)
    run.job(known[-1])
    run.progress.update(JobStarted(run.now, 2, known[-2]))
    run.stream.truncate(0)
    run.display.renew()
    text = run.stream.getvalue()
    assert "and 26 films more" in text and "film38" in text and "film39" not in text


def test_where_no_film_has_a_job_no_line_is_left() -> None:
    run = Run(terminal=True)
    run.display.renew()
    run.known(JobName("overview"))
    assert "finishing" in run.stream.getvalue()
    assert run.end()[-1].rpartition("\x1b[2K")[2].strip() == "\x1b[?25h"


@pytest.mark.parametrize(
    ("seconds", "exact", "rough"),
    [
        (0.2, "0 s", "5 s"),
        (34.4, "34 s", "35 s"),
        (59.7, "1 min 00 s", "1 min"),
        (125, "2 min 05 s", "2 min"),
        (3599.6, "1 h 00 min", "1 h 00 min"),
        (4320, "1 h 12 min", "1 h 12 min"),
        (100_000, "27 h 47 min", "27 h 47 min"),
    ],
)
def test_times_in_words(seconds: float, exact: str, rough: str) -> None:
    assert (duration(seconds), about(seconds)) == (exact, rough)


def test_numbers_in_words() -> None:
    assert (count(1, "cut"), count(0, "cut"), count(2, "film")) == ("1 cut", "0 cuts", "2 films")
