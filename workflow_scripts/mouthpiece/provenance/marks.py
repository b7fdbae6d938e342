"""What the delivered files of a film are marked with."""

from dataclasses import dataclass
from pathlib import Path

from ..core.notes import Note
from .mark import mark
from .signing import Signing
from .statement import FilmFacts, read_statement


@dataclass(frozen=True)
class Marks:
    """What the delivered files of a film are marked with.

    Attributes:
        facts: How the film was made.
        source: The user's source file.
        language: The language of the dub, a BCP-47 tag.
        signing: Who signs.
    """

    facts: FilmFacts
    source: Path
    language: str
    signing: Signing

    def apply(self, unsigned: Path, marked: Path) -> list[Note]:
        """Mark a file.

        Args:
            unsigned: The file. It is changed; see `provenance.mark.mark`.
            marked: The file to write, under the name by which it is delivered.

        Returns:
            What a user should know.

        Raises:
            InputError: Certificate or key cannot be used.
            Fault: The signed file does not hold, or the machine failed.
        """
        statement = read_statement(
            self.facts, title=marked.name, source=self.source, language=self.language
        )
        return mark(unsigned, marked, statement, self.signing)
