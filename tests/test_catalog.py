"""What the Snakemake workflow catalog looks for in a repository, to list its workflow as standard.

As its `generate-catalog.py` and "Adding workflows" have it: where files are, the settings,
and what `snakefmt --check` says. `snakemake --lint` is run by `tests/e2e/test_project_files.py`.
"""

import subprocess
import sys

import yaml

from places import ROOT


def test_the_readme_is_found_by_the_catalog_s_search() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in text and "workflow" in text


def test_the_workflow_is_where_it_is_looked_for() -> None:
    """In workflow/, for the standardized usage; rules beside it, where there are any, are .smk."""
    assert (ROOT / "workflow" / "Snakefile").is_file()
    for folder in (ROOT / "rules", ROOT / "workflow" / "rules"):
        assert not folder.is_dir() or list(folder.glob("*.smk"))


def test_the_config_is_explained() -> None:
    text = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) > 20


def test_the_settings_are_what_the_catalog_reads() -> None:
    text = (ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8")
    usage = yaml.safe_load(text)["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment", "report"}
    assert set(usage["mandatory-flags"]) == {"desc", "flags"}
    assert isinstance(usage["mandatory-flags"]["flags"], str | list)
    deployments = usage["software-stack-deployment"]
    assert set(deployments) == {"conda", "apptainer", "apptainer+conda"}
    assert all(isinstance(value, bool) for value in (*deployments.values(), usage["report"]))
    assert deployments["conda"] is (ROOT / "envs" / "mouthpiece.yaml").is_file()


def test_the_rules_are_formatted() -> None:
    files = [*(ROOT / "rules").rglob("*.smk"), ROOT / "Snakefile", ROOT / "workflow" / "Snakefile"]
    done = subprocess.run(
        [sys.executable, "-m", "snakefmt.snakefmt", "--check", *files],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
