"""Registries of classes by name, built in or added by other installed packages."""

import importlib
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any, ClassVar, cast


class Plugin:
    """The base class of the settings of an engine or scorer, by which its package is known."""

    implementation: ClassVar[str]
    """The class that works by these settings, `package.module:Class`."""

    @classmethod
    def package(cls) -> str:
        """Name the package. The key of a result covers its code.

        Returns:
            The dotted name of the package, or of the module if it is in no package.
        """
        return cls.__module__.rpartition(".")[0] or cls.__module__


def load_plugins(built_in: Mapping[str, str], group: str) -> dict[str, type]:
    """Load the classes of a registry.

    Args:
        built_in: `package.module:Class` by name.
        group: The entry point group of the classes of other installed packages.

    Returns:
        The classes by name, the built-in ones first. A built-in name cannot be replaced.

    Raises:
        ValueError: Another package uses a built-in name.
    """
    references = dict(built_in)
    for found in _entry_points(tuple(sys.path)).select(group=group):
        if references.setdefault(found.name, found.value) != found.value:
            raise ValueError(
                f"{group}: the name {found.name!r} is taken; {found.value} needs another one"
            )
    return {name: load_class(reference) for name, reference in references.items()}


@cache
def _entry_points(paths: tuple[str, ...]) -> EntryPoints:
    """Those of all packages on a search path: to look for them is slow, whatever their group."""
    return cast(EntryPoints, entry_points())  # Python 3.11's class selects in the same way


def load_class(reference: str) -> Any:
    """Import a class.

    Args:
        reference: `package.module:Class`.

    Returns:
        The class.
    """
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)
