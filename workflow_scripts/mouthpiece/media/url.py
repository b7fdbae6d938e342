"""Paths as libav takes them."""

from pathlib import Path


def url(path: Path) -> str:
    """Write a path as a URL, so that colons, percent signs and dashes in its name mean nothing.

    Args:
        path: Any path.

    Returns:
        A URL of libav's `file` protocol, which takes the rest as it is.
    """
    return f"file:{path}"
