"""The colours of pages and plots, by what they are for; a page defines each as a CSS variable."""

LIGHT = {
    "bg": "#f6f7f9",
    "panel": "#ffffff",
    "sunk": "#eef0f3",
    "line": "#dde1e7",
    "field": "#848c98",
    "text": "#15181d",
    "dim": "#5a626e",
    "accent": "#2f5bd0",
    "on-accent": "#ffffff",
    "row": "#eaf0fd",
    "fail": "#c0282d",
    "review": "#8f5400",
    "unjudged": "#6046c9",
    "passthrough": "#5c6571",
    "pass": "#10714a",
    "fault": "#a3127a",
}

DARK = {
    "bg": "#0e0f12",
    "panel": "#16181c",
    "sunk": "#0a0b0d",
    "line": "#282b32",
    "field": "#666e7a",
    "text": "#e6e8ec",
    "dim": "#979fab",
    "accent": "#86aeff",
    "on-accent": "#0a1226",
    "row": "#1b2436",
    "fail": "#ff7f7a",
    "review": "#eeb04a",
    "unjudged": "#aea0ff",
    "passthrough": "#9aa3af",
    "pass": "#52cf93",
    "fault": "#ff8ad4",
}


ON_PICTURES = {
    "behind-picture": "#000000",
    "on-picture": "#ffffff",
    "dim-on-picture": "#b6bec8",
    "edge-on-picture": "#ffffffaa",
    "behind-words": "#000000cc",  # words that lie over a picture
    "backdrop": "#00000088",  # over the page, under a dialog
    "shadow": "#00000044",
}
"""Those of both themes: around and over pictures, whose colours are their own."""


def variables(colours: dict[str, str]) -> str:
    """Write colours as declarations of CSS variables.

    Args:
        colours: Name -> "#rrggbb" or, with how opaque it is, "#rrggbbaa".

    Returns:
        The declarations, `--name: #rrggbb;`, on one line.
    """
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def themes() -> str:
    """Write both themes as rules: the system's, unless `data-theme` of the page names one.

    On paper all pages are light.

    Returns:
        A style sheet.
    """
    light, dark = variables(LIGHT), variables(DARK)
    return (
        f":root {{ {variables(ON_PICTURES)} }}\n"
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{ {dark} }} }}\n"
        ':root[data-theme="light"] { color-scheme: light; }\n'
        f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}\n'
        f"@media print {{ :root:root {{ color-scheme: light; {light} }} }}\n"
    )
