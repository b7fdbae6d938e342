"""`mouthpiece run` and `localize`: what they check, how they call Snakemake, how they end."""

import sys
import tempfile
from pathlib import Path

import pytest

from cut_rows import row
from mouthpiece.cli.app import main
from mouthpiece.cli.display import PlainDisplay
from mouthpiece.core.cut_table import write_rows
from mouthpiece.runs import process
from places import ROOT

FAKE = (sys.executable, str(ROOT / "tests" / "runs" / "fake_snakemake.py"))

CUT = "000000-000049"

DRAFTED = f"""
say("warning", message="a weight is missing")
say("warning", message="a weight is missing")
say("jobs", jobs=[["draft", dict(video="v", language="de", cut="{CUT}")]])
start(1, "draft", video="v", language="de", cut="{CUT}")
print("Snakemake's own words")
"""


@pytest.fixture(autouse=True)
def job(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project in the working folder; a script stands in for Snakemake.

    What killed runs left for a run to remove is not there, whatever other tests kill meanwhile.
    """
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr(process, "SNAKEMAKE", FAKE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.mp4").touch()
    (tmp_path / "de.wav").touch()
    (tmp_path / "videos.tsv").write_text("video\tpath\tconsent\nv\tv.mp4\tby letter\n")
    (tmp_path / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tde.wav\n")
    (tmp_path / "config.yaml").write_text("videos: videos.tsv\ndubs: dubs.tsv\n")
    return tmp_path


def make(folder: Path, script: str) -> None:
    (folder / "fake.py").write_text(script, encoding="utf-8")


def finish(folder: Path, *rows) -> None:
    """What a run leaves of a film."""
    film = folder / "results" / "v" / "de"
    (film / "review").mkdir(parents=True)
    write_rows(list(rows), film / "cuts.tsv")
    (film / "v.de.mp4").touch()
    (film / "review" / "index.html").touch()


def test_a_run_that_succeeds(job: Path, capsys, monkeypatch) -> None:
    renew = PlainDisplay.renew

    def renewed(display: PlainDisplay) -> None:
        renew(display)
        if display._told:
            (job / "told").touch()

    monkeypatch.setattr(PlainDisplay, "renew", renewed)
    wait = 'while not Path("told").exists(): time.sleep(0.02)\n'
    make(job, DRAFTED + wait + 'say("finished", job=1)')
    finish(job, row(0, gate="pass"), row(1, gate="review"), row(2, guard_reasons="no_face=0"))
    assert main(["run"]) == 0
    out, err = capsys.readouterr()
    assert "1 in sync, 1 doubtful, 1 passed through (1 no face)" in out
    assert "results/v/de/v.de.mp4" in out and "results/v/de/review/index.html" in out
    assert "Next: 1 cut wants a decision: mouthpiece review\n" in out
    assert "Run time: " in out
    assert err.count("a weight is missing") == 1
    assert "v de: drawing, 0 of 1 cut\n" in err and "v de: done, 1 of 1 cut" in err
    assert "own words" not in out + err
    (log,) = (job / "logs" / "snakemake").iterdir()
    assert "Snakemake's own words" in log.read_text() and f"Log: {log.relative_to(job)}" in out


def test_where_everything_is_made_it_says_so(job: Path, capsys) -> None:
    make(job, "")
    finish(job, row(0, gate="pass"))
    assert main(["run"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Nothing to do: everything is made.\n\nv de: 1 cut\n") and not err


def test_verbose_shows_snakemake_s_words_in_place_of_the_display(job: Path, capfd) -> None:
    make(job, DRAFTED + 'say("finished", job=1)')
    assert main(["run", "--verbose"]) == 0
    out, err = capfd.readouterr()
    assert "Snakemake's own words" in out and "drawing" not in err
    assert not (job / "logs").exists()


def test_one_error_is_one_message(job: Path, capsys) -> None:
    log = f"logs/v/de/{CUT}/draft.log"
    (job / log).parent.mkdir(parents=True)
    (job / log).write_text(
        "2026-01-01 00:00:00,000 ERROR mouthpiece.core.jobs: Traceback (most recent call last):\n"
        '  File "x.py", line 1, in draft\n'
        "2026-01-01 00:00:00,000 ERROR mouthpiece.core.jobs: out of memory at batch 1\n"
    )
    make(
        job,
        DRAFTED
        + f"""
say("error", kind="RuleException", message="RuleException:\\nCalledProcessError in tmpx.draft.py")
fail(1, "draft", "{log}")
say("error", kind="WorkflowError", message="WorkflowError:\\nAt least one job did not complete.")
sys.exit(4)
""",
    )
    assert main(["run", "--cores", "2"]) == 4
    out, err = capsys.readouterr()
    assert err.count("error: ") == 1
    assert "error: out of memory at batch 1\n" in err
    assert f"in draft of v de {CUT}; log: {log}\n" in err
    assert "the whole log: logs/snakemake/" in err
    assert "Next: remove the cause, then mouthpiece run " in out and "v de: not made" in out
    for word in ("WorkflowError", "tmp", "Traceback", 'File "'):
        assert word not in out + err


def test_a_bad_dub_is_told_at_once_where_other_films_go_on(job: Path, capsys) -> None:
    (job / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tde.wav\nv\tfr\tde.wav\n")
    log = job / "logs" / "v" / "de" / "dub.log"
    log.parent.mkdir(parents=True)
    log.write_text("2026-01-01 00:00:00,000 ERROR mouthpiece.core.jobs: the dub is silent\n")
    script = """
say("jobs", jobs=[["dub", dict(video="v", language="de")]])
start(1, "dub", video="v", language="de")
fail(1, "dub", "logs/v/de/dub.log")
sys.exit(1)
"""
    make(job, script)
    assert main(["run"]) == 1
    _, err = capsys.readouterr()
    assert err.count("v de cannot be made: the dub is silent\n") == 1
    assert err.index("v de cannot be made") < err.index("error: the dub is silent\n")


def test_what_snakemake_stops_for_is_said_plainly(job: Path, capsys) -> None:
    message = 'WorkflowError in file "/x/project.smk", line 3:\\nanother run is at work in results/'
    make(job, f'say("error", kind="WorkflowError", message=\'{message}\')\nsys.exit(1)')
    assert main(["run"]) == 1
    assert "error: another run is at work in results/\n" in capsys.readouterr().err


def test_an_end_that_nothing_explains_is_told_with_its_last_words(job: Path, capsys) -> None:
    make(job, 'print("snakemake: error: unrecognized arguments: --foo\\n")\nsys.exit(2)')
    assert main(["run", "--", "--foo"]) == 2
    err = capsys.readouterr().err
    assert "error: Snakemake ended with code 2: snakemake: error: unrecognized arguments" in err


def test_what_is_wrong_is_found_before_snakemake_starts(job: Path, capsys, caplog) -> None:
    make(job, "raise SystemExit('started')")
    table = (job / "dubs.tsv").read_text()
    (job / "dubs.tsv").write_text(table.replace("\tde\t", "\tklingonish\t"))
    assert main(["run"]) == 1
    assert "dubs.tsv, row 2, column language: 'klingonish' is not allowed" in caplog.text
    assert main(["run", "--", "--config", "dubs=other.tsv"]) == 1  # which another table may correct
    assert "started" in capsys.readouterr().err
    assert main(["run", "--config", "no.yaml"]) == 1
    assert "no.yaml: there is no such file" in caplog.text
    (job / "config.yaml").unlink()
    assert main(["run"]) == 1
    assert "no config.yaml and no config/config.yaml; name one with --config" in caplog.text


def test_the_configs_and_what_follows_are_passed_on(job: Path, capsys) -> None:
    make(job, "Path('seen').write_text(' '.join(sys.argv[1:]))")
    (job / "more.yaml").write_text("engine: preview\n")
    more = ["--config", "config.yaml", "--config", "more.yaml", "--cores", "3"]
    assert main(["run", *more, "--", "--forcerun", "draft"]) == 0
    seen = (job / "seen").read_text()
    assert "--configfile config.yaml more.yaml --cores 3 --logger mouthpiece" in seen
    assert seen.endswith("--forcerun draft")
    (job / "config").mkdir()
    (job / "config" / "config.yaml").write_text("videos: ../videos.tsv\ndubs: ../dubs.tsv\n")
    assert main(["run"]) == 0
    assert "--configfile" not in (job / "seen").read_text()
    (job / "profiles" / "own").mkdir(parents=True)
    (job / "profiles" / "own" / "config.yaml").write_text("jobs: 2\n")
    assert main(["run", "--profile", "own"]) == 0
    assert "/profiles/own" in (job / "seen").read_text()
    assert main(["run", "--profile", "slum"]) == 1


@pytest.mark.parametrize("option", ["--partition", "--account", "--shard-minutes"])
def test_an_option_of_slurm_does_not_run_here(option: str, job: Path, caplog) -> None:
    make(job, 'Path("seen").touch()')
    assert main(["run", option, "5"]) == 1
    assert f"error: {option}: is for a run on Slurm; add --slurm" in caplog.text
    assert not (job / "seen").exists()


HOSTED = """
engines:
  hosted: {service: sync, model: lipsync-2, price_per_run_usd: 0.1, budget_usd: 5}
"""
SUBMITTING = (
    *(["--slurm"], ["--slurm", "--dry-run"], ["--profile", "slurm"]),
    ["--slurm", "--profile", "./own"],
)


@pytest.mark.parametrize("of", ["engine: hosted", "final: {engine: hosted}", "cut"])
@pytest.mark.parametrize("words", SUBMITTING, ids=" ".join)
def test_a_service_is_not_paid_from_several_machines(
    words: list[str], of: str, job: Path, caplog
) -> None:
    make(job, 'Path("seen").touch()')
    (job / "own").mkdir()
    (job / "own" / "config.yaml").write_text("executor: slurm\njobs: 2\n")
    config = (job / "config.yaml").read_text() + HOSTED
    if of == "cut":
        rows = "video\tlanguage\tcut\tsetting\tvalue\nv\t*\t000000-000009\tengine\thosted\n"
        (job / "overrides.tsv").write_text(rows)
        of = "overrides: overrides.tsv"
    (job / "config.yaml").write_text(f"{config}{of}\n")
    assert main(["run", *words]) == 1
    assert "error: v de: the engine hosted buys on one machine alone" in caplog.text
    assert not (job / "seen").exists()
    assert main(["run"]) == 0


def test_a_dry_run_tells_the_jobs(job: Path, capsys) -> None:
    make(job, 'say("plan", jobs={"normalize": 1, "cuts": 1, "all": 1})')
    assert main(["run", "-n"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 jobs to do:",
        "  normalize  1",
        "  cuts       1",
        "More follow as soon as the cuts are known.",
    ]
    assert not (job / "logs").exists()
    make(job, "")
    assert main(["run", "-n"]) == 0
    assert "Nothing to do" in capsys.readouterr().out


def test_a_run_that_is_stopped_says_how_to_go_on(job: Path, capsys) -> None:
    make(
        job,
        DRAFTED
        + """
import os, signal
signal.signal(signal.SIGINT, lambda *_: sys.exit(1))
os.kill(os.getppid(), signal.SIGINT)
time.sleep(30)
""",
    )
    assert main(["run"]) == 1
    out, err = capsys.readouterr()
    assert "Stopped. Next: mouthpiece run   (it goes on from here)" in out
    assert "error" not in err and "v de: stopped" in err


FILM = ["localize", "v.mp4", "--dub", "de=de.wav", "--consent", "by letter, in the folder"]


def test_localize_lays_out_a_folder_and_runs_there(job: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(process, "SNAKEMAKE", (*FAKE[:1], "-c", "import sys; print(sys.argv)"))
    assert main([*FILM, "--out", "job", "--length-policy", "pad"]) == 0
    (log,) = (job / "job" / "logs" / "snakemake").iterdir()
    assert "'--configfile', 'config.yaml'" in log.read_text()
    assert "pad" in (job / "job" / "dubs.tsv").read_text()
    assert f"Log: job/{log.relative_to(job / 'job')}" in capsys.readouterr().out
    assert main(FILM) == 0
    assert (job / "v" / "config.yaml").is_file()
    assert main(["localize", "v.mp4", "--dub", "fr=de.wav", "-n"]) == 0
    assert "fr" in (job / "v" / "dubs.tsv").read_text()


def test_localize_makes_dubs_where_none_is_given(job: Path, monkeypatch) -> None:
    monkeypatch.setattr(process, "SNAKEMAKE", (*FAKE[:1], "-c", "import sys; print(sys.argv)"))
    monkeypatch.setattr("mouthpiece.runs.folder.check_weights", lambda folder, project: None)
    film = ["localize", "v.mp4", "--to", "pt-BR", "--to", "es", "--language", "en"]
    assert main([*film, "--consent", "by letter, in the folder"]) == 0
    assert "v\tpt-BR\nv\tes\n" in (job / "v" / "dubs.tsv").read_text()
    assert "\ten\n" in (job / "v" / "videos.tsv").read_text()


def test_a_consent_is_asked_for_on_a_terminal_alone(job: Path, monkeypatch, caplog) -> None:
    monkeypatch.setattr(process, "SNAKEMAKE", (*FAKE[:1], "-c", "import sys; print(sys.argv)"))
    monkeypatch.setattr("mouthpiece.runs.folder.check_weights", lambda folder, project: None)
    assert main(["localize", "v.mp4", "--to", "pt-BR"]) == 1
    assert "no consent: say with --consent" in caplog.messages[-1]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda text: "by letter, in the folder")
    assert main(["localize", "v.mp4", "--to", "pt-BR"]) == 0
    assert "by letter, in the folder" in (job / "v" / "videos.tsv").read_text()


def test_localize_heeds_no_config_of_the_folder_it_is_started_in(job: Path, monkeypatch) -> None:
    monkeypatch.setattr(process, "SNAKEMAKE", (*FAKE[:1], "-c", "import sys; print(sys.argv)"))
    (job / "config").mkdir(exist_ok=True)
    (job / "config" / "config.yaml").write_text("videos: other.tsv\ndubs: other.tsv\n")
    assert main([*FILM, "--out", "elsewhere"]) == 0
    (job / "elsewhere" / "config").mkdir()
    (job / "elsewhere" / "config.yaml").rename(job / "elsewhere" / "config" / "config.yaml")
    for table in ("videos.tsv", "dubs.tsv"):
        (job / "elsewhere" / table).rename(job / "elsewhere" / "config" / table)
    assert main([*FILM, "--out", "elsewhere"]) == 0


@pytest.mark.parametrize("cores", ["0", "-1", "1.5", "x", "", "9" * 5000, "٣", "1e3"])
def test_cores_are_a_number_or_all(job: Path, capsys, cores: str) -> None:
    assert main([*FILM, "--out", "elsewhere", "--cores", cores]) == 2
    assert "neither a number from 1 nor 'all'" in " ".join(
        capsys.readouterr().err.replace("│", "").split()
    )
    assert not (job / "elsewhere").exists()


def test_localize_says_how_to_go_on_from_elsewhere(job: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(process, "SNAKEMAKE", (*FAKE[:1], "-c", "raise SystemExit(3)"))
    assert main([*FILM, "--out", "my job"]) == 3
    assert "Next: remove the cause, then cd 'my job' && mouthpiece run " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--dub", "de.wav"], "--dub de.wav: wanted LANGUAGE=SOUND, such as --dub de=dub.wav"),
        (["--dub", "de="], "--dub de=: wanted LANGUAGE=SOUND"),
        (["--dub", "de=de.wav", "--dub", "de=v.mp4"], "de is named twice"),
        (["--dub", "de=no.wav"], "there is no file 'no.wav'"),
        (["--dub", "de=de.wav"], "no consent: say with --consent"),
        ([], "no dub: name one with --dub"),
    ],
)
def test_what_localize_cannot_do_is_one_message(
    job: Path, caplog, options: list[str], message: str
) -> None:
    assert main(["localize", "v.mp4", *options]) == 1
    (said,) = caplog.messages
    assert said.startswith("error: ") and message in said and "\n" not in said
    assert not (job / "v").exists()


def test_check_tells_of_each_film_and_makes_none(job: Path, capsys) -> None:
    (job / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tde.wav\nv\tfr\tfr.wav\n")
    films = '{"de": {"dub_s": 2.0}, "fr": {"problem": "dubs.tsv, row 3: no file"}}'
    script = f"""
assert sys.argv[-3:] == ["checks", "--forcerun", "check"]
from pathlib import Path
facts = Path("results/v/_shared/check.json")
facts.parent.mkdir(parents=True)
facts.write_text('{{"films": {films}}}')
"""
    make(job, script)
    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert out == "v de: ok\nv fr: dubs.tsv, row 3: no file\n1 film can be made, 1 cannot\n"
    assert err == ""


def test_check_tells_what_is_odd_in_the_scripts_of_a_film(job: Path, capsys) -> None:
    notes = '{"de.srt": [{"code": "script_cues_overlap", "cues": 2, "first_cue": 3}]}'
    script = f"""
from pathlib import Path
facts = Path("results/v/_shared/check.json")
facts.parent.mkdir(parents=True)
facts.write_text('{{"films": {{"de": {{"notes": {notes}}}}}}}')
"""
    make(job, script)
    assert main(["check"]) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert (first, last) == ("v de: ok", "1 film can be made, 0 cannot")
    assert second.startswith("  note: de.srt: Cues of the script that begin before the one before")


def test_check_says_why_no_film_of_a_video_can_be_made(job: Path, capsys) -> None:
    log = job / "logs" / "v" / "check.log"
    log.parent.mkdir(parents=True)
    log.write_text("2026-01-01 00:00:00,000 ERROR mouthpiece.core.jobs: v.mp4: no video\n")
    make(job, 'start(1, "check", video="v")\nfail(1, "check", "logs/v/check.log")\nsys.exit(1)')
    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert "0 films can be made, 1 cannot" in out
    assert "error: v.mp4: no video\n  in check of v; log: logs/v/check.log" in err
