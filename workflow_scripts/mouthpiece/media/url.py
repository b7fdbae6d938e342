"""Paths as libav takes them."""

from pathlib import Path


def url(path: Path) -> str:
    """A path as libav takes it, whatever colons, percent signs or dashes are in its name."""
    return f"file:{path}"
