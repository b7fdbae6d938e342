"""`mouthpiece sheet`: a picture of each cut's mouths, filmed, drafted and enhanced."""

import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, execute
from .words import count

if TYPE_CHECKING:
    from ..core.cut_table import CutRow
    from ..patches.restore import Restorer

log = logging.getLogger(__name__)


def sheet(
    video: Annotated[str, typer.Argument(help="The video.")],
    language: Annotated[str, typer.Argument(help="The key of its dub.")],
    cuts: Annotated[
        list[str], typer.Option("--cut", metavar="ID", help="Only this cut; repeat it for more.")
    ] = [],
    strengths: Annotated[
        list[float],
        typer.Option(
            "--strength",
            min=0,
            max=1,
            help="Restore the draft with this enhance.strength, too; repeat it for more.",
        ),
    ] = [],
    moments: Annotated[int, typer.Option(min=1, max=24, help="Pictures of each cut.")] = 6,
    faces: Annotated[bool, typer.Option("--faces", help="Show whole faces, not mouths.")] = False,
    device: Annotated[
        str, typer.Option(help="Where faces are restored: auto, cuda or cpu.")
    ] = "auto",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the pictures go.")] = Path(
        "sheets"
    ),
    config: ConfigFiles = [],
) -> None:
    """Draw a contact sheet of each cut that was drafted: DIR/VIDEO/LANGUAGE/CUT.png.

    Rows: as filmed, as drafted, as enhanced, and restored with each --strength. They show people:
    keep them as you keep the film.
    """
    options = Options(video, language, cuts, strengths, moments, faces, device, out, config)
    execute(lambda: _sheet(options))


@dataclass(frozen=True)
class Options:
    """What the command line asks for.

    Attributes:
        video: The film's video.
        language: The key of its dub.
        cuts: The ids of its cuts that are shown; none: all.
        strengths: The strengths with which drafts are restored, too.
        moments: How many pictures of each cut there are.
        faces: Whether whole faces are shown.
        device: Where faces are restored.
        out: The folder of all sheets.
        config: The config files.
    """

    video: str
    language: str
    cuts: list[str]
    strengths: list[float]
    moments: int
    faces: bool
    device: str
    out: Path
    config: list[Path]


def _sheet(options: Options) -> None:
    from ..reports.contact_sheet import SheetOptions, write_sheet

    results = Path("results")
    rows = _rows(options, results)
    shown = SheetOptions(options.moments, options.faces, options.strengths, _restorer(options))
    folder = options.out / options.video / options.language
    written, without = 0, Counter[str]()
    for row in rows:
        path = folder / f"{row.cut}.png"
        if not row.draft:
            without[_why_not_drafted(row)] += 1
        elif write_sheet(results, options.video, options.language, row, shown, path):
            written += 1
        else:
            without["nothing is drawn in its draft"] += 1
    log.info("%s", f"{count(written, 'sheet')} in {folder}" if written else "no sheets")
    for why, number in without.items():
        log.info("without a sheet: %s: %s", count(number, "cut"), why)


def _why_not_drafted(row: "CutRow") -> str:
    codes = filter(None, row.guard_reasons.split(";"))
    why = row.fault or ", ".join(code.partition("=")[0].replace("_", " ") for code in codes)
    return f"not drafted ({why})" if why else "not drafted"


def _rows(options: Options, results: Path) -> "list[CutRow]":
    """The rows of the film's cuts, those that are asked for.

    Raises:
        InputError: The film or a cut of it is not there.
    """
    from ..core.cut_table import read_rows
    from ..core.errors import InputError, quoted
    from ..reports.run_summary import table_file
    from .run import command_here
    from .session import open_project

    film = options.video, options.language
    films = list(open_project(command_here(options.config, "all", "")).dubs)
    if film not in films:
        known = ", ".join(" ".join(one) for one in films)
        raise InputError(f"the project has no film {quoted(' '.join(film))}; it has {known}")
    table = table_file(results, film)
    if not table.exists():
        raise InputError(f"{table} is missing: run the film first")
    rows = read_rows(table)
    if unknown := sorted(set(options.cuts) - {row.cut for row in rows}):
        raise InputError(f"{table}: has no cut {quoted(unknown[0])}")
    return [row for row in rows if not options.cuts or row.cut in options.cuts]


def _restorer(options: Options) -> "Restorer | None":
    if not options.strengths:
        return None
    from ..networks.restorer import load_restorer

    return load_restorer(options.device, 1)
