"""The small picture that stands for a film in a list of films."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def film_picture(
    results: Path, film: tuple[str, str], cuts: Sequence[Mapping[str, str]]
) -> Path | None:
    """Find a picture of a film, among those of its cuts.

    Args:
        results: The results folder.
        film: Video and key of the dub.
        cuts: The film's rows of cuts.tsv.

    Returns:
        The picture of its first cut that is delivered lip-synced, else of its first cut, from the
        results folder; None: there is none.
    """
    ranked = sorted(cuts, key=lambda cut: cut["action"] != "lipsync")
    if not ranked:
        return None
    path = Path(*film, "review", "clips", f"{ranked[0]['cut']}.jpg")
    return path if (results / path).is_file() else None
