"""The tables of videos and dubs. Others: `decision_table`, `overrides`, `spoken_tables`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from ..core.errors import InputError
from ..core.languages import language_problem
from ..core.user_files import exists, file_problem, shown
from .explain import near
from .given_cuts import default_path
from .rows import Row, check_unique, read

VIDEO_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
LANGUAGE_PATTERN = "(?:[a-z]{2,3}|x)(?:-[A-Za-z0-9]{1,8}){0,9}(?:_[A-Za-z0-9-]{1,64})?"
"""The patterns of a video's id and of `Dub.key` in paths and URLs, as in the schemas."""

REPEATED = re.compile(r"(.+?)\1{19,}$")
"""How no id may end: Snakemake takes it for that of a rule that calls itself for ever."""


@dataclass(frozen=True)
class Video:
    """A row of videos.tsv.

    Attributes:
        video: Its id.
        path: The source.
        consent: Who allowed the likeness of the people in it to be used.
        cuts: The user's table of its cuts, if there is one.
        path_problem: Why the source cannot be read, with its cell; empty where it can.
        cuts_problem: The same of the table of cuts.
        language: The language that is spoken, a BCP-47 tag; empty: detected.
        script: What is said, as the user gave it: subtitles or a transcript.
        script_problem: Why it cannot be read; empty where it can.
        background: Music and effects without voices, as the user gave them.
        background_problem: Why they cannot be read; empty where they can.
        speakers: How many people speak; 0: counted.
        may_leave: Whether the likeness of the people in it may be sent to a hosted service.
        cuts_table: Where its table of cuts is, or would be.
    """

    video: str
    path: Path
    consent: str
    cuts: Path | None
    path_problem: str = ""
    cuts_problem: str = ""
    language: str = ""
    script: Path | None = None
    script_problem: str = ""
    background: Path | None = None
    background_problem: str = ""
    speakers: int = 0
    may_leave: bool = False
    cuts_table: Path = Path("cuts.tsv")


@dataclass(frozen=True)
class Dub:
    """A row of dubs.tsv.

    Attributes:
        video: The video's id.
        language: BCP-47 tag.
        dub: The name of the dub, if there are several in this language; else empty.
        audio: The audio file; None: the dub is made.
        length_policy: What to do if dub and picture differ in length; None: as in the config.
        audio_problem: Why the audio file cannot be read, with its cell; empty where it can.
        kind: `made`: from the script; `mix`: the audio file is the complete sound; `dialogue`: the
            source's background is added to it.
        script: What the dub says, as the user gave it.
        script_problem: Why it cannot be read; empty where it can.
    """

    video: str
    language: str
    dub: str
    audio: Path | None
    length_policy: str | None
    audio_problem: str = ""
    kind: Literal["made", "mix", "dialogue"] = "mix"
    script: Path | None = None
    script_problem: str = ""

    @property
    def key(self) -> str:
        """The dub's id among the dubs of its video: `de`, or `de_anna` for the dub `anna`."""
        return f"{self.language}_{self.dub}" if self.dub else self.language

    @property
    def has_background(self) -> bool:
        """Whether the source's background is added to it."""
        return self.kind != "mix"


def tag_of(key: str) -> str:
    """Find the language of a dub.

    Args:
        key: The dub's key.

    Returns:
        The BCP-47 tag.
    """
    return key.partition("_")[0]


def read_videos(table: Path) -> dict[str, Video]:
    """Read videos.tsv.

    Args:
        table: The file.

    Returns:
        The videos, by id.

    Raises:
        InputError: A row is wrong. A file that is missing is a problem of its video alone.
    """
    rows = read(table, "videos")
    check_unique(rows, ("video",))
    return {row.values["video"]: _video(row) for row in rows}


def repeated_end(name: str) -> str:
    """Say what is wrong with the end of an id; see `REPEATED`.

    Args:
        name: The id.

    Returns:
        A phrase; empty where nothing is.
    """
    found = REPEATED.search(name)
    return f"ends with {found[1]!r} 20 times or more; take another name" if found else ""


def _check_end(row: Row, column: str) -> None:
    if problem := repeated_end(row.values.get(column, "")):
        raise row.error(column, problem)


def _video(row: Row) -> Video:
    _check_end(row, "video")
    path, problem = row.named_file("path")
    language = row.values.get("language", "")
    if language and (wrong := language_problem(language)):
        raise row.error("language", wrong)
    cuts, cuts_problem = row.optional_file("cuts")
    own = default_path(row.table, row.values["video"]).absolute()
    if cuts is None and exists(own):
        problem_of_own = file_problem(own)
        cuts, cuts_problem = own, f"{shown(own)}: {problem_of_own}" if problem_of_own else ""
    script, script_problem = row.optional_file("script")
    background, background_problem = row.optional_file("background")
    return Video(
        video=row.values["video"],
        path=path,
        consent=row.values["consent"],
        cuts=cuts,
        path_problem=problem,
        cuts_problem=cuts_problem,
        language=language,
        script=script,
        script_problem=script_problem,
        background=background,
        background_problem=background_problem,
        speakers=int(row.values.get("speakers", 0)),
        cuts_table=cuts or own,
        may_leave=row.values.get("may_leave") == "yes",
    )


def read_dubs(table: Path, videos: dict[str, Video]) -> dict[tuple[str, str], Dub]:
    """Read dubs.tsv.

    Args:
        table: The file.
        videos: The videos, by id.

    Returns:
        The dubs, by video and `Dub.key`.

    Raises:
        InputError: A row is wrong. A file that is missing is a problem of its film alone.
    """
    rows = read(table, "dubs")
    check_unique(rows, ("video", "language", "dub"))
    dubs = {}
    for row in rows:
        video, language = row.values["video"], row.values["language"]
        if video not in videos:
            raise row.error("video", f"{video!r} is not in videos.tsv{near(video, list(videos))}")
        if problem := language_problem(language):
            raise row.error("language", problem)
        dub = _dub(row)
        dubs[video, dub.key] = dub
    return dubs


def _dub(row: Row) -> Dub:
    _check_end(row, "dub")
    audio, audio_problem = row.optional_file("audio")
    script, script_problem = row.optional_file("script")
    kind = row.values.get("kind") or ("mix" if audio else "made")
    if audio is None and kind != "made":
        raise row.error("kind", f"{kind!r} is a kind of audio, and the column audio is empty")
    policy = row.values.get("length_policy")
    if audio is None and policy and not (policy == "loop" and row.values.get("script")):
        raise row.error(
            "length_policy",
            "a dub that is made is as long as its film: leave it empty, or with a script of your "
            "own, loop",
        )
    return Dub(
        video=row.values["video"],
        language=row.values["language"],
        dub=row.values.get("dub", ""),
        audio=audio,
        length_policy=policy,
        audio_problem=audio_problem,
        kind=cast(Literal["made", "mix", "dialogue"], kind),
        script=script,
        script_problem=script_problem,
    )


def check_video(row: Row, dubs: Iterable[tuple[str, str]]) -> None:
    """Check that the video of a row has dubs.

    Args:
        row: A row with a column video.
        dubs: The dubs, by video and key.

    Raises:
        InputError: It has none.
    """
    videos = {video for video, _ in dubs}
    if row.values["video"] not in videos:
        hint = near(row.values["video"], sorted(videos))
        raise row.error("video", f"dubs.tsv has no such video{hint}")


def check_scope(row: Row, dubs: Iterable[tuple[str, str]]) -> None:
    """Check that a video has films that the row is about.

    Args:
        row: A row with the columns video, and language: the key of a dub, a tag, or "*" for all.
        dubs: The dubs, by video and key.

    Raises:
        InputError: It has none.
    """
    check_video(row, dubs)
    video, language = row.values["video"], row.values["language"]
    if not any(v == video and language in ("*", key, tag_of(key)) for v, key in dubs):
        raise no_language(row, dubs)


def no_language(row: Row, dubs: Iterable[tuple[str, str]]) -> InputError:
    """Make an error about a language that a video does not have.

    Args:
        row: A row with the columns video and language.
        dubs: The dubs, by video and key.

    Returns:
        The error, for the caller to raise.
    """
    known = [key for video, key in dubs if video == row.values["video"]]
    hint = near(row.values["language"], known)
    return row.error("language", f"dubs.tsv has no such language of this video{hint}")


def key_of(row: Row) -> tuple[str, str, str]:
    """Get the key of a row.

    Args:
        row: A row with the columns video, language and cut.

    Returns:
        Video, language and cut.
    """
    return row.values["video"], row.values["language"], row.values["cut"]
