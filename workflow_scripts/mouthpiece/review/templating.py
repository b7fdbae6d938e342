"""How pages are filled in: Jinja templates, with style sheets and scripts put into the page.

The files of a page lie in `templates/NAME/`, where NAME is the module that fills them in. What all
pages share lies in `templates/templating/`.
"""

from pathlib import Path

import jinja2
from markupsafe import Markup

from .bundle import bundle
from .colours import DARK, LIGHT, variables

SHARED = Path(__file__).resolve().parent / "templates" / "templating"


def environment(folder: Path) -> jinja2.Environment:
    """Make what fills in the templates of a folder.

    Values are escaped, and one that is not given is an error. In a template, `style("a.css")` and
    `script("a.mjs")` put in a file of the folder, or a shared one; `script` with all modules that
    it imports.

    Args:
        folder: Where the templates, style sheets and scripts of a page lie.

    Returns:
        A Jinja environment.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def find(name: str) -> Path:
        return next(path for path in (folder / name, SHARED / name) if path.is_file())

    def style(name: str) -> Markup:
        return _inlined(find(name).read_text(encoding="utf-8"), "</style")

    def script(name: str) -> Markup:
        return _inlined(bundle(find(name)), "</script")

    made.globals |= {
        "light": variables(LIGHT),
        "dark": variables(DARK),
        "style": style,
        "script": script,
    }
    return made


def _inlined(text: str, end: str) -> Markup:
    """A file's text as it stands, inside an element that `end` would close."""
    if end in text.lower():
        raise ValueError(f"a file that is put into a page may not hold {end}")
    return Markup(text)
