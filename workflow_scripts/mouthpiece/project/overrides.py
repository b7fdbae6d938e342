"""The table of overrides: settings that differ for a part of a project."""

from dataclasses import dataclass
from pathlib import Path

from ..core.user_files import exists
from .rows import Row, check_unique, read
from .tables import Dub, check_scope, tag_of

COLUMNS = ("video", "language", "cut", "setting", "value")
"""The columns of overrides.tsv that a run obeys; `reviewer` and `time` say who set it, and when."""


@dataclass(frozen=True)
class Override:
    """A row of overrides.tsv: one setting for a part of a project.

    Attributes:
        row: The row.
        video: The video's id.
        language: A language or a dub's key; "*": all.
        cut: A cut's id; "*": all.
        setting: The key of the config, such as "guard.min_face_px".
        value: Its value.
    """

    row: Row
    video: str
    language: str
    cut: str
    setting: str
    value: str


def read_overrides(table: Path, dubs: dict[tuple[str, str], Dub]) -> list[Override]:
    """Read overrides.tsv.

    Args:
        table: The file; it need not exist.
        dubs: The dubs, by video and key.

    Returns:
        The overrides, the most general first. Of one scope, a preset comes before other keys.

    Raises:
        InputError: A row is wrong.
    """

    def check_language(row: Row) -> None:
        check_scope(row, dubs)
        if row.values["setting"].startswith(("guard", "speaker")) and row.values["language"] != "*":
            raise row.error("language", "guard and speaker are shared by all languages: write *")

    rows = read(table, "overrides") if exists(table) else []
    for row in rows:
        check_language(row)
    check_unique(rows, COLUMNS[:4])
    overrides = [Override(row, *(row.values[name] for name in COLUMNS)) for row in rows]
    return sorted(
        overrides,
        key=lambda o: (
            *(o.cut != "*", o.language != "*", tag_of(o.language) != o.language),
            not o.setting.endswith(".preset"),
        ),
    )
