"""How well the mask that LatentSync's faces are drawn with fits upstream's file.

    python benchmarks/latentsync_mask.py CHECKOUT    # bytedance/LatentSync at a229c39

Prints the intersection over union of what both redraw, at the mask's own 256 x 256 pixels.
"""

import argparse
from pathlib import Path

import cv2

from mouthpiece.engines.latentsync import mask

MASK = "latentsync/utils/mask.png"


def overlap(file: Path) -> float:
    """The intersection over union of what is redrawn."""
    theirs = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if theirs is None:
        raise SystemExit(f"{file}: is no picture that can be read")
    redrawn = theirs < 128, mask.draw() < 128
    return float((redrawn[0] & redrawn[1]).sum() / (redrawn[0] | redrawn[1]).sum())


def main() -> None:
    """Print the figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkout", type=Path)
    print(f"IoU {overlap(parser.parse_args().checkout / MASK):.4f}")


if __name__ == "__main__":
    main()
