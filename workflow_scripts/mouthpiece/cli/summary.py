"""The end of a run in words: its errors, what became of each film, and what to do next."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from ..config.picture import PictureLimits
from ..reports.summary import FilmSummary
from ..runs.failures import Problem, named
from ..runs.process import Outcome
from .words import count, say

ORDER = ("pass", "review", "fail", "unjudged", "passthrough", "fault")
"""The verdicts as the summary lists them."""

LABELS = {
    "pass": "in sync",
    "review": "doubtful",
    "fail": "gated out",
    "unjudged": "not judged",
    "passthrough": "passed through",
    "fault": "failed",
}

INDENT = "  "

SHOWN_FAULTS = 5

SHOWN_NOTES = 8

SHOWN_BLOCKERS = 3

LINE_LABELS = {
    "pass": "in order",
    "review": "doubtful",
    "fail": "wrong",
    "unjudged": "not judged",
}
"""The verdicts on lines, in the order in which the summary lists them."""

IN_FULL = 20
"""How many films are listed one by one."""


def show_problems(console: Console, problems: Sequence[Problem], log: Path | None) -> None:
    """Write each error as one message.

    Args:
        console: Where to write.
        problems: The errors.
        log: The file of the run's whole log, if there is one.
    """
    for problem in problems:
        say(console, f"error: {problem.message}", "red")
        if problem.jobs:
            where = f"; log: {problem.log}" if problem.log else ""
            say(console, f"{INDENT}in {named(problem.jobs)}{where}")
    if log and problems:
        say(console, f"{INDENT}the whole log: {log}")


def show_summary(
    console: Console,
    films: Sequence[FilmSummary],
    took: Mapping[tuple[str, str], str],
    total: str,
    limits: PictureLimits,
) -> None:
    """Write what became of each film.

    Args:
        console: Where to write.
        films: The films of the project.
        took: By film, how long this run worked on it; films that it left as they were are absent.
        total: How long the whole run took.
        limits: How a draft's picture must look.
    """
    shared = _shared_notes(films)
    for film in films[:IN_FULL]:
        _show_film(console, film, took.get((film.video, film.language), ""), shared, limits)
    if rest := films[IN_FULL:]:
        made = sum(film.film is not None for film in rest)
        say(console, f"\nand {count(len(rest), 'film')} more, of which {made} are made")
    say(console, "")
    for note in shared:
        say(console, f"Note on every {note}")
    say(console, f"Run time: {total}")


def _show_film(
    console: Console,
    film: FilmSummary,
    took: str,
    told_once: Sequence[str],
    limits: PictureLimits,
) -> None:
    cuts = count(film.cuts, "cut") if film.cuts else "not made"
    say(console, "")
    say(console, f"{film.video} {film.language}: {cuts}{f', {took}' if took else ''}", "bold")
    if film.cuts:
        say(console, f"{INDENT}{verdict_text(film)}")
    if film.hearings:
        heard = ", ".join(f"{name} in {count(n, 'cut')}" for name, n in film.hearings.items())
        say(console, f"{INDENT}preview drafts heard by: {heard}")
    if film.finals.finals or film.finals.bought:
        say(console, f"{INDENT}{finals_text(film)}")
    if film.pictures:
        found = ", ".join(one.text(limits) for one in film.pictures)
        say(console, f"{INDENT}pictures: {found}", "yellow")
    if film.taken_back:
        why = ", ".join(f"{n} {code.replace('_', ' ')}" for code, n in film.taken_back.items())
        say(console, f"{INDENT}enhancements taken back: {why}", "yellow")
    if film.halved:
        which = ", ".join(f"{name} in {count(n, 'cut')}" for name, n in film.halved.items())
        say(console, f"{INDENT}memory ran out, batches were halved: {which}", "yellow")
    _show_lines(console, film)
    for fault in film.final_faults[:SHOWN_FAULTS]:
        say(console, f"{INDENT}no final: {fault}", "yellow")
    for fault in film.faults[:SHOWN_FAULTS]:
        say(console, f"{INDENT}fault: {fault}", "yellow")
    if len(film.faults) > SHOWN_FAULTS:
        say(console, f"{INDENT}and {count(len(film.faults) - SHOWN_FAULTS, 'fault')} more")
    _show_notes(console, [note for note in _notes(film) if note not in told_once])
    if film.film:
        say(console, f"{INDENT}film         {film.film}")
    for name, path in film.further.items():
        say(console, f"{INDENT}{name:<13}{path}")
    if film.page:
        say(console, f"{INDENT}review page  {film.page}")


def finals_text(film: FilmSummary) -> str:
    """Write what became of a film's finals, and what was paid.

    Args:
        film: A film with finals, or with cuts that were bought.

    Returns:
        Such as "finals: 3 taken, 1 worse than the draft; paid 0.40 USD for 4 cuts".
    """
    found = film.finals
    became = (
        (found.taken, "taken"),
        (found.worse, "worse than the draft"),
        (found.failed, "failed: the draft stands"),
    )
    finals = ", ".join(f"{number} {what}" for number, what in became if number)
    paid = f"paid {found.paid_usd:.2f} USD for {count(found.bought, 'cut')}"
    parts = [f"finals: {finals}"] * bool(finals) + [paid] * bool(found.bought)
    return "; ".join(parts)


def _show_lines(console: Console, film: FilmSummary) -> None:
    """Write what became of a film's lines, and the first Blockers."""
    if not film.lines.lines:
        return
    say(console, f"{INDENT}{lines_text(film)}")
    blockers = film.lines.blockers
    for blocker in blockers[:SHOWN_BLOCKERS]:
        say(console, f"{INDENT}Blocker: {blocker}", "yellow")
    if len(blockers) > SHOWN_BLOCKERS:
        left = count(len(blockers) - SHOWN_BLOCKERS, "Blocker")
        say(console, f"{INDENT}and {left} more, on the review page")


def lines_text(film: FilmSummary) -> str:
    """Write how many lines have each verdict and each severity.

    Args:
        film: A film whose dub is made.

    Returns:
        Such as "40 lines: 37 in order, 2 doubtful, 1 wrong (1 Blocker, 2 Issues, 4 FYI)".
    """
    found = film.lines
    verdicts = [
        f"{n} {LINE_LABELS[name]}" for name in LINE_LABELS if (n := found.verdicts.get(name))
    ]
    weights = ", ".join(
        f"{number} FYI" if name == "FYI" else count(number, name)
        for name, number in found.severities.items()
    )
    text = f"{count(found.lines, 'line')}: {', '.join(verdicts)}"
    return f"{text} ({weights})" if weights else text


def _notes(film: FilmSummary) -> list[str]:
    """What is to be said of a film's files, such as "dub: it has two sound tracks"."""
    return [f"{noted.about.lower()}: {text}" for noted in film.notes for text in noted.sentences]


def _shared_notes(films: Sequence[FilmSummary]) -> list[str]:
    """The notes that all of several films have. They are shown once."""
    first, *others = [_notes(film) for film in films if film.cuts] or [[]]
    return [note for note in first if all(note in other for other in others)] if others else []


def _show_notes(console: Console, notes: Sequence[str]) -> None:
    """Write notes; the review page has all of them."""
    for note in notes[:SHOWN_NOTES]:
        say(console, f"{INDENT}note on the {note}")
    if len(notes) > SHOWN_NOTES:
        left = count(len(notes) - SHOWN_NOTES, "note")
        say(console, f"{INDENT}and {left} more, on the review page")


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
    if film.kept:
        parts[-1] += f"; {film.kept} kept as the original by decision"
    return ", ".join(parts)


def show_next(console: Console, films: Sequence[FilmSummary], outcome: Outcome, again: str) -> None:
    """Write the exact command that comes next, if one does.

    Args:
        console: Where to write.
        films: The films of the project.
        outcome: How the run ended.
        again: The command that runs it again, `mouthpiece run` with what it needs.
    """
    undecided = sum(film.undecided for film in films)
    lines = sum(film.lines.to_review for film in films)
    if outcome.stopped:
        say(console, f"Stopped. Next: {again}   (it goes on from here)")
    elif outcome.code:
        say(console, f"Next: remove the cause, then {again}   (finished cuts are not redone)")
    elif undecided or lines:
        numbers = {"cut": undecided, "line": lines}
        open_ones = " and ".join(count(n, what) for what, n in numbers.items() if n)
        wants = "wants" if undecided + lines == 1 else "want"
        review = again.replace("mouthpiece run --slurm", "mouthpiece run")
        review = review.replace("mouthpiece run", "mouthpiece review")
        say(console, f"Next: {open_ones} {wants} a decision: {review}")


def command_line(folder: Path, configs: Sequence[Path]) -> str:
    """Write the command that runs a project again.

    Args:
        folder: Its folder.
        configs: What `--config` named.

    Returns:
        A line for a shell.
    """
    named = [] if list(configs) == [Path("config.yaml")] else configs  # which is found unnamed
    words = ["mouthpiece", "run", *(word for file in named for word in ("--config", str(file)))]
    change = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    return change + shlex.join(words)
