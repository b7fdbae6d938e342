"""Names of jobs, against the installed executor plugin."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import snakemake_executor_plugin_slurm as plugin
from pydantic import ValidationError
from snakemake_executor_plugin_slurm import ExecutorSettings

from mouthpiece.cluster.job_names import LONGEST, job_name, name_jobs
from mouthpiece.cluster.outer import outer_command
from mouthpiece.cluster.run_file import job_mark
from mouthpiece.config.cluster import Cluster
from mouthpiece.runs.process import Command


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The plugin as it was."""
    names = ("get_submit_command", "query_job_status_squeue", "query_job_status_sacct")
    before = {name: getattr(plugin, name) for name in names}
    yield
    for name, function in before.items():
        setattr(plugin, name, function)


def test_a_name_shows_video_stage_and_shard() -> None:
    assert job_name("cuts", "talk", "2of7", "@1f") == "talk.cuts.2of7@1f"
    assert job_name("prepare", "talk", "", "@1f") == "talk.prepare@1f"
    assert len(job_name("film", "x" * 300, "de", "@1f")) == LONGEST + 3


def submitted(settings: object = None) -> str:
    """How the plugin submits a shard."""
    job = SimpleNamespace(
        rule=SimpleNamespace(name="cuts"),
        wildcards_dict={"video": "talk", "shard": "2of7"},
        threads=2,
        resources={"runtime": 30, "mem_mb": 100, "gpu": 0},
        is_group=lambda: False,
    )
    job.resources = type("Resources", (dict,), {"__getattr__": dict.__getitem__})(job.resources)
    params = {"run_uuid": "a-uuid", "slurm_logfile": "log", "comment_str": "rule_cuts"}
    params |= {"account": "-A film", "partition": "", "workdir": "."}
    return str(plugin.get_submit_command(job, params, settings=settings))


def test_the_plugin_submits_by_that_name_and_asks_for_all_jobs(tmp_path: Path) -> None:
    name_jobs(tmp_path)
    call = submitted()
    assert "--comment rule_cuts " in call
    assert f"--job-name talk.cuts.2of7{job_mark(tmp_path)} " in call
    squeue = plugin.query_job_status_squeue("a-uuid")
    assert "--user" in squeue and "a-uuid" not in squeue and "--states=all" in squeue
    sacct = plugin.query_job_status_sacct("a-uuid")
    assert "--user" in sacct and "a-uuid" not in sacct


def test_what_the_executor_calls_is_what_is_replaced() -> None:
    """The names are looked up in the plugin's module when a job is submitted or asked for."""
    source = Path(plugin.__file__).read_text(encoding="utf-8")
    assert "call = get_submit_command(\n" in source
    assert "query_job_status_squeue(self.run_uuid)" in source


def test_what_accounting_asks_for_is_handed_on(tmp_path: Path) -> None:
    name_jobs(tmp_path, "project=42; film")
    given = Cluster(qos="high", reservation="night")
    words = outer_command(Command(tmp_path), tmp_path, 9, given).extra
    assert list(words) == ["--slurm-qos", "high", "--slurm-reservation", "night"]
    settings = ExecutorSettings(
        **{  # as Snakemake reads these options
            option.removeprefix("--slurm-"): value
            for option, value in zip(words[::2], words[1::2], strict=True)
        }
    )
    call = submitted(settings)
    for option in ("--comment 'project=42; film'", "-A film", "--qos=high", "--reservation=night"):
        assert option in call
    with pytest.raises(ValidationError):
        Cluster(comment="$(id)")
