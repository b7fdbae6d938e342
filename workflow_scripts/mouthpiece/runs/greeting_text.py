"""The words of a greeting: a text with columns of a table in braces."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..core.errors import InputError, quoted
from ..text.marks import is_plain, without_setting
from ..text.sentences import ABBREVIATION
from ..translation.checks import is_spoken
from ..translation.sentences import sentences_of

COLUMN = re.compile(r"\{([^{}]+)\}")

MOST_LETTERS = 2000
"""A longer text is no greeting: it is two minutes of speech."""


@dataclass(frozen=True)
class GreetingText:
    """The text of all greetings.

    Attributes:
        sentences: Its sentences, with the columns still in braces.
        columns: The columns that it names, in its order.
    """

    sentences: tuple[str, ...]
    columns: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "GreetingText":
        """Read a text such as "Hello {name}, welcome to {city}!".

        Args:
            text: The text. It is divided into sentences before names are put in, so a name with a
                full stop divides none.

        Returns:
            The text.

        Raises:
            InputError: It says nothing, is too long, has a brace that names no column, or no
                column.
        """
        plain = " ".join(without_setting(text).split())
        if not plain:
            raise InputError("--text: is empty; write what is said, such as 'Hello {name}.'")
        if len(plain) > MOST_LETTERS:
            raise InputError(f"--text: has {len(plain)} letters, more than {MOST_LETTERS}")
        if not is_plain(plain):
            raise InputError("--text: has a control character; write plain text")
        if stray := re.search("[{}]", COLUMN.sub("", plain)):
            raise InputError(
                f"--text: a {quoted(stray[0])} belongs to no column; write a column as {{name}}"
            )
        columns = tuple(dict.fromkeys(name.strip() for name in COLUMN.findall(plain)))
        if not columns:
            raise InputError("--text: names no column of the table; write one as {name}")
        return cls(tuple(_sentences(plain)), columns)

    def filled(self, values: Mapping[str, str]) -> list[str]:
        """Put a row's values in.

        Args:
            values: The values, by column.

        Returns:
            The sentences.
        """
        return [COLUMN.sub(lambda name: values[name[1].strip()], one) for one in self.sentences]


def _sentences(text: str) -> list[str]:
    """The sentences; "Dr." ends none, and marks alone are none."""
    found: list[str] = []
    for part in sentences_of(text):
        goes_on = found and (ABBREVIATION.match(found[-1].split()[-1]) or not is_spoken(part))
        if goes_on:
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found
