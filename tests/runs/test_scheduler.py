"""How often Snakemake's scheduler looks at the jobs that are ready."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from places import ROOT

JOBS = 8
WORKFLOW = """
include: "{library}"

onstart:
    look_when_jobs_end()

rule all:
    input: expand("{{n}}", n=range({jobs}))

rule wait:
    output: "{{n}}"
    shell: "sleep 0.4; touch {{output}}"
"""


@pytest.mark.slow  # it runs Snakemake
def test_the_scheduler_looks_once_for_each_job_that_ends(tmp_path: Path) -> None:
    library = ROOT / "rules" / "lib" / "scheduler.smk"
    (tmp_path / "Snakefile").write_text(WORKFLOW.format(library=library, jobs=JOBS))
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--verbose"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True, env=os.environ
    )
    assert (done.stdout + done.stderr).count("Ready jobs: ") <= JOBS + 1


def test_the_workflow_has_this_scheduler() -> None:
    assert "onstart:\n    look_when_jobs_end()\n" in (ROOT / "Snakefile").read_text()
