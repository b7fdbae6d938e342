"""Measure what enhancing does to drafts: flicker, sharpness, sync, and what it costs.

    python benchmarks/enhance.py CLIPS [--clips 4] [--smooth-s 0.08] [--strength 0.5] [--flicker 2]
        [--sheets FOLDER] [--seconds 3] [--warp]

CLIPS is a folder of the GRID corpus, as for `benchmarks/gate.py`, or any folder of MP4 files of
people who speak; of each clip the first --seconds, as one cut. Its mouth is redrawn by the preview
engine to fit another clip's sound. To one draft of each clip flicker is added: waves over the patch
whose light and colour differ from frame to frame, by --flicker levels of 255 (standard deviation).
Rows: the draft; the draft with what a measurement should not see, to know how fine it is (as JPEG;
with noise of half a level); smoothed; restored by stand-ins for GFPGAN, whose weights are not
needed here (`STAND_INS`), also after smoothing; and the flickering draft, smoothed. Columns:
  cheek      root mean square of the second difference over time of luma between the nose and the
             ear, as composited, coarser than grain, in levels of 255
  mouth      the opening of the lips, its standard deviation over time as a share of the draft's
  sharpness  see `mouthpiece.patches.quality`, as a share of the draft's
  sync       confidence (embedded scorer)
  warp       `warp_error` of `mouthpiece.patches.comparison`, as a share of the draft's; behind it
             the least and the most of the clips
  identity   `identity_distance`, less the draft's; needs `mouthpiece models fetch --for gfpgan`
--warp measures the column `warp` alone, of those variants that have something to say of it: it
takes a fraction of the time.
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
from stand_ins import STAND_INS
from talking import grid_paths, opened, sound_of

from mouthpiece.audio.speech import Speech
from mouthpiece.audio.voice_activity import speech_frames
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.faces.embedding import FaceEmbedding
from mouthpiece.faces.landmarks import LIPS_INNER
from mouthpiece.faces.track import Track
from mouthpiece.media.decode import read_rgb, to_rgb
from mouthpiece.patches.alignment import STEADY_S, aligned, alignment
from mouthpiece.patches.comparison import Figures, compare
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
JPEG_QUALITY, NOISE_LEVELS = 95, 0.5
"""What a measurement should not see: of a draft whose patches are coded once more, or are noisy."""


def main() -> None:
    """Draw, enhance, measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("clips_in", metavar="CLIPS", type=Path)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--smooth-s", type=float, default=0.08)
    parser.add_argument("--strength", type=float, default=0.5)
    parser.add_argument("--flicker", type=float, default=2.0)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--warp", action="store_true")
    options = parser.parse_args()
    clips = sorted(options.clips_in.glob("*.mp4")) or grid_paths(options.clips_in)
    embed = None if options.warp else FaceEmbedding()
    found: dict[str, list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for number, clip in enumerate(clips[: options.clips]):
            shot = opened(clip, folder, options.seconds)
            if shot.verdict.reasons:
                continue
            mezzanine, clock, tracks = shot.clip.mezzanine, shot.clock, shot.tracks
            others = [one for one in clips if one != clip]
            speech = sound_of(others[-1 - number % len(others)], clock, folder)
            preview = create_engine(PreviewSettings())
            preview.prepare(read_rgb(mezzanine, clock), tracks[0], folder / "avatar.zip")
            extent = preview.extent(folder / "avatar.zip", clock)
            whole = preview.render(folder / "avatar.zip", speech, clock)
            draft = [extent.crop(patch) if extent else patch for patch in whole]
            scene = mezzanine, clock, tracks[0], speech
            sheet = []
            first: list[float] = []
            variants = list(_variants(draft, scene, options))
            drafts = [patches for _, patches, _ in variants]
            figures = compare(mezzanine, clock, tracks[0], drafts, embed)
            if options.warp:
                for (name, _, _), after in zip(variants, figures, strict=True):
                    found.setdefault(name, []).append([_gain(figures[0], after)])
                continue
            for (name, patches, wall_s), after in zip(variants, figures, strict=True):
                measured, faces = _measure(patches, scene)
                first = first or measured
                factor = len(patches[0].pixels) // len(draft[0].pixels)
                same = measure_quality(refined(patch, factor) for patch in draft)
                sharper = measure_quality(patches).sharpness / same.sharpness
                shares = [measured[0], measured[1] / first[1], sharper]
                changes = _changes(figures[0], after)
                ms = wall_s * 1000 / clock.frames
                found.setdefault(name, []).append([*shares, measured[2], ms, *changes])
                sheet.append(np.concatenate(faces[:: len(faces) // MOMENTS][:MOMENTS], 1))
            if options.sheets:
                options.sheets.mkdir(parents=True, exist_ok=True)
                file = options.sheets / f"{clip.stem}.png"
                cv2.imwrite(str(file), np.concatenate(sheet)[..., ::-1])
    print(f"{len(found['draft'])} clips, means")
    if options.warp:
        for name, rows in found.items():
            print(f"{name:37} {np.mean(rows):.4f}  {np.min(rows):.4f}-{np.max(rows):.4f}")
        return
    print(f"{'':37} cheek   mouth   sharpness  sync    ms a frame  warp               identity")
    for name, rows in found.items():
        cheek, mouth, sharp, sync, ms, warp, identity = np.mean(rows, 0)
        least, most = np.min(rows, 0)[-2], np.max(rows, 0)[-2]
        print(f"{name:37} {cheek:5.2f}   {mouth:5.3f}   {sharp:9.3f}  {sync:.3f}   {ms:10.1f}  "
              f"{warp:.3f} {least:.3f}-{most:.3f}  {identity:+.3f}")  # fmt: skip


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
        smoothed = list(deflickered(patches, options.smooth_s * float(clock.rate)))
        yield f"{kind}, smoothed", smoothed, time.perf_counter() - began
        if patches is draft:
            yield f"{kind}, as JPEG", [_with_pixels(p, _coded(p.pixels)) for p in draft], 0.0
            yield f"{kind}, noise", _noisy(draft), 0.0
            for name in STAND_INS if not options.warp else ("unchanged", "sharpened"):
                network = STAND_INS[name]
                how = Restoration(places, factor, network, options.strength)
                for also, given in (("", draft), ("smoothed, ", smoothed)):
                    began = time.perf_counter()
                    finer = list(restored(mezzanine, clock, given, how))
                    yield f"{kind}, {also}{name}", finer, time.perf_counter() - began


def _coded(pixels: np.ndarray) -> np.ndarray:
    """Pixels, coded and decoded."""
    _, code = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return cv2.imdecode(code, cv2.IMREAD_COLOR)


def _noisy(patches: list[Patch]) -> list[Patch]:
    chance = np.random.default_rng(2)
    size = patches[0].pixels.shape
    return [
        _with_pixels(patch, patch.pixels + chance.normal(0, NOISE_LEVELS, size))
        for patch in patches
    ]


def _with_pixels(patch: Patch, pixels: np.ndarray) -> Patch:
    return replace(patch, pixels=np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _flickering(patches: list[Patch], levels: float) -> list[Patch]:
    """Patches with a wave over each frame, of another phase and colour in each."""
    chance = np.random.default_rng(1)
    height, width = patches[0].mask.shape
    coarse = chance.normal(0, 1, (len(patches), 4, 4, 3)).astype(np.float32)
    waves = np.stack(
        [cv2.resize(c, (width, height), interpolation=cv2.INTER_CUBIC) for c in coarse]
    )
    waves *= levels / waves.std()
    pairs = zip(patches, waves, strict=True)
    return [_with_pixels(patch, patch.pixels + wave) for patch, wave in pairs]


def _changes(before: Figures, after: Figures) -> list[float]:
    """Warp error as a share of the draft's, and how much further the identity is."""
    assert before.identity_distance is not None
    assert after.identity_distance is not None
    return [_gain(before, after), after.identity_distance - before.identity_distance]


def _gain(before: Figures, after: Figures) -> float:
    """Warp error as a share of the draft's."""
    assert before.warp_error and after.warp_error
    return after.warp_error / before.warp_error


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
