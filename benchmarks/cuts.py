"""Measure cut detection on films with known cuts, made of talking faces, pictures and footage.

    python benchmarks/cuts.py GRID [--shot VIDEO FIRST END ...] [--detector transnetv2]

GRID is a folder of the GRID corpus with `s1/*.mpg` and `other/*.mpg` (Zenodo record 3625687);
broken clips of the corpus are left out. Three films are made in a temporary folder:
`mixed` (five other speakers and 15 clips of s1, interleaved with still and slowly zoomed pictures
and faceless footage, hard cuts), `gradual` (the same joined by dissolves and by fades through
black) and `jump` (clips of one speaker in a row). A cut counts as found if a detected one is within
one frame, or for a gradual one within the transition.

    python benchmarks/cuts.py --people FOLDER [--half]

joins the beginnings of a folder's clips, each a person, to one film (`people`), and once more with
camera flashes over a quarter of its frames (`flashes`). What is found within a clip is false, but
for a jump cut of the clip: look at it. `--half` takes the left half of the clips' pictures.
"""

import argparse
import itertools
import logging
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import skimage.data

from mouthpiece.config.cuts import Cuts
from mouthpiece.config.normalize import Normalize
from mouthpiece.media.shots import detect
from mouthpiece.stages.normalize import normalize

SIZE = (360, 288)
RATE = 25
PICTURES = ("chelsea", "coffee", "rocket", "camera", "astronaut", "moon", "retina", "coins")


@dataclass(frozen=True)
class TrueCut:
    """A cut that was made: the frames in which it may be found, and its kind."""

    first: int
    last: int
    kind: str

    @property
    def middle(self) -> float:
        """The frame where the new picture begins, or has half the weight."""
        return (self.first + self.last) / 2


@dataclass(frozen=True)
class Join:
    """How a piece is joined to the previous one: hard, or over `frames` frames."""

    kind: str
    frames: int = 0


Piece = list[np.ndarray]


@dataclass(frozen=True)
class Shot:
    """Frames [first, end) of footage without faces or cuts."""

    path: Path
    first: int
    end: int


def clip(path: Path, first: int = 0, end: int = 75) -> Piece:
    """Frames [first, end) of a video, RGB at SIZE."""
    with av.open(str(path)) as container:
        frames = itertools.islice(container.decode(video=0), first, end)
        return [cv2.resize(f.to_ndarray(format="rgb24"), SIZE) for f in frames]


def clips(paths: Iterable[Path], number: int) -> list[Piece]:
    """The first `number` intact clips; some of the corpus begin with grey frames."""
    whole = (piece for piece in map(clip, paths) if min(frame.std() for frame in piece) > 20)
    return list(itertools.islice(whole, number))


def still(name: str, frames: int, zoom: float) -> Piece:
    """A picture held, or slowly zoomed into by `zoom` in all."""
    picture = getattr(skimage.data, name)()
    picture = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    picture = cv2.resize(picture[..., :3], SIZE)
    centre = (SIZE[0] / 2, SIZE[1] / 2)
    return [
        cv2.warpAffine(
            picture,
            cv2.getRotationMatrix2D(centre, 0, 1 + zoom * n / frames),
            SIZE,
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for n in range(frames)
    ]


def assemble(pieces: Sequence[Piece], joins: Sequence[Join]) -> tuple[Piece, list[TrueCut]]:
    """Join pieces into a film; `joins[n]` joins piece n to piece n + 1."""
    film, truth = list(pieces[0]), []
    for piece, join in zip(pieces[1:], joins, strict=True):
        if join.kind == "dissolve":
            n = join.frames
            start = len(film) - n
            for i in range(n):
                film[start + i] = cv2.addWeighted(
                    film[start + i], 1 - (i + 1) / (n + 1), piece[i], (i + 1) / (n + 1), 0
                )
            film += piece[n:]
            truth.append(TrueCut(start, start + n, join.kind))
        elif join.kind == "fade":
            n = join.frames // 2
            start = len(film) - n
            for i in range(n):
                film[start + i] = (film[start + i] * (1 - (i + 1) / n)).astype(np.uint8)
            rising = [(piece[i] * (i / n)).astype(np.uint8) for i in range(n)]
            film += rising + piece[n:]
            truth.append(TrueCut(start, start + 2 * n, join.kind))
        else:
            truth.append(TrueCut(len(film), len(film), join.kind))
            film += piece
    return film, truth


def write(frames: Iterable[np.ndarray], path: Path) -> None:
    """Encode as a web video would be: x264, crf 20."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "20"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())


def people(
    folder: Path, frames: int, half: bool, lengthwise: int = 2
) -> Iterator[tuple[str, Piece, list[TrueCut]]]:
    """The films of a folder's clips, without and with flashes."""
    paths = sorted(folder.glob("*.mp4"))
    shuffled = [path for first in range(lengthwise) for path in paths[first::lengthwise]]
    pieces = [beginning(path, frames, half) for path in shuffled]
    joined, truth = assemble(pieces, [Join("hard")] * (len(pieces) - 1))
    yield "people", joined, truth
    yield "flashes", flashed(joined), truth


def beginning(path: Path, frames: int, half: bool) -> Piece:
    """The first frames of a clip, cut to the shape of SIZE, RGB."""
    shape, piece = SIZE[1] / SIZE[0], []
    for picture in pictures(path, frames, half):
        high, wide = picture.shape[:2]
        wide, high = min(wide, round(high / shape)), min(high, round(wide * shape))
        left, top = (picture.shape[1] - wide) // 2, (picture.shape[0] - high) // 4
        piece.append(cv2.resize(picture[top : top + high, left : left + wide], SIZE))
    return piece


def pictures(path: Path, frames: int, half: bool) -> Iterator[np.ndarray]:
    """The first frames of a clip, or their left half, RGB."""
    with av.open(str(path)) as container:
        for frame in itertools.islice(container.decode(video=0), frames):
            picture = frame.to_ndarray(format="rgb24")
            yield picture[:, : picture.shape[1] // (2 if half else 1)]


def flashed(frames: Piece, share: float = 0.25) -> Piece:
    """Lay camera flashes over frames: glows of 1 to 3 frames that halve each frame."""
    chooser = np.random.default_rng(11)
    ys, xs = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
    lit, left = [], 0
    for frame in frames:
        if not left and chooser.random() < share:
            left = int(chooser.integers(1, 4))
            x, y, wide = chooser.uniform((0, 0, 60), (*SIZE, 230))
            glow = 0.3 + np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * wide**2))
            glow, gain = glow * chooser.uniform(40, 220), chooser.uniform(0, 1)
        if left:
            frame = (frame * (1 + gain) + glow[..., None]).clip(0, 255).astype(np.uint8)
            glow, gain, left = glow / 2, gain / 2, left - 1
        lit.append(frame)
    return lit


def fillers(shots: Sequence[Shot], frames: int) -> Iterator[Piece]:
    """Endless pieces without faces: pictures held and zoomed, and parts of the footage."""
    parts: list[Piece] = []
    for shot in shots:
        whole = clip(shot.path, shot.first, shot.end)
        parts += [whole[n : n + frames] for n in range(0, len(whole) - frames + 1, frames)]
    for n in itertools.count():
        yield still(PICTURES[n % len(PICTURES)], frames, 0.15 * (n % 2))
        if parts:
            yield parts[n % len(parts)]


def films(
    grid: Path, shots: Sequence[Shot], jumps: int
) -> Iterator[tuple[str, Piece, list[TrueCut]]]:
    """The three films: name, frames and the true cuts."""
    chooser = random.Random(7)
    s1 = sorted((grid / "s1").glob("*.mpg"))
    chooser.shuffle(s1)
    faces = clips(sorted((grid / "other").glob("*.mpg")), 5) + clips(s1, 15)
    chooser.shuffle(faces)
    faceless = fillers(shots, 40)
    pieces = [piece for face in faces for piece in (face, next(faceless))]
    yield "mixed", *assemble(pieces, [Join("hard")] * (len(pieces) - 1))

    kinds = [
        *(Join("dissolve", n) for n in (8, 12, 16, 25)),
        *(Join("fade", n) for n in (12, 20, 30)),
    ]
    joins = [kinds[n % len(kinds)] for n in range(len(pieces) - 1)]
    yield "gradual", *assemble(pieces, joins)

    row = clips(reversed(s1), jumps)
    yield "jump", *assemble(row, [Join("jump")] * (len(row) - 1))


def match(truth: Sequence[TrueCut], found: Sequence[int]) -> tuple[dict[TrueCut, int], list[int]]:
    """Pair each true cut with the nearest detected one in reach; the rest is false."""
    left, pairs = list(found), {}
    for cut in truth:
        near = [n for n in left if cut.first - 1 <= n <= cut.last + 1]
        if near:
            pairs[cut] = min(near, key=lambda n: abs(n - cut.middle))
            left.remove(pairs[cut])
    return pairs, left


def main() -> None:
    """Print recall, false cuts and distance by film and kind of cut."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("grid", type=Path, nargs="?")
    parser.add_argument("--people", type=Path, help="a folder of clips, each of one person")
    parser.add_argument("--half", action="store_true", help="the left half of the people's clips")
    parser.add_argument(
        "--shot",
        nargs=3,
        action="append",
        default=[],
        metavar=("VIDEO", "FIRST", "END"),
        help="frames of faceless footage that hold no cut; may be given several times",
    )
    parser.add_argument("--detector", choices=("adaptive", "transnetv2"), default="adaptive")
    parser.add_argument("--jumps", type=int, default=40, help="clips in the film of one speaker")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep the films in this folder")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    if not (options.grid or options.people):
        parser.error("give GRID, or --people FOLDER")
    settings = Cuts(detector=options.detector)
    row = "{:10}{:10}{:>6}{:>7}{:>8}{:>7}{:>8}{:>13}{:>10}"
    print(
        row.format(
            "film", "kind", "true", "found", "recall", "false", "frames", "off, max", "frames/s"
        )
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        shots = [Shot(Path(path), int(first), int(end)) for path, first, end in options.shot]
        made = itertools.chain(
            films(options.grid, shots, options.jumps) if options.grid else (),
            people(options.people, 40, options.half) if options.people else (),
        )
        for name, frames, truth in made:
            mezzanine = folder / f"{name}.mezzanine.mp4"
            if not mezzanine.exists():
                write(frames, folder / f"{name}.mp4")
                normalize(
                    folder / f"{name}.mp4",
                    mezzanine,
                    folder / f"{name}.flac",
                    folder / f"{name}.json",
                    Normalize(),
                    options.threads,
                )
            began = time.perf_counter()
            cuts = detect(mezzanine, settings, options.threads)
            rate = len(frames) / (time.perf_counter() - began)
            assert sum(cut.frames for cut in cuts) == len(frames)
            pairs, false = match(truth, [cut.first_frame for cut in cuts[1:]])
            for kind in dict.fromkeys(cut.kind for cut in truth):
                ours = [cut for cut in truth if cut.kind == kind]
                off = [abs(pairs[cut] - cut.middle) for cut in ours if cut in pairs]
                print(
                    row.format(
                        name, kind, len(ours), len(off), f"{len(off) / len(ours):.3f}",
                        len(false), len(frames), f"{max(off, default=0):.1f}", f"{rate:.0f}",
                    )
                )  # fmt: skip
            for cut in truth:
                if cut not in pairs:
                    print(f"  missed: {cut}")
            if false:
                print(f"  false: {false}")


if __name__ == "__main__":
    main()
