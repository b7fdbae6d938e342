"""What all engines' settings share."""

from typing import Any, ClassVar

from pydantic import model_validator

from ..config.section import Section


class EngineSettings(Section):
    """The settings of an engine."""

    baked: ClassVar[frozenset[str]] = frozenset()
    """The keys that the avatar depends on, which all languages share."""
    neutral: ClassVar[frozenset[str]] = frozenset()
    """The keys that change no result: who changes them makes nothing anew."""
    warm: ClassVar[bool] = False
    """Whether it loads so much that its jobs share a worker."""
    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """Named sets of keys."""

    @property
    def gpus(self) -> int:
        """How many GPUs a job of the engine wants."""
        return 0

    @property
    def cores(self) -> int:
        """How many cores a bake keeps busy."""
        return 1

    @property
    def mem_mb(self) -> int:
        """Memory that a job of the engine wants: the libraries, and a cut's pictures."""
        return 3000

    @model_validator(mode="before")
    @classmethod
    def _take_preset(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return cls.presets.get(values.get("preset", "standard"), {}) | values
