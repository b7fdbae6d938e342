"""Labelled drafts, and a table of cuts that were scored, for the tests of calibration."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.calibration.labels import Labelled
from mouthpiece.core.cut_table import CutRow, write_rows


def score(confidence: float, offset: int = 0, scorer: str = "embedded", **changed: float) -> dict:
    enough = {"distance": 1.0, "speech_s": 3.0, "duration_s": 3.0}
    return {
        "scorer": scorer,
        "confidence": confidence,
        "offset_frames": offset,
        **enough,
        **changed,
    }


def labelled(good: bool, *scores: dict) -> list[Labelled]:
    return [Labelled("v", "de", "000000-000049", good, one) for one in scores]


def drafts(good: int, bad: int, seed: int = 1) -> list[Labelled]:
    """Two overlapping groups; a third of the bad ones is out of sync, too."""
    chooser = np.random.default_rng(seed)
    fine = [score(float(c)) for c in chooser.normal(0.8, 0.15, good)]
    poor = [score(float(c), 5 * (i % 3 == 0)) for i, c in enumerate(chooser.normal(0.3, 0.2, bad))]
    return labelled(True, *fine) + labelled(False, *poor)


def cut_row(number: int, confidence: float | None, gate: str = "pass") -> CutRow:
    values: dict = dict.fromkeys((field.name for field in fields(CutRow)), "")
    values |= {
        "cut": f"{number:06d}-{number:06d}",
        "first_frame": number,
        "frames": 1,
        "gate": gate,
    }
    if confidence is not None:
        values |= {"scorer": "embedded", "confidence": f"{confidence:.4f}", "distance": "1.0000"}
        values |= {"source_confidence": f"{confidence + 0.1:.4f}"}
        values |= {"offset_frames": "0", "speech_s": "3.00", "draft": f"{number:012x}"}
    return CutRow(**values)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A film's cuts.tsv: eight scored drafts, one not judged, one cut without a draft."""
    path = tmp_path / "results" / "talk" / "pt-BR" / "cuts.tsv"
    rows = [cut_row(number, number / 10) for number in range(8)]
    write_rows([*rows, cut_row(8, 0.9, "unjudged"), cut_row(9, None, "none")], path)
    return path


def write(path: Path, *lines: tuple[object, ...]) -> Path:
    path.write_text("".join("\t".join(map(str, line)) + "\n" for line in lines), encoding="utf-8")
    return path


def decision(number: int, decided: str, draft: object = None) -> tuple[object, ...]:
    bound = f"{number:012x}" if draft is None else draft
    return "talk", "pt-BR", f"{number:06d}-{number:06d}", decided, bound
