"""Mouthpiece: localize video, cut by cut. This library never imports snakemake.

    import mouthpiece

    result = mouthpiece.localize("talk.mp4", {"de": "de.wav"}, consent="the speaker, by letter")
    avatar = mouthpiece.load_avatar("talk/results/talk/_shared/cuts/000000-000119/avatar.zip")

`docs/api.md` has runnable examples. Nothing heavy is imported before it is used.
"""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api.avatar import Avatar, load_avatar
    from .api.localization import Result, localize
    from .core.errors import Fault, InputError

__all__ = ["Avatar", "Fault", "InputError", "Result", "load_avatar", "localize"]

_HOMES = {
    "Avatar": "api.avatar",
    "Fault": "core.errors",
    "InputError": "core.errors",
    "Result": "api.localization",
    "load_avatar": "api.avatar",
    "localize": "api.localization",
}
"""The module of each public name."""

# Every job has one core unless its rule says more; OpenCV and NumPy's OpenBLAS would take them all.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# ONNX Runtime of PyPI sends events to its maker, and keeps a mark of the machine in `~/.cache`.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    """The public names, and those of modules."""
    return [*globals(), *__all__]
