"""How pages are filled in: Jinja templates, with style sheets and scripts put into the page.

The files of a page lie in `templates/NAME/`, where NAME is the module that fills them in. What all
pages share lies in `templates/templating/`: the look, and the button that exchanges the themes.
"""

from pathlib import Path

import jinja2
from markupsafe import Markup

from .bundle import bundle
from .colours import themes
from .dub_names import dub_name

SHARED = Path(__file__).resolve().parent / "templates" / "templating"
LOOK = SHARED / "look.css"
CARDS = SHARED / "cards.css"


def environment(folder: Path) -> jinja2.Environment:
    """Make what fills in the templates of a folder.

    Values are escaped, and one that is not given is an error. In a template, `look` is the style
    sheet of all pages, with their colours; `themed` is the script of a page that has no other one
    for its button `#theme`; `style("a.css")` and `script("a.mjs")` put in a file of the folder,
    `script` with all modules that it imports. `cards(800)` makes cards of the rows of tables of the
    class `carded` where the window is no wider than so many pixels. The filter `dub_name` names a
    dub.

    Args:
        folder: Where the templates, style sheets and scripts of a page lie.

    Returns:
        A Jinja environment.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, SHARED]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def style(name: str) -> Markup:
        return _style(folder / name)

    def script(name: str) -> Markup:
        return _inlined(bundle(folder / name), "</script")

    def cards(width_px: int) -> Markup:
        return Markup("@media (max-width: {}px) {{\n{}}}\n").format(width_px, _style(CARDS))

    made.globals |= {
        "cards": cards,
        "look": Markup(themes()) + _style(LOOK),
        "themed": _inlined(bundle(SHARED / "themed.mjs"), "</script"),
        "style": style,
        "script": script,
    }
    made.filters["dub_name"] = dub_name
    return made


def _style(path: Path) -> Markup:
    return _inlined(path.read_text(encoding="utf-8"), "</style")


def _inlined(text: str, end: str) -> Markup:
    """A file's text as it stands, inside an element that `end` would close."""
    if end in text.lower():
        raise ValueError(f"a file that is put into a page may not hold {end}")
    return Markup(text)
