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


def keys_of(row: Mapping[str, str]) -> list[str]:
    """List the keys of drafts whose approval holds for a cut.

    Args:
        row: The cut's row of cuts.tsv.

    Returns:
        That of its draft, and of those that it replaced as a final.
    """
    return [row.get("draft", ""), *filter(None, row.get("stands_for", "").split(";"))]


def final_engine(row: Mapping[str, str]) -> str:
    """Name the engine that drew a cut once more.

    Args:
        row: The cut's row of cuts.tsv.

    Returns:
        Its name, also where the draft stands; empty: the cut has no final.
    """
    return row.get("final", "").rpartition(" ")[2]


def engines_of(row: Mapping[str, str]) -> list[str]:
    """List the engines that drew a cut.

    Args:
        row: The cut's row of cuts.tsv.

    Returns:
        That of its draft, and that of its final where there is one.
    """
    return list(dict.fromkeys(filter(None, (row["engine"], final_engine(row)))))


def drawn_by(row: Mapping[str, str]) -> str:
    """Name the engine that drew what is delivered of a cut.

    Args:
        row: The cut's row of cuts.tsv.

    Returns:
        That of its final, unless the draft stands.
    """
    is_taken = row.get("final", "") not in ("", f"reverted {final_engine(row)}")
    return final_engine(row) if is_taken else row["engine"]


def final_tier(row: Mapping[str, str]) -> str:
    """Tell what became of a cut's final.

    Args:
        row: The cut's row of cuts.tsv.

    Returns:
        Such as "latentsync in place of the draft; confidence 0.52, the draft's 0.5"; empty where
        it has none.
    """
    engine = final_engine(row)
    if not engine:
        return ""
    became = "in place of the draft" if drawn_by(row) == engine else "the draft stands"
    said = f"{engine}: {became}"
    if not row["final_confidence"]:
        return said
    return f"{said}; confidence {row['final_confidence']}, the draft's {row['replaced_confidence']}"


def halvings(row: Mapping[str, str]) -> dict[str, int]:
    """Tell which batches memory did not hold while a cut was drawn or enhanced.

    Args:
        row: The cut's row of cuts.tsv.

    Returns:
        What was halved -> to how many at once: `core.batches.halved`.
    """
    facts = parsed(row, "facts") or {}
    parts = (facts, facts.get("final", {}), facts.get("enhancement", {}))
    return {name: size for part in parts for name, size in part.get("halved_to", {}).items()}


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
