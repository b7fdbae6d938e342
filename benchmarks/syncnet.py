"""Check SyncNet's scorer on a film of a cropped face, 224x224 at 25 frames/s.

    python benchmarks/syncnet.py example.avi

SyncNet's authors publish such a film, `example.avi`, and what their code says of it: offset 3,
least distance 5.353, confidence 10.021. Needs the weights: `mouthpiece models fetch --for
syncnet_v2`.
"""

import argparse
import tempfile
from pathlib import Path

import av
import soundfile

from mouthpiece.scorers.syncnet_v2.scorer import SyncnetV2
from mouthpiece.stages.speech import write_speech


def main() -> None:
    """Score the film, and print the published figures for comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("film", type=Path)
    film = parser.parse_args().film
    with tempfile.TemporaryDirectory() as folder, av.open(str(film)) as container:
        write_speech(film, Path(folder) / "speech.wav")
        samples, _ = soundfile.read(Path(folder) / "speech.wav", dtype="float32")
        frames = (frame.to_ndarray(format="bgr24") for frame in container.decode(video=0))
        found = SyncnetV2().score_crops(frames, samples)
    print(f"offset {found.offset_frames} (example.avi: 3)")
    print(f"least distance {found.distance:.3f} (5.353 +- 0.05)")
    print(f"confidence {found.confidence:.3f} (10.021 +- 0.1)")


if __name__ == "__main__":
    main()
