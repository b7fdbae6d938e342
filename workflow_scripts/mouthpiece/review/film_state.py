"""What the list of films says of a film."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .cut_decision import CutDecision
from .draft_facts import keys_of
from .film_files import FILM, INDEX
from .film_picture import film_picture
from .verdicts import REVIEWED, VERDICTS, verdict


def film_state(
    results: Path,
    film: tuple[str, str],
    rows: Mapping[str, Mapping[str, str]],
    decisions: Mapping[str, CutDecision],
) -> dict[str, Any]:
    """Summarize a film.

    Args:
        results: The results folder.
        film: Video and key of the dub.
        rows: Cut id -> its row of cuts.tsv.
        decisions: Cut id -> decision, for the cuts that have one.

    Returns:
        Its figures by name, as JSON values.
    """
    verdicts = {cut: verdict(row) for cut, row in rows.items()}
    counted = Counter(verdicts.values())
    to_review = {cut: keys_of(row) for cut, row in rows.items() if verdicts[cut] in REVIEWED}
    picture = film_picture(results, film, list(rows.values()))
    folder = results.joinpath(*film, "review")
    return {
        "video": film[0],
        "language": film[1],
        "page": (folder / INDEX).is_file(),
        "film": (folder / FILM).is_file(),
        "picture": picture and picture.name,
        "cuts": len(rows),
        "lipsynced": sum(row["action"] == "lipsync" for row in rows.values()),
        "verdicts": {name: counted[name] for name in VERDICTS},
        "to_review": len(to_review),
        "decided": sum(
            cut in decisions and decisions[cut].is_settled(keys) for cut, keys in to_review.items()
        ),
    }
