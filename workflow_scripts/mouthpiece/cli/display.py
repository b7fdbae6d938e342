"""What is shown of a run while it goes on: a live line a film, or plain lines where it is piped."""

import time
from collections.abc import Sequence
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ..runs.progress import FilmProgress, Progress
from .words import about, count, duration, say, spent

QUARTERS = 4
"""How many parts of a film's cuts a plain line is written for."""

SPARE_LINES = 6
"""Of the terminal's height, left free."""


class Display(Protocol):
    """Shows a run."""

    def say(self, text: str) -> None:
        """Write a line that stays.

        Args:
            text: The line.
        """

    def renew(self) -> None:
        """Show the present state."""

    def close(self) -> None:
        """Show the last state, and leave it there."""


def display_of(console: Console, progress: Progress) -> Display:
    """Make the display that suits a terminal, or a file.

    Args:
        console: Where to write.
        progress: The progress to show.

    Returns:
        The display.
    """
    return (
        LiveDisplay(console, progress) if console.is_terminal else PlainDisplay(console, progress)
    )


class LiveDisplay:
    """A line a film, renewed in its place.

    Args:
        console: Where to write; a terminal.
        progress: The progress to show.
    """

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console, self._progress = console, progress
        self._spinner, self._closed = Spinner("dots"), False
        self._live = Live(console=console, auto_refresh=False, get_renderable=self._lines)
        self._live.start()

    def say(self, text: str) -> None:
        """See `Display.say`."""
        say(self._console, text)

    def renew(self) -> None:
        """See `Display.renew`."""
        self._live.refresh()

    def close(self) -> None:
        """See `Display.close`."""
        self._closed = True
        self._live.refresh()
        self._live.stop()

    def _lines(self) -> RenderableType:
        films = self._progress.films()
        if not films:
            return Text("") if self._closed else self._head()
        shown = _most_active(films, max(3, self._console.height - SPARE_LINES))
        table = Table.grid(padding=(0, 2))
        for film in shown:
            table.add_row(*_cells(film, time.time()))
        hidden = len(films) - len(shown)
        rest = [Text(f"and {count(hidden, 'film')} more", style="dim")] if hidden else []
        return Group(table, *rest)

    def _head(self) -> RenderableType:
        """What is shown while no film has a job."""
        self._spinner.update(text="finishing" if self._progress.known else "starting")
        return self._spinner


class PlainDisplay:
    """A line for each stage that a film comes to, and for each quarter of its cuts.

    Args:
        console: Where to write.
        progress: The progress to show.
    """

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console, self._progress = console, progress
        self._told: dict[tuple[str, str], tuple[str, int]] = {}

    def say(self, text: str) -> None:
        """See `Display.say`."""
        say(self._console, text)

    def renew(self) -> None:
        """See `Display.renew`."""
        now = time.time()
        for film in self._progress.films():
            quarter = QUARTERS * film.cuts_done // film.cuts if film.cuts >= QUARTERS else 0
            state = (film.stage_name, 0 if film.ended is not None else quarter)
            if film.started is not None and self._told.get((film.video, film.language)) != state:
                self._told[film.video, film.language] = state
                name, *rest = (text for text in _words(film, now) if text)
                self.say(f"{name}: {', '.join(rest)}")

    def close(self) -> None:
        """See `Display.close`."""
        self.renew()


def _most_active(films: Sequence[FilmProgress], most: int) -> Sequence[FilmProgress]:
    """The films to show where not all have a place: first those that are worked on."""
    first = sorted(films, key=lambda film: (film.ended is not None, film.started is None))
    kept = {(film.video, film.language) for film in first[:most]}
    return [film for film in films if (film.video, film.language) in kept]


def _words(film: FilmProgress, now: float) -> list[str]:
    """A film's line: name, stage, cuts, speed, time; empty texts for what is not known."""
    rate, left = film.frames_per_s(now), film.left_s(now)
    took = film.ended - film.started if film.ended is not None and film.started else None
    return [
        f"{film.video} {film.language}",
        film.stage_name,
        f"{film.cuts_done} of {count(film.cuts, 'cut')}" if film.cuts else "",
        f"{rate:.1f} frames/s" if rate else "",
        *spent(film.gpu_s, film.hits),
        f"about {about(left)} left" if left is not None else duration(took) if took else "",
        f"{count(film.failed, 'job')} failed" if film.failed else "",
    ]


def _cells(film: FilmProgress, now: float) -> list[Text]:
    name, stage, *rest, failed = _words(film, now)
    style = {"done": "green", "stopped": "red", "waiting": "dim"}.get(stage, "cyan")
    return [
        Text(name, style="bold"),
        Text(stage, style=style),
        *map(Text, rest),
        Text(failed, style="red"),
    ]
