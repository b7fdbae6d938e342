"""Copies of files, whole or not there."""

import shutil
from pathlib import Path

from .files import atomic


def copy_whole(source: Path, path: Path) -> None:
    """Copy a file. The copy is new to Snakemake, as a link would not be.

    Args:
        source: The file.
        path: The copy to write.
    """
    with atomic(path) as temporary:
        shutil.copyfile(source, temporary)
