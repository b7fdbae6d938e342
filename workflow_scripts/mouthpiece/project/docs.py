"""The tables of config/README.md and the config's JSON schema, made from the settings classes.

`mouthpiece config schema --write` renews both.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..config.section import Section
from ..core.files import write_text
from ..core.paths import WORKFLOW
from .settings import Settings

CONFIG = WORKFLOW / "config"

MARK = "<!-- made by `make schema`; edit settings.py -->"


def schema() -> str:
    """Make the JSON schema of config.yaml, for editors.

    Returns:
        The schema, JSON.
    """
    return json.dumps(Settings.model_json_schema(), indent=1, sort_keys=True) + "\n"


def tables() -> str:
    """Make the tables of the keys of config.yaml, a section each.

    Returns:
        Markdown.
    """
    return "\n".join([MARK, "", *_section("", Settings), MARK])


def _section(prefix: str, section: type[Section]) -> Iterator[str]:
    if prefix:
        yield f"### `{prefix.rstrip('.')}`\n\n{section.__doc__}\n"
    yield "| key | default | meaning |\n| --- | --- | --- |"
    inner = []
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            inner.append((name, field.annotation))
            continue
        meaning = " ".join((field.description or "").split()).replace("|", r"\|")
        yield f"| `{prefix}{name}` | {_shown(field)} | {meaning}{_choices(field)} |"
    yield ""
    for name, annotation in inner:
        yield from _section(f"{prefix}{name}.", annotation)


def _shown(field: Any) -> str:
    return "required" if field.is_required() else f"`{json.dumps(field.default)}`"


def _choices(field: Any) -> str:
    choices = getattr(field.annotation, "__args__", ())
    if not choices or not all(isinstance(choice, str | int) for choice in choices):
        return ""
    return " One of " + ", ".join(f"`{choice}`" for choice in choices) + "."


def write(folder: Path = CONFIG) -> None:
    """Renew README.md between its marks, and config.schema.json.

    Args:
        folder: The folder `config`.
    """
    write_text(folder / "schemas" / "config.schema.json", schema())
    readme = folder / "README.md"
    before, _, after = readme.read_text(encoding="utf-8").split(MARK)
    write_text(readme, before + tables() + after)
