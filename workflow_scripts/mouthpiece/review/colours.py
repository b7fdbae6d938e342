"""The colours of pages and plots, by what they are for; a page defines each as a CSS variable."""

LIGHT = {
    "bg": "#f4f5f7",
    "panel": "#ffffff",
    "sunk": "#eceef1",
    "line": "#d5d9df",
    "text": "#16191d",
    "dim": "#59616c",
    "accent": "#0b63ce",
    "on-accent": "#ffffff",
    "row": "#e6effa",
    "fail": "#c62a2f",
    "review": "#9a5b00",
    "unjudged": "#6046c9",
    "passthrough": "#626b76",
    "pass": "#177a4b",
    "fault": "#a3127a",
}

DARK = {
    "bg": "#0f1113",
    "panel": "#17191d",
    "sunk": "#0b0c0e",
    "line": "#2b2f36",
    "text": "#e8eaed",
    "dim": "#98a1ad",
    "accent": "#6cb2ff",
    "on-accent": "#06121f",
    "row": "#1d2a3a",
    "fail": "#ff7a75",
    "review": "#f0b34c",
    "unjudged": "#a99bff",
    "passthrough": "#9aa4b0",
    "pass": "#4fd08f",
    "fault": "#ff8ad4",
}


def variables(colours: dict[str, str]) -> str:
    """The colours as declarations of CSS variables."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


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
