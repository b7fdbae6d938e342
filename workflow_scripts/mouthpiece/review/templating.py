"""What fills in the templates of pages."""

from pathlib import Path

import jinja2

from .colours import DARK, LIGHT, variables

TEMPLATES = Path(__file__).resolve().parent / "templates"


def environment() -> jinja2.Environment:
    """What fills in a template: values are escaped, and one that is not given is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"light": variables(LIGHT), "dark": variables(DARK)}
    return made
