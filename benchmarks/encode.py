"""What encoding a segment costs: CPU time a frame, bytes a frame and PSNR, with and without the
shortcuts of `media.encode`.

    python benchmarks/encode.py results/*/_shared/mezzanine.mp4

One thread; the fastest of three encodes of the first hundred frames of each mezzanine.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.timeline import Clock
from mouthpiece.media import encode as encode_module
from mouthpiece.media.decode import read_frames
from mouthpiece.media.encode import SHORTCUTS, X264, Encoding, encode
from mouthpiece.media.mezzanine import MezzanineInfo, probe_mezzanine

FRAMES, TIMES = 100, 3
PLAIN = ("stitchable=1:mbtree=0", {})
SHORT = (X264, SHORTCUTS)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("mezzanines", nargs="+", type=Path)
    print(f"{'':24}{'preset':12}{'':12}{'ms':>7}{'kB':>9}{'PSNR dB':>9}")
    for path in parser.parse_args().mezzanines:
        source = probe_mezzanine(path)
        clock = Clock(source.rate, 0, min(FRAMES, source.frames))
        frames = list(read_frames(path, clock))
        for preset, options, name in (
            ("veryfast", PLAIN, "as x264's"),
            ("veryfast", SHORT, "shortcuts"),
            ("superfast", PLAIN, "as x264's"),
        ):
            encode_module.X264, encode_module.SHORTCUTS = options
            figures = measure(frames, source, Encoding(**Delivery(preset=preset).encoding))
            size = f"{source.width}x{source.height}"
            print(f"{path.parent.parent.name[:12]:12} {size:11}{preset:12}{name:12}", *figures)


def measure(
    frames: list[av.VideoFrame], source: MezzanineInfo, encoding: Encoding
) -> Iterator[str]:
    """CPU time a frame, bytes a frame, PSNR over all planes; as text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segment.mp4"
        seconds = []
        for _ in range(TIMES):
            start = time.process_time()
            encode(iter(frames), source, path, encoding, threads=1)
            seconds.append(time.process_time() - start)
        yield f"{1000 * min(seconds) / len(frames):6.1f}"
        yield f"{path.stat().st_size / 1000 / len(frames):8.1f}"
        with av.open(str(path)) as container:
            made = islice(container.decode(video=0), len(frames))
            apart = [
                np.mean((a.to_ndarray().astype(float) - b.to_ndarray()) ** 2)
                for a, b in zip(frames, made, strict=True)
            ]
        yield f"{10 * np.log10(255**2 / np.mean(apart)):8.2f}"


if __name__ == "__main__":
    main()
