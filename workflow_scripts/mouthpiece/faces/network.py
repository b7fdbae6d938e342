"""Loading MediaPipe's networks, which LiteRT runs."""

import contextlib
import functools
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ..weights.find import verified_weight_path
from ..weights.version import fingerprint

GREETING = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"

STANDARD_ERROR = 2

KEPT = 8
"""Interpreters that a process keeps: two networks for each of some threads."""


def interpreter(name: str, threads: int) -> Interpreter:
    """Load a network, once for each thread that uses it.

    An interpreter keeps the input and output of its last run, and nothing else: whoever sets the
    input and reads the output before another run gets what an interpreter of its own would give.

    Args:
        name: Its file in weights.tsv.
        threads: CPU threads.

    Returns:
        An interpreter with allocated tensors.

    Raises:
        InputError: If the file is missing.
        Fault: If it is not the published one.
    """
    path = verified_weight_path(name)
    return _loaded(path, fingerprint(path), threads, threading.get_ident())


@functools.lru_cache(KEPT)
def _loaded(path: Path, _sha256: str, threads: int, _thread: int) -> Interpreter:
    with _without_greeting():
        interpreter = Interpreter(model_path=str(path), num_threads=threads)
        interpreter.allocate_tensors()
    return interpreter


@contextlib.contextmanager
def _without_greeting() -> Iterator[None]:
    """Keep LiteRT's greeting off the terminal, which no option turns off.

    What else is written to standard error meanwhile is written after it. Where other threads are
    there it is left alone: a process that they begin would keep the file in its place.
    """
    if threading.active_count() > 1:
        yield
        return
    with os.fdopen(os.memfd_create("standard-error"), "r+b") as written:
        terminal = os.dup(STANDARD_ERROR)
        os.dup2(written.fileno(), STANDARD_ERROR)
        try:
            yield
        finally:
            os.dup2(terminal, STANDARD_ERROR)
            os.close(terminal)
            written.seek(0)
            if told := written.read().replace(GREETING, b""):
                os.write(STANDARD_ERROR, told)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities.

    Args:
        logits: Any shape, float.

    Returns:
        Values in [0, 1] of the same shape, float64.
    """
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
