"""The words on a contact sheet: all of them are there, whatever its width."""

import numpy as np
import pytest

from cut_rows import row
from mouthpiece.reports.contact_sheet import (
    LINE_PX,
    MARGIN_PX,
    PAPER,
    TILE_PX,
    _laid_out,
    _title,
    _width_px,
    _wrapped,
)

LONG = "talk de 000000-000124; final latentsync; reverted smoothed+restored; flicker gained=0.2; x"


@pytest.mark.parametrize("text", [LONG, "a" * 300, "a", ""])
def test_text_is_wrapped_and_none_is_lost(text: str) -> None:
    width = TILE_PX - 2 * MARGIN_PX
    lines = _wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(_width_px(line) <= width for line in lines)
    assert len(lines) == 1 or all(lines)


def test_a_sheet_grows_with_its_title() -> None:
    tile = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)
    sheet = _laid_out(LONG, ["filmed"], [[tile]])
    lines = len(_wrapped(LONG, TILE_PX - 2 * MARGIN_PX))
    assert lines > 2 and sheet.shape == ((lines + 1) * LINE_PX + TILE_PX, TILE_PX, 3)
    assert (sheet[: lines * LINE_PX, -MARGIN_PX:] == PAPER).all(), "nothing runs out of it"


def test_a_title_says_what_became_of_final_and_enhancement() -> None:
    plain = row(0)
    assert _title("talk", "de", plain) == f"talk de {plain.cut}"
    figures = {"drafted_confidence": "0.5000", "enhanced_confidence": "0.4000"}
    found = row(
        0,
        final="reverted latentsync",
        final_reasons="final_sync_lost=0.2",
        enhanced="reverted restored",
        enhance_reasons="flicker_gained=0.2;identity_lost=0.06",
        **figures,
    )
    assert _title("talk", "de", found).split("; ")[1:] == [
        "final: reverted latentsync",
        "enhanced: reverted restored",
        "final_sync_lost=0.2",
        "flicker_gained=0.2",
        "identity_lost=0.06",
        "confidence 0.5000 to 0.4000",
    ]
