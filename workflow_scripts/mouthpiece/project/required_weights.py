"""The weights that a project asks for: by its config, and by what its tables change of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError
from ..engines.settings import EngineSettings
from ..scorers.registry import scorer_settings
from ..weights import table as weight_table
from ..weights.find import find_weight
from ..weights.table import Weight, read_table
from .project import Project, load_yaml
from .settings import Settings
from .tables import tag_of

FACE_WEIGHTS = "guard"
RESTORER_WEIGHTS = "gfpgan"
"""Words of `needed_by` in models/weights.tsv: what finds faces, what restores them."""


@dataclass(frozen=True)
class RequiredWeight:
    """A weight that a project asks for.

    Attributes:
        weight: The row of models/weights.tsv.
        names: The files that serve, the weight's own name first.
        folder: The folder that is searched first; None for the project's own only.
    """

    weight: Weight
    names: tuple[str, ...]
    folder: Path | None

    @property
    def path(self) -> Path | None:
        """Where the file is; None where it is nowhere yet."""
        try:
            return find_weight(self.names, self.folder)[1]
        except InputError:
            return None


def required_weights(project: Project) -> list[RequiredWeight]:
    """List the weights that a project asks for.

    Args:
        project: Config and tables.

    Returns:
        The weights, in the order of models/weights.tsv.
    """
    users = {user for settings in _in_use(project) for user in _users(settings)}
    found = {
        RequiredWeight(weight, engine.weight_alternatives(weight.name), engine.weights_folder)
        if engine
        else RequiredWeight(weight, (weight.name,), None): None
        for weight in read_table().values()
        for name, engine in users
        if name in weight.needed_by
    }
    return list(found)


def to_fetch(project: Project) -> list[Weight]:
    """List what must be downloaded for a project, or is already among the downloads.

    Args:
        project: Config and tables.

    Returns:
        The weights, without those that lie in a folder of the user's own.
    """
    downloads = weight_table.MODELS / "downloads"
    paths = [(required.weight, required.path) for required in required_weights(project)]
    wanted = {w.name: w for w, path in paths if not path or path.is_relative_to(downloads)}
    return list(wanted.values())


def missing_weights(project: Project, config_files: Sequence[Path]) -> str:
    """Say which weights are asked for and not there.

    Args:
        project: Config and tables.
        config_files: Those that were named on the command line.

    Returns:
        A sentence with the command that fetches them; empty where all are there.
    """
    required = required_weights(project)
    missing = sorted({one.weight.name for one in required if not one.path})
    if not missing:
        return ""
    command = " ".join(["mouthpiece models fetch", *(f"--config {file}" for file in config_files)])
    return (
        f"weights that the config asks for are not here, and jobs that need them will fail: "
        f"{', '.join(missing)}. Fetch them: `{command}`"
    )


def check_folders(project: Project, config_files: Sequence[Path]) -> None:
    """Check that the folders of weights that are named exist.

    Args:
        project: Config and tables.
        config_files: All config files, the last one winning.

    Raises:
        InputError: A folder is not there; says where it is named.
    """
    named = {
        (f"engines.{settings.engine}.{key}", folder)
        for settings in _in_use(project)
        for key in settings.chosen_engine.folder_keys
        if (folder := getattr(settings.chosen_engine, key))
    }
    for key, folder in sorted(named):
        path = Path(folder).expanduser()
        if path.is_dir():
            continue
        problem = (
            f"there is no folder {folder!r} ({path.absolute()}); name one that is laid out as "
            "upstream's models/, or leave the key out and fetch the weights "
            "(`mouthpiece models fetch`)"
        )
        for override in project.overrides:
            if override.setting == key and override.value == folder:
                raise override.row.error("value", problem)
        naming = [str(file) for file in config_files if _has_key(load_yaml(file), key.split("."))]
        raise InputError(f"{(naming or ['config'])[-1]}: {key}: {problem}")


def _has_key(values: object, key: Sequence[str]) -> bool:
    """Whether a config file holds a key."""
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
            found.add(settings.with_preset(decision.preset))
    return found


def _users(settings: Settings) -> Iterator[tuple[str, EngineSettings | None]]:
    """Words of `needed_by` that settings ask for, with the engine whose folders are searched."""
    yield FACE_WEIGHTS, None
    for user in scorer_settings()[settings.gate.scorer].weight_users:
        yield user, None
    if settings.enhance.mode != "off" and settings.enhance.restore != "off":
        yield RESTORER_WEIGHTS, None
    chosen = settings.chosen_engine
    for engine in (chosen, *(chosen.with_preset(preset) for preset in settings.retry.presets)):
        for user in engine.weight_users:
            yield user, engine
