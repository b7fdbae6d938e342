"""Measure how much of the source's detail preview drafts keep, by the size of the picture.

    python benchmarks/detail.py CLIP [CLIP ...] [--heights 720 1080 2160] [--seconds 4]
                                [--size auto] [--pores]

Each clip is brought to each height of its shorter side (reduced, or enlarged), and the draft is
driven by its own sound. Over what is drawn, in the picture's own pixels (`patches.looks`), against
the source there: laplacian, the deviation of the Laplacian, which is what the gate calls `detail`;
fine, the energy in waves of 2 to 4 pixels; medium, of 4 to 8. face_px and patch_px: the height of
the face in the picture, and the side of a patch.

An enlarged picture has no more detail than it had: its figures say nothing of a camera of that
size. With --pores, it gets some: a fixed pattern in waves of 2 to 4 pixels moves with the face, as
pores do. It is not what skin is like at that size, but it shows what a patch loses by its own
pixels and by being moved.
"""

import argparse
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from talking import Shot, Stopwatch, driven, opened, rewritten

from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.faces.landmarks import BROW, CHIN, LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from mouthpiece.media.decode import read_rgb, to_rgb
from mouthpiece.patches.composite import composited, lay_in
from mouthpiece.patches.patch import Patch

BANDS = {"fine": (0.6, 1.2), "medium": (1.2, 2.4)}
"""Deviations of the two blurs between which a band is, in pixels."""

PORES_LEVELS, LEAST_DRAWN = 6.0, 0.9
EVERY = 5


def main() -> None:
    """Measure each clip at each height, print a table."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--heights", type=int, nargs="+", default=[720, 1080, 2160])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--size", default="auto", help="engines.preview.size_px")
    parser.add_argument("--pores", action="store_true")
    options = parser.parse_args()
    size = options.size if options.size == "auto" else int(options.size)
    print("clip\theight\tface_px\tpatch_px\tlaplacian\t" + "\t".join(BANDS))
    for clip in options.clips:
        for height in options.heights:
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                shot = sized(clip, height, options.seconds, options.pores, folder)
                if not shot.tracks or not shot.sound:
                    print(f"{clip.stem}\t{height}\tnot kept: {shot.verdict.reasons}")
                    continue
                row = list(measured(shot, PreviewSettings(size_px=size), folder))
            print(f"{clip.stem}\t{height}\t" + "\t".join(row), flush=True)


def sized(clip: Path, height: int, seconds: float, pores: bool, folder: Path) -> Shot:
    """The beginning of a clip with its shorter side brought to a height, watched as one cut."""
    own = opened(clip, folder, seconds)
    if not own.tracks:
        return own
    (folder / "sized").mkdir()
    return rewritten(own, _resized(own, height, pores), folder / "sized")


def _resized(shot: Shot, height: int, pores: bool) -> Iterator[np.ndarray]:
    points = shot.tracks[0].points
    for frame, picture in enumerate(read_rgb(shot.clip.mezzanine, shot.clock)):
        scale = height / min(picture.shape[:2])
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        larger = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)
        yield with_pores(larger, points[frame] * scale, points[0] * scale) if pores else larger


def with_pores(picture: np.ndarray, points: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Add a fine pattern that moves with the face from where it is in the first frame."""
    high, wide = picture.shape[:2]
    noise = np.random.default_rng(0).standard_normal((high, wide)).astype(np.float32)
    pattern = _band(noise, *BANDS["fine"])
    anchors = [LEFT_EYE_OUTER, RIGHT_EYE_OUTER, BROW, CHIN]
    place, _ = cv2.estimateAffinePartial2D(first[anchors, :2], points[anchors, :2])
    moved = cv2.warpAffine(pattern / pattern.std(), place, (wide, high), flags=cv2.INTER_CUBIC)
    return (picture + PORES_LEVELS * moved[..., None]).clip(0, 255).astype(np.uint8)


def measured(shot: Shot, settings: PreviewSettings, folder: Path) -> Iterator[str]:
    """The values of a clip's row."""
    engine, avatar = create_engine(settings), folder / "avatar.zip"
    engine.prepare(read_rgb(shot.clip.mezzanine, shot.clock), shot.tracks[0], avatar)
    assert shot.sound
    patches = driven(shot, avatar, shot.sound, engine, Stopwatch())
    points = shot.tracks[0].points
    yield f"{np.median(np.linalg.norm(points[:, CHIN] - points[:, BROW], axis=1)):.0f}"
    yield str(patches[0].pixels.shape[0])
    frames = composited(shot.clip.mezzanine, shot.clock, patches, lay_in)
    reformatter = VideoReformatter()
    found = []
    for number, (picture, patch, frame) in enumerate(
        zip(read_rgb(shot.clip.mezzanine, shot.clock), patches, frames, strict=True)
    ):
        if number % EVERY == 0 and patch.alpha > 0:
            found.append(kept(picture, to_rgb(frame, reformatter), patch))
    for value in np.median(np.array(found), 0):
        yield f"{value:.2f}"


def kept(picture: np.ndarray, laid: np.ndarray, patch: Patch) -> list[float]:
    """The detail of a draft that is laid in, over the picture's: Laplacian, then each band."""
    weight = cv2.warpAffine(patch.mask, patch.affine, picture.shape[1::-1]).astype(np.float32)
    drawn = weight * patch.alpha > LEAST_DRAWN * 255
    after, before = (
        cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32) for part in (laid, picture)
    )
    ratios = [
        cv2.Laplacian(after, cv2.CV_32F)[drawn].std()
        / cv2.Laplacian(before, cv2.CV_32F)[drawn].std()
    ]
    for band in BANDS.values():
        energy = [float((_band(part, *band)[drawn] ** 2).mean()) for part in (after, before)]
        ratios.append((energy[0] / energy[1]) ** 0.5)
    return [float(ratio) for ratio in ratios]


def _band(levels: np.ndarray, narrow: float, broad: float) -> np.ndarray:
    return np.asarray(
        cv2.GaussianBlur(levels, (0, 0), narrow) - cv2.GaussianBlur(levels, (0, 0), broad)
    )


if __name__ == "__main__":
    main()
