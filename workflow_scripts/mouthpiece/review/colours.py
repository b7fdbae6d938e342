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
    """Write colours as declarations of CSS variables.

    Args:
        colours: Name -> "#rrggbb".

    Returns:
        The declarations, `--name: #rrggbb;`, on one line.
    """
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
