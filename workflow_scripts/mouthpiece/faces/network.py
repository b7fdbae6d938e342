"""MediaPipe's networks, run by LiteRT."""

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ..weights.find import verified_weight_path


def interpreter(name: str, threads: int) -> Interpreter:
    path: Path = verified_weight_path(name)
    interpreter = Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    return interpreter


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
