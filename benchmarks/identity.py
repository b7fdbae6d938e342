"""Measure how well the limit of `enhance.max_identity_loss` tells a person from another one.

    python benchmarks/identity.py FOLDER... [--rows ROWS.tsv] [--seconds 0.6] [--others 2]
        [--keep WORK]

Of one clip of each person in the folders (clips whose names differ in `_0`, `_1` at their end are
one person's), a preview draft is driven by the sound of another clip. It is restored by stand-ins
for GFPGAN, whose weights are not needed here, each with strengths 0.5 and 1:
  sharpened, smooth   right: a face that is sharpened; one whose skin is smoothed, too
  own                 right: the person's own face, as filmed half a clip away, bent to the mesh
  other               wrong: another person's face, bent to the mesh, as a network draws that has
                      somebody else in mind. Persons whose filmed faces are nearer to each other
                      than two people are count as one
For each it finds by how much `identity_distance` grows. People whose name's CRC32 is even are those
on whom a limit may be chosen; the odd ones are held out. Of both it prints, for limits, how many
right restorations are taken back and how many wrong ones pass, with intervals over people. It needs
`mouthpiece models fetch --for gfpgan`. --rows keeps what was measured, and what is in it is not
measured again; it holds names of clips, and no face. --keep holds films of people.
"""

import argparse
import csv
import logging
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator
from shares import over_people
from stand_ins import sharpened
from talking import Shot, opened, sound_of

from mouthpiece.config.enhance import Enhance
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.faces.chip import chip
from mouthpiece.faces.embedding import SAME_PERSON, FaceEmbedding
from mouthpiece.media.decode import read_rgb
from mouthpiece.patches.alignment import SIDE_PX, STEADY_S, aligned, alignment
from mouthpiece.patches.comparison import compare
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.restore import Restoration, Restorer, fineness, restored
from mouthpiece.training import intervals

STRENGTHS = (0.5, 1.0)
LIMITS = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15)
RIGHT, WRONG = ("sharpened", "smooth", "own"), ("other",)
GRID_STEP = 4
"""A face is bent by a field that is known at each fourth pixel."""
COLUMNS = ("person", "kind", "by", "strength", "before", "after")


@dataclass(frozen=True)
class Person:
    """A person's clip, watched.

    Attributes:
        shot: The clip's first cut.
        places: Where the aligned faces are, [T, 2, 3].
        faces: The aligned faces, [T, 512, 512, 3] uint8.
        meshes: Their meshes, in pixels of the aligned faces, [T, 468, 2].
        likeness: The mean embedding of the faces.
    """

    shot: Shot
    places: np.ndarray
    faces: np.ndarray
    meshes: np.ndarray
    likeness: np.ndarray

    @property
    def name(self) -> str:
        """Whose clip it is."""
        return self.shot.clip.person


@dataclass
class Wearing:
    """A stand-in for a network that draws a face that it knows, whatever it is shown.

    Attributes:
        faces: The faces that it draws, aligned, one after another and from the start again.
        meshes: Their meshes.
        wanted: The meshes of the faces that it is shown, in order and from the start again.
    """

    faces: np.ndarray
    meshes: np.ndarray
    wanted: np.ndarray
    _next: int = field(default=0, init=False)
    _drawn: dict[int, np.ndarray] = field(default_factory=dict, init=False)

    def __call__(self, shown: np.ndarray) -> np.ndarray:
        """Draw the next faces."""
        for face in shown:
            number = self._next % len(self.wanted)
            self._next += 1
            if number not in self._drawn:
                self._drawn[number] = self._bent(number, face)
        last = range(self._next - len(shown), self._next)
        return np.stack([self._drawn[number % len(self.wanted)] for number in last])

    def _bent(self, number: int, shown: np.ndarray) -> np.ndarray:
        known = number % len(self.faces)
        axis = np.arange(0, SIDE_PX, GRID_STEP, dtype=np.float32)
        grid = np.stack(np.meshgrid(axis, axis), -1)
        field_of = LinearNDInterpolator(self.wanted[number], self.meshes[known])
        way = field_of(grid).astype(np.float32)
        inside = np.isfinite(way).all(-1)
        way = cv2.resize(np.where(inside[..., None], way, 0), (SIDE_PX, SIDE_PX))
        face = cv2.remap(self.faces[known], way[..., 0], way[..., 1], cv2.INTER_CUBIC)
        mask = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8))
        mask = cv2.resize(mask, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_NEAREST)
        return np.where(mask[..., None] > 0, face, shown)


def _smooth(faces: np.ndarray) -> np.ndarray:
    """Skin without its grain, and edges that are sharper: as restorers draw it."""
    calm = np.stack([cv2.bilateralFilter(face, 9, 25, 5) for face in faces])
    return sharpened(calm)


def main() -> None:
    """Draw, restore, measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folders", metavar="FOLDER", type=Path, nargs="+")
    parser.add_argument("--rows", type=Path, help="keep what was measured in this TSV")
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--others", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="keep the films made ready here")
    options = parser.parse_args()
    rows = _read(options.rows)
    known = {row["person"] for row in rows}
    embed = FaceEmbedding()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        people = list(_people(options.folders, folder, options.seconds, embed))
        voices = [one for one in people if one.shot.clip.speech]
        for number, person in enumerate(people):
            if person.name in known:
                continue
            far = [one for one in people if _apart(one, person) > SAME_PERSON]
            first = number * options.others
            others = [far[(first + n) % len(far)] for n in range(min(options.others, len(far)))]
            voice = next(one for one in voices[number % len(voices) :] + voices if one != person)
            rows += _measured(person, others, voice, folder, embed)
            if options.rows:
                _write(options.rows, rows)
    _print(rows)


def _people(
    folders: Sequence[Path], folder: Path, seconds: float, embed: FaceEmbedding
) -> Iterator[Person]:
    """One clip of each person of whom the guard keeps a face."""
    seen: set[str] = set()
    for clip in sorted(path for one in folders for path in one.glob("*.mp4")):
        shot = opened(clip, folder, seconds)
        if shot.verdict.reasons or shot.clip.person in seen:
            continue
        points = shot.tracks[0].points
        places = alignment(points, STEADY_S * float(shot.clock.rate))
        frames = list(read_rgb(shot.clip.mezzanine, shot.clock))
        faces = np.stack([aligned(f, place) for f, place in zip(frames, places, strict=True)])
        onto = np.stack([cv2.invertAffineTransform(place) for place in places])
        meshes = points[..., :2] @ onto[:, :, :2].swapaxes(1, 2) + onto[:, None, :, 2]
        halves = [cv2.resize(f, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for f in faces]
        chips = [chip(f, (mesh + 0.5) / 2 - 0.5) for f, mesh in zip(halves, meshes, strict=True)]
        likeness = embed(np.stack(chips[:: max(1, len(chips) // 6)])).mean(0)
        seen.add(shot.clip.person)
        yield Person(shot, places, faces, meshes, likeness)


def _apart(one: Person, other: Person) -> float:
    return float(np.linalg.norm(one.likeness - other.likeness))


def _measured(
    person: Person, others: Sequence[Person], voice: Person, folder: Path, embed: FaceEmbedding
) -> list[dict[str, str]]:
    """How far the face is from the filmed one, drafted and restored in each way."""
    shot, clock = person.shot, person.shot.clock
    assert voice.shot.clip.speech
    speech = sound_of(voice.shot.clip.speech, clock, folder)
    preview, avatar = create_engine(PreviewSettings()), folder / "avatar.zip"
    mezzanine, track = shot.clip.mezzanine, shot.tracks[0]
    preview.prepare(read_rgb(mezzanine, clock), track, avatar)
    extent = preview.extent(avatar, clock)
    whole = preview.render(avatar, speech, clock)
    draft = [extent.crop(patch) if extent else patch for patch in whole]
    drawn = np.array([patch.alpha > 0 for patch in draft])
    if not drawn.any():
        return []
    factor = fineness(np.stack([patch.affine for patch in draft])[drawn], person.places[drawn])

    half, wanted = np.roll(np.arange(clock.frames), clock.frames // 2), person.meshes[drawn]
    restorers: list[tuple[str, str, Restorer]] = [
        ("sharpened", "", sharpened),
        ("smooth", "", _smooth),
        ("own", "", Wearing(person.faces[half], person.meshes[half], wanted)),
        *(("other", one.name, Wearing(one.faces, one.meshes, wanted)) for one in others),
    ]
    ways: list[tuple[str, str, float]] = []
    drafts: list[list[Patch]] = [draft]
    for strength in STRENGTHS:
        for kind, by, network in restorers:
            how = Restoration(person.places, factor, network, strength)
            drafts.append(list(restored(mezzanine, clock, draft, how)))
            ways.append((kind, by, strength))
    before, *after = compare(mezzanine, clock, track, drafts, embed)
    rows = []
    for (kind, by, strength), found in zip(ways, after, strict=True):
        assert before.identity_distance is not None and found.identity_distance is not None
        distances = (f"{before.identity_distance:.4f}", f"{found.identity_distance:.4f}")
        values = (person.name, kind, by, f"{strength:g}", *distances)
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def _read(path: Path | None) -> list[dict[str, str]]:
    if path is None or not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)


Gains = dict[str, list[float]]
"""By how much the distance grew, by person."""


def _gains(rows: Sequence[dict[str, str]], kinds: Sequence[str], strength: float) -> Gains:
    found: Gains = defaultdict(list)
    for row in rows:
        if row["kind"] in kinds and float(row["strength"]) == strength:
            found[row["person"]].append(float(row["after"]) - float(row["before"]))
    return found


def _with_interval(found: dict[str, Any], form: str = ".0%") -> str:
    low, high = found["interval_95"]
    return f"{found['value']:{form}} [{low:{form}}, {high:{form}}]"


def _print(rows: Sequence[dict[str, str]]) -> None:
    for half, name in enumerate(("even: limits may be chosen", "odd: held out")):
        of_half = [row for row in rows if zlib.crc32(row["person"].encode()) % 2 == half]
        people = {row["person"] for row in of_half}
        if not people:
            continue
        drafts = [float(row["before"]) for row in of_half]
        print(f"\n{name}: {len(people)} people; a draft's own distance {np.mean(drafts):.3f}")
        for strength in STRENGTHS:
            print(f"  strength {strength:g}")
            for kind in (*RIGHT, *WRONG):
                gains = [g for one in _gains(of_half, [kind], strength).values() for g in one]
                spread = np.percentile(gains, [5, 50, 95])
                print(f"    {kind:10} {' '.join(f'{value:+.3f}' for value in spread)}")
            right, wrong = _gains(of_half, RIGHT, strength), _gains(of_half, WRONG, strength)
            apart = intervals.separation([*wrong.values()], [*right.values()])
            print(f"    AUC {_with_interval(apart, '.3f')}")
            for limit in LIMITS:
                back = {p: [float(g > limit) for g in gains] for p, gains in right.items()}
                passed = {p: [float(g <= limit) for g in gains] for p, gains in wrong.items()}
                mark = " (in force)" if limit == Enhance().max_identity_loss else ""
                print(
                    f"    limit {limit:g}: right taken back {_with_interval(over_people(back))}, "
                    f"wrong that pass {_with_interval(over_people(passed))}{mark}"
                )


if __name__ == "__main__":
    main()
