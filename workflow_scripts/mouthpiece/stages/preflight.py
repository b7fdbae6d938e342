"""Stage `preflight`: what tables and files can tell of a video's films, before any work on them.

A bad dub is a problem of its own film. What is wrong with the source, or with every dub, fails the
job, and so costs nothing else.
"""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..audio.dub import SILENCE_DBFS, sound_length
from ..audio.film_length import SoundLength, fit
from ..config.delivery import Delivery
from ..config.normalize import Normalize
from ..core.errors import Fault, InputError
from ..core.files import read_json, write_json
from ..media.dub_file import measure_dub
from ..media.forms import check_forms, least_bytes
from ..media.heard import is_heard
from ..media.picture_kind import is_still
from ..media.portrait import read_portrait
from ..media.probe import AudioStream, probe
from ..project.given_cuts import read_override
from ..text.script import most_frames
from .normalize import check_settings, mezzanine_rate, repaired, still_rate

log = logging.getLogger(__name__)

GB = 10**9

_Notes = dict[str, list[dict[str, str | int | float]]]
"""Notes on scripts, as JSON values, by the path of the file."""

FRAMES_OFF = 2
"""How many frames a mezzanine may differ from what the timestamps of its source say."""


@dataclass(frozen=True)
class Footage:
    """A video's own files, as videos.tsv names them.

    Attributes:
        source: The source.
        problem: What is wrong with its cell; empty where nothing is.
        cuts: The user's table of cuts; empty where there is none.
        cuts_problem: What is wrong with that cell; empty where nothing is.
        script: What is said in it, as the user gave it; empty where it is heard.
        background: Its music and effects, as the user gave them; empty where they are made.
    """

    source: str
    problem: str
    cuts: str
    cuts_problem: str
    script: str = ""
    background: str = ""


@dataclass(frozen=True)
class GivenDub:
    """A dub, as dubs.tsv names it.

    Attributes:
        key: Its id among the dubs of the video.
        audio: The user's file; empty where the dub is made.
        problem: What is wrong with its row, or with what makes it; empty where nothing is.
        policy: The length policy of its film.
        kind: `made`, `mix` or `dialogue`, as in `Dub.kind`.
        script: What it says, as the user gave it; empty: it is translated.
    """

    key: str
    audio: str
    problem: str
    policy: str
    kind: str = "mix"
    script: str = ""


@dataclass(frozen=True)
class _Picture:
    """A video's picture, as its mezzanine will have it, and what is known of its source."""

    frames: int
    rate: Fraction
    facts: dict[str, object] = field(default_factory=dict)
    sound: AudioStream | None = None

    @property
    def is_still(self) -> bool:
        """Whether it is a still picture, which has no sound."""
        return bool(self.facts.get("still"))


def preflight(
    *,
    footage: Footage,
    dubs: Sequence[GivenDub],
    weights_problem: str,
    facts: Path,
    normalize: Normalize,
    delivery: Delivery,
) -> None:
    """Check a video and its dubs.

    Args:
        footage: The video's own files.
        dubs: Its dubs.
        weights_problem: What is wrong with the weights that its films need; empty where nothing is.
        facts: The facts of the source and the problem of each film, to write, JSON.
        normalize: The config section `normalize`.
        delivery: The config section `delivery`.

    Raises:
        InputError: No film of the video can be made. The message has a line for each reason.
    """
    source = Path(footage.source)
    problems = [weights_problem, footage.problem, footage.cuts_problem]
    picture = None
    try:
        picture = None if footage.problem else _picture(source, normalize, facts)
        if picture and footage.cuts and not footage.cuts_problem:
            _check_cuts(Path(footage.cuts), picture)
        if picture:
            check_forms(source, picture.facts.get("size_px"), picture.rate, delivery)
            _check_disk(picture, len(dubs), delivery, facts.parent)
    except InputError as error:
        problems.append(str(error))
    films = {dub.key: _film(dub, footage, picture, delivery) for dub in dubs}
    of_films = [str(film["problem"]) for film in films.values() if "problem" in film]
    problems = [problem for problem in problems if problem]
    if problems or (dubs and len(of_films) == len(dubs)):
        raise InputError("\n".join(dict.fromkeys([*problems, *of_films])))
    for key, film in films.items():
        log.info("%s: %s", key, film.get("problem", "ok"))
    if picture:
        write_json(facts, {"version": 1, "source": _facts(picture), "films": films})


def read_preflight(path: Path) -> dict[str, Any]:
    """Read a preflight.json.

    Args:
        path: The file.

    Returns:
        Its values: `source`, the facts of the source, and `films`, by key of the dub.

    Raises:
        Fault: The file is broken.
    """
    try:
        return dict(read_json(path))
    except (OSError, ValueError, TypeError) as error:
        raise Fault(f"{path}: cannot be read ({error}); delete it and run again") from None


def _picture(source: Path, settings: Normalize, beside: Path) -> _Picture:
    """Read the picture, and refuse what `normalize` would refuse."""
    if is_still(source):
        read_portrait(source, settings.still_px)
        rate = still_rate(settings)
        return _Picture(max(1, round(settings.still_s * rate)), rate, {"still": True})
    found = probe(source)
    check_settings(source, found, settings)
    with repaired(source, found, beside) as (_, film):
        rate = mezzanine_rate(source, film.video, settings)
        length_s = film.video.duration_s
    sound = found.chosen_audio
    facts = {
        "still": False,
        "size_px": [found.video.width, found.video.height],
        "sound": sound and {"codec": sound.codec, "channels": sound.channels},
    }
    return _Picture(max(1, round(length_s * rate)), rate, facts, sound)


def _check_cuts(table: Path, picture: _Picture) -> None:
    """Check the user's cuts, for any length that the mezzanine may have."""
    lengths = range(max(1, picture.frames - FRAMES_OFF), picture.frames + FRAMES_OFF + 1)
    problems = []
    for frames in sorted(lengths, key=lambda n: abs(n - picture.frames)):
        try:
            read_override(table, frames)
        except InputError as error:
            problems.append(error)
        else:
            return
    raise problems[0]


def _check_disk(picture: _Picture, films: int, delivery: Delivery, folder: Path) -> None:
    """Refuse a video for which the disk is clearly too small, unless its mezzanine is there."""
    size_px = picture.facts.get("size_px")
    if not isinstance(size_px, list) or (folder / "mezzanine.mp4").exists():
        return
    pixels, length_s = picture.frames * size_px[0] * size_px[1], picture.frames / picture.rate
    least = least_bytes(pixels, float(length_s), films, delivery)
    free = shutil.disk_usage(folder).free
    if free < least:
        raise InputError(
            f"{folder}: {free / GB:.1f} GB are free on this disk, and the films of this video take "
            f"at least {least / GB:.1f} GB; free some space, or run in a folder on another disk"
        )


def _film(
    dub: GivenDub, footage: Footage, picture: _Picture | None, settings: Delivery
) -> dict[str, object]:
    """What is known of a film. A fault is left to the jobs of the film."""
    try:
        check_cell(dub)
        if dub.kind != "mix" and footage.background:
            measure_dub(Path(footage.background))
        if dub.kind == "made":
            return _made_film(dub, footage, picture)
        notes = _script_notes(dub.script, picture) if dub.script and picture else {}
        found = measure_dub(Path(dub.audio))
        heard_s = found.length_s if found.loudest_dbfs >= SILENCE_DBFS else Fraction(0)
        frames = _fitted(dub, SoundLength(found.length_s, heard_s), picture, settings)
        return {"dub_s": round(float(found.length_s), 3), "most_frames": frames, **_noted(notes)}
    except InputError as error:
        return {"problem": str(error)}
    except Exception:  # whatever it is, it must not stop the other films
        log.exception("%s: cannot be checked", dub.audio or dub.key)
        return {}


def _made_film(dub: GivenDub, footage: Footage, picture: _Picture | None) -> dict[str, object]:
    """What is known of a film whose dub is made. It is as long as the picture, or as its script."""
    if picture is None:
        return {}
    if problem := _speech_problem(footage, picture):
        raise InputError(problem)
    notes: _Notes = {}
    if footage.script:
        notes |= _script_notes(footage.script, picture, may_be_table=False)
    loops = dub.policy == "loop"
    if dub.script:
        notes |= _script_notes(dub.script, picture, loops=loops)
    return {**({} if loops else {"most_frames": picture.frames}), **_noted(notes)}


def _script_notes(
    script: str, picture: _Picture, *, may_be_table: bool = True, loops: bool = False
) -> _Notes:
    """What is to be said of a script. One that cannot be read, or is of no time of the film, is
    refused.
    """
    from ..translation.given_script import read_given_script  # few projects have one

    path = Path(script)
    frames = most_frames(picture.frames, picture.rate, loops)
    found = read_given_script(path, picture.rate, frames, may_be_table=may_be_table)
    return {script: [note.row for note in found.notes]}


def _noted(notes: _Notes) -> dict[str, object]:
    """The notes on scripts as a fact of a film; none where there is nothing to say."""
    said = {name: rows for name, rows in notes.items() if rows}
    return {"notes": said} if said else {}


def _speech_problem(footage: Footage, picture: _Picture) -> str:
    """Why there is no speech of which a dub can be made; empty where there may be some."""
    if footage.script:
        return ""
    if picture.is_still:
        return (
            f"{footage.source}: a still picture has no speech of which a dub could be made; name a "
            "sound file in the column audio of dubs.tsv, or what is said in the column script of "
            "videos.tsv"
        )
    ways_on = (
        "so there is nothing to transcribe; name the dub in the column audio of dubs.tsv, or what "
        "is said in the column script of videos.tsv"
    )
    if picture.sound is None:
        return f"{footage.source}: the film has no sound track, {ways_on}"
    if not is_heard(Path(footage.source), picture.sound.index, SILENCE_DBFS):
        return (
            f"{footage.source}: the film is silent, all of its sound is below {SILENCE_DBFS:.0f} "
            f"dBFS, {ways_on}"
        )
    return ""


def check_cell(dub: GivenDub) -> None:
    """Refuse a dub whose cell names no file that can be read.

    Args:
        dub: The dub.

    Raises:
        InputError: The message names table, row and column.
    """
    if dub.problem:
        raise InputError(dub.problem)


def check_decoded(dub: GivenDub, decoded: Path, facts: Path, settings: Delivery) -> None:
    """Check a dub that is decoded, before any work on its film.

    Args:
        dub: The dub.
        decoded: Its dub.flac.
        facts: The preflight.json of its video.
        settings: The config section `delivery`.

    Raises:
        InputError: It is silent, or its length is refused by the length policy.
        Fault: A file is broken.
    """
    source = read_preflight(facts)["source"]
    picture = _Picture(int(source["frames"]), Fraction(source["rate"]))
    _fitted(dub, sound_length(decoded), picture, settings)


def _fitted(
    dub: GivenDub, length: SoundLength, picture: _Picture | None, settings: Delivery
) -> int | None:
    """How many frames the film of a dub will have at most; None where the picture is not known."""
    if not length.heard_s:
        raise InputError(
            f"{dub.audio}: the dub is silent, all of it is below {SILENCE_DBFS:.0f} dBFS; is it "
            "the right file?"
        )
    if picture is None:
        return None
    looped = max(1, round(length.total_s * picture.rate))
    frames = looped if dub.policy == "loop" else picture.frames
    return fit(frames, picture.rate, length, dub.policy, settings, f"{dub.audio}: the dub").frames


def _facts(picture: _Picture) -> dict[str, object]:
    return {
        "frames": picture.frames,
        "rate": str(picture.rate),
        "duration_s": round(float(picture.frames / picture.rate), 3),
        **picture.facts,
    }
