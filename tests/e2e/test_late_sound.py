"""A film whose sound is late, in the whole workflow: a drawn talker with a real voice."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.core.source_sync import SourceSync, read_sync
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.reports.notes import Noted, read_notes
from places import ROOT
from talkers import write_film
from voiced_lips import lips_of, write_late

from .conftest import Job, lay_out

sys.path.append(str(ROOT / "benchmarks"))

from drawn_face import Pose, draw

FRAMES = 250
CUTS = ["000000-000124", "000125-000249"]
LOOKS = 5
"""How many openings are drawn, each once."""

LATE = 7


def pictures(openings: np.ndarray) -> list[np.ndarray]:
    """The drawn face with its mouth open so far in each frame, [T] of 0 to 1."""
    looks = [draw(Pose(opening=look / (LOOKS - 1))) for look in range(LOOKS)]
    return [looks[round(opening * (LOOKS - 1))] for opening in openings]


@pytest.fixture(scope="module")
def talking(media: Path, dubs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job whose film has its sound late."""
    folder = tmp_path_factory.mktemp("late")
    apertures = lips_of(dubs["en"], FRAMES)[:, 0]
    shown = np.clip(apertures / np.percentile(apertures, 98), 0, 1)
    write_film(pictures(shown), folder / "mute.mp4")
    sound = write_late(dubs["en"], LATE, folder / "late.wav")
    ffmpeg(
        ["-i", str(folder / "mute.mp4"), "-i", str(sound), "-c:v", "copy", "-c:a", "flac"]
        + ["-t", str(FRAMES / 25), str(folder / "film.mkv")]
    )
    job = lay_out(folder, Path("film.mkv"), {"en": media / "dub.en-GB.wav"})
    job.write("videos.tsv", "video\tpath\tconsent\tcuts", "v\tfilm.mkv\tdrawn: nobody\tcuts.tsv")
    job.write("cuts.tsv", "first_frame", "0", "125")
    return job


def heard(job: Job, *config: str) -> tuple[SourceSync, list[Noted]]:
    """Run the workflow with these lines of config, up to who speaks in the film.

    Returns:
        What it found, and what a user reads of it.
    """
    given = ("videos: videos.tsv", "dubs: dubs.tsv", "delivery: {length_policy: trim}")
    calm = "guard: {max_covered_frames: 1000}"  # a drawn mouth changes more than one of a person
    job.write("job.yaml", *given, calm, *config)
    sync = "results/v/_shared/sync.json"
    done = job.run(sync)
    assert done.code == 0, done.output
    return read_sync(job.folder / sync), read_notes([job.folder / sync])


def test_a_talker_with_late_sound_speaks_and_the_sound_can_be_put_right(talking: Job) -> None:
    late, (noted,) = heard(talking)
    assert late.offset_frames == -LATE
    assert list(late.speakers) == CUTS
    for found in late.speakers.values():
        assert (found["verdict"], found["reasons"]) == ("speaks", [])
        assert found["reported"] == [{"code": "source_late", "value": LATE}]
    (sentence,) = noted.sentences
    assert noted.about == "Source" and "is 7 frames late (280 ms, at 25 fps)" in sentence
    assert "raise normalize.sound_late_ms by 280" in sentence

    corrected, notes = heard(talking, "normalize: {sound_late_ms: 280}")
    assert (corrected.offset_frames, notes) == (0, [])
    for found in corrected.speakers.values():
        assert (found["verdict"], found["reasons"], found["reported"]) == ("speaks", [], [])
