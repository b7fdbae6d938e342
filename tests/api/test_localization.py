"""`mouthpiece.localize` and the names of the package, without a real run."""

import subprocess
import sys
from pathlib import Path

import pytest

import mouthpiece
from cut_rows import row
from mouthpiece.core.cut_table import write_rows
from mouthpiece.runs import process
from places import ROOT

FAKE = (sys.executable, str(ROOT / "tests" / "runs" / "fake_snakemake.py"))


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(process, "SNAKEMAKE", FAKE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "My talk.mp4").touch()
    (tmp_path / "de.wav").touch()
    (tmp_path / "My-talk").mkdir()
    return tmp_path


def localize(**options):
    return mouthpiece.localize("My talk.mp4", {"de": "de.wav"}, consent="by letter", **options)


def test_what_was_made_is_returned(job: Path) -> None:
    film = job / "My-talk" / "results" / "My-talk" / "de"
    (film / "review").mkdir(parents=True)
    write_rows([row(0, gate="pass"), row(1)], film / "cuts.tsv")
    (film / "My-talk.de.mp4").touch()
    (film / "review" / "index.html").touch()
    (job / "My-talk" / "fake.py").write_text("start(1, 'draft', video='My-talk')\nprint(sys.argv)")
    seen = []
    result = localize(cores=3, on_event=seen.append)
    assert result.films == {"de": Path("My-talk/results/My-talk/de/My-talk.de.mp4")}
    assert result.pages["de"].name == "index.html"
    assert (result.summaries["de"].cuts, len(seen)) == (2, 1)
    (log,) = (job / "My-talk" / "logs" / "snakemake").iterdir()
    assert "'--configfile', 'config.yaml', '--cores', '3'" in log.read_text()


def test_a_failed_run_is_a_fault_with_each_error_once(job: Path) -> None:
    log = job / "My-talk" / "draft.log"
    log.write_text("2026-01-01 00:00:00,000 ERROR mouthpiece.core.jobs: disk full\n")
    script = "for n in (1, 2): start(n, 'draft', cut=str(n)); fail(n, 'draft', 'draft.log')"
    (job / "My-talk" / "fake.py").write_text(f"{script}\nsys.exit(1)")
    with pytest.raises(mouthpiece.Fault) as error:
        localize()
    assert str(error.value).startswith("disk full (in draft of 1, draft of 2); the whole log: My-")


def test_a_film_that_is_there_twice_is_its_first_video(job: Path) -> None:
    (job / "My-talk" / "fake.py").write_text("")
    localize()
    with (job / "My-talk" / "videos.tsv").open("a") as table:
        table.write(f"again\t{job / 'My talk.mp4'}\tby letter\n")
    assert list(localize().summaries) == ["de"]


def test_what_is_wrong_is_an_input_error(job: Path) -> None:
    with pytest.raises(mouthpiece.InputError, match="no engine 'x'"):
        localize(engine="x", out="elsewhere")
    with pytest.raises(mouthpiece.InputError, match="cores: 0 is not a number from 1"):
        localize(cores=0, out="elsewhere")
    assert not (job / "elsewhere").exists()


def test_the_package_is_light_and_knows_its_names() -> None:
    program = (
        "import sys, mouthpiece; assert set(mouthpiece.__all__) <= set(dir(mouthpiece)); "
        "print([m for m in sys.modules if m.startswith('mouthpiece.') or m in ('numpy', 'torch')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "workflow_scripts", capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
    for name in mouthpiece.__all__:
        assert getattr(mouthpiece, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mouthpiece.nothing
