"""The whole config: every key, its unit, its default and its limits.

The keys of `config/config.yaml` are the fields of `Settings`, section by section. Unknown keys are
refused, so that a typing error is noticed. Engines and scorers add their own sections.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, cast

from pydantic import ValidationError, model_validator

from ..config.cache import Cache
from ..config.cluster import Cluster
from ..config.cuts import Cuts
from ..config.delivery import Delivery
from ..config.enhance import Enhance
from ..config.faults import Faults
from ..config.guard import Guard
from ..config.metrics import Metrics
from ..config.mix import Mix
from ..config.normalize import Normalize
from ..config.overview import Overview
from ..config.provenance import Provenance
from ..config.retry import Retry
from ..config.review import Review
from ..config.section import Section, Share
from ..config.sound_gate import SoundGate
from ..config.speaker import Speaker
from ..config.subtitles import Subtitles
from ..config.worker import Worker
from ..core.errors import InputError
from ..engines.registry import engine_settings, preset_names
from ..engines.settings import EngineSettings
from .config_file import file_of
from .explain import explain
from .gate import Gate
from .registered import with_sections
from .spoken_settings import Separate, Speak, Transcribe, Translate
from .talk_settings import Talk


class EngineSections(Section):
    """The settings of each engine."""

    def of(self, engine: str) -> EngineSettings:
        """Look up an engine.

        Args:
            engine: Its name.

        Returns:
            Its settings.
        """
        return cast(EngineSettings, getattr(self, engine))


if TYPE_CHECKING:
    Engines: TypeAlias = EngineSections
    EngineName: TypeAlias = str
    FinalEngineName: TypeAlias = str
else:
    Engines = with_sections("Engines", EngineSections, engine_settings())
    EngineName = Literal[tuple(engine_settings())]
    FinalEngineName = Literal[("", *engine_settings())]


class Final(Section):
    """The final tier: cuts that another engine draws once more; see `docs/final.md`."""

    engine: FinalEngineName = ""
    """The engine that draws finals, with its own settings. Empty: there are none. Cuts that it
    drafts already have none either; if it drafts all of them, that is an error."""
    of: Literal["off", "approved", "marked", "close_ups", "all"] = "approved"
    """Which cuts get a final: none, those that a reviewer approved, those that are marked for the
    final tier, those with a large face, or all that are drafted. Marked cuts always do, unless it
    is `off`."""
    close_up_share: Share = 0.33
    """A face is large if it is at least this high (brow to chin, median over the cut), as a share
    of the shorter side of the picture."""
    max_drop: Share = 0.1
    """The largest share of a draft's sync confidence that its final may lack. If it lacks more, or
    the gate's verdict on it is worse, the draft stands; one that the gate fails never does beside a
    final that it does not fail."""

    @model_validator(mode="after")
    def _know_who_draws(self) -> Self:
        written = self.model_fields_set
        # Where overrides are applied, the values of all keys are written, this default, too.
        is_default = self.of == "approved" and not ("of" in written and "engine" not in written)
        if not self.engine and self.of != "off" and not is_default:
            raise ValueError(
                f"finals are asked for (of: {self.of}), but no engine draws them; name one "
                "(final.engine), or write of: off"
            )
        return self

    def applies(self, approved: bool, marked: bool, face_share: float) -> bool:
        """Tell whether a cut gets a final.

        Args:
            approved: Whether a reviewer approved a draft of it.
            marked: Whether a reviewer marked it for the final tier.
            face_share: How high its face is, as a share of the shorter side of the picture.

        Returns:
            Whether it does.
        """
        asked = {
            "approved": approved,
            "marked": False,
            "close_ups": face_share >= self.close_up_share,
            "all": True,
        }
        return self.of != "off" and (marked or asked[self.of])


class Settings(Section):
    """The whole config."""

    videos: str
    """The table of videos. Its path is relative to the folder of the config file that names it."""
    dubs: str
    """The table of dubs; path as for `videos`."""
    decisions: str = ""
    """The table of decisions; path as for `videos`. Empty: decisions.tsv beside the dubs table, if
    there is one."""
    overrides: str = ""
    """The table of overrides; path as for `videos`. Empty: overrides.tsv beside the dubs table, if
    there is one."""
    voices: str = ""
    """The table of voices; path as for `videos`. Empty: voices.tsv beside the dubs table, if there
    is one."""
    glossary: str = ""
    """The table of terms; path as for `videos`. Empty: glossary.tsv beside the dubs table, if there
    is one."""
    edits: str = ""
    """The table of edited lines; path as for `videos`. Empty: edits.tsv beside the dubs table, if
    there is one."""
    engine: EngineName = "preview"
    """The engine that draws drafts."""
    normalize: Normalize = Normalize()
    """How a source is turned into the mezzanine."""
    cuts: Cuts = Cuts()
    """How cuts are detected."""
    guard: Guard = Guard()
    """Which cuts show one clear face."""
    speaker: Speaker = Speaker()
    """Whether that face speaks."""
    engines: Engines = Engines()
    """The settings of each engine."""
    worker: Worker = Worker()
    """The process that keeps an engine's networks loaded."""
    gate: Gate = Gate()
    """Which drafts are good enough."""
    retry: Retry = Retry()
    """Retries for a cut whose draft the gate would not pass."""
    enhance: Enhance = Enhance()
    """Improves scored drafts."""
    final: Final = Final()
    """The final tier: cuts that another engine draws once more."""
    separate: Separate = Separate()
    """Voice apart from background."""
    transcribe: Transcribe = Transcribe()
    """What is said in the source."""
    translate: Translate = Translate()
    """Its lines in another language."""
    speak: Speak = Speak()
    """The voices of a dub that is made here."""
    mix: Mix = Mix()
    """The sound of a film whose dub is made here, or given as dialogue alone."""
    sound_gate: SoundGate = SoundGate()
    """Which lines of a dub that is made here are good enough."""
    subtitles: Subtitles = Subtitles()
    """Subtitles from script or transcript."""
    delivery: Delivery = Delivery()
    """The finished film."""
    provenance: Provenance = Provenance()
    """How a delivered film says that it was made by AI."""
    faults: Faults = Faults()
    """What happens to a cut whose job fails for a technical reason."""
    cache: Cache = Cache()
    """A cache of results that projects share."""
    cluster: Cluster = Cluster()
    """The jobs of a run on a Slurm cluster."""
    overview: Overview = Overview()
    """Prices for the project's overview page."""
    metrics: Metrics = Metrics()
    """What a run tells monitoring."""
    review: Review = Review()
    """What reviewers may do, and compare."""
    talk: Talk = Talk()
    """A conversation with an avatar."""

    @property
    def chosen_engine(self) -> EngineSettings:
        """The settings of the engine that draws drafts."""
        return self.engines.of(self.engine)

    @property
    def has_finals(self) -> bool:
        """Whether cuts may get a final."""
        return self.final.of != "off" and self.final.engine not in ("", self.engine)

    @property
    def finals_are_drafts(self) -> bool:
        """Whether finals are asked for of the engine that drafts."""
        return self.final.of != "off" and self.final.engine == self.engine

    @property
    def of_final(self) -> Self:
        """The settings by which finals are drawn: those of a draft by the final engine."""
        return self.model_copy(update={"engine": self.final.engine})

    @property
    def drawing(self) -> tuple[Self, ...]:
        """The settings by which drafts are drawn and, where there may be finals, these."""
        return (self, self.of_final) if self.has_finals else (self,)

    def with_preset(self, preset: str) -> Self:
        """Replace the engine's preset.

        Args:
            preset: One of the engine's presets.

        Returns:
            The settings with that preset.
        """
        values = self.model_dump()
        values["engines"][self.engine] = self.chosen_engine.with_preset(preset).model_dump()
        return self.model_validate(values)

    @model_validator(mode="after")
    def _know_presets(self) -> Self:
        known = preset_names(self.engine)
        for name in self.retry.presets:
            if name not in known:
                raise ValueError(
                    f"retry.presets: {self.engine} has no preset {name!r}, only {', '.join(known)}"
                )
        return self


def load(values: dict[str, Any], files: Sequence[Path] = ()) -> Settings:
    """Validate a config.

    Args:
        values: The keys and values of the merged config files.
        files: These files; messages name the one that holds a wrong key.

    Returns:
        The settings.

    Raises:
        InputError: A key or value is wrong. The message lists all of them.
    """

    def where(key: str) -> str:
        parts = key.split(".")
        names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        if file := next(filter(None, (file_of(name, files) for name in names)), None):
            return str(file)
        is_missing = parts[0] not in values and files
        return str(files[-1]) if is_missing else "config"

    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise InputError(explain(error, where, Settings)) from None
