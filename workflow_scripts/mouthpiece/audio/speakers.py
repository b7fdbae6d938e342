"""Who speaks when: the voices of a film's lines, grouped."""

from collections.abc import Sequence

import numpy as np

CERTAIN_S = 1.0
"""Voices are grouped by the lines that are at least this long; shorter ones join the nearest
group, since the encoder hears 1.6 s at once."""

MOST_GROUPED = 2000
"""So many lines are grouped, the longest; the others join the nearest group. The table of
distances grows with the square of their number."""

LEAST_S = 3.0
"""A group that speaks less is no speaker where another group's voice is near: it is a line that was
shouted, or spoken under music."""

NEAR = 0.03
"""How much further than `threshold` such a group's voice may be from another."""


def group_voices(
    vectors: np.ndarray, seconds: Sequence[float], threshold: float, speakers: int = 0
) -> list[int]:
    """Group the voices of lines by agglomerative clustering with average linkage.

    Args:
        vectors: The voice of each line, as `voiceprint.Voiceprints.of` gives it, [N, SIZE].
        seconds: How long each line is.
        threshold: Voices whose cosine distance is larger are of two speakers.
        speakers: How many speakers there are; 0: counted by the threshold.

    Returns:
        The group of each line, numbered from 0 by when it speaks first.
    """
    lengths = np.asarray(seconds, float)
    if not len(lengths):
        return []
    longest = np.argsort(-lengths, kind="stable")[:MOST_GROUPED]
    certain = [at for at in longest if lengths[at] >= CERTAIN_S]
    least = max(1, speakers)
    chosen = np.array(sorted(certain if len(certain) >= least else longest))
    groups = _clustered(vectors[chosen], threshold, speakers)
    if not speakers:
        groups = _without_small(vectors[chosen], lengths[chosen], groups, threshold)
    names = np.unique(groups)
    voices = np.stack(
        [mean_voice(vectors[chosen][groups == n], lengths[chosen][groups == n]) for n in names]
    )
    nearest = names[_similarity(vectors, voices).argmax(axis=1)]
    nearest[chosen] = groups
    return _by_appearance(nearest)


def nearest_voice(vectors: np.ndarray, voices: np.ndarray) -> list[int]:
    """Find whose voice each line is nearest to.

    Args:
        vectors: The voice of each line, [N, SIZE].
        voices: The voice of each known speaker, [M, SIZE].

    Returns:
        The number of the speaker, of each line.
    """
    return [int(at) for at in _similarity(vectors, voices).argmax(axis=1)]


def _clustered(vectors: np.ndarray, threshold: float, speakers: int) -> np.ndarray:
    """The group of each vector, [N] int."""
    if len(vectors) == 1:
        return np.zeros(1, int)
    from scipy.cluster.hierarchy import fcluster, linkage  # it takes half a second to import

    tree = linkage(vectors.astype(np.float64), "average", metric="cosine")
    tree[:, 2] = np.maximum.accumulate(np.maximum(tree[:, 2], 0))
    if speakers:
        return np.asarray(fcluster(tree, min(speakers, len(vectors)), "maxclust"))
    return np.asarray(fcluster(tree, threshold, "distance"))


def _without_small(
    vectors: np.ndarray, lengths: np.ndarray, groups: np.ndarray, threshold: float
) -> np.ndarray:
    """Groups without those that are too small to be a speaker."""
    spoken = {name: float(lengths[groups == name].sum()) for name in np.unique(groups)}
    for name in sorted(spoken, key=lambda name: spoken[name]):
        others = [other for other in np.unique(groups) if other != name]
        if spoken[name] >= LEAST_S or not others:
            continue
        mine = mean_voice(vectors[groups == name], lengths[groups == name])
        theirs = [mean_voice(vectors[groups == n], lengths[groups == n]) for n in others]
        alike = _similarity(mine[None], np.stack(theirs))[0]
        if 1 - alike.max() <= threshold + NEAR:
            groups = np.where(groups == name, others[int(alike.argmax())], groups)
    return groups


def _by_appearance(groups: np.ndarray) -> list[int]:
    order: dict[int, int] = {}
    return [order.setdefault(int(group), len(order)) for group in groups]


def _similarity(vectors: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Cosines of vectors of length 1, [N, M]."""
    return np.asarray(vectors @ others.T)


def mean_voice(vectors: np.ndarray, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """Average the voice of one speaker.

    Args:
        vectors: Vectors of length 1, [N, SIZE].
        weights: The weight of each.

    Returns:
        A vector of length 1, [SIZE].
    """
    mean = np.average(vectors, axis=0, weights=np.asarray(weights) + 1e-9)
    return np.asarray(mean / max(1e-9, float(np.linalg.norm(mean))))
