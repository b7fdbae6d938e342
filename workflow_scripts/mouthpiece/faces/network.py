"""Loading MediaPipe's networks, which LiteRT runs."""

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ..weights.find import verified_weight_path


def interpreter(name: str, threads: int) -> Interpreter:
    """Load a network.

    Args:
        name: Its file in weights.tsv.
        threads: CPU threads.

    Returns:
        An interpreter with allocated tensors.

    Raises:
        InputError: If the file is missing.
        Fault: If it is not the published one.
    """
    path: Path = verified_weight_path(name)
    interpreter = Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    return interpreter


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities.

    Args:
        logits: Any shape, float.

    Returns:
        Values in [0, 1] of the same shape, float64.
    """
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
