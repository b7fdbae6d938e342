"""Runs of the whole workflow through the real `snakemake` command, on seconds of real video."""

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mouthpiece.core.user_folder import private_folder
from mouthpiece.demo import media as demo_media
from mouthpiece.demo import reel
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.worker.stop import stop
from once import once
from places import ROOT

from .snakemake_forks import run_snakemake

MEDIA = ROOT / "demo" / "media"
GOOD_FRAMES, CAT_FRAMES = 50, 20


@dataclass(frozen=True)
class Run:
    """The result of a run of snakemake."""

    code: int
    output: str

    @property
    def jobs(self) -> Counter[str]:
        """The number of planned jobs of each rule, from the last table of job counts."""
        tables = re.findall(r"^job +count\n-+ +-+\n((?:.+\n)+?)total", self.output, re.M)
        rows = [line.split() for line in tables[-1].splitlines()] if tables else []
        return Counter({rule: int(count) for rule, count in rows})

    @property
    def ran(self) -> Counter[str]:
        """The number of jobs of each rule that were listed one by one.

        Those that checkpoints reveal are in no table of job counts.
        """
        return Counter(re.findall(r"^(?:local)?(?:rule|checkpoint) (\w+):$", self.output, re.M))

    @property
    def nothing_to_do(self) -> bool:
        """Whether all results were up to date."""
        return "Nothing to be done" in self.output


@dataclass(frozen=True)
class Job:
    """A user's folder outside the project: a config file, tables, a film and its dubs."""

    folder: Path
    snakefile: Path = ROOT / "Snakefile"

    def arguments(self, *more: str) -> list[str]:
        """The arguments of snakemake."""
        words = ("-s", str(self.snakefile), "--cores", "2", *more)
        return [*words, "--configfile", "job.yaml"]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "snakemake", *self.arguments(*arguments)]

    def run(self, *arguments: str, **environment: str) -> Run:
        """Run the workflow with the library beside its Snakefile, wherever another is installed.

        A process of its own imports Snakemake only where it could import something else: it has an
        environment of its own, or it runs a copy of the project.
        """
        library = str(self.snakefile.parent / "workflow_scripts")
        if self.snakefile == ROOT / "Snakefile" and not environment:
            known = os.environ | {"PYTHONPATH": library}
            words = self.arguments(*arguments)
            return Run(*run_snakemake(words, self.folder, library, known))
        folders = [environment.get("PYTHONPATH", ""), library]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | environment,
        )
        return Run(done.returncode, done.stdout + done.stderr)

    def plan(self, *arguments: str) -> Run:
        """A dry run."""
        found = self.run("-n", *arguments)
        assert found.code == 0, found.output
        return found

    def with_cache(self, of: Path) -> list[str]:
        """The arguments of a run that shares the cache of another job's folder."""
        return ["--config", f"cache={{dir: '{of}.cache'}}"]

    def from_cache(self) -> tuple[set[str], set[str]]:
        """The rules whose jobs took their results from a cache, and those whose jobs worked."""
        logs = [
            path
            for path in (self.folder / "logs").rglob("*.log")
            if path.parent.name != "snakemake"
        ]
        taken = [path for path in logs if "from the cache" in path.read_text()]
        return {path.stem for path in taken}, {path.stem for path in logs if path not in taken}

    def copy(self, folder: Path) -> "Job":
        """Copy the folder with all results and Snakemake's metadata."""
        shutil.copytree(self.folder, folder, copy_function=shutil.copy2)
        return Job(folder, self.snakefile)

    def write(self, name: str, *rows: str) -> Path:
        path = self.folder / name
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    def cuts(self, language: str = "en") -> list[dict[str, str]]:
        table = self.folder / "results" / "v" / language / "cuts.tsv"
        with table.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    def film(self, language: str = "en") -> Path:
        return self.folder / "results" / "v" / language / f"v.{language}.mp4"


def lay_out(folder: Path, video: Path, dubs: dict[str, Path]) -> Job:
    """Create a job for one film with the video id "v"."""
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(folder)
    job.write("job.yaml", "videos: videos.tsv", "dubs: dubs.tsv", "delivery: {length_policy: pad}")
    job.write("videos.tsv", "video\tpath\tconsent", f"v\t{video}\ttest material of the project")
    job.write(
        "dubs.tsv",
        "video\tlanguage\taudio",
        *(f"v\t{language}\t{audio}" for language, audio in dubs.items()),
    )
    return job


def first_frame(shot: str) -> int:
    """The first frame of a shot in the demo's reel."""
    names = [shot.name for shot in reel.REEL]
    return sum(shot.frames for shot in reel.REEL[: names.index(shot)])


@pytest.fixture(scope="session", autouse=True)
def own_workers() -> Iterator[None]:
    """Workers that runs start are in a folder of the tests, and end with the tests.

    So are the secrets that review servers keep.
    """
    with tempfile.TemporaryDirectory(prefix="w") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        patch.setenv("XDG_STATE_HOME", f"{folder}/state")  # it is made with other rights
        yield
        stop(private_folder())


@pytest.fixture(scope="session")
def media() -> Path:
    """The demo's reel and dubs, built on first use."""
    demo_media.build(MEDIA)
    return MEDIA


def cut_film(media: Path, path: Path, good_frames: int, cat_frames: int) -> Path:
    """Make a film of a man talking, then a cat, from the demo's reel."""
    shots = ((first_frame("good"), good_frames), (first_frame("no_face"), cat_frames))
    select = "+".join(f"between(n\\,{first}\\,{first + count - 1})" for first, count in shots)
    ffmpeg(
        ["-i", str(media / "reel.mp4"), "-vf", f"select={select},setpts=N/25/TB,scale=-2:320"]
        + ["-an", "-r", "25", "-c:v", "libx264", "-crf", "10", "-preset", "ultrafast", str(path)]
    )
    return path


@pytest.fixture(scope="session")
def small_film(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a man talking, then a cat, in a file with a difficult name."""
    path = tmp_path_factory.mktemp("film") / "a film's [1] & more.mp4"
    return cut_film(media, path, GOOD_FRAMES, CAT_FRAMES)


@pytest.fixture(scope="session")
def small_dubs(media: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demo's two dubs, cut to the small film's length."""
    folder = tmp_path_factory.mktemp("dubs")
    dubs = {}
    for language in ("en", "en-GB"):
        dubs[language] = folder / f"{language}.wav"
        ffmpeg(["-i", str(media / f"dub.{language}.wav"), "-t", "2.8", str(dubs[language])])
    return dubs


@pytest.fixture(scope="session")
def finished(
    small_film: Path, small_dubs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Job:
    """A finished job in one language. Copy it before changing it."""

    def make(folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)  # left by a test process that failed
        folder.mkdir()
        video = shutil.copy(small_film, folder)
        dub = shutil.copy(small_dubs["en"], folder)
        job = lay_out(folder, Path(Path(video).name), {"en": Path(Path(dub).name)})
        done = job.run(*job.with_cache(folder))
        assert done.code == 0, done.output

    return Job(once(tmp_path_factory, "finished", make))
