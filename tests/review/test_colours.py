"""The look that pages and plots share: colours and sizes."""

import re
from pathlib import Path

import pytest

from mouthpiece.reports.plots import PRINT
from mouthpiece.review.colours import DARK, LIGHT
from mouthpiece.review.templating import LOOK
from mouthpiece.review.verdicts import VERDICTS
from places import ROOT

# What is written in which colour on which ground, in the pages.
TEXTS = [
    *((ink, ground) for ink in ("text", "dim") for ground in ("bg", "panel", "sunk", "row")),
    *((ink, ground) for ink in ("accent", "fail") for ground in ("bg", "panel", "row")),
    *((verdict, ground) for verdict in VERDICTS for ground in ("bg", "panel", "row")),
    *(("on-accent", "accent"), ("panel", "text"), ("accent", "panel")),
]


STYLES = sorted((ROOT / "workflow_scripts" / "mouthpiece").glob("*/templates/*/*.css"))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2, after IEC 61966-2-1)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read(colours: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 at least."""
    found = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXTS}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(colours: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1 at least."""
    assert contrast(colours["field"], colours["panel"]) >= 3


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_what_a_page_is_made_of_is_named_by_the_look(style: Path) -> None:
    """Pages take sizes of text from look.css; no name is used that is not defined."""
    text = style.read_text(encoding="utf-8")
    defined = set(LIGHT) | set(re.findall(r"--([\w-]+):", text + LOOK.read_text(encoding="utf-8")))
    unknown = set(re.findall(r"var\(--([\w-]+)\)", text)) - defined
    assert not unknown
    if style != LOOK:
        assert not re.findall(r"font(?:-size)?: [^;]*\d(?:px|rem|em)\b", text)


def test_they_stand_in_one_place() -> None:
    assert set(LIGHT) == set(DARK)
    assert {LIGHT[name] for name in PRINT} == set(PRINT.values())
    shared = {colour.lower() for colours in (LIGHT, DARK) for colour in colours.values()}
    templates = [
        path
        for folder in (ROOT / "workflow_scripts" / "mouthpiece").glob("*/templates")
        for path in folder.rglob("*.*")
    ]
    assert len(templates) > 30
    for template in templates:
        written = set(re.findall(r"#[0-9a-f]{6}\b", template.read_text(encoding="utf-8").lower()))
        assert not written & shared, template.name
