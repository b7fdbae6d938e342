"""What the stages of the embedded engine and scorer load, in a process of its own."""

import subprocess
import sys

from places import ROOT

HEAVY = ("torch", "pandas", "snakemake", "scipy", "transformers", "torchvision", "onnxruntime")

STAGES = sorted(
    path.stem
    for path in (ROOT / "workflow_scripts" / "mouthpiece" / "stages").glob("*.py")
    if path.stem != "__init__"
)

PROGRAM = f"""
import importlib, sys
import numpy as np

def heavy():
    return [name for name in {HEAVY} if name in sys.modules]

for stage in {STAGES}:
    importlib.import_module(f"mouthpiece.stages.{{stage}}")
    assert not heavy(), (stage, heavy())

from fractions import Fraction
from mouthpiece.audio.silero import VoiceDetector
from mouthpiece.audio.speech import Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.registry import create_engine, read_settings
from mouthpiece.scorers.registry import create_scorer

sound = np.random.default_rng(0).normal(size=16000).astype(np.float32)
create_engine(read_settings("preview", {{}})).loaded(Speech(sound, 0), Clock(Fraction(25), 0, 25))
create_scorer("embedded").distances(np.zeros((25, 13), np.float32), sound)
assert not heavy(), heavy()
VoiceDetector().hear(sound)
assert heavy() == ["onnxruntime"], heavy()
"""


def test_no_stage_of_the_embedded_engine_loads_torch_or_scipy() -> None:
    command = [sys.executable, "-c", PROGRAM]
    environment = {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
