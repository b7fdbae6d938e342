"""The parameters that known models take besides clip and sound, as their documentation has them.

A model of Replicate says itself what it takes: see `replicate`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SyncMode = Literal["cut_off", "loop", "bounce", "silence", "remap"]


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


PARAMETERS: Mapping[str, Mapping[str, type[Parameters]]] = {
    "fal": {
        "fal-ai/musetalk": Parameters,
        "fal-ai/latentsync": _LatentSync,
        "fal-ai/sync-lipsync": _SyncLipsync1,
        "fal-ai/sync-lipsync/v2": _SyncLipsync2,
        "fal-ai/sync-lipsync/v2/pro": _SyncMode,
        "fal-ai/sync-lipsync/v3": _SyncMode,
    },
    "sync": {"sync-3": _SyncMode, "lipsync-2-pro": _Lipsync2, "lipsync-2": _Lipsync2},
}
"""By service and model. Defaults are the services' own, and are not sent."""


def parameter_problem(service: str, model: str, given: Mapping[str, Any]) -> str:
    """Look for a parameter that a known model does not take.

    Args:
        service: The service.
        model: The model, as the service names it.
        given: The parameters.

    Returns:
        A phrase that names it; empty: there is none, or the model is not known here.
    """
    kind = PARAMETERS.get(service, {}).get(model)
    if kind is None:
        return ""
    try:
        kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = first["loc"][0]
        if first["type"] != "extra_forbidden":
            return f"{name}: {first['msg']}"
        known = ", ".join(sorted(kind.model_fields)) or "none"
        return f"{model} takes no {name!r}; it takes {known}"
    return ""
