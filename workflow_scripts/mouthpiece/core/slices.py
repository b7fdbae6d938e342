"""slices.json: each cut's part of a film's speech, named by what it holds."""

from collections.abc import Mapping
from pathlib import Path

from .errors import Fault
from .files import read_json, write_json

STORE = "slices"
"""The folder of the parts, beside the index. It is no output of a rule: Snakemake removes outputs
before a job."""


def store_of(index: Path) -> Path:
    """Find the folder of the parts.

    Args:
        index: A slices.json.

    Returns:
        The folder.
    """
    return index.parent / STORE


def write_index(names: Mapping[str, str], index: Path) -> None:
    """Write slices.json, whole or not at all.

    Args:
        names: The name of each cut's part, by cut.
        index: The file to write.
    """
    write_json(index, {"version": 1, "slices": dict(names)})


def slices_of(index: Path) -> dict[str, Path]:
    """Read what `write_index` wrote.

    Args:
        index: A slices.json.

    Returns:
        Each cut's part, by cut.

    Raises:
        Fault: The file is damaged.
    """
    try:
        names = dict(read_json(index)["slices"])
        return {cut: store_of(index) / Path(name).name for cut, name in names.items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Fault(f"{index}: is damaged ({error}); delete it and run again") from None
