"""Measure whether the probability that a face speaks, as it is told, is the share that does.

    python benchmarks/speaking_reliability.py FOLDER [--seconds 8] [--scorer embedded]
                                              [--hearing phones] [--keep WORK]

FOLDER holds talking clips of any people, of which the longest-spoken cut is taken, or its beginning
(--seconds). Nothing is fitted: the odds are those in force. Each face is judged with its own sound
and with that of every other person, in pieces that overlap by half. A probability is that of a face
of which it is as likely as not that it speaks, so the two kinds count alike, and so do people; who
has no pieces of both kinds is left out. For each length of pieces, in a film whose offset is known
(that of the whole clip; of the people whose clip tells one) and of a cut by itself:

- for bins of the told probability: pieces, and of how many people; how much they count, of 1; the
  mean that is told in them; the share that has its own sound, with its interval of 95 % over the
  people. The last two should be equal.
- the calibration error: how far apart these two are, as a mean over all pieces.

--hearing bands leaves out the recognizer's encoder, as a run does where its weights are missing.
"""

import argparse
import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from speaking_odds import Piece, balance, pieces, talkers

from mouthpiece.scorers.odds import SpeakingOdds
from mouthpiece.scorers.registry import scorer_settings
from mouthpiece.training import intervals

LENGTHS_S = (2, 3, 4, 6)
LIMITS = (0.0, 0.2, 0.5, 0.8, 0.95, 1.0)


@dataclass(frozen=True)
class Bin:
    """Pieces with about the same probability.

    Attributes:
        low: The least probability.
        high: That of the next bin.
        pieces: How many pieces there are.
        weight: How much they count, of all pieces' 1.
        told: The mean probability.
        own: The share with their own sound: value, interval_95 and clips, its people.
    """

    low: float
    high: float
    pieces: int
    weight: float
    told: float
    own: dict[str, Any]


def main() -> None:
    """Measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=8, help="of each cut, at most")
    parser.add_argument("--scorer", default="embedded", help="one that needs no pictures")
    parser.add_argument("--hearing", choices=("phones", "bands"), help="default: as a run would")
    parser.add_argument("--keep", type=Path, help="a folder for what is made ready")
    options = parser.parse_args()
    settings = scorer_settings()[options.scorer]
    hearing = options.hearing or settings.hearing()
    odds = settings.odds_by({"hearing": hearing})
    if odds is None:
        parser.error(f"{options.scorer} tells no probability")
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        people = list(talkers(options.folder, work, hearing, options.seconds))
    found = list(pieces(people, options.scorer, LENGTHS_S))
    print(f"{options.scorer}, {hearing}: {len(people)} people")
    for by_film in (True, False):
        for length_s in LENGTHS_S:
            report(length_s, by_film, [p for p in found if p.length_s == length_s], odds)


def report(length_s: float, by_film: bool, found: list[Piece], odds: SpeakingOdds) -> None:
    """Print the bins of pieces of one length."""
    kept = both_kinds([p for p in found if not by_film or p.offset_frames is not None])
    told = probabilities(kept, odds, by_film)
    bins = list(binned(kept, told))
    own = sum(piece.own for piece in kept)
    print(f"\n{length_s:g} s, {'in a film of known offset' if by_film else 'a cut by itself'}: "
          f"{len({piece.person for piece in kept})} people, {own} own and {len(kept) - own} other "
          f"pieces; calibration error {calibration_error(bins):.3f}")  # fmt: skip
    print("  probability  pieces  people  count   told    own sound")
    for one in bins:
        low, high = one.own["interval_95"]
        print(
            f"  {one.low:.2f} - {one.high:.2f} {one.pieces:7} {one.own['clips']:7} "
            f"{one.weight:6.3f} {one.told:6.3f}   {one.own['value']:6.3f} "
            f"[{low:.3f}, {high:.3f}]"
        )


def both_kinds(found: list[Piece]) -> list[Piece]:
    """The pieces of the people of whom there are some with their own and some with other sound."""
    kinds = defaultdict(set)
    for piece in found:
        kinds[piece.person].add(piece.own)
    return [piece for piece in found if len(kinds[piece.person]) > 1]


def probabilities(found: list[Piece], odds: SpeakingOdds, by_film: bool) -> np.ndarray:
    """What is told of each piece, by the offset of its film or by itself."""
    return np.array(
        [
            odds.probability(
                piece.score["curve"],
                piece.score["speech_s"],
                piece.offset_frames if by_film else None,
            )
            for piece in found
        ]
    )


def binned(found: list[Piece], told: np.ndarray) -> Iterator[Bin]:
    """The bins that have pieces, by what is told of these."""
    weights = balance(found)
    own = np.array([piece.own for piece in found], bool)
    whose = np.array([piece.person for piece in found])
    which = np.digitize(told, LIMITS[1:-1])
    for number, (low, high) in enumerate(pairwise(LIMITS)):
        at = which == number
        if not at.any():
            continue
        people = [at & (whose == person) for person in np.unique(whose[at])]
        share = intervals.share(
            [weights[here & own].sum() for here in people],
            [weights[here].sum() for here in people],
        )
        mean = float(np.average(told[at], weights=weights[at]))
        weight = float(weights[at].sum() / weights.sum())
        yield Bin(low, high, int(at.sum()), weight, mean, share)


def calibration_error(bins: list[Bin]) -> float:
    """How far what is told is from the share, as a mean over all pieces."""
    return sum(one.weight * abs(one.told - one.own["value"]) for one in bins)


if __name__ == "__main__":
    main()
