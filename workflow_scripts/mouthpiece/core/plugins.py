"""Registries: classes by name, built in or brought by other installed packages."""

import importlib
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any


def load_plugins(built_in: Mapping[str, str], group: str) -> dict[str, type]:
    """Load the classes of a registry.

    Args:
        built_in: `package.module:Class` by name.
        group: The entry point group by which other installed packages add theirs.

    Returns:
        The classes by name, the built-in ones first. A built-in name cannot be replaced.

    Raises:
        ValueError: Another package uses a built-in name.
    """
    places = dict(built_in)
    for found in entry_points(group=group):
        if places.setdefault(found.name, found.value) != found.value:
            raise ValueError(
                f"{group}: the name {found.name!r} is taken; {found.value} needs another"
            )
    return {name: load_class(place) for name, place in places.items()}


def load_class(place: str) -> Any:
    """Import a class.

    Args:
        place: `package.module:Class`.

    Returns:
        The class.
    """
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
