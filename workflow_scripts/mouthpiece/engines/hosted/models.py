"""The models that are known, and what each takes, as their documentation has it.

A model of Replicate says itself what it takes: see `replicate`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SyncMode = Literal["cut_off", "loop", "bounce", "silence", "remap"]

VERSION = re.compile(r"[\w.-]{1,64}/[\w.-]{1,64}:[0-9a-f]{64}")
"""What a model of Replicate is called."""


class Parameters(BaseModel):
    """Those of a model that takes none."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _LatentSync(Parameters):
    guidance_scale: Annotated[float, Field(ge=1, le=2)] = 1.0
    seed: int = 0
    loop_mode: Literal["pingpong", "loop"] = "pingpong"


class _SyncMode(Parameters):
    sync_mode: SyncMode = "cut_off"


class _SyncLipsync1(_SyncMode):
    model: Literal["lipsync-1.9.0-beta", "lipsync-1.8.0", "lipsync-1.7.1"] = "lipsync-1.9.0-beta"


class _SyncLipsync2(_SyncMode):
    model: Literal["lipsync-2", "lipsync-2-pro"] = "lipsync-2"


class _Lipsync2(_SyncMode):
    temperature: Annotated[float, Field(ge=0, le=1)] = 0.5
    occlusion_detection_enabled: bool = False


@dataclass(frozen=True)
class Model:
    """A model of a service.

    Attributes:
        parameters: What it takes besides clip and sound. Defaults are the service's own, and are
            not sent.
        clip: How it calls its clip.
        sound: How it calls its sound.
    """

    parameters: type[Parameters]
    clip: str = "video_url"
    sound: str = "audio_url"


FAL = {
    "fal-ai/musetalk": Model(Parameters, "source_video_url"),
    "fal-ai/latentsync": Model(_LatentSync),
    "fal-ai/sync-lipsync": Model(_SyncLipsync1),
    "fal-ai/sync-lipsync/v2": Model(_SyncLipsync2),
    "fal-ai/sync-lipsync/v2/pro": Model(_SyncMode),
    "fal-ai/sync-lipsync/v3": Model(_SyncMode),
}
"""Lip sync of fal.ai."""

SYNC = {
    "sync-3": Model(_SyncMode, "video", "audio"),
    "lipsync-2-pro": Model(_Lipsync2, "video", "audio"),
    "lipsync-2": Model(_Lipsync2, "video", "audio"),
}
"""The models of sync.so that are told whose lips to move."""

_KNOWN = {"fal": FAL, "sync": SYNC}


def model_problem(service: str, model: str, parameters: Mapping[str, Any]) -> str:
    """Look for a model that is not known, or a parameter that it does not take.

    Args:
        service: The service.
        model: The model, as the service names it; empty: none is named yet.
        parameters: Its parameters.

    Returns:
        A phrase that begins with the name of the setting; empty: there is none.
    """
    if not model:
        return ""
    if service == "replicate":
        if VERSION.fullmatch(model):
            return ""
        return (
            f"model: {model!r} is no version of a model of Replicate, such as OWNER/NAME:64 "
            "hexadecimal digits"
        )
    known = _KNOWN.get(service, {})
    if not known:
        return ""
    if model not in known:
        return (
            f"model: {model!r} is no lip sync of {service!r} that is known here; one of "
            f"{', '.join(known)}"
        )
    problem = _parameter_problem(model, known[model].parameters, parameters)
    return f"parameters: {problem}" if problem else ""


def _parameter_problem(model: str, kind: type[Parameters], given: Mapping[str, Any]) -> str:
    try:
        kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = first["loc"][0]
        if first["type"] != "extra_forbidden":
            return f"{name}: {first['msg']}"
        takes = ", ".join(sorted(kind.model_fields)) or "none"
        return f"{model} takes no {name!r}; it takes {takes}"
    return ""
