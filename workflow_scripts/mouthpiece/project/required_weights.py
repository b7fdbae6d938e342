"""The weights that a project requires, by its config and by the changes in its tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError, quoted
from ..core.user_files import folder_problem, shown, user_path
from ..engines.settings import EngineSettings
from ..scorers.registry import scorer_settings
from ..weights import table as weight_table
from ..weights.find import find_weight
from ..weights.table import Weight, read_table
from .config_file import file_of
from .project import Project
from .settings import Settings
from .settings_in_use import finals_asked_for, settings_in_use
from .sound_weights import sound_users
from .tables import Dub

FACE_WEIGHTS = "guard"
RESTORER_WEIGHTS = "gfpgan"
"""Users of weights (column `needed_by` of models/weights.tsv) that are no engine or scorer."""

NAMED = 12
"""How many missing files a message names: a synthesizer has one for each voice."""


@dataclass(frozen=True)
class RequiredWeight:
    """A weight that a project requires.

    Attributes:
        weight: The row of models/weights.tsv.
        names: The files that can be used, with the weight's own name first.
        folder: The folder that is searched first; None: only the project's own.
    """

    weight: Weight
    names: tuple[str, ...]
    folder: Path | None

    @property
    def path(self) -> Path | None:
        """The path of the file; None if it is missing."""
        try:
            return find_weight(self.names, self.folder)[1]
        except InputError:
            return None


def required_weights(project: Project) -> list[RequiredWeight]:
    """List the weights that a project requires.

    Args:
        project: The project.

    Returns:
        The weights, in the order of models/weights.tsv.
    """
    users = {user for settings in settings_in_use(project) for user in _users(settings)}
    return _of(users | {(user, None) for user in sound_users(project)})


def _of(users: set[tuple[str, EngineSettings | None]]) -> list[RequiredWeight]:
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
    """List the weights that a project downloads.

    Args:
        project: The project.

    Returns:
        The weights that are missing or already downloaded, without those that are in a folder of
        the user's own.
    """
    downloads = weight_table.downloads()
    paths = [(required.weight, required.path) for required in required_weights(project)]
    wanted = {w.name: w for w, path in paths if not path or path.is_relative_to(downloads)}
    return list(wanted.values())


def missing_weights(project: Project, config_files: Sequence[Path]) -> str:
    """Describe the required weights that are missing.

    Args:
        project: The project.
        config_files: The config files named on the command line.

    Returns:
        A message with the command that downloads them; empty if none is missing.
    """
    doing = "are missing, and jobs that need them will fail"
    return _missing(required_weights(project), doing, config_files)


def missing_for(project: Project, config_files: Sequence[Path], video: str) -> str:
    """Describe the missing weights without which no film of a video can be made.

    What only some cuts may need (for retries, for what is restored) is not among them, nor what
    makes the sound of some of its films. What draws finals is, once some are asked for.

    Args:
        project: The project.
        config_files: The config files named on the command line.
        video: The video.

    Returns:
        A message with the command that downloads them; empty if none is missing.
    """
    users: set[tuple[str, EngineSettings | None]] = set()
    for settings in settings_in_use(project, video):
        users |= set(_certain_users(settings))
    for drawing in finals_asked_for(project, video):
        users |= set(_engine_users(drawing.chosen_engine))
    return _missing(_of(users), "are missing", config_files)


def missing_for_sound(project: Project, config_files: Sequence[Path], dub: Dub) -> str:
    """Describe the missing weights without which the sound of a film cannot be made.

    Args:
        project: The project.
        config_files: The config files named on the command line.
        dub: The dub of the film.

    Returns:
        A message with the command that downloads them; empty if none is missing.
    """
    users = {(user, None) for user in sound_users(project, dub)}
    return _missing(_of({*users}), "are missing", config_files)


def missing_for_avatar(engine: EngineSettings) -> str:
    """Describe the missing weights without which an engine makes no talking avatar of a video.

    Args:
        engine: The engine's settings.

    Returns:
        A message with the command that downloads them; empty if none is missing.
    """
    users = {(FACE_WEIGHTS, None), *_engine_users(engine)}
    lacking = [user for user in users if any(not one.path for one in _of({user}))]
    options = sorted(f"--for {user}" for user, _ in lacking)
    return _missing_by(_of({*lacking}), "that an avatar needs are missing", options)


def _missing(required: list[RequiredWeight], are: str, config_files: Sequence[Path]) -> str:
    options = [f"--config {file}" for file in config_files]
    return _missing_by(required, f"that the config requires {are}", options)


def _missing_by(required: list[RequiredWeight], are: str, options: Sequence[str]) -> str:
    missing = sorted({one.weight.name for one in required if not one.path})
    if not missing:
        return ""
    command = " ".join(["mouthpiece models fetch", *options])
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    named = ", ".join(missing[:NAMED])
    return f"weights {are}: {named}{more}. Download them: `{command}`"


def check_folders(project: Project, config_files: Sequence[Path]) -> None:
    """Check that the folders of weights exist.

    Args:
        project: The project.
        config_files: All config files. Later files win.

    Raises:
        InputError: A folder is missing. The message tells which file names it.
    """
    named = {
        (f"engines.{settings.engine}.{key}", folder)
        for used in settings_in_use(project)
        for settings in used.drawing
        for key in settings.chosen_engine.folder_keys
        if (folder := getattr(settings.chosen_engine, key))
    }
    for key, folder in sorted(named):
        path = user_path(folder)
        wrong = folder_problem(path)
        if not wrong:
            continue
        what = f"{quoted(folder)}: {wrong}"
        if wrong.startswith("there is no"):
            what = f"there is no folder {quoted(folder)}"
        problem = (
            f"{what} ({shown(path.absolute())}); name one with the layout of "
            "upstream's models/, or leave the key out and download the weights "
            "(`mouthpiece models fetch`)"
        )
        for override in project.overrides:
            if override.setting == key and override.value == folder:
                raise override.row.error("value", problem)
        raise InputError(f"{file_of(key, config_files) or 'config'}: {key}: {problem}")


def _users(settings: Settings) -> Iterator[tuple[str, EngineSettings | None]]:
    """The users of weights in some settings, with the engine whose folder is searched."""
    yield from _certain_users(settings)
    if settings.enhance.mode != "off" and settings.enhance.restore != "off":
        yield RESTORER_WEIGHTS, None
    for preset in settings.retry.presets:
        yield from _engine_users(settings.chosen_engine.with_preset(preset))
    for drawing in settings.drawing[1:]:
        yield from _engine_users(drawing.chosen_engine)


def _certain_users(settings: Settings) -> Iterator[tuple[str, EngineSettings | None]]:
    """Those of them that every film needs."""
    yield FACE_WEIGHTS, None
    for user in scorer_settings()[settings.gate.scorer].weight_users:
        yield user, None
    yield from _engine_users(settings.chosen_engine)


def _engine_users(engine: EngineSettings) -> Iterator[tuple[str, EngineSettings | None]]:
    for user in engine.weight_users:
        yield user, engine
