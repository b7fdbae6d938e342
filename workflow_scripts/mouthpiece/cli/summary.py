"""The end of a run in words: its errors, what became of each film, and what to do next."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from ..reports.summary import FilmSummary
from ..runs.failures import Problem, named
from .words import count

ORDER = ("pass", "review", "fail", "unjudged", "passthrough", "fault")
"""The verdicts as the summary lists them."""

LABELS = {
    "pass": "in sync",
    "review": "doubtful",
    "fail": "gated out",
    "unjudged": "not judged",
    "passthrough": "passed through",
    "fault": "taken by a fault",
}

INDENT = "  "

SHOWN_FAULTS = 5


def show_problems(console: Console, problems: Sequence[Problem], log: Path | None) -> None:
    """Write each error as one message.

    Args:
        console: Where to write.
        problems: The errors.
        log: The file of the run's whole log, if there is one.
    """
    for problem in problems:
        _line(console, f"error: {problem.message}", "red")
        if problem.jobs:
            where = f"; log: {problem.log}" if problem.log else ""
            _line(console, f"{INDENT}in {named(problem.jobs)}{where}")
    if log and problems:
        _line(console, f"{INDENT}the whole log: {log}")


def show_summary(
    console: Console,
    films: Sequence[FilmSummary],
    took: Mapping[tuple[str, str], str],
    total: str,
) -> None:
    """Write what became of each film.

    Args:
        console: Where to write.
        films: The films of the project.
        took: By film, how long this run worked on it; films that it left as they were are absent.
        total: How long the whole run took.
    """
    for film in films:
        _line(console, "")
        time = took.get((film.video, film.language), "")
        head = (
            f"{film.video} {film.language}: {count(film.cuts, 'cut')}"
            if film.cuts
            else (f"{film.video} {film.language}: not made")
        )
        _line(console, f"{head}{f', {time}' if time else ''}", "bold")
        if film.cuts:
            _line(console, f"{INDENT}{verdict_text(film)}")
        for fault in film.faults[:SHOWN_FAULTS]:
            _line(console, f"{INDENT}fault: {fault}", "yellow")
        if len(film.faults) > SHOWN_FAULTS:
            _line(console, f"{INDENT}and {count(len(film.faults) - SHOWN_FAULTS, 'fault')} more")
        if film.film:
            _line(console, f"{INDENT}film         {film.film}")
        if film.page:
            _line(console, f"{INDENT}review page  {film.page}")
    _line(console, "")
    _line(console, f"Run time: {total}")


def verdict_text(film: FilmSummary) -> str:
    """Write how many cuts have each verdict.

    Args:
        film: A film.

    Returns:
        Such as "2 in sync, 1 gated out, 2 passed through (1 no face, 1 two faces)".
    """
    parts = []
    for name in ORDER:
        if number := film.verdicts.get(name, 0):
            parts.append(f"{number} {LABELS[name]}")
            if name == "passthrough":
                reasons = (f"{n} {code.replace('_', ' ')}" for code, n in film.reasons.items())
                parts[-1] += f" ({', '.join(reasons)})"
    return ", ".join(parts)


def show_next(console: Console, films: Sequence[FilmSummary], failed: bool, again: str) -> None:
    """Write the exact command that comes next, if one does.

    Args:
        console: Where to write.
        films: The films of the project.
        failed: Whether the run failed.
        again: The command that runs it again, `mouthpiece run` with what it needs.
    """
    undecided = sum(film.undecided for film in films)
    if failed:
        _line(console, f"Next: remove the cause, then {again}   (finished cuts are not redone)")
    elif undecided:
        wants = "wants" if undecided == 1 else "want"
        review = again.replace("mouthpiece run", "mouthpiece review")
        _line(console, f"Next: {count(undecided, 'cut')} {wants} a decision: {review}")


def command_line(folder: Path, configs: Sequence[Path]) -> str:
    """Write the command that runs a project again.

    Args:
        folder: Its folder.
        configs: What `--config` named.

    Returns:
        A line for a shell.
    """
    words = ["mouthpiece", "run", *(word for file in configs for word in ("--config", str(file)))]
    change = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    return change + shlex.join(words)


def _line(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
