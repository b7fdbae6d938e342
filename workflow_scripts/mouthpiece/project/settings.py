"""What config.yaml may say: every key, its unit, its default and its limits.

The keys of `config/config.yaml` are the fields of `Settings`, section by section. Unknown keys are
refused, so that a typing error never passes silently.
"""

from typing import Any, Literal, cast

from pydantic import ValidationError, model_validator

from ..config.cuts import Cuts
from ..config.delivery import Delivery
from ..config.enhance import Enhance
from ..config.faults import Faults
from ..config.guard import Guard
from ..config.normalize import Normalize
from ..config.overview import Overview
from ..config.retry import Retry
from ..config.section import Action, Section
from ..config.speaker import Speaker
from ..config.worker import Worker
from ..core.errors import InputError
from ..engines.musetalk.settings import MusetalkSettings
from ..engines.preview.settings import PreviewSettings
from ..engines.settings import EngineSettings
from ..scorers.aperture.settings import ApertureSettings
from ..scorers.embedded.settings import EmbeddedSettings
from ..scorers.latentsync.settings import LatentsyncSettings
from ..scorers.settings import ScorerSettings
from ..scorers.syncnet_v2.settings import SyncnetSettings


class Engines(Section):
    """The settings of each draft engine."""

    preview: PreviewSettings = PreviewSettings()
    musetalk: MusetalkSettings = MusetalkSettings()

    def of(self, engine: str) -> EngineSettings:
        """The settings of an engine, by its name."""
        return cast(EngineSettings, getattr(self, engine))


def presets(engine: str) -> tuple[str, ...]:
    """The names of an engine's presets; none where there is no such engine."""
    return tuple(getattr(Engines(), engine).presets) if engine in Engines.model_fields else ()


def with_preset(engine: str, values: dict[str, Any], preset: str) -> dict[str, Any]:
    """An engine's settings, all of them, with a preset in the place of the one that they have.

    What the old preset set is let go; what else was said stays, unless the new one sets it.
    """
    section = type(getattr(Engines(), engine))
    before = section.presets[values.get("preset", "standard")]
    kept = {k: v for k, v in values.items() if k not in before or v != before[k]}
    changed = kept | section.presets[preset] | {"preset": preset}
    return dict(section.model_validate(changed).model_dump())


class Scorers(Section):
    """The thresholds of each scorer."""

    embedded: EmbeddedSettings = EmbeddedSettings()
    """A small network that knows sync from non-sync."""
    aperture: ApertureSettings = ApertureSettings()
    """Lip opening against loudness."""
    syncnet_v2: SyncnetSettings = SyncnetSettings()
    """SyncNet, the independent judge; needs its weights (`make models ENGINE=syncnet_v2`)."""
    latentsync: LatentsyncSettings = LatentsyncSettings()
    """StableSyncNet, which MuseTalk was trained to please; needs its weights (1.6 GB)."""


class DeliverWhat(Section):
    """What a cut with this verdict is delivered as."""

    review: Action = "lipsync"
    """A doubtful draft."""
    unjudged: Action = "lipsync"
    """A cut too short, or too silent, to judge."""
    fail: Action = "passthrough"
    """A draft out of sync."""


class Gate(Section):
    """Which drafts are good enough."""

    scorer: Literal["embedded", "aperture", "syncnet_v2", "latentsync"] = "embedded"
    """Who judges; see `docs/scorers.md`."""
    scorers: Scorers = Scorers()
    """The thresholds of each scorer."""
    deliver: DeliverWhat = DeliverWhat()
    """What is delivered of each verdict."""

    @property
    def limits(self) -> ScorerSettings:
        """The thresholds of who judges."""
        return cast(ScorerSettings, getattr(self.scorers, self.scorer))


class Settings(Section):
    """The whole config."""

    videos: str
    """The table of videos; relative to the folder of the config file that names it."""
    dubs: str
    """The table of dubs, likewise."""
    decisions: str = ""
    """The table of decisions, likewise; empty: decisions.tsv beside the dubs table, if any."""
    overrides: str = ""
    """The table of overrides, likewise; empty: overrides.tsv beside the dubs table, if any."""
    engine: Literal["preview", "musetalk"] = "preview"
    """The draft engine."""
    normalize: Normalize = Normalize()
    """How a source becomes the mezzanine."""
    cuts: Cuts = Cuts()
    """How cuts are found."""
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
    """Second chances for a cut whose draft the gate would not pass."""
    enhance: Enhance = Enhance()
    """Drafts made better after they are scored."""
    delivery: Delivery = Delivery()
    """The finished film."""
    faults: Faults = Faults()
    """What becomes of a cut whose job the machine fails."""
    overview: Overview = Overview()
    """The project's overview page."""

    @model_validator(mode="after")
    def _know_presets(self) -> "Settings":
        known = presets(self.engine)
        for name in self.retry.presets:
            if name not in known:
                raise ValueError(
                    f"retry.presets: {self.engine} has no preset {name!r}, only {', '.join(known)}"
                )
        return self


def load(values: dict[str, Any]) -> Settings:
    """Check a config mapping. Raises InputError naming every wrong key, its value and its form."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise InputError(explain(error, "config")) from None


def explain(error: ValidationError, where: str) -> str:
    """A validation error in words: each wrong key, what is wrong with it and what was found."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            lines.append(f"{where}: unknown key {key!r}")
        elif not key:  # of several keys together: the message names them
            lines.append(f"{where}: {item['msg'].removeprefix('Value error, ')}")
        else:
            lines.append(f"{where}: {key}: {item['msg']}, found {item['input']!r}")
    return "\n".join(lines)
