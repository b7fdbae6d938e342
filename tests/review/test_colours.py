"""The look that pages and plots share: colours and sizes."""

import re
from pathlib import Path

import pytest
from matplotlib.colors import CSS4_COLORS

from mouthpiece.reports.plots import PRINT
from mouthpiece.review.colours import DARK, LIGHT, ON_PICTURES
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


TEMPLATES = sorted((ROOT / "workflow_scripts" / "mouthpiece").glob("*/templates/*/*.*"))
STYLES = [path for path in TEMPLATES if path.suffix == ".css"]

COLOUR = re.compile(
    r"#(?:[0-9a-f]{3,4}){1,2}(?![\w-])|\b(?:rgba?|hsla?|hwb|(?:ok)?lab|(?:ok)?lch|color)\("
    rf"|(?<![\w-])(?:{'|'.join(CSS4_COLORS)})(?![\w-])",
    re.IGNORECASE,
)
"""A colour that is written out, by number or by name. Those of the system have other names."""

VALUES = {
    ".css": re.compile(r"[\w-]+\s*:([^:;{}]+)[;}]"),
    ".j2": re.compile(r"\b(?:style|fill|stroke|color)=\"([^\"]*)\""),
    ".mjs": re.compile(r"[\"'`]([^\"'`\n]*)[\"'`]"),
}
"""What may be a colour in a file, by its suffix: the value of a declaration, or a string."""


def colours_in(text: str, suffix: str) -> list[str]:
    """The colours that a style sheet, a template or a script writes out."""
    text = re.sub(r"/\*.*?\*/|var\([^()]*\)", "", text, flags=re.DOTALL)
    if suffix == ".mjs":  # a word is a colour where it is all of a string
        return [v for v in VALUES[suffix].findall(text) if COLOUR.fullmatch(v) or "rgb" in v]
    return [found for value in VALUES[suffix].findall(text) for found in COLOUR.findall(value)]


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
    names = set(LIGHT) | set(ON_PICTURES)
    defined = names | set(re.findall(r"--([\w-]+):", text + LOOK.read_text(encoding="utf-8")))
    unknown = set(re.findall(r"var\(--([\w-]+)\)", text)) - defined
    assert not unknown
    if style != LOOK:
        assert not re.findall(r"font(?:-size)?: [^;]*\d(?:px|rem|em)\b", text)


def test_colours_are_found_in_all_their_forms() -> None:
    style = "#add:hover { color: #fff; background: rgb(0 0 0 / 50%); white-space: normal }"
    style += " a { border: 1px solid Red; fill: var(--tan); outline: 2px solid Highlight; }"
    style += " b { box-shadow: 0 0 2px #0004, 0 0 1px black; border-color: currentColor }"
    found = colours_in(style, ".css")
    assert found == ["#fff", "rgb(", "Red", "#0004", "black"]
    assert colours_in('<b style="color: #fff" title="#abc red">', ".j2") == ["#fff"]
    assert colours_in('paint("#fffa"); at("#000150-000199"); say("tan line")', ".mjs") == ["#fffa"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_has_a_colour_of_its_own(template: Path) -> None:
    assert colours_in(template.read_text(encoding="utf-8"), template.suffix) == []


def test_both_themes_have_the_same_names() -> None:
    assert len(TEMPLATES) > 90
    assert set(LIGHT) == set(DARK)
    assert not set(LIGHT) & set(ON_PICTURES)
    assert {LIGHT[name] for name in PRINT} == set(PRINT.values())


@pytest.mark.parametrize("ink", ["on-picture", "dim-on-picture"])
def test_words_on_pictures_can_be_read(ink: str) -> None:
    assert contrast(ON_PICTURES[ink], ON_PICTURES["behind-picture"]) >= 4.5
