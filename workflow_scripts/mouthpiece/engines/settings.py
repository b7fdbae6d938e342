"""What the settings of all engines share.

An engine's settings class is how the rest of the library knows the engine: it has the presets, says
which weights and resources the engine wants, and builds it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import model_validator

from ..config.section import Section
from ..core.plugins import load_class
from ..weights.version import weights_version

if TYPE_CHECKING:
    from .base import Engine

Stage = Literal["bake", "draft"]


class EngineSettings(Section):
    """The settings of an engine; subclasses add the keys."""

    implementation: ClassVar[str]
    """The engine's class, `package.module:Class`; it takes the settings."""
    baked: ClassVar[frozenset[str]] = frozenset()
    """The keys that the avatar depends on, which all languages share."""
    runtime_options: ClassVar[frozenset[str]] = frozenset()
    """The keys that change no result; changing these does not invalidate results."""
    folder_keys: ClassVar[tuple[str, ...]] = ()
    """The keys that name a folder of weights; a folder that is named must exist."""
    uses_worker: ClassVar[bool] = False
    """Whether the engine loads so much that its jobs share a worker."""
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
        """Memory that a job of the engine wants, in MB: the libraries, and a cut's pictures."""
        return 3000

    @property
    def weight_users(self) -> tuple[str, ...]:
        """The words of `needed_by` in models/weights.tsv that these settings ask for."""
        return ()

    @property
    def weights_folder(self) -> Path | None:
        """The folder that is searched for weights first; None for the project's own only."""
        return None

    def weight_alternatives(self, name: str) -> tuple[str, ...]:
        """Name the files that serve in place of a weight file.

        Args:
            name: A name in models/weights.tsv.

        Returns:
            The names, the file itself first.
        """
        return (name,)

    def weights_version(self, stage: Stage) -> str:
        """Tell the weights that a stage of the engine loads from others.

        Args:
            stage: Which of the engine's stages.

        Returns:
            12 hex digits; empty where the engine loads nothing.
        """
        return weights_version(self.weight_users)

    @classmethod
    def package(cls) -> str:
        """Name the package of the engine, whose code is in the key of its results.

        Returns:
            The dotted name; of a module that stands alone, its own.
        """
        return cls.__module__.rpartition(".")[0] or cls.__module__

    def build(self) -> "Engine":
        """Build the engine; nothing is loaded before it is needed.

        Returns:
            The engine with these settings.
        """
        made: Engine = load_class(self.implementation)(self)
        return made

    def with_preset(self, preset: str) -> Self:
        """Replace the preset.

        What the old preset set is dropped. Other values stay, unless the new preset sets them.

        Args:
            preset: A key of `presets`.

        Returns:
            The settings with that preset.
        """
        values = self.model_dump()
        before = self.presets[values.get("preset", "standard")]
        kept = {k: v for k, v in values.items() if k not in before or v != before[k]}
        return self.model_validate(kept | self.presets[preset] | {"preset": preset})

    @model_validator(mode="before")
    @classmethod
    def _take_preset(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return cls.presets.get(values.get("preset", "standard"), {}) | values
