"""Networks that speak, by onnxruntime."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import Fault

if TYPE_CHECKING:
    import onnxruntime

THREADS = 2
"""A voice gains little from more. Its sound is the same with any number."""

QUIET = 3
"""onnxruntime's level of logging: errors alone."""

LONGEST_REASON = 400


def load_network(path: Path) -> "onnxruntime.InferenceSession":
    """Load a network.

    Args:
        path: An ONNX file.

    Returns:
        The network, on the CPU.

    Raises:
        Fault: It cannot be loaded.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = QUIET
    options.intra_op_num_threads = THREADS
    # Threads that spin while they wait take a third more of the CPU's time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
    except Exception as error:  # it raises errors of many kinds
        reason = " ".join(str(error).split())[:LONGEST_REASON]
        raise Fault(f"{path}: cannot be loaded as a voice: {reason}") from None
