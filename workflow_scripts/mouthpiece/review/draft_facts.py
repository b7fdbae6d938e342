"""What a cut's row says of how its draft was made."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


def parsed(row: Mapping[str, str], column: str) -> Any:
    """Read the JSON in a column.

    Args:
        row: The cut's row of cuts.tsv.
        column: The column.

    Returns:
        Its value; None where there is none.
    """
    try:
        return json.loads(row.get(column, ""))
    except ValueError:
        return None


def hearing(row: Mapping[str, str]) -> str:
    """Tell what heard the speech that a draft of the preview engine was drawn by.

    Args:
        row: The cut's row of cuts.tsv.

    Returns:
        `phones` or `bands`; empty of another engine, and where nothing was drawn.
    """
    return str((parsed(row, "facts") or {}).get("hearing", ""))


def hearing_counts(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Count the drafts by what heard their speech.

    Args:
        rows: The film's rows of cuts.tsv.

    Returns:
        `phones` or `bands` -> how many cuts, the most frequent first.
    """
    return dict(Counter(filter(None, map(hearing, rows))).most_common())
