"""The folder of a project that a command writes: config.yaml, videos.tsv, dubs.tsv.

A folder that exists is added to. What a user has written there is never changed: where it differs
from what is asked for, an error says which cell or key to edit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import langcodes

from ..core.errors import InputError, quoted
from ..core.files import write_text
from ..core.languages import language_problem
from ..core.user_files import MISSING, exists, file_problem, reason, resolved, shown
from ..engines.registry import engine_settings
from ..project.config_file import read_config, table_path
from ..project.explain import near
from ..project.project import Project
from ..project.required_weights import missing_weights
from ..project.rows import Row, one_line
from ..project.settings import load
from ..project.tables import LANGUAGE_PATTERN, tag_of
from ..reports.run_summary import film_file
from .consent import checked_consent
from .project_tables import COLUMNS, ProjectTable, cell_of
from .safe_ids import free_id, video_id

CONFIG = "config.yaml"

CONFIG_TEXT = """\
# Written by `mouthpiece`, and yours to edit: docs/cli.md; config/README.md has every key.
videos: videos.tsv
dubs: dubs.tsv
"""


@dataclass(frozen=True)
class Localization:
    """What `localize`, or `greet`, is asked for.

    Attributes:
        film: The film.
        dubs: The audio files by language tag, None for a dub that is made; a name after the tag, as
            in "de_anna", tells dubs in one language apart.
        consent: Who allowed the likeness of the people in the film to be used; empty: a folder
            that exists says it already.
        engine: The engine; empty: the config's, by default the preview.
        length_policy: Of the dubs that are given, or whose scripts are; empty: the config's.
        language: The language that is spoken in the film, a BCP-47 tag; empty: detected.
        script: What is said in it: subtitles or a transcript; None: it is recognized.
        background: Its music and effects without voices; None: they are separated.
        may_leave: Whether the likeness of the people in it may be sent to a hosted service.
        dub_scripts: What dubs that are made say, by their keys; others are translated.
        config: Further lines of the config of a new folder, YAML.
    """

    film: Path
    dubs: Mapping[str, Path | None]
    consent: str = ""
    engine: str = ""
    length_policy: str = ""
    language: str = ""
    script: Path | None = None
    background: Path | None = None
    may_leave: bool = False
    dub_scripts: Mapping[str, Path] = field(default_factory=dict)
    config: str = ""

    @property
    def about_the_film(self) -> dict[str, str | Path]:
        """The optional columns of its row in videos.tsv that have a value."""
        values = {
            "language": self.language,
            "script": self.script,
            "background": self.background,
            "may_leave": "yes" if self.may_leave else "",
        }
        return {column: value for column, value in values.items() if value}


def config_files(folder: Path) -> list[Path]:
    """Find the config of a project's folder.

    Args:
        folder: The folder.

    Returns:
        `config/config.yaml`, else `config.yaml`; empty: neither exists.
    """
    files = (folder / "config" / "config.yaml", folder / CONFIG)
    return [file for file in files if exists(file)][:1]


def named_configs(folder: Path) -> list[Path]:
    """List what `--configfile` has to name of a project's folder.

    Args:
        folder: The folder.

    Returns:
        `config.yaml`, relative to the folder; none where there is a `config/config.yaml`, which
        the workflow reads by itself.
    """
    default = folder / "config" / "config.yaml"
    return [] if exists(default) else [Path(CONFIG)]


def lay_out(folder: Path, wanted: Localization) -> Project:
    """Write the folder of a project, or add dubs to one that exists.

    Args:
        folder: The folder; made where there is none.
        wanted: The film and its dubs.

    Returns:
        The project.

    Raises:
        InputError: Something wanted is wrong, or differs from what the folder holds. Nothing is
            changed then.
    """
    _check(wanted)
    files = config_files(folder)
    tables = _tables(folder, files, wanted.engine)
    video = _add_video(tables["videos"], wanted)
    _add_dubs(tables["dubs"], video, wanted)
    changed = [folder / CONFIG, *(table.path for table in tables.values())]
    with undone_on_error(folder, changed):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: cannot be a project's folder: {reason(error)}") from None
        if not files:
            engine = f"engine: {wanted.engine}\n" if wanted.engine else ""
            write_text(folder / CONFIG, CONFIG_TEXT + engine + wanted.config)
        for table in tables.values():
            if table.added:
                table.write()
        return _open(folder)


def check_weights(folder: Path, project: Project) -> None:
    """Refuse a run that lacks weights, before its first long job.

    Args:
        folder: The project's folder.
        project: The project.

    Raises:
        InputError: Weights are missing, and a film is not made yet.
    """
    made = (film_file(folder / "results", film).exists() for film in project.dubs)
    if not all(made) and (missing := missing_weights(project, config_files(folder))):
        raise InputError(missing)


def _open(folder: Path) -> Project:
    files = config_files(folder)
    return Project.open(read_config(files), files)


def _tables(folder: Path, files: Sequence[Path], engine: str) -> dict[str, ProjectTable]:
    """The tables that the config names; new ones where there is no config."""
    if not files:
        return {name: ProjectTable.read(name, folder / f"{name}.tsv") for name in COLUMNS}
    settings = load(read_config(files))
    if engine not in ("", settings.engine):
        raise InputError(
            f"{files[-1]}: the engine is {settings.engine!r}; edit that key to use {engine!r}"
        )
    return {
        name: ProjectTable.read(name, table_path(name, getattr(settings, name), files))
        for name in COLUMNS
    }


def _check(wanted: Localization) -> None:
    """Refuse what no folder could hold."""
    if problem := file_problem(wanted.film):
        what = "there is no such film" if problem == MISSING else problem
        raise InputError(f"{shown(wanted.film)}: {what}")
    if not wanted.dubs:
        raise InputError(
            "no dub: name one with --dub LANGUAGE=SOUND, such as --dub de=dub.wav, or have one "
            "made with --to LANGUAGE, such as --to pt-BR"
        )
    if wanted.language and (problem := language_problem(wanted.language)):
        raise InputError(f"language {quoted(wanted.language)}: {problem}")
    for what, file in (("script", wanted.script), ("background", wanted.background)):
        if file and (problem := file_problem(file)):
            found = f"there is no file {quoted(str(file))}" if problem == MISSING else problem
            raise InputError(f"{what}: {found}")
    for key, audio in wanted.dubs.items():
        problem = language_problem(tag_of(key))
        if not re.fullmatch(LANGUAGE_PATTERN, key) and not problem.startswith("write"):
            problem = "wanted a language tag such as de, pt-BR or de_anna"
        if problem:
            raise InputError(f"dub {quoted(key)}: {problem}")
        if re.fullmatch("[A-Z]{2}", name := key.partition("_")[2]):
            region = langcodes.standardize_tag(f"{tag_of(key)}-{name}")
            raise InputError(
                f"dub {key!r}: write {region!r} for a region; to name a dub, use other letters "
                "than two capitals"
            )
        if audio and (problem := file_problem(audio)):
            what = f"there is no file {quoted(str(audio))}" if problem == MISSING else problem
            raise InputError(f"dub {key!r}: {what}")
    if wanted.engine and wanted.engine not in engine_settings():
        known = ", ".join(engine_settings())
        hint = near(wanted.engine, list(engine_settings()))
        raise InputError(f"there is no engine {wanted.engine!r}; known: {known}{hint}")


def _add_video(table: ProjectTable, wanted: Localization) -> str:
    """Add the film, unless it is there; returns its id."""
    consent, film = one_line(wanted.consent), resolved(wanted.film)
    for row in table.rows:
        if resolved(row.path("path")) == film:
            if consent and consent != row.values["consent"]:
                raise row.error(
                    "consent", f"is {row.values['consent']!r}; edit it to change what it says"
                )
            _check_about(row, wanted)
            return row.values["video"]
    consent = checked_consent(consent)
    taken = {row.values["video"].casefold() for row in table.rows}
    video = free_id(video_id(film), taken)
    folder = table.path.parent
    about = {
        column: value if isinstance(value, str) else cell_of(resolved(value), folder)
        for column, value in wanted.about_the_film.items()
    }
    table.add({"video": video, "path": cell_of(film, folder), "consent": consent, **about})
    return video


def _check_about(row: Row, wanted: Localization) -> None:
    """Refuse what differs from the row of a film that is there."""
    for column, value in wanted.about_the_film.items():
        known = row.values.get(column, "")
        is_file = isinstance(value, Path)
        same = is_file and known and resolved(row.path(column)) == resolved(Path(value))
        if not same and known != value:
            raise row.error(column, f"is {known!r}, not {str(value)!r}; edit it to change it")


def _add_dubs(table: ProjectTable, video: str, wanted: Localization) -> None:
    """Add the dubs that are not there."""
    columns = ("language", "dub")
    known = {
        tuple(row.values.get(column, "") for column in columns): row
        for row in table.rows
        if row.values["video"] == video
    }
    for key, audio in wanted.dubs.items():
        language, _, name = key.partition("_")
        script = wanted.dub_scripts.get(key)
        # One that is translated is as long as its film.
        policy = wanted.length_policy if audio or script else ""
        if row := known.get((language, name)):
            _check_dub(row, audio, policy, script)
            continue
        files = {"audio": audio, "script": script}
        cells = {
            column: cell_of(resolved(file), table.path.parent)
            for column, file in files.items()
            if file
        }
        values = {"video": video, "language": language, "dub": name, "length_policy": policy}
        table.add({**values, **cells})


def _check_dub(row: Row, audio: Path | None, policy: str, script: Path | None) -> None:
    """Refuse what differs from the row of a dub that is there."""
    values = row.values
    language = values["language"]
    known = resolved(row.path("audio")) if values.get("audio") else None
    if known != (resolved(audio) if audio else None):
        option = f"--dub {language}_new={audio}" if audio else f"--to {language}_new"
        raise row.error(
            "audio",
            f"is {values.get('audio', '')!r}; edit it to change the dub, or give the new one a "
            f"name, as in {option}",
        )
    if policy and policy != values.get("length_policy", ""):
        other = values.get("length_policy", "")
        raise row.error(
            "length_policy", f"is {other!r}, not {policy!r}; edit it to change the policy"
        )
    if script and (not values.get("script") or resolved(row.path("script")) != resolved(script)):
        other = values.get("script", "")
        raise row.error("script", f"is {other!r}, not {shown(script)}; edit it to change it")


@contextmanager
def undone_on_error(folder: Path, files: Sequence[Path]) -> Iterator[None]:
    """Restore files, and the folder, where something fails while they are changed.

    Args:
        folder: The folder, which is removed again where it is new.
        files: The files in it that are changed.

    Yields:
        Nothing.
    """
    is_new = not exists(folder)
    before = {file: file.read_bytes() if not file_problem(file) else None for file in files}
    try:
        yield
    except BaseException:
        for file, content in before.items():
            if content is None:
                with suppress(OSError):  # where the folder is none, no file is below it
                    file.unlink(missing_ok=True)
            elif file.read_bytes() != content:
                file.write_bytes(content)
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise
