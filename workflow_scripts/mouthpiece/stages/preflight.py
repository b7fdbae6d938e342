"""Stage `preflight`: what tables and files can tell of a video's films, before any work on them.

A bad dub is a problem of its own film. What is wrong with the source, or with every dub, fails the
job, and so costs nothing else.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..audio.dub import SILENCE_DBFS, sound_length
from ..audio.film_length import fit
from ..config.delivery import Delivery
from ..config.normalize import Normalize
from ..core.errors import InputError
from ..core.files import temporary_folder, write_json
from ..core.preflight import read_preflight
from ..media.probe import Source, probe
from ..media.still import is_still, write_film
from .cuts import read_override
from .dub import write_dub
from .normalize import accepted_rate, still_rate

log = logging.getLogger(__name__)

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
    """

    source: str
    problem: str
    cuts: str
    cuts_problem: str


@dataclass(frozen=True)
class GivenDub:
    """A dub, as dubs.tsv names it.

    Attributes:
        key: Its id among the dubs of the video.
        audio: The user's file.
        problem: What is wrong with its cell; empty where nothing is.
        policy: The length policy of its film.
    """

    key: str
    audio: str
    problem: str
    policy: str


@dataclass(frozen=True)
class _Picture:
    """A video's picture, as its mezzanine will have it, and what is known of its source."""

    frames: int
    rate: Fraction
    found: Source | None = None


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
    with temporary_folder(facts) as folder:
        try:
            picture = None if footage.problem else _picture(source, normalize, folder)
            if picture and footage.cuts and not footage.cuts_problem:
                _check_cuts(Path(footage.cuts), picture)
        except InputError as error:
            problems.append(str(error))
        films = {dub.key: _film(dub, picture, delivery, folder / "dub.flac") for dub in dubs}
    of_films = [str(film["problem"]) for film in films.values() if "problem" in film]
    problems = [problem for problem in problems if problem]
    if problems or (dubs and len(of_films) == len(dubs)):
        raise InputError("\n".join(dict.fromkeys([*problems, *of_films])))
    for key, film in films.items():
        log.info("%s: %s", key, film.get("problem", "ok"))
    if picture:
        write_json(facts, {"version": 1, "source": _facts(picture), "films": films})


def _picture(source: Path, settings: Normalize, folder: Path) -> _Picture:
    """Read the picture, and refuse what `normalize` would refuse."""
    if is_still(source):
        rate, film = still_rate(settings), folder / "still.mkv"
        write_film(source, film, rate, 1 / float(rate), settings.still_px)
        return _Picture(max(1, round(settings.still_s * rate)), rate, probe(film))
    found = probe(source)
    rate = accepted_rate(source, found.video, settings)
    return _Picture(max(1, round(found.video.duration_s * rate)), rate, found)


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


def _film(
    dub: GivenDub, picture: _Picture | None, settings: Delivery, spool: Path
) -> dict[str, object]:
    """What is known of a film. A fault is left to the jobs of the film."""
    try:
        check_cell(dub)
        write_dub(Path(dub.audio), spool)
        return _fitted(dub, spool, picture, settings)
    except InputError as error:
        return {"problem": str(error)}
    except Exception:  # whatever it is, it must not stop the other films
        log.exception("%s: cannot be checked", dub.audio)
        return {}


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
    _fitted(dub, decoded, picture, settings)


def _fitted(
    dub: GivenDub, decoded: Path, picture: _Picture | None, settings: Delivery
) -> dict[str, object]:
    """How long the film of a dub will be, and what is done for that."""
    length = sound_length(decoded)
    if not length.heard_s:
        raise InputError(
            f"{dub.audio}: the dub is silent, all of it is below {SILENCE_DBFS:.0f} dBFS; is it "
            "the right file?"
        )
    found: dict[str, object] = {"dub_s": round(float(length.total_s), 3)}
    if picture is None:
        return found
    looped = max(1, round(length.total_s * picture.rate))
    frames = looped if dub.policy == "loop" else picture.frames
    film = fit(frames, picture.rate, length, dub.policy, settings, f"{dub.audio}: the dub")
    return found | {"frames": film.frames, "notes": [note.row for note in film.notes]}


def _facts(picture: _Picture) -> dict[str, object]:
    known: dict[str, object] = {
        "frames": picture.frames,
        "rate": str(picture.rate),
        "duration_s": round(float(picture.frames / picture.rate), 3),
    }
    if picture.found:
        video, sound = picture.found.video, picture.found.chosen_audio
        known["size_px"] = [video.width, video.height]
        known["sound"] = sound and {"codec": sound.codec, "channels": sound.channels}
    return known
