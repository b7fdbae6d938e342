"""`mouthpiece calibrate`: what the gate's thresholds let pass, by labelled drafts."""

import logging
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute

if TYPE_CHECKING:
    from ..calibration.calibrate import Calibration
    from ..calibration.labels import Labelled

log = logging.getLogger(__name__)


def _share(value: float) -> float:
    if not 0 < value < 1:
        raise typer.BadParameter("is not between 0 and 1")
    return value


def calibrate(
    tables: Annotated[list[Path], typer.Argument(metavar="[CUTS.TSV]...")] = [],
    labels: Annotated[Path | None, typer.Option(metavar="TABLE", help="A table of labels.")] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="TABLE", help="The reviewers' decisions.tsv.")
    ] = None,
    scorer: Annotated[str, typer.Option(metavar="NAME", help="Only this scorer.")] = "",
    false_pass: Annotated[
        float, typer.Option(callback=_share, help="The wanted share of bad drafts that pass.")
    ] = 0.05,
    config: ConfigFiles = [],
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all figures.")] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the ROC curves.")] = None,
) -> None:
    """Calibrate the gate by drafts that are known to be good or bad.

    A label is a reviewer's decision on the draft that was scored (approve: good, passthrough: bad),
    or a row of a table of labels. Each scorer is calibrated by itself. docs/tuning.md explains the
    result.
    """
    options = Options(
        tables, labels, decisions, scorer, false_pass, default_configs(config), json, svg
    )
    execute(lambda: _calibrate(options), sys.stdout)


@dataclass(frozen=True)
class Options:
    """What the command line asks for.

    Attributes:
        tables: cuts.tsv of films.
        labels: A table of labels.
        decisions: A table of decisions.
        scorer: The only scorer to calibrate; empty: all.
        false_pass: The wanted share of bad drafts that pass.
        config: Config files with the thresholds in force.
        json: Where all figures go.
        svg: Where the ROC curves go.
    """

    tables: Sequence[Path]
    labels: Path | None
    decisions: Path | None
    scorer: str
    false_pass: float
    config: Sequence[Path]
    json: Path | None
    svg: Path | None


def _calibrate(options: Options) -> None:
    from ..calibration.calibrate import calibrate
    from ..calibration.gate import read_gate
    from ..calibration.report import describe
    from ..core.errors import InputError

    if not options.labels and not options.decisions:
        raise InputError(
            "no labels: name --decisions decisions.tsv, or --labels labels.tsv, or both"
        )
    for path in filter(None, (options.json, options.svg)):
        if path.is_dir():
            raise InputError(f"{path}: is a folder; name a file")
    gate = read_gate(options.config)
    by_scorer = _labelled(options)
    found = [calibrate(by_scorer[name], gate, options.false_pass) for name in sorted(by_scorer)]
    for calibration in found:
        log.info("\n%s", "\n".join(describe(calibration)))
    _write(found, options)


def _labelled(options: Options) -> "dict[str, list[Labelled]]":
    """The labelled drafts by scorer."""
    from ..calibration.labels import read_decisions, read_films, read_labels
    from ..core.errors import InputError

    films, parts = read_films(options.tables), []
    if options.labels:
        parts.append(read_labels(options.labels, films, options.scorer))
    if options.decisions:
        parts.append(read_decisions(options.decisions, films))
    for why, count in sorted(sum((part.left_out for part in parts), Counter()).items()):
        log.info("left out: %d (%s)", count, why)
    by_scorer: dict[str, list[Labelled]] = {}
    for draft in (draft for part in parts for draft in part.drafts):
        by_scorer.setdefault(draft.score["scorer"], []).append(draft)
    if options.scorer:
        by_scorer = {options.scorer: by_scorer.get(options.scorer, [])}
    if not any(by_scorer.values()):
        raise InputError("no label counts" + (f" for {options.scorer}" if options.scorer else ""))
    return by_scorer


def _write(found: "Sequence[Calibration]", options: Options) -> None:
    if options.json:
        from ..calibration.report import as_json
        from ..core.files import write_json

        write_json(options.json, {"calibrations": [as_json(item) for item in found]})
    if options.svg:
        from ..core.files import write_text
        from ..reports.plots import PRINT, roc_figure, svg

        lines = {
            item.scorer: [(p.false_pass.share, p.true_pass.share) for p in item.curve]
            for item in found
        }
        marks = {
            item.scorer: (item.present.false_pass.share, item.present.true_pass.share)
            for item in found
        }
        write_text(options.svg, svg(roc_figure(lines, marks), "roc", PRINT))
