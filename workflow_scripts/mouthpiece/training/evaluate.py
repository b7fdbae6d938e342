"""Measuring the embedded networks on clips and voices that they were not trained on."""

from pathlib import Path
from typing import Any

from ..core.files import write_json
from .dataset import Corpus, splits
from .film import films_of
from .held_back import is_among
from .lip_metrics import lip_metrics
from .sync_metrics import sync_metrics
from .talkers import NAME as TALKERS
from .talkers import has_talkers
from .voice_metrics import voice_metrics


def evaluate(folder: Path, metrics: Path) -> dict[str, Any]:
    """Measure both networks and write the figures.

    Args:
        folder: The data set that `dataset.build` made. Clips that are among its talkers, from which
            the sync scorer learns, are no measure of it.
        metrics: The JSON file to write.

    Returns:
        What was written.

    Raises:
        InputError: If espeak-ng is missing.
    """
    corpus = Corpus.load(folder, "film")
    parts = splits(corpus.names)
    held, other = (films_of(corpus.take(parts[part])) for part in ("test", "other"))
    found: dict[str, Any] = {}
    talkers = Corpus.load(folder, TALKERS).samples if has_talkers(folder) else []
    for name, films in (("heldout", held), ("other", other)):
        found |= lip_metrics(films, name)
        unheard = [film for film in films if not is_among(film.samples, talkers)]
        found |= sync_metrics(unheard, name)
    found |= voice_metrics(True) | voice_metrics(False)
    found["clips_heldout"], found["clips_other"] = len(held), len(other)
    write_json(metrics, found)
    return found
