"""MuseTalk's own task files, as a project's folder: config.yaml, videos, dubs and overrides.

Upstream (TMElyralab/MuseTalk at 0a89dec) has two forms, which one file may mix. A task of
`configs/inference/test.yaml` is one video with one sound; an avatar of `realtime.yaml` is one video
with many. Both show the video forward and backward for as long as the sound lasts, as `loop` does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.errors import InputError, quoted
from ..core.files import write_text
from ..core.languages import language_problem
from ..core.user_files import (
    MISSING,
    check_places,
    exists,
    file_problem,
    folder_problem,
    resolved,
    shown,
    user_path,
)
from ..engines.registry import engine_settings
from ..project import overrides
from ..project.allowed import limits
from ..project.config_file import read_config, read_one
from ..project.explain import explain
from ..project.project import Project
from ..project.rows import one_line
from ..project.table_text import line_of
from . import project_tables
from .consent import checked_consent
from .folder import CONFIG, undone_on_error
from .project_tables import cell_of
from .safe_ids import LONGEST_ID, free_id, safe_id

NO_LANGUAGE = "und"
"""BCP 47 for a language that nobody named: task files do not say what is spoken."""

ENGINE, SHIFT_KEY = "musetalk", "bbox_shift_px"
SHIFT = f"engines.{ENGINE}.{SHIFT_KEY}"
SHIFT_LIMITS = limits(engine_settings()[ENGINE].model_fields[SHIFT_KEY])

COLUMNS = project_tables.COLUMNS | {"overrides": overrides.COLUMNS}
FILES = (CONFIG, *(f"{name}.tsv" for name in COLUMNS))

CONFIG_TEXT = """\
# Written by `mouthpiece import musetalk`, and yours to edit: config/README.md has every key.
videos: videos.tsv
dubs: dubs.tsv
overrides: overrides.tsv
engine: musetalk
"""

NAMED = 12
"""How many problems, or unknown keys, a message names."""

Text = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    """What tasks and avatars have in common."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    video_path: Text
    bbox_shift: Annotated[int, Field(ge=SHIFT_LIMITS["ge"], le=SHIFT_LIMITS["le"])] = 0


class _Task(_Entry):
    """One video with one sound; `result_name` is the film's file."""

    audio_path: Text
    result_name: str = ""


class _Avatar(_Entry):
    """One video with many sounds. `preparation` is ignored: a bake that is kept is used."""

    audio_clips: Annotated[dict[str, Text], Field(min_length=1)]
    preparation: bool = True


@dataclass(frozen=True)
class TaskFile:
    """What `import musetalk` is asked for.

    Attributes:
        path: The task file, YAML.
        root: The folder that its relative paths begin at: upstream's working folder.
        consent: Who allowed the likeness of the people in all of its videos to be used.
        language: What its sounds speak, a BCP-47 tag.
    """

    path: Path
    root: Path
    consent: str
    language: str = NO_LANGUAGE


@dataclass(frozen=True)
class Clip:
    """One sound on one video.

    Attributes:
        place: Where the task file names it, such as "avator_1, audio_clips.audio_0".
        video_name: What its video is called there.
        name: What it is called there itself.
        video: The video, absolute.
        audio: The sound, absolute.
        bbox_shift_px: Upstream's `bbox_shift`.
    """

    place: str
    video_name: str
    name: str
    video: Path
    audio: Path
    bbox_shift_px: int


@dataclass(frozen=True)
class Imported:
    """What became of a task file.

    Attributes:
        films: Of each clip its place in the file, its video's id and its dub's key.
        notes: What its user should know, a sentence each.
    """

    films: list[tuple[str, str, str]]
    notes: list[str]


def lay_out(folder: Path, wanted: TaskFile, overwrite: bool = False) -> Imported:
    """Write the folder of a project from a task file.

    Args:
        folder: The folder; made where there is none.
        wanted: The task file.
        overwrite: Whether config and tables that are there may be replaced.

    Returns:
        What became of it.

    Raises:
        InputError: Something in the file is wrong, the folder has a project, or nobody said who
            consented (`ConsentMissing`). Nothing is changed then.
    """
    if problem := language_problem(wanted.language):
        raise InputError(f"language {quoted(wanted.language)}: {problem}")
    clips, notes = read_clips(wanted.path, wanted.root)
    consent = checked_consent(wanted.consent)
    _check_free(folder, overwrite)
    tables, films = _tables(clips, folder, consent, wanted.language)
    with undone_on_error(folder, [folder / name for name in FILES]):
        write_text(folder / CONFIG, CONFIG_TEXT)
        for name, rows in tables.items():
            cells = ([row.get(column, "") for column in COLUMNS[name]] for row in rows)
            lines = map(line_of, (COLUMNS[name], *cells))
            write_text(folder / f"{name}.tsv", "".join(f"{line}\n" for line in lines))
        config = [folder / CONFIG]
        Project.open(read_config(config), config)
    return Imported(films, notes)


def read_clips(file: Path, root: Path) -> tuple[list[Clip], list[str]]:
    """Read a task file of either form.

    Args:
        file: The file.
        root: The folder that its relative paths begin at.

    Returns:
        The clips, in order; and what the user should know, a sentence each.

    Raises:
        InputError: It cannot be read, a key is wrong, or a file that it names is not there: a line
            for each, with the task and the key.
    """
    clips: list[Clip] = []
    notes: list[str] = []
    problems: list[str] = []
    for task, values in read_one(file).items():
        where = f"{shown(file)}, {_named(task)}"
        try:
            entry = _entry(where, values)
        except InputError as error:
            problems.append(str(error))
            continue
        video = _path(entry.video_path, root)
        problems += _file_problem(f"{where}, video_path", entry.video_path, video)
        video_name = task if isinstance(entry, _Avatar) else video.stem
        for key, name, text in _sounds(task, entry):
            audio = _path(text, root)
            problems += _file_problem(f"{where}, {key}", text, audio)
            place = f"{_named(task)}, {key}"
            clips.append(Clip(place, video_name, name, video, audio, entry.bbox_shift))
        if entry.model_extra:
            unknown = _listed(map(quoted, entry.model_extra), ", ")
            notes.append(f"{where}: not imported, as it means nothing here: {unknown}")
    if problems:
        raise InputError(_listed(dict.fromkeys(problems), "\n"))
    if any(clip.bbox_shift_px for clip in clips):
        notes.append(
            "MuseTalk's own code ignores bbox_shift in version 1.5; here it works in both. "
            "engines.musetalk.shift_1_5: false in config.yaml is its way"
        )
    return clips, notes


def _entry(where: str, values: Any) -> _Task | _Avatar:
    """Check the values of a task or an avatar."""
    if not isinstance(values, dict):
        raise InputError(f"{where}: has no keys; wanted video_path and audio_path or audio_clips")
    model = _Avatar if "audio_clips" in values else _Task
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InputError(explain(error, lambda _: where, model)) from None


def _sounds(task: str, entry: _Task | _Avatar) -> Iterator[tuple[str, str, str]]:
    """The key, the name and the path of each sound."""
    if isinstance(entry, _Task):
        yield "audio_path", Path(entry.result_name).stem or task, entry.audio_path
        return
    for name, text in entry.audio_clips.items():
        yield f"audio_clips.{_named(name)}", name, text


def _named(name: str) -> str:
    """A name of the file's for a message."""
    return one_line(name)[:LONGEST_ID]


def _path(text: str, root: Path) -> Path:
    return resolved(root / user_path(text))


def _file_problem(where: str, text: str, file: Path) -> Iterator[str]:
    """What is wrong with a file that a key names; nothing where it is one."""
    problem = file_problem(file)
    if problem == MISSING:
        looked = f"{shown(file)}; relative paths begin at --root"
        yield f"{where}: there is no file {quoted(text)} ({looked})"
    elif not folder_problem(file):
        yield f"{where}: {quoted(text)} is a folder; join its pictures to a film first"
    elif problem:
        yield f"{where}: {quoted(text)}: {problem}"


def _listed(items: Iterable[str], between: str) -> str:
    """Join the first items; say how many more there are."""
    known = list(items)
    more = [f"and {len(known) - NAMED} more"] if len(known) > NAMED else []
    return between.join([*known[:NAMED], *more])


def _check_free(folder: Path, overwrite: bool) -> None:
    """Refuse a folder that has a project."""
    check_places(folder)
    default = folder / "config" / CONFIG
    if exists(default):
        raise InputError(f"{shown(default)}: a run would read that; name another folder by --to")
    for file in (folder / name for name in FILES):
        if exists(file) and not overwrite:
            raise InputError(
                f"{shown(file)}: is there already; name another folder by --to, or replace config "
                "and tables of this one by --overwrite"
            )


Rows = dict[str, list[Mapping[str, str]]]


def _tables(
    clips: Sequence[Clip], folder: Path, consent: str, language: str
) -> tuple[Rows, list[tuple[str, str, str]]]:
    """The rows of the tables, and the films; see `Imported`.

    The box shift is part of the bake, which all dubs of a video share: a video with two shifts is
    two videos.
    """
    rows: Rows = {name: [] for name in COLUMNS}
    videos: dict[tuple[str, Path, int], str] = {}
    films = []
    taken: dict[str, set[str]] = {}
    for clip in clips:
        key = clip.video_name, clip.video, clip.bbox_shift_px
        if key not in videos:
            video = free_id(safe_id(clip.video_name), taken)
            videos[key], taken[video.casefold()] = video, set()
            path = cell_of(clip.video, folder)
            rows["videos"].append({"video": video, "path": path, "consent": consent})
            if clip.bbox_shift_px:
                everywhere = {"video": video, "language": "*", "cut": "*"}
                value = str(clip.bbox_shift_px)
                rows["overrides"].append({**everywhere, "setting": SHIFT, "value": value})
        video = videos[key]
        dubs = taken[video.casefold()]
        dub = free_id(safe_id(clip.name), dubs)
        dubs.add(dub.casefold())
        rows["dubs"].append(
            {
                "video": video,
                "language": language,
                "dub": dub,
                "audio": cell_of(clip.audio, folder),
                "length_policy": "loop",
            }
        )
        films.append((clip.place, video, f"{language}_{dub}"))
    return rows, films
