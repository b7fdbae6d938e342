"""Measure the guard on a film of talking faces interleaved with pictures and faceless footage.

    python benchmarks/guard.py GRID [--shot VIDEO FIRST END ...]

The film is `mixed` of benchmarks/cuts.py, divided at the detected cuts. A cut of a talking face
must be accepted, every other one refused; the portrait among the pictures is listed separately,
since it shows one clear face.
"""

import argparse
import logging
import tempfile
import time
from collections import Counter
from pathlib import Path

from cuts import PICTURES, Shot, films, write
from mouthpiece.config.cuts import Cuts
from mouthpiece.config.guard import Guard
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.timeline import Clock
from mouthpiece.media.decode import read_rgb
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.media.shots import detect
from mouthpiece.stages.guard import watch
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


def main() -> None:
    """Make the film, find its cuts, guard each, print a table."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("grid", type=Path)
    parser.add_argument(
        "--shot", nargs=3, action="append", default=[], metavar=("VIDEO", "FIRST", "END")
    )
    options = parser.parse_args()
    shots = [Shot(Path(path), int(first), int(end)) for path, first, end in options.shot]
    _, frames, truth = next(iter(films(options.grid, shots, 2)))
    starts = [0, *(cut.first for cut in truth)]
    with tempfile.TemporaryDirectory() as temporary:
        source, mezzanine = Path(temporary) / "film.mp4", Path(temporary) / "mezzanine.mp4"
        write(frames, source)
        normalize(
            source, mezzanine, Path(temporary) / "a.flac", Path(temporary) / "a.json", Normalize()
        )
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
