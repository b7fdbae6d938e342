"""Sections of the config with one inner section for each entry of a registry."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, create_model

from ..config.section import Section


def with_sections(name: str, base: type[Section], sections: Mapping[str, type[Section]]) -> Any:
    """Make a section with one inner section for each entry of a registry.

    Args:
        name: The name of the class.
        base: The section that is extended.
        sections: The inner sections, by key.

    Returns:
        The class.
    """
    fields: dict[str, Any] = {
        key: (section, Field(default=section(), description=section.__doc__))
        for key, section in sections.items()
    }
    return create_model(name, __base__=base, __doc__=base.__doc__, **fields)
