"""Which weights a project asks for: its config, and what its tables change of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError
from ..engines.musetalk import files
from ..engines.musetalk.settings import MusetalkSettings
from ..weights import table as weight_table
from ..weights.find import find_weight
from ..weights.table import Weight, read_table
from .project import Project, load_yaml
from .settings import Settings, with_preset
from .tables import tag_of

MODELS_KEY = ("engines", "musetalk", "models")

ALTERNATIVES = {group[0]: group for group in (files.VAE, files.WHISPER)}
"""Files of the table in whose place others serve."""


@dataclass(frozen=True)
class RequiredWeight:
    """A weight that is asked for, and the folder that is searched for it first."""

    weight: Weight
    tree: Path | None

    @property
    def path(self) -> Path | None:
        """Where it lies; None: nowhere yet."""
        name = self.weight.name
        try:
            return find_weight(ALTERNATIVES.get(name, (name,)), self.tree)[1]
        except InputError:
            return None


def required_weights(project: Project) -> list[RequiredWeight]:
    """All that a project asks for, in the order of the table. Raises InputError."""
    users = {user for settings in _in_use(project) for user in _users(settings)}
    table = read_table().values()
    found = {
        RequiredWeight(w, tree): None for w in table for name, tree in users if name in w.needed_by
    }
    return list(found)


def to_fetch(project: Project) -> list[Weight]:
    """What a project asks for, without what lies in a folder of the user's own."""
    downloads = weight_table.MODELS / "downloads"
    paths = [(need.weight, need.path) for need in required_weights(project)]
    wanted = {w.name: w for w, path in paths if not path or path.is_relative_to(downloads)}
    return list(wanted.values())


def missing_weights(project: Project, config_files: Sequence[Path]) -> str:
    """What to tell of weights that are asked for and not there; empty: all are.

    config_files: those that were named on the command line.
    """
    missing = sorted({need.weight.name for need in required_weights(project) if not need.path})
    if not missing:
        return ""
    named = " ".join(["--configfile", *map(str, config_files)]) if config_files else ""
    command = f"python -m mouthpiece.weights fetch {named}".strip()
    return (
        f"weights that the config asks for are not here, and jobs that need them will fail: "
        f"{', '.join(missing)}. Fetch them: `{command}`"
    )


def check_folders(project: Project, config_files: Sequence[Path]) -> None:
    """Raise InputError where a folder of weights is named that is not there: by whom, and where."""
    folders = {s.engines.musetalk.models for s in _in_use(project) if s.engine == "musetalk"}
    for named in sorted(folders - {""}):
        path = Path(named).expanduser()
        if path.is_dir():
            continue
        problem = (
            f"there is no folder {named!r} ({path.absolute()}); name one that is laid out as "
            "upstream's models/, or leave the key out and fetch the weights (`make models`)"
        )
        for override in project.overrides:
            if override.setting == ".".join(MODELS_KEY) and override.value == named:
                raise override.row.error("value", problem)
        told = [str(file) for file in config_files if _says(load_yaml(file), MODELS_KEY)]
        raise InputError(f"{(told or ['config'])[-1]}: {'.'.join(MODELS_KEY)}: {problem}")


def _says(values: object, key: Sequence[str]) -> bool:
    """Whether a config file says a key."""
    for name in key:
        if not isinstance(values, dict) or name not in values:
            return False
        values = values[name]
    return True


def _in_use(project: Project) -> set[Settings]:
    """The settings of all that the tables tell apart."""
    found = {project.settings}
    for one in project.overrides:
        alike = [other for other in project.overrides if other.video == one.video]
        languages = {override.language for override in alike}
        for language in {"*"} | {key for _, key in project.dubs if languages & {key, tag_of(key)}}:
            found.add(project.settings_for(one.video, language, one.cut))
    for (video, language, cut), decision in project.decisions.items():
        if decision.preset:
            settings = project.settings_for(video, language, cut)
            found.add(_with_preset(settings, decision.preset))
    return found


def _with_preset(settings: Settings, preset: str) -> Settings:
    values = settings.model_dump()
    values["engines"][settings.engine] = with_preset(
        settings.engine, values["engines"][settings.engine], preset
    )
    return Settings.model_validate(values)


def _users(settings: Settings) -> Iterator[tuple[str, Path | None]]:
    """Words of `needed_by` that settings come to, each with the folder that is searched first."""
    yield "guard", None
    yield settings.gate.scorer, None
    if settings.enhance.mode != "off" and settings.enhance.restore != "off":
        yield "gfpgan", None
    if settings.engine == "musetalk":
        for tried in (settings, *(_with_preset(settings, p) for p in settings.retry.presets)):
            chosen = tried.engines.musetalk
            for user in _musetalk_users(chosen):
                yield user, files.tree(chosen)


def _musetalk_users(chosen: MusetalkSettings) -> Iterator[str]:
    version = "-1.0" if chosen.version == "1.0" else ""
    parser = "-drawn" if chosen.parsing == "drawn" else ""
    yield f"musetalk{version}{parser}"
    if chosen.landmarks == "dwpose":
        yield "musetalk-dwpose"
