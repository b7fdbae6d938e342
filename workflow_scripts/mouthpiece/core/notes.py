"""Notes: what a user should know of a file that was used all the same.

A stage writes them into its facts. Their wordings are in `reports`, since a word changes no result.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """One thing that a user should know.

    Attributes:
        code: What it is about, such as `head_dropped`.
        values: What was measured, by name, with units in the names.
    """

    code: str
    values: dict[str, str | int | float] = field(default_factory=dict)

    @property
    def row(self) -> dict[str, str | int | float]:
        """The note as JSON values."""
        return {"code": self.code, **self.values}

    @classmethod
    def of(cls, row: dict[str, str | int | float]) -> "Note":
        """Read a note from JSON values.

        Args:
            row: What `row` gave.

        Returns:
            The note.
        """
        return cls(str(row["code"]), {name: row[name] for name in row if name != "code"})
