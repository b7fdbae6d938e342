"""What it takes to keep pictures without loss: CPU time to write and read them, and space.

    python benchmarks/lossless.py results/VIDEO/LANGUAGE/cuts/*/draft.zip

Writes the pixels and masks of drafts with each codec, with one thread, and reads them again. Prints
a row for each codec: ms of CPU time and kB for each picture.
"""

import argparse
import tempfile
import time
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from mouthpiece.patches.lossless import OPTIONS, STORED
from mouthpiece.patches.patch_set import PatchReader

FFV1 = {"flags": "+bitexact", "slices": "4"}
MEDIAN = OPTIONS | {"pred": "median"}
CODECS = {
    "rgb24": [
        ("ffv1", "matroska", "bgr0", FFV1),
        ("magicyuv", "mov", STORED["rgb24"], MEDIAN),
        ("magicyuv", "mov", STORED["rgb24"], OPTIONS),
        ("libx264rgb", "mov", "rgb24", {"qp": "0", "preset": "ultrafast"}),
    ],
    "gray": [
        ("ffv1", "matroska", "gray", FFV1),
        ("magicyuv", "mov", STORED["gray"], MEDIAN),
        ("magicyuv", "mov", STORED["gray"], OPTIONS),
    ],
}
"""By how pictures are given: codec, container, pixel format and options."""


def write(
    path: Path, pictures: list[np.ndarray], given: str, codec: tuple[str, str, str, dict[str, str]]
) -> None:
    """Write pictures to a file."""
    name, container, stored, options = codec
    reformatter = VideoReformatter()
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(name, rate=25, options=options)
        stream.pix_fmt, stream.codec_context.thread_count = stored, 1
        stream.height, stream.width = pictures[0].shape[:2]
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=given)
            frame = reformatter.reformat(frame, format=stored)
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


def read(path: Path, given: str) -> list[np.ndarray]:
    """Read pictures from a file."""
    reformatter = VideoReformatter()
    with av.open(str(path)) as file:
        file.streams.video[0].codec_context.thread_count = 1
        return [
            reformatter.reformat(frame, format=given).to_ndarray() for frame in file.decode(video=0)
        ]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("drafts", type=Path, nargs="+")
    given = parser.parse_args()
    print("pictures  codec                 write_ms  read_ms  kB")
    for kind, codecs in CODECS.items():
        for codec in codecs:
            write_s, read_s, size, count = 0.0, 0.0, 0, 0
            for draft in given.drafts:
                pictures = [p.pixels if kind == "rgb24" else p.mask for p in PatchReader(draft)]
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / "pictures"
                    began = time.process_time()
                    write(path, pictures, kind, codec)
                    written = time.process_time()
                    found = read(path, kind)
                    write_s, read_s = (
                        write_s + written - began,
                        read_s + time.process_time() - written,
                    )
                    size, count = size + path.stat().st_size, count + len(pictures)
                if not np.array_equal(found, pictures):
                    raise SystemExit(f"{codec[0]}: {draft}: is not what was written")
            name = f"{codec[0]} {codec[3].get('pred', '')}"
            figures = f"{1e3 * write_s / count:8.2f} {1e3 * read_s / count:8.2f}"
            print(f"{kind:9} {name:20} {figures} {size / count / 1e3:7.1f}")


if __name__ == "__main__":
    main()
