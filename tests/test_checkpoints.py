"""What Snakemake knows of a checkpoint that was to run and is spared: `rules/lib/scheduler.smk`."""

import subprocess
import sys
from pathlib import Path

import pytest

from places import ROOT

SNAKEFILE = f"""
from pathlib import Path

include: "{ROOT}/rules/lib/scheduler.smk"

onstart:
    if config["looks"]:
        look_at_spared_checkpoints()

def found_by_first(wildcards):
    return Path(checkpoints.first.get().output[0]).read_text().split()

def found_by_second(wildcards):
    return Path(checkpoints.second.get().output[0]).read_text().split()

rule all:
    input: found_by_first, "second.txt"

checkpoint first:
    output: "first.txt"
    params: version=config["version"]
    shell: "echo joined.txt > {{output}}"

checkpoint second:
    input: "first.txt"
    output: "second.txt"
    shell: "echo one.part > {{output}}"

rule part:
    output: "{{name}}.part"
    shell: "echo a part > {{output}}"

rule join:
    input: found_by_second
    output: "joined.txt"
    shell: "cp {{input}} {{output}}; echo {{input}} >> runs.txt"
"""


@pytest.mark.parametrize("looks", [True, False])
def test_what_a_spared_checkpoint_found_is_known(tmp_path: Path, looks: bool) -> None:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    for version in (1, 2):
        subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", "1", "--config", f"version={version}",
             f"looks={looks}"],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip
        (tmp_path / "joined.txt").unlink()  # so that it is wanted once more
    runs = (tmp_path / "runs.txt").read_text().split()
    # The last one is what Snakemake does by itself. Once that is mended, so much of ours can go.
    assert runs == ["one.part", "one.part" if looks else "second.txt"]
