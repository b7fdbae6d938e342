"""The base class of the settings of all engines.

The rest of the library knows an engine by its settings class. It holds the presets, tells which
weights and resources the engine needs, and builds the engine.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ..config.section import Section
from ..core.plugins import Plugin, load_class
from ..weights.version import weights_version

if TYPE_CHECKING:
    from .base import Engine

Stage = Literal["bake", "draft"]


class EngineSettings(Section, Plugin):
    """The settings of an engine. Subclasses add the keys."""

    baked: ClassVar[frozenset[str]] = frozenset()
    """The keys that the avatar depends on. All languages share the avatar."""
    runtime_options: ClassVar[frozenset[str]] = frozenset()
    """The keys that change no result. Changing these does not invalidate results."""
    folder_keys: ClassVar[tuple[str, ...]] = ()
    """The keys that name a folder of weights. The folder must exist."""
    uses_worker: ClassVar[bool] = False
    """Whether the engine's networks are so large that its jobs share a worker."""
    sends_pictures: ClassVar[bool] = False
    """Whether pictures of people leave the machine. videos.tsv must allow it (`may_leave`), and a
    job has a process of its own: it waits, and reads keys from the run's environment."""
    purchases: ClassVar[str] = ""
    """What looks after what the engine buys, `package.module:Class`; see `purchases.Purchases`."""
    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """The keys that each preset sets, by its name."""
    opening_key: ClassVar[str] = ""
    """The key by which the mouth opens more (+) or less (-), where there is one: reviewers may turn
    it on a single cut."""
    opening_step: ClassVar[float] = 1.0
    """A step of it that is seen."""

    lip_offset_frames: Annotated[int, Field(ge=-50, le=50)] = 0
    """Moves the lips later (+) or earlier (-) than the dub, in frames of the film, to correct a dub
    that is out of sync."""
    hush_pauses: bool = False
    """The engine hears nothing where the dub has no voice: breath, noise and music there do not
    move the lips. For a mouth that moves in silence."""

    @property
    def gpus(self) -> int:
        """How many GPUs a job of the engine needs."""
        return 0

    @property
    def cores(self) -> int:
        """How many cores a bake uses."""
        return 1

    def on_cores(self, cores: int) -> Self:
        """Limit a bake to the cores that it was given.

        Args:
            cores: How many.

        Returns:
            The settings, with the same result.
        """
        return self

    @property
    def mem_mb(self) -> int:
        """Memory that a job of the engine needs, in MB, for its libraries and pictures."""
        return 3000

    @property
    def shared_work_s(self) -> float:
        """About how long a bake takes for a second of film, in seconds of a core, or of the GPU."""
        return 0.8

    @property
    def language_work_s(self) -> float:
        """About how long a draft takes for a second of film, as `shared_work_s`."""
        return 1.2

    @property
    def weight_users(self) -> tuple[str, ...]:
        """The users (column `needed_by` of models/weights.tsv) whose weights are needed."""
        return ()

    @property
    def refused_users(self) -> tuple[str, ...]:
        """The users whose weights are not fetched: config does not accept their terms. `problem`
        names the key that does.
        """
        return ()

    @property
    def weights_folder(self) -> Path | None:
        """The folder that is searched for weights first; None: only the project's own."""
        return None

    def weight_alternatives(self, name: str) -> tuple[str, ...]:
        """List the files that can replace a weight file.

        Args:
            name: A name in models/weights.tsv.

        Returns:
            The names, with the file itself first.
        """
        return (name,)

    def weights_version(self, stage: Stage) -> str:
        """Identify the weights that a stage of the engine loads.

        Args:
            stage: The stage.

        Returns:
            12 hex digits; empty if the engine loads no weights.
        """
        return weights_version(self.weight_users)

    def problem(self) -> str:
        """Look for what is missing before the engine can draw, besides weights.

        Returns:
            A phrase that names the key of the config or the variable; empty: nothing is missing.
        """
        return ""

    def resolved(self) -> Self:
        """Decide what is left to what is installed here.

        A job gets settings that are decided: it may run on another machine.

        Returns:
            The settings, all of them decided.
        """
        return self

    @property
    def unused_packages(self) -> frozenset[str]:
        """Packages that the engine's code imports, but not with these settings."""
        return frozenset()

    def build(self) -> "Engine":
        """Build the engine. It loads its weights when they are needed.

        Returns:
            The engine with these settings.
        """
        made: Engine = load_class(self.implementation)(self)
        return made

    def with_preset(self, preset: str) -> Self:
        """Replace the preset.

        The values of the old preset are dropped. Other values stay unless the new preset sets them.

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
        preset = values.get("preset", "standard")
        return (cls.presets.get(preset, {}) if isinstance(preset, str) else {}) | values
