"""1,000 damaged configs: each is read, or refused in sentences that name file and key, at once."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from mouthpiece.calibration.gate import read_gate
from mouthpiece.project.config_file import read_config
from mouthpiece.project.explain import keys
from mouthpiece.project.project import Project
from mouthpiece.project.settings import Settings

from .mutations import SPECIAL_TEXTS, mutated, mutated_text
from .refusal import refusal

INPUTS = 500
LONGEST_MESSAGE = 10_000
KEYS = [*keys(Settings)]
VALUES = [
    float("nan"),
    float("inf"),
    -1,
    0,
    1,
    10**400,
    1e308,
    True,
    False,
    None,
    "",
    "off",
    "source",
    [],
    {},
    [1],
    {"a": 1},
    ["x"],
    "25/0",
    "1e999999999",
    "standard",
    "~nouser/x",
    "x" * 300,
    "a\0b",
    b"\xff",
    *SPECIAL_TEXTS,
]
BASE = yaml.safe_dump(
    {
        "videos": "videos.tsv",
        "dubs": "dubs.tsv",
        "decisions": "",
        "engine": "preview",
        "normalize": {"frame_rate": "30000/1001", "crf": 4},
        "cuts": {"max_s": 60, "detector": "adaptive"},
        "guard": {"min_face_px": 64.0, "face": "left"},
        "engines": {
            "preview": {"preset": "opens_too_little", "strength": 1.1},
            "musetalk": {"models": "", "threads": 4},
        },
        "gate": {
            "scorer": "embedded",
            "scorers": {"embedded": {"min_confidence": 0.3, "fail_confidence": 0.1}},
        },
        "retry": {"presets": ["opens_too_much"], "correct_offset": True},
        "faults": {"max_share": 0.2},
    }
)


def default(*path: str) -> Any:
    value: Any = Settings(videos="videos.tsv", dubs="dubs.tsv").model_dump(mode="json")
    for name in path:
        value = value[name]
    return value


def with_values(draw: random.Random) -> str:
    """The config with some keys set to special values."""
    config = yaml.safe_load(BASE)
    for _ in range(draw.randint(1, 3)):
        section: Any = config
        *outer, name = draw.choice(KEYS).split(".")
        for part in outer:
            section = section.setdefault(part, {}) if isinstance(section, dict) else {}
        if isinstance(section, dict):
            value = default(*outer, name) if draw.random() < 0.5 else draw.choice(VALUES)
            section[name if draw.random() < 0.95 else mutated_text(draw, name, 1)] = value
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


def content_of(draw: random.Random) -> bytes:
    text = with_values(draw) if draw.random() < 0.5 else BASE
    if text is BASE or draw.random() < 0.3:
        text = mutated_text(draw, text)
    content = text.encode(draw.choice(["utf-8"] * 8 + ["utf-16", "latin-1"]), "replace")
    return mutated(draw, content) if draw.random() < 0.2 else content


def opened(file: Path) -> None:
    Project.open(read_config([file]), [file])


@pytest.mark.parametrize("read", [opened, lambda file: read_gate([file])], ids=["project", "gate"])
def test_a_damaged_config_is_read_or_refused(read, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.mp4").touch()
    (tmp_path / "videos.tsv").write_text("video\tpath\tconsent\na\ta.mp4\tby letter\n")
    (tmp_path / "dubs.tsv").write_text("video\tlanguage\taudio\na\tde\ta.mp4\n")
    draw = random.Random("configs of 2026-11-27")
    file = tmp_path / "job.yaml"
    outcomes: Counter[str] = Counter()
    for number in range(INPUTS):
        content = content_of(draw)
        file.write_bytes(content)
        message = refusal(lambda: read(file), number, content, LONGEST_MESSAGE)
        outcomes["refused" if message else "read"] += 1
    assert outcomes["read"] > 10 and outcomes["refused"] > 10, outcomes
