"""Rows of cuts.tsv for tests."""

from dataclasses import fields
from typing import Any

from mouthpiece.core.cut_table import CutRow


def row(number: int, **values: Any) -> CutRow:
    """A cut of one frame. By default it is passed through."""
    cells: dict[str, Any] = dict.fromkeys((field.name for field in fields(CutRow)), "")
    cells |= {"cut": f"{number:06d}-{number:06d}", "first_frame": number, "frames": 1}
    return CutRow(**{**cells, "gate": "none", "action": "passthrough", **values})
