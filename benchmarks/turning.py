"""Measure how previews articulate while a head turns, and what they do where a mouth is open and
nobody speaks, as in a laugh or a bite.

    python benchmarks/turning.py FOLDER [--seconds 8] [--tilt 0] [--keep WORK]

FOLDER holds talking clips of any people; each cut of 2 s or more, or its beginning (--seconds). The
draft is driven by the clip's own sound, moved by the offset that the clip tells. --tilt turns the
picture around the face to either side by so many degrees, there and back in two seconds.

- guard: why cuts are refused, by how far the head is turned (yaw, the cut's 90th percentile).
- articulation: opening, width and rounding of the drawn mouth against the person's own, in frames
  of 0 to 10, 10 to 20, ... degrees of yaw: the correlation, and the ratio of ranges, of each cut
  with half a second of such frames while somebody speaks; median and interval over people.
- open: frames in which the source's mouth is open by 30 % of the person's range or more, and nobody
  is heard within 0.2 s. In how many of them the drawn mouth is open, as the gate counts it.
"""

import argparse
import logging
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from scipy.ndimage import binary_dilation
from shares import over_people
from speaking_odds import VIDEOS, own_offset, talker
from talking import (
    FRAME_SAMPLES,
    Shot,
    Stopwatch,
    driven,
    laid_in,
    prepared,
    rewritten,
    shots,
)

from mouthpiece.audio.speech import Speech
from mouthpiece.audio.voice_activity import speech_frames
from mouthpiece.config.guard import Guard
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.faces.articulation import ARTICULATORS, Span, articulation, likeness
from mouthpiece.faces.landmarks import head_angles
from mouthpiece.media.decode import read_rgb
from mouthpiece.scorers.registry import scorer_settings
from mouthpiece.scorers.silent_mouth import opens_from
from mouthpiece.stages.guard import watch
from mouthpiece.training import intervals

LEAST_S, SCORER = 2.0, "embedded"
BIN_DEG, TILTED_S = 10, 2.0
LEAST_FRAMES_S, HEARD_S, WIDE_OPEN = 0.5, 0.2, 0.3
ANYHOW = Guard(max_yaw_deg=90, max_pitch_deg=90, max_roll_deg=90)

Values = dict[str, list[float]]
"""Person -> values."""


def main() -> None:
    """Measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=8, help="of each cut, at most")
    parser.add_argument("--tilt", type=float, default=0, help="degrees")
    parser.add_argument("--keep", type=Path, help="a folder for what is made ready")
    options = parser.parse_args()
    bench = Bench()
    sources = sorted(p for p in options.folder.iterdir() if p.suffix.lower() in VIDEOS)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        for source in sources:
            for shot in shots(prepared(source, work), Stopwatch(), LEAST_S, options.seconds):
                if options.tilt and shot.tracks:
                    with tempfile.TemporaryDirectory() as made:
                        turned = tilted(shot, options.tilt)
                        bench.add(rewritten(shot, turned, Path(made)), Path(temporary))
                elif not options.tilt:
                    bench.add(shot, Path(temporary))
    bench.report()


class Bench:
    """What draws, and what was found so far."""

    def __init__(self) -> None:
        self.preview = create_engine(PreviewSettings())
        self.hearing = scorer_settings()[SCORER].hearing()
        self.guard: Counter[tuple[int, str]] = Counter()
        self.alike: dict[tuple[int, str], Values] = defaultdict(lambda: defaultdict(list))
        self.open: Values = defaultdict(list)

    def add(self, shot: Shot, folder: Path) -> None:
        """Measure a cut."""
        said = ", ".join(reason.code for reason in shot.verdict.reasons) or "kept"
        tracks = (
            shot.tracks or watch(read_rgb(shot.clip.mezzanine, shot.clock), shot.clock, ANYHOW)[1]
        )
        if not tracks:
            self.guard[-1, said] += 1
            return
        yaw = np.abs([head_angles(mesh)[0] for mesh in tracks[0].points])
        self.guard[_bin(float(np.percentile(yaw, 90))), said] += 1
        if not shot.tracks or shot.sound is None:
            return
        offset = own_offset(talker(shot.clip, shot, self.hearing), SCORER) or 0
        sound = shot.sound.later(offset * FRAME_SAMPLES, shot.clock)
        avatar = folder / "avatar.zip"
        self.preview.prepare(read_rgb(shot.clip.mezzanine, shot.clock), shot.tracks[0], avatar)
        patches = driven(shot, avatar, sound, self.preview, Stopwatch())
        drawn = articulation(laid_in(shot, patches, Stopwatch()).points)
        own = articulation(shot.tracks[0].points)
        self._compare(shot, np.floor(yaw / BIN_DEG).astype(int), drawn, own, sound)

    def _compare(
        self, shot: Shot, at: np.ndarray, drawn: np.ndarray, own: np.ndarray, sound: Speech
    ) -> None:
        heard = speech_frames(sound, shot.clock)
        rate = float(shot.clock.rate)
        near = binary_dilation(heard, iterations=round(HEARD_S * rate))
        span = Span.of(own[:, 0])
        wide_from = max(span.rest + WIDE_OPEN * span.range, opens_from(span))
        wide = ~near & (own[:, 0] > wide_from)
        for number in np.unique(at):
            within = (at == number) & near
            if within.sum() >= LEAST_FRAMES_S * rate:
                for column, name in enumerate(ARTICULATORS):
                    found = likeness(drawn[within, column], own[within, column])
                    self.alike[number, f"{name} r"][shot.clip.person].append(found.correlation)
                    self.alike[number, f"{name} range"][shot.clip.person].append(found.range_ratio)
        if wide.any():
            still_open = drawn[wide, 0] > opens_from(span)
            self.open[shot.clip.person] += still_open.astype(float).tolist()

    def report(self) -> None:
        """Print the figures."""
        print("guard, by yaw (90th percentile):")
        for (number, said), count in sorted(self.guard.items()):
            print(f"  {_degrees(number):>10}  {count:3} cuts  {said}")
        print("articulation, by the yaw of the frames:")
        for (number, name), persons in sorted(self.alike.items()):
            values = [float(np.nanmedian(v)) for v in persons.values() if np.isfinite(v).any()]
            if values:
                found = intervals.median(values)
                low, high = found["interval_95"]
                print(
                    f"  {_degrees(number):>10}  {name:14} {found['value']:5.2f} "
                    f"[{low:.2f}, {high:.2f}]  {found['clips']} people"
                )
        if self.open:
            found = over_people(self.open)
            low, high = found["interval_95"]
            print(
                f"open while nobody is heard: drawn open in {found['value']:.1%} [{low:.3f}, "
                f"{high:.3f}] of {found['pieces']} frames, {found['clips']} people"
            )


def tilted(shot: Shot, degrees: float) -> Iterator[np.ndarray]:
    """A cut's pictures, turned around the face, there and back."""
    turn = degrees * np.sin(
        2 * np.pi * np.arange(shot.clock.frames) / (TILTED_S * float(shot.clock.rate))
    )
    for frame, picture in enumerate(read_rgb(shot.clip.mezzanine, shot.clock)):
        middle = shot.tracks[0].points[frame, :, :2].mean(0).tolist()
        place = cv2.getRotationMatrix2D(middle, turn[frame], 1.0)
        yield cv2.warpAffine(
            picture,
            place,
            picture.shape[1::-1],
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT,
        )


def _bin(yaw: float) -> int:
    return int(yaw // BIN_DEG)


def _degrees(number: int) -> str:
    return f"{BIN_DEG * number} to {BIN_DEG * (number + 1)}" if number >= 0 else "no track"


if __name__ == "__main__":
    main()
