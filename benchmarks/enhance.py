"""Measure what enhancing does to drafts: flicker, sharpness, sync, and what it costs.

    python benchmarks/enhance.py GRID [--clips 4] [--smooth-s 0.08] [--strength 0.5] [--flicker 2]
        [--sheets FOLDER]

GRID is a folder of the GRID corpus, as for `benchmarks/gate.py`. Each clip's mouth is redrawn by
the preview engine to fit another clip's sound. To one draft of each clip flicker is added: waves
over the patch whose light and colour differ from frame to frame, by --flicker levels of 255
(standard deviation). Rows: the draft, smoothed, restored by a network that changes nothing, by one
that sharpens (in the place of GFPGAN, whose weights are not needed here), and the flickering draft,
smoothed. Columns:
  cheek      root mean square of the second difference over time of luma between the nose and the
             ear, as composited, coarser than grain, in levels of 255
  mouth      the opening of the lips, its standard deviation over time as a share of the draft's
  sharpness  see `mouthpiece.patches.quality`, as a share of the draft's
  sync       confidence (embedded scorer)
--sheets writes a PNG a clip: rows as above, columns moments. Do not publish them: GRID's terms.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from talking import grid_paths, opened, sound_of

from mouthpiece.audio.speech import Speech
from mouthpiece.audio.voice_activity import speech_frames
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.faces.landmarks import LIPS_INNER
from mouthpiece.faces.track import Track
from mouthpiece.media.decode import read_rgb, to_rgb
from mouthpiece.patches.alignment import (
    STEADY_S,
    aligned,
    alignment,
)
from mouthpiece.patches.composite import composited
from mouthpiece.patches.deflicker import deflickered
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.quality import measure_quality
from mouthpiece.patches.restore import Restoration, fineness, refined, restored
from mouthpiece.scorers.scoring import score_face
from mouthpiece.stages.score import faces_in

CHEEKS = (205, 425)
"""Mesh points in the middle of the cheeks."""
CHEEK_PX = 24
"""Half the side of the cheek's square, in pixels of an aligned face."""
GRAIN_PX = 4.0
MOMENTS = 6


def main() -> None:
    """Draw, enhance, measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("grid", type=Path)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--smooth-s", type=float, default=0.08)
    parser.add_argument("--strength", type=float, default=0.5)
    parser.add_argument("--flicker", type=float, default=2.0)
    parser.add_argument("--sheets", type=Path)
    options = parser.parse_args()
    clips = grid_paths(options.grid)
    found: dict[str, list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for number, clip in enumerate(clips[: options.clips]):
            shot = opened(clip, folder)
            if shot.verdict.reasons:
                continue
            mezzanine, clock, tracks = shot.clip.mezzanine, shot.clock, shot.tracks
            speech = sound_of(clips[-1 - number], clock, folder)
            preview = create_engine(PreviewSettings())
            preview.prepare(read_rgb(mezzanine, clock), tracks[0], folder / "avatar.zip")
            extent = preview.extent(folder / "avatar.zip", clock)
            whole = preview.render(folder / "avatar.zip", speech, clock)
            draft = [extent.crop(patch) if extent else patch for patch in whole]
            scene = mezzanine, clock, tracks[0], speech
            sheet = []
            first: list[float] = []
            for name, patches, wall_s in _variants(draft, scene, options):
                measured, faces = _measure(patches, scene)
                first = first or measured
                factor = len(patches[0].pixels) // len(draft[0].pixels)
                same = measure_quality(refined(patch, factor) for patch in draft)
                sharper = measure_quality(patches).sharpness / same.sharpness
                shares = [measured[0], measured[1] / first[1], sharper]
                found.setdefault(name, []).append([*shares, measured[2], wall_s])
                sheet.append(np.concatenate(faces[:: len(faces) // MOMENTS][:MOMENTS], 1))
            if options.sheets:
                options.sheets.mkdir(parents=True, exist_ok=True)
                file = options.sheets / f"{clip.stem}.png"
                cv2.imwrite(str(file), np.concatenate(sheet)[..., ::-1])
    print(f"{len(found['draft'])} clips of 3 s, means")
    print(f"{'':24} cheek   mouth   sharpness  sync    ms a frame")
    for name, rows in found.items():
        cheek, mouth, sharp, sync, wall_s = np.mean(rows, 0)
        ms = wall_s * 1000 / 75
        print(f"{name:24} {cheek:5.2f}   {mouth:5.3f}   {sharp:9.3f}  {sync:.3f}   {ms:6.1f}")


Cut = tuple[Path, Clock, Track, Speech]


def _variants(
    draft: list[Patch], scene: Cut, options: argparse.Namespace
) -> Iterator[tuple[str, list[Patch], float]]:
    """Drafts by name, and the seconds that it took to make each of them."""
    mezzanine, clock, track, _ = scene
    shaky = _flickering(draft, options.flicker)
    places = alignment(track.points, STEADY_S * float(clock.rate))
    factor = fineness(np.stack([patch.affine for patch in draft]), places)
    for kind, patches in (("draft", draft), ("flickering draft", shaky)):
        yield kind, patches, 0.0
        began = time.perf_counter()
        smoothed = list(deflickered(patches, options.smooth_s * 25))
        yield f"{kind}, smoothed", smoothed, time.perf_counter() - began
        if patches is draft:
            for name, network in (("unchanged", lambda f: f), ("sharpened", _sharpened)):
                how = Restoration(places, factor, network, options.strength)
                began = time.perf_counter()
                finer = list(restored(mezzanine, clock, patches, how))
                yield f"{kind}, {name}", finer, time.perf_counter() - began


def _flickering(patches: list[Patch], levels: float) -> list[Patch]:
    """Patches with a wave over each frame, of another phase and colour in each."""
    chance = np.random.default_rng(1)
    height, width = patches[0].mask.shape
    coarse = chance.normal(0, 1, (len(patches), 4, 4, 3)).astype(np.float32)
    waves = np.stack(
        [cv2.resize(c, (width, height), interpolation=cv2.INTER_CUBIC) for c in coarse]
    )
    waves *= levels / waves.std()
    shaky = [np.rint(patch.pixels + wave) for patch, wave in zip(patches, waves, strict=True)]
    return [
        replace(patch, pixels=np.clip(pixels, 0, 255).astype(np.uint8))
        for patch, pixels in zip(patches, shaky, strict=True)
    ]


def _sharpened(faces: np.ndarray) -> np.ndarray:
    soft = np.stack([cv2.GaussianBlur(face, (0, 0), 2.0) for face in faces]).astype(np.float32)
    return np.clip(np.rint(faces + 1.5 * (faces - soft)), 0, 255).astype(np.uint8)


def _measure(patches: list[Patch], scene: Cut) -> tuple[list[float], list[np.ndarray]]:
    """Cheek, mouth and sync; and the faces as composited."""
    mezzanine, clock, track, speech = scene
    reformatter = VideoReformatter()
    frames = [to_rgb(f, reformatter) for f in composited(mezzanine, clock, patches)]
    seen = list(faces_in(iter(frames), track))
    score = score_face(
        "embedded", iter(seen), clock, speech.cut_samples(clock), speech_frames(speech, clock)
    )
    lips = np.stack([s.points[list(LIPS_INNER), 1] for s in seen])
    opening = float((lips.max(1) - lips.min(1)).std())
    places = alignment(track.points, 2.5)
    faces = [aligned(frame, place) for frame, place in zip(frames, places, strict=True)]
    luma = np.stack([cv2.GaussianBlur(f.astype(np.float32) @ (0.2126, 0.7152, 0.0722),
                                      (0, 0), GRAIN_PX) for f in faces])  # fmt: skip
    leaps = np.diff(luma, 2, axis=0)
    means = []
    for cheek in CHEEKS:
        spots = [
            np.linalg.solve(place[:, :2], points[cheek, :2] - place[:, 2])
            for points, place in zip(track.points, places, strict=True)
        ]
        x, y = np.rint(np.mean(spots, 0)).astype(int)
        square = leaps[:, y - CHEEK_PX : y + CHEEK_PX, x - CHEEK_PX : x + CHEEK_PX]
        means.append(float((square**2).mean()))
    return [float(np.sqrt(np.mean(means))), opening, score["confidence"]], faces


if __name__ == "__main__":
    main()
