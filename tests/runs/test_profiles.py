"""Profiles are found from any folder, and never give a job less than its rule asks for."""

import re
from pathlib import Path

import pytest
import yaml

from mouthpiece.core.errors import InputError
from mouthpiece.runs.process import Command
from mouthpiece.runs.profiles import find_profile
from places import ROOT

PROFILES = sorted((ROOT / "profiles").glob("*/config.yaml"))
RULE = re.compile(r"^(?:rule|checkpoint) (\w+):\n((?:(?: .*)?\n)*)", re.M)
HOUR = 60


def rules() -> dict[str, str]:
    """The text of each rule, by its name."""
    text = "\n".join(path.read_text() for path in sorted((ROOT / "rules").glob("*.smk")))
    return dict(RULE.findall(text))


def longest(rule: str) -> int:
    """The time limit of a rule's last attempt, in minutes."""
    found = re.search(r"runtime=(minutes\()?(\d+)", rules()[rule])
    assert found, rule
    return int(found[2]) * (2 if found[1] else 1)


def test_a_profile_is_found_from_any_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slurm").mkdir()  # some folder of the user's
    assert find_profile("slurm", tmp_path) == ROOT / "profiles" / "slurm"
    own = tmp_path / "profiles" / "slurm"
    own.mkdir(parents=True)
    (own / "config.yaml").write_text("jobs: 3\n")
    assert find_profile("slurm", tmp_path) == own
    assert find_profile("./profiles/slurm", tmp_path) == own
    assert find_profile(str(own / "config.yaml"), Path("/")) == own / "config.yaml"
    with pytest.raises(InputError, match=r"--profile slum: .* known: default, slurm; or name"):
        find_profile("slum", tmp_path)


def test_a_run_has_the_packaged_profile_unless_another_is_named(tmp_path: Path) -> None:
    words = Command(tmp_path).arguments("x")
    assert words[words.index("--workflow-profile") + 1] == str(ROOT / "profiles" / "default")
    for extra in (["--workflow-profile", "none"], ["--workflow-profile=mine"]):
        words = Command(tmp_path, extra=extra).arguments("x")
        assert sum(word.startswith("--workflow-profile") for word in words) == 1
    (tmp_path / "profiles" / "default").mkdir(parents=True)
    (tmp_path / "profiles" / "default" / "config.yaml").write_text("jobs: 3\n")
    assert str(tmp_path / "profiles" / "default") in Command(tmp_path).arguments("x")


def test_the_catalog_s_snakefile_has_the_profiles_beside_it() -> None:
    assert (ROOT / "workflow" / "profiles" / "default" / "config.yaml").is_file()


def test_every_rule_asks_for_memory_and_time() -> None:
    assert len(rules()) > 15
    for name, text in rules().items():
        if "shell:" in text or "script:" in text:
            assert re.search(r"^ {8}mem_mb=", text, re.M), name
            assert 0 < longest(name) <= HOUR


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.parent.name)
def test_a_profile_lowers_no_limit_of_a_rule(path: Path) -> None:
    """A line of `set-resources` replaces the rule's own, so there is none for memory and time."""
    profile = yaml.safe_load(path.read_text())
    for rule, values in profile.get("set-resources", {}).items():
        assert not {"mem_mb", "mem", "runtime"} & set(values), rule
    assert profile["scheduler"] == "greedy"


def test_slurm_is_asked_by_squeue() -> None:
    """After scancel, sacct says CANCELLED by UID, which the plugin takes for a running job."""
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
    assert profile["slurm-status-command"] == "squeue"
