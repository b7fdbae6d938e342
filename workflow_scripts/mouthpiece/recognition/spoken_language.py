"""The language of a film, and of the parts of it that are in another one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .base import macrolanguage

LEAST_S = 1.5
"""A shorter clip is in the language of the one that is nearest in time."""

CERTAIN = 0.85
"""A clip is in another language than the film where the recognizer is this sure of it."""

RULED_OUT = 0.1
"""And where the film's own language is less likely than this."""


@dataclass(frozen=True)
class SpokenLanguages:
    """The languages of a film.

    Attributes:
        main: The language of most of it, a BCP-47 tag.
        probability: How sure the recognizer is of it, 0 to 1; 1 where the user names it.
        of_clips: The language of each clip.
        heard: What most of it is heard as, without regard to what the user names; empty: it was
            not listened for.
        heard_probability: How sure the recognizer is of that.
    """

    main: str
    probability: float
    of_clips: tuple[str, ...]
    heard: str
    heard_probability: float


def spoken_languages(
    chances: Sequence[dict[str, float]], edges: Sequence[tuple[float, float]], named: str
) -> SpokenLanguages:
    """Decide on the languages of a film.

    Where the user names the language, most of the film is taken to be in it, whatever is heard:
    recognizers take small languages for their neighbours. Clips that are surely in a third language
    are in that one.

    Args:
        chances: The probability of each language in each clip; empty for a clip that was not heard.
        edges: When each clip begins and ends, in seconds.
        named: The language that the user names, a BCP-47 tag; or empty.

    Returns:
        The languages.
    """
    total: dict[str, float] = {}
    for clip, (start_s, end_s) in zip(chances, edges, strict=True):
        for language, chance in clip.items():
            total[language] = total.get(language, 0.0) + chance * (end_s - start_s)
    heard = max(total, key=lambda language: total[language], default="")
    everything = sum(total.values())
    heard_probability = total[heard] / everything if everything else 0.0
    main = named or heard
    usual = {macrolanguage(main), heard}
    return SpokenLanguages(
        main=main,
        probability=1.0 if named else round(heard_probability, 4),
        of_clips=_of_clips(chances, edges, main, usual),
        heard=heard,
        heard_probability=round(heard_probability, 4),
    )


def _of_clips(
    chances: Sequence[dict[str, float]],
    edges: Sequence[tuple[float, float]],
    main: str,
    usual: set[str],
) -> tuple[str, ...]:
    """The language of each clip; of one that was not heard, that of its nearest neighbour."""
    heard = [at for at, clip in enumerate(chances) if clip]
    found = {at: _of_clip(chances[at], main, usual) for at in heard}

    def gap_s(at: int, other: int) -> float:
        return max(edges[at][0] - edges[other][1], edges[other][0] - edges[at][1])

    nearest = [min(heard, key=lambda n: gap_s(at, n), default=-1) for at in range(len(edges))]
    return tuple(found.get(at, main) for at in nearest)


def _of_clip(chances: dict[str, float], main: str, usual: set[str]) -> str:
    """The language of a clip: the film's, or another one that is sure."""
    best = max(chances, key=lambda language: chances[language])
    is_other = macrolanguage(best) not in {macrolanguage(tag) for tag in usual}
    of_main = (c for tag, c in chances.items() if macrolanguage(tag) == macrolanguage(main))
    ruled_out = max(of_main, default=0.0) < RULED_OUT
    return best if is_other and chances[best] >= CERTAIN and ruled_out else main


def listened(samples: np.ndarray, most_s: float, rate: int) -> np.ndarray:
    """Take the middle of a clip to tell its language by.

    Args:
        samples: The clip, [N] float32.
        most_s: How much of it is heard.
        rate: Samples/s.

    Returns:
        At most so much, [M] float32.
    """
    spare = max(0, len(samples) - round(most_s * rate))
    return samples[spare // 2 : len(samples) - (spare - spare // 2)]
