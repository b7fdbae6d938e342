"""The workflow that submits Slurm's jobs, as Snakemake plans it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mouthpiece.cluster.outer import SNAKEFILE
from mouthpiece.cluster.run_file import FILE, ClusterRun, Needs, VideoWork


@pytest.mark.slow  # it runs Snakemake
def test_only_a_video_in_shards_waits_for_its_plan(tmp_path: Path) -> None:
    """Of 300 short films, a look at all jobs after each took 30 of 49 CPU s, and 390 MB."""
    needs = {kind: Needs(1, 1000, 30) for kind in ("prepare", "cuts", "film")}
    lengths = {"short": True, "long": False}
    videos = {name: VideoWork(["de"], short, 1.0, 1.0, needs) for name, short in lengths.items()}
    ClusterRun("t", videos=videos).write(tmp_path / FILE)
    command = [sys.executable, "-m", "snakemake", "-s", str(SNAKEFILE), "-n", "--cores", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    found = re.findall(r"rule video:\n    input: (.+)\n    output: .*/(\w+)\.done", done.stdout)
    assert {video: inputs.count("TBD") for inputs, video in found} == {"short": 0, "long": 1}
