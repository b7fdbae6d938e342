"""The version of what an engine loads, so that a weight file that is replaced is noticed."""

from typing import Any, Literal

from ..core.errors import Fault, InputError
from ..core.files import digest
from ..project.settings import Engines
from ..weights.version import fingerprint, weights_version
from .musetalk import files

MISSING = "missing"


def engine_weights(name: str, values: dict[str, Any], stage: Literal["bake", "draft"]) -> str:
    """The version, 12 hex digits, of the files that a stage of an engine reads.

    values: the engine's settings. Files are told by their content, wherever they lie; `MISSING`
    where one is not there yet, or is damaged: the job that needs it says so.
    """
    if name != "musetalk":
        return weights_version(name)
    chosen = Engines.model_validate({name: values}).musetalk
    try:
        paths = files.baked_from(chosen) if stage == "bake" else files.drawn_from(chosen)
    except (InputError, Fault):
        return MISSING
    return digest([fingerprint(path) for path in paths])[:12]
