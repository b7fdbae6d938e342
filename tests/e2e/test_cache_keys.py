"""What is redone after a change and what is not, by dry runs of a finished job."""

import os
import shutil
import time
from pathlib import Path

import pytest

from .conftest import ROOT, Job

LIBRARY = Path("workflow_scripts") / "mouthpiece"
TABLE_JOBS = {"cut_table", "review", "overview", "all"}
RETRY = "retry: {presets: [opens_too_little]}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that tests can edit."""
    code = tmp_path / "code"
    skip = shutil.ignore_patterns("downloads", "__pycache__")
    for name in ("rules", "workflow_scripts", "report", "envs", "models", "profiles", "config"):
        shutil.copytree(ROOT / name, code / name, ignore=skip)
    (code / "models" / "downloads").symlink_to(ROOT / "models" / "downloads")
    shutil.copy(ROOT / "Snakefile", code)
    return code


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def configured(job: Job, *lines: str) -> None:
    with (job.folder / "job.yaml").open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


@pytest.fixture(scope="module")
def retried(finished: Job, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The finished job with retries: a preset is tried if a draft does not pass."""
    job = finished.copy(tmp_path_factory.mktemp("retried") / "job")
    configured(job, RETRY)
    done = job.run()
    assert done.code == 0, done.output
    return job


def test_a_changed_value_of_a_preset_redoes_drafts_that_may_use_it(
    retried: Job, project: Path, tmp_path: Path
) -> None:
    """The retry's preset is resolved in the rule, not in the job."""
    job = Job(retried.copy(tmp_path / "job").folder, project / "Snakefile")
    assert job.plan().nothing_to_do
    preset = project / LIBRARY / "engines" / "preview" / "settings.py"
    edit(preset, '"opens_too_little": {"strength": 1.35}', '"opens_too_little": {"strength": 1.4}')
    planned = job.plan()
    assert planned.jobs["draft"] == 1
    assert not {"bake", "guard", "normalize"} & set(planned.jobs)


def test_a_new_column_of_the_cut_table_encodes_nothing(
    finished: Job, project: Path, tmp_path: Path
) -> None:
    job = Job(finished.copy(tmp_path / "job").folder, project / "Snakefile")
    table = project / LIBRARY / "core" / "cut_table.py"
    edit(table, "from dataclasses import", "# A new column.\nfrom dataclasses import")
    done = job.run()
    assert done.code == 0, done.output
    assert set(done.jobs) == TABLE_JOBS


def test_a_note_joins_no_film_again(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    columns = "video\tlanguage\tcut\tdecision\tnote"
    job.write("decisions.tsv", columns, "v\ten\t000000-000049\t\tlips are late")
    assert set(job.plan().jobs) == TABLE_JOBS


def test_edits_of_messages_and_the_command_line_redo_nothing(
    finished: Job, project: Path, tmp_path: Path
) -> None:
    job = Job(finished.copy(tmp_path / "job").folder, project / "Snakefile")
    for module in (
        *("core/errors.py", "core/jobs.py", "cli/app.py", "weights/download.py", "core/locks.py"),
        *("runs/recorder.py", "runs/prometheus.py"),
    ):
        with (project / LIBRARY / module).open("a") as file:
            file.write("\n# An edit.\n")
    assert job.plan().nothing_to_do


def test_settings_that_the_judge_does_not_read_redo_no_draft(retried: Job, tmp_path: Path) -> None:
    """With retries, drafts depend only on the limits that the judge reads."""
    job = retried.copy(tmp_path / "job")
    scorers = "aperture: {min_confidence: 0.9}, embedded: {speaking_s: 2.0}"
    configured(job, f"gate: {{deliver: {{review: passthrough}}, scorers: {{{scorers}}}}}")
    assert not {"draft", "score", "bake"} & set(job.plan().jobs)


def test_a_limit_that_the_judge_reads_redoes_drafts(retried: Job, tmp_path: Path) -> None:
    job = retried.copy(tmp_path / "job")
    configured(job, "gate: {scorers: {embedded: {min_confidence: 0.2}}}")
    assert job.plan().jobs["draft"] == 1


def test_a_new_version_of_a_package_redoes_what_it_computes(
    finished: Job, project: Path, tmp_path: Path
) -> None:
    job = Job(finished.copy(tmp_path / "job").folder, project / "Snakefile")
    edit(
        project / LIBRARY / "core" / "codeversion.py",
        'return version(distribution).partition("+")[0]',
        'return "9.9" if distribution == "silero-vad" else version(distribution).partition("+")[0]',
    )
    planned = set(job.plan().jobs)
    assert {"guard", "faces", "gate"} <= planned
    assert not {"normalize", "cuts", "original"} & planned


def test_the_row_of_a_cut_has_the_versions_of_packages(finished: Job) -> None:
    good, _ = finished.cuts()
    assert '"av": "' in good["packages"] and '"silero-vad": "' in good["packages"]


def dub_of(job: Job) -> Path:
    return job.folder / "en.wav"


def test_a_dub_that_is_replaced_by_an_older_file_is_noticed(finished: Job, tmp_path: Path) -> None:
    """As by unzip, `rsync -a` or `cp -p`, which keep the time of the other file."""
    job = finished.copy(tmp_path / "job")
    dub = dub_of(job)
    data = bytearray(dub.read_bytes())
    data[-2000:] = bytes(2000)
    before = dub.stat().st_mtime
    dub.write_bytes(data)
    os.utime(dub, (before - 5000, before - 5000))
    planned = set(job.plan().jobs)
    assert {"dub", "speech"} <= planned
    assert not {"normalize", "guard", "bake"} & planned


def test_touched_files_redo_nothing(finished: Job, tmp_path: Path) -> None:
    """Nor in the whole project, of which test_user_files.py makes two files."""
    job = finished.copy(tmp_path / "job")
    now = time.time()
    for touched in (now, now + 86400 * 400):
        for path in job.folder.iterdir():
            if path.suffix in (".wav", ".mp4"):
                os.utime(path, (touched, touched))
        assert job.plan().nothing_to_do
