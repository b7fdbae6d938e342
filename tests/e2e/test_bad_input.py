"""Bad input: a non-zero exit code, one clear message, no traceback, no partial files."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from .conftest import Job, Run, lay_out

CONSENT = "test material of the project"


@pytest.fixture
def job(small_film: Path, small_dubs: dict[str, Path], tmp_path: Path) -> Job:
    shutil.copy(small_film, tmp_path / "film.mp4")
    shutil.copy(small_dubs["en"], tmp_path / "en.wav")
    return lay_out(tmp_path, Path("film.mp4"), {"en": Path("en.wav")})


def assert_refused(done: Run, *parts: str) -> None:
    assert done.code != 0
    assert "Traceback" not in done.output
    for part in parts:
        assert part in done.output, done.output


TABLE_ERRORS: dict[str, tuple[Callable[[Job], object], tuple[str, ...]]] = {
    "duplicate ids": (
        lambda job: job.write(
            "videos.tsv",
            "video\tpath\tconsent",
            f"v\tfilm.mp4\t{CONSENT}",
            f"v\tfilm.mp4\t{CONSENT}",
        ),
        ("videos.tsv, row 3, column video", "is already in row 2"),
    ),
    "a path in an id": (
        lambda job: job.write("videos.tsv", "video\tpath\tconsent", f"../v\tfilm.mp4\t{CONSENT}"),
        ("videos.tsv, row 2, column video", "letters, digits"),
    ),
    "no consent": (
        lambda job: job.write("videos.tsv", "video\tpath\tconsent", "v\tfilm.mp4\t"),
        ("videos.tsv, row 2, column consent", "who allowed the likeness"),
    ),
    "no language": (
        lambda job: job.write("dubs.tsv", "video\tlanguage\taudio", "v\tklingonish\ten.wav"),
        ("dubs.tsv, row 2, column language", "BCP-47"),
    ),
    "an unknown video": (
        lambda job: job.write("dubs.tsv", "video\tlanguage\taudio", "w\ten\ten.wav"),
        ("dubs.tsv, row 2, column video", "'w' is not in videos.tsv"),
    ),
    "an unknown key": (
        lambda job: job.write("job.yaml", "videos: videos.tsv", "dubs: dubs.tsv", "gaurd: {}"),
        ("job.yaml: unknown key 'gaurd'; did you mean 'guard'",),
    ),
    "no folder of weights": (
        lambda job: job.write(
            "job.yaml",
            *("videos: videos.tsv", "dubs: dubs.tsv", "engine: musetalk"),
            "engines: {musetalk: {models: no/such/folder}}",
        ),
        (
            "job.yaml: engines.musetalk.models: there is no folder 'no/such/folder'",
            "mouthpiece models fetch",
        ),
    ),
}


@pytest.mark.parametrize("case", TABLE_ERRORS)
def test_an_invalid_table_stops_the_run_before_it_starts(job: Job, case: str) -> None:
    break_table, parts = TABLE_ERRORS[case]
    break_table(job)
    assert_refused(job.run(), *parts)
    assert not (job.folder / "results").exists()


def test_missing_weights_are_reported_once_before_a_run(job: Job) -> None:
    with (job.folder / "job.yaml").open("a") as file:
        file.write("gate: {scorer: latentsync}\n")
    output = job.plan().output
    assert output.count("weights that the config requires are missing") == 1
    assert "stable_syncnet.pt" in output
    assert f"mouthpiece models fetch --config {job.folder / 'job.yaml'}`" in output


def zero_length(path: Path) -> None:
    soundfile.write(path, [], 24000)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


FILM_ERRORS: dict[str, Callable[[Path], object]] = {
    "text renamed .mp4": lambda path: path.write_text("I am no film.\n" * 99),
    "a truncated film": truncated,
    "an empty film": lambda path: path.write_bytes(b""),
    "a missing film": lambda path: path.unlink(),
}
DUB_ERRORS: dict[str, Callable[[Path], object]] = {
    "a dub of no length": zero_length,
    "text renamed .wav": lambda path: path.write_text("I am no sound.\n" * 99),
    "a missing dub": lambda path: path.unlink(),
}


def left_by(done: Run, job: Job, language: str, name: str) -> list[Path]:
    """The files in results/ after one bad file failed its film with one message."""
    assert_refused(done, "mouthpiece: ", name)
    assert done.output.count("mouthpiece: ") == 1
    assert not job.film(language).exists()
    page = job.folder / "results" / "overview.html"
    assert "1 film was not made" in page.read_text(encoding="utf-8")
    # What each run leaves beside the results, whatever it makes.
    ignored = {".lock", ".snakemake_timestamp", ".fingerprints", ".attempts"}
    files = [p for p in (job.folder / "results").rglob("*") if p.is_file()]
    return [p for p in files if not ignored & set(p.parts)]


@pytest.mark.parametrize("case", FILM_ERRORS)
def test_a_bad_film_is_one_message_and_leaves_nothing_of_it(job: Job, case: str) -> None:
    FILM_ERRORS[case](job.folder / "film.mp4")
    left = left_by(job.run(), job, "en", "film.mp4")
    assert left == [job.folder / "results" / "overview.html"]


@pytest.fixture
def dubbed(finished: Job, tmp_path: Path) -> Job:
    """The finished job, with a second dub for tests to break."""
    job = finished.copy(tmp_path / "job")
    shutil.copy(job.folder / "en.wav", job.folder / "de.wav")
    with (job.folder / "dubs.tsv").open("a") as file:
        file.write("v\tde\tde.wav\n")
    return job


@pytest.mark.parametrize("case", DUB_ERRORS)
def test_a_bad_dub_fails_only_its_film_with_one_message(dubbed: Job, case: str) -> None:
    film = dubbed.film().read_bytes()
    DUB_ERRORS[case](dubbed.folder / "de.wav")
    left = left_by(dubbed.run(), dubbed, "de", "de.wav")
    assert [p for p in left if p.name.startswith(".")] == []
    assert dubbed.film().read_bytes() == film


def test_a_dub_of_quite_another_length_stops_its_film_before_any_work(dubbed: Job) -> None:
    dubbed.write("job.yaml", "videos: videos.tsv", "dubs: dubs.tsv")
    sound, rate = soundfile.read(dubbed.folder / "de.wav")
    soundfile.write(dubbed.folder / "de.wav", [*sound, *sound, *sound], rate)
    done = dubbed.run()
    assert_refused(done, "longer than the picture", "set length_policy to pad, trim or loop")
    assert dubbed.film().exists() and not dubbed.film("de").exists()
    assert not dubbed.film("de").parent.exists()
