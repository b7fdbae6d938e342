"""Measure the guard on a film of talking faces interleaved with pictures and faceless footage.

    python benchmarks/guard.py GRID [--shot VIDEO FIRST END ...]

The film is `mixed` of benchmarks/cuts.py, divided at the detected cuts. A cut of a talking face
must be accepted, every other one refused; the portrait among the pictures is listed separately,
since it shows one clear face.

    python benchmarks/guard.py --people FOLDER [--half]

guards the first 100 frames of each clip of a folder as they are, joined to the next clip of another
person at the same framing without a cut between them, and with a drawn hand and a drawn microphone
that pass before the mouth (`occluders.py`). As they are, none must be `two_people_in_cut` or
`mouth_covered`; look at those that are. Joined all must be `two_people_in_cut`. A passage of an
occluder counts if it covers 30 % of the lips in three frames. `--half` takes the left half. As they
are and joined, they are also given to `faces.people` as one cut each: joined ones must be divided
within a frame of the join, and nowhere else.
"""

import argparse
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from occluders import KINDS, Drawn, Passage, lay, skin_colour

from cuts import PICTURES, SIZE, Piece, Shot, films, pictures, write
from mouthpiece.config.cuts import Cuts
from mouthpiece.config.guard import Guard
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.cuts import Cut
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.people import PeopleFinder
from mouthpiece.faces.track import Track
from mouthpiece.media.decode import read_rgb
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.media.shots import detect
from mouthpiece.stages.guard import Verdict, watch
from mouthpiece.stages.normalize import normalize

PORTRAIT = "astronaut"


def kind_of(piece: int, with_footage: bool) -> str:
    """What a piece shows; faces and fillers alternate, and so do pictures and footage."""
    filler, is_filler = divmod(piece, 2)
    if not is_filler:
        return "face"
    if with_footage and filler % 2:
        return "footage"
    name = PICTURES[(filler // 2 if with_footage else filler) % len(PICTURES)]
    return "portrait" if name == PORTRAIT else "picture"


def guarded(frames: Iterable[np.ndarray], count: int) -> tuple[Verdict, list[Track]]:
    """The guard's verdict with limits on nothing but the two that are measured."""
    lenient = Guard(
        min_face_px=16, max_yaw_deg=90, max_pitch_deg=90, max_roll_deg=90, max_gap_frames=count,
        second_face_frames=1, min_visible=0, min_seen=0, min_frames=1, person_change=2,
        max_covered_frames=count,
    )  # fmt: skip
    return watch(frames, Clock(Fraction(25), 0, count), lenient)


def framed(picture: np.ndarray) -> np.ndarray:
    """A picture as large as SIZE, with grey beside it where its shape is another one."""
    scale = min(SIZE[0] / picture.shape[1], SIZE[1] / picture.shape[0])
    place = np.array([[scale, 0, (SIZE[0] - scale * picture.shape[1]) / 2], [0, scale, 0]])
    return cv2.warpAffine(picture, place, SIZE, flags=cv2.INTER_AREA, borderValue=(110,) * 3)


def divided(frames: Piece) -> list[int]:
    """The frames at which a film that is one cut is divided, as it shows several people."""
    with tempfile.TemporaryDirectory() as temporary:
        mezzanine = mezzanine_of(frames, Path(temporary))
        parts = PeopleFinder(mezzanine, Guard()).divide(Cut.of(0, len(frames)))
    return [part.first_frame for part in parts[1:]]


def mezzanine_of(frames: Piece, folder: Path) -> Path:
    """Encode a film, and normalize it."""
    source, mezzanine = folder / "film.mp4", folder / "mezzanine.mp4"
    write(frames, source)
    normalize(source, mezzanine, folder / "a.flac", folder / "a.json", Normalize())
    return mezzanine


def judge_people(folder: Path, half: bool, frames: int = 100) -> None:
    """Print how often two people and a covered mouth are found, where they are and are not."""
    limits = Guard()
    chooser = np.random.default_rng(3)
    count: Counter[tuple[str, str]] = Counter()
    before: Piece = []
    joins: dict[str, list[int]] = {"as it is": [], "two people": []}
    spent_s, spent_frames = 0.0, 0
    for path in sorted(folder.glob("*.mp4")):
        piece = [framed(picture) for picture in pictures(path, frames, half)]
        began = time.perf_counter()
        verdict, tracks = guarded(iter(piece), len(piece))
        spent_s, spent_frames = spent_s + time.perf_counter() - began, spent_frames + len(piece)
        if not tracks or verdict.measures.seen < 0.9:
            continue
        films: list[tuple[str, Piece]] = [("as it is", piece)]
        if before:
            # A mesh may be led astray until the next search of the picture, five frames later.
            joins["two people"] = [40 + count["two people", "all"] % 5]
            films.append(("two people", before[: joins["two people"][0]] + piece[20:60]))
        for kind, drawn in KINDS.items():
            laid = passing(piece[:60], tracks[0], drawn, chooser)
            films += [(kind, laid)] if laid else []
        before = piece
        for name, film in films:
            measured = (verdict if film is piece else guarded(iter(film), len(film))[0]).measures
            count[name, "all"] += 1
            found = {
                "other": measured.person_change.distance >= limits.person_change,
                "covered": measured.covered_frames > limits.max_covered_frames,
            }
            found["either"] = found["other"] or found["covered"]
            for code, is_found in found.items():
                count[name, code] += is_found
            if name in joins:
                places = divided(film)
                right = len(places) == len(joins[name]) and all(
                    abs(place - join) <= 1 for place, join in zip(places, joins[name], strict=True)
                )
                count[name, "divided"] += right
                if not right:
                    print(f"  {path.stem}, {name} at {joins[name]}: divided at {places}")
            if found["either"] == (name == "as it is") and (name != "two people"):
                print(f"  {path.stem}, {name}: {measured}")
            if name == "two people" and not found["other"]:
                print(f"  {path.stem}, {name}: {measured}")
    print(f"{spent_frames / spent_s:.0f} frames/s guarded")
    line = "{:12}{:>6}{:>20}{:>16}{:>15}"
    print(line.format("shows", "clips", "two_people_in_cut", "mouth_covered", "divided right"))
    for name in ("as it is", "two people", *KINDS):
        row = [count[name, code] for code in ("all", "other", "covered")]
        print(line.format(name, *row, count[name, "divided"] if name in joins else ""))


def passing(
    piece: Piece, track: Track, drawn: Callable[[np.ndarray, int], Drawn], chooser: Generator
) -> Piece | None:
    """Let an occluder pass before a mouth; None where it does not cover it in three frames."""
    first, comes, stays = (int(chooser.integers(*r)) for r in ((12, 20), (3, 9), (4, 20)))
    aside = (chooser.uniform(-0.15, 0.15), chooser.uniform(-0.05, 0.2))
    passage = Passage(
        first, first + comes, first + comes + stays, aside, (chooser.uniform(-1, 1), 1.6),
        chooser.uniform(0.5, 0.9),
    )  # fmt: skip
    thing = drawn(skin_colour(piece[10], track.points[10]), int(chooser.integers(99)))
    laid, covered = [], 0
    for frame, picture in enumerate(piece):
        at, share = passage.at(frame), 0.0
        if at is not None:
            picture, share = lay(picture, track.points[frame], thing, at, passage.size)
        laid.append(picture)
        covered += share >= 0.3
    return laid if covered >= 3 else None


def main() -> None:
    """Make the film, find its cuts, guard each, print a table."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("grid", type=Path, nargs="?")
    parser.add_argument("--people", type=Path, help="a folder of clips, each of one person")
    parser.add_argument("--half", action="store_true", help="the left half of the people's clips")
    parser.add_argument(
        "--shot", nargs=3, action="append", default=[], metavar=("VIDEO", "FIRST", "END")
    )
    options = parser.parse_args()
    if options.people:
        judge_people(options.people, options.half)
    if not options.grid:
        return
    shots = [Shot(Path(path), int(first), int(end)) for path, first, end in options.shot]
    _, frames, truth = next(iter(films(options.grid, shots, 2)))
    starts = [0, *(cut.first for cut in truth)]
    with tempfile.TemporaryDirectory() as temporary:
        mezzanine = mezzanine_of(frames, Path(temporary))
        cuts = detect(mezzanine, Cuts())
        count: Counter[tuple[str, str]] = Counter()
        began = time.perf_counter()
        for cut in cuts:
            piece = max(n for n, start in enumerate(starts) if start <= cut.first_frame + 1)
            clock = Clock(probe_mezzanine(mezzanine).rate, cut.first_frame, cut.frames)
            verdict, _ = watch(read_rgb(mezzanine, clock), clock, Guard())
            kind = kind_of(piece, bool(shots))
            count[kind, verdict.verdict] += 1
            if (kind == "face") != (verdict.verdict == "lipsync"):
                print(f"  {kind}: {verdict.verdict} {cut.cut} {verdict.reasons} {verdict.measures}")
        rate = len(frames) / (time.perf_counter() - began)
    print(
        f"{len(starts)} pieces, {len(cuts)} cuts, {len(frames)} frames, {rate:.0f} frames/s guarded"
    )
    print("{:12}{:>10}{:>16}".format("shows", "accepted", "passed through"))
    for kind in ("face", "portrait", "picture", "footage"):
        print(f"{kind:12}{count[kind, 'lipsync']:>10}{count[kind, 'passthrough']:>16}")


if __name__ == "__main__":
    main()
