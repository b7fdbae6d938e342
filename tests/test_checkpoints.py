"""When Snakemake takes a checkpoint for done: `rules/lib/scheduler.smk`."""

import subprocess
import sys
from pathlib import Path

import pytest

from places import ROOT

SNAKEFILE = f"""
from pathlib import Path

include: "{ROOT}/rules/lib/scheduler.smk"

if config["looks"]:
    look_at_checkpoints_in_time()

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


CHAIN = f"""
from pathlib import Path

include: "{ROOT}/rules/lib/scheduler.smk"

if config["looks"]:
    look_at_checkpoints_in_time()

def parts(wildcards):
    return [f"{{n}}.part" for n in Path(checkpoints.names.get().output[0]).read_text().split()]

def chosen(wildcards):
    return [f"{{n}}.drawn" for n in Path(checkpoints.choice.get().output[0]).read_text().split()]

rule all:
    input: chosen, "choice.txt"

checkpoint names:
    output: "names.txt"
    shell: "echo one two > {{output}}"

rule part:
    output: "{{name}}.part"
    params: version=config["version"]
    shell: "echo {{params.version}} > {{output}}"

checkpoint choice:
    input: parts
    output: "choice.txt"
    params: version=config["version"]
    shell: "sleep 1; test {{params.version}} = 1 && echo one > {{output}} || echo two > {{output}}"

rule draw:
    input: "{{name}}.part"
    output: "{{name}}.drawn"
    shell: "cp {{input}} {{output}}; echo {{wildcards.name}} >> runs.txt"
"""


def run(folder: Path, version: int, looks: bool) -> None:
    subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", "--config", f"version={version}",
         f"looks={looks}"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.mark.parametrize("looks", [True, False])
def test_what_an_old_table_chose_is_not_drawn_beside_the_job_that_chooses_anew(
    tmp_path: Path, looks: bool
) -> None:
    (tmp_path / "Snakefile").write_text(CHAIN)
    for version in (1, 2):
        run(tmp_path, version, looks)
    runs = (tmp_path / "runs.txt").read_text().split()
    # The last one is what Snakemake does by itself. Once that is mended, so much of ours can go.
    assert runs == (["one", "two"] if looks else ["one", "one", "two"])


@pytest.mark.parametrize("looks", [True, False])
def test_what_a_spared_checkpoint_found_is_known(tmp_path: Path, looks: bool) -> None:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    for version in (1, 2):
        run(tmp_path, version, looks)
        (tmp_path / "joined.txt").unlink()  # so that it is wanted once more
    runs = (tmp_path / "runs.txt").read_text().split()
    # The last one is what Snakemake does by itself. Once that is mended, so much of ours can go.
    assert runs == ["one.part", "one.part" if looks else "second.txt"]
