"""Stage `multilingual`: one file a video, with the sound and the subtitles of all its films."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from ..config.delivery import Keep
from ..core.delivery_table import write_delivery
from ..core.errors import InputError
from ..core.files import atomic, read_json, temporary_folder, write_json
from ..core.languages import alpha3
from ..core.notes import Note
from ..media.ffmpeg import ffmpeg
from ..media.film_check import check_film
from ..media.join import join
from ..media.mezzanine import probe_mezzanine
from ..media.mux import mux
from ..media.packing import MADE, MadeTexts, Packing, SourceFiles, TextTrack
from ..media.remux import Additions, remux
from ..media.sound_track import encode_sound
from ..media.tracks import Track, read_tracks
from ..media.url import url
from ..text.soft_tracks import soft_tracks
from ..text.subtitles import read_tracks as read_subtitles

if TYPE_CHECKING:
    from ..provenance.marks import Marks

log = logging.getLogger(__name__)

ORIGINAL = "original"
"""What the config calls the source's picture."""


@dataclass(frozen=True)
class DubbedFilm:
    """A film of the video.

    Attributes:
        key: The key of its dub.
        language: The language of its dub, a BCP-47 tag.
        facts: Its film.json.
        master: Its master.mp4.
        sound: Its sound, mix.flac or dub.flac.
        subtitles: Its subtitles.json; None where it has no tracks of subtitles.
    """

    key: str
    language: str
    facts: Path
    master: Path
    sound: Path
    subtitles: Path | None = None

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return int(read_json(self.facts)["frames"])


@dataclass(frozen=True)
class OriginalFilm:
    """The film as it was.

    Attributes:
        files: Its source.
        language: Its language, a BCP-47 tag; empty: as its transcript says.
        mezzanine: Its mezzanine.
        segments: The original segment of each of its cuts.
    """

    files: SourceFiles
    language: str
    mezzanine: Path
    segments: Sequence[Path]

    @property
    def has_sound(self) -> bool:
        """Whether it has a sound track."""
        return read_json(self.files.facts)["audio_track"] is not None


@dataclass(frozen=True)
class _Sound:
    """A sound track of the file: what it holds, and what it is called."""

    sound: Path
    language: str
    name: str
    master: Path | None = None


def multilingual(
    *,
    original: OriginalFilm,
    films: Sequence[DubbedFilm],
    picture: str,
    keep: Keep,
    bitrate_kbps: int,
    path: Path,
    facts: Path,
    marks: "Marks | None" = None,
) -> None:
    """Write one file with the sound and the subtitles of all films of a video.

    A film that has another length than the picture, as one whose end is held, is left out.

    Args:
        original: The film as it was.
        films: The films of the video.
        picture: Whose picture it has: `ORIGINAL`, or the key of a dub; the source's where the video
            has no such dub.
        keep: What is kept of the source. Its own sound always is.
        bitrate_kbps: Bit rate of the source's sound, in kbit/s.
        path: The MP4 file to write.
        facts: The JSON file to write: the tracks, and notes on what was left out.
        marks: What the file is marked with; None where it is not.

    Raises:
        InputError: The source cannot be read.
        Fault: The machine failed, or the file came out wrong: see `media.film_check.check_film`.
    """
    rate = probe_mezzanine(original.mezzanine).rate
    chosen = next((film for film in films if film.key == picture), None)
    frames = chosen.frames if chosen else probe_mezzanine(original.mezzanine).frames
    fitting = [film for film in films if film.frames == frames]
    notes = [
        Note(
            "multilingual_left_out",
            {"language": film.key, "frames": film.frames, "picture_frames": frames},
        )
        for film in films
        if film not in fitting
    ]
    with temporary_folder(path) as folder:
        sounds = _sounds(original, fitting, chosen, original.language or _heard_language(films))
        added = _additions(original, fitting, frames / rate, keep, bitrate_kbps, folder)
        first = _first(original, sounds[0], chosen, frames / rate, bitrate_kbps, folder)
        further = [
            (_track(sound), _encoded(sound, n, frames / rate, bitrate_kbps, folder))
            for n, sound in enumerate(sounds[1:])
        ]
        bare, made = folder / "bare.mp4", folder / path.name
        remux(first, replace(added, sounds=[*further, *added.sounds]), bare)
        if marks:
            notes += _marked(marks, bool(chosen), folder).apply(bare, made)
        else:
            bare.rename(made)
        for number, sound in enumerate(sounds):
            check_film(made, sound.sound, frames, rate, str(path), number)
        with atomic(path) as temporary:
            made.rename(temporary)
    if not chosen and picture != ORIGINAL:
        known = ", ".join(film.key for film in films)
        notes.append(Note("multilingual_no_dub", {"dub": picture, "known": known}))
    log.info("%d sound tracks, %d of subtitles", len(sounds), len(added.subtitles))
    write_json(
        facts,
        {
            "version": 1,
            "picture": chosen.key if chosen else ORIGINAL,
            "frames": frames,
            "sounds": [sound.name for sound in sounds],
            "subtitles": [track.language for track, _ in added.subtitles],
            "notes": [note.row for note in notes],
        },
    )


def _sounds(
    original: OriginalFilm, films: Sequence[DubbedFilm], chosen: DubbedFilm | None, language: str
) -> list[_Sound]:
    """The sound tracks, that of the picture first."""
    dubs = [_Sound(film.sound, film.language, film.key, film.master) for film in films]
    own = [_Sound(original.files.sound, language, ORIGINAL)] * original.has_sound
    if not chosen:
        return [*own, *dubs]
    return [
        *(d for d in dubs if d.name == chosen.key),
        *(d for d in dubs if d.name != chosen.key),
        *own,
    ]


def _heard_language(films: Sequence[DubbedFilm]) -> str:
    """The language of the source, as its subtitles have it; empty where it has none."""
    files = (film.subtitles for film in films if film.subtitles)
    tracks = (track for file in files for track in read_subtitles(file)[1:])
    return next((track.language for track in tracks), "")


def _additions(
    original: OriginalFilm,
    films: Sequence[DubbedFilm],
    length_s: Fraction,
    keep: Keep,
    bitrate_kbps: int,
    folder: Path,
) -> Additions:
    """The title, the chapters and the subtitles, and what else is kept of the source."""
    try:
        found = read_tracks(original.files.file)
    except av.FFmpegError as error:
        raise InputError(f"{original.files.file}: cannot be read ({error.strerror})") from None
    texts = _texts(films, probe_mezzanine(original.mezzanine).rate, length_s)
    packing = Packing(
        original.files, found, keep.model_copy(update={"original_audio": False}), bitrate_kbps,
        length_s, folder, texts,
    )  # fmt: skip
    return packing.additions()


def _texts(films: Sequence[DubbedFilm], rate: Fraction, length_s: Fraction) -> MadeTexts:
    """The subtitles of all films. Where two films have one language, each is named by its dub."""
    dubbed: list[TextTrack] = []
    spoken: list[TextTrack] = []
    for film in films:
        made = soft_tracks(film.subtitles, "off", rate, length_s)
        named = film.key if "_" in film.key else ""
        dubbed += [(replace(t, title=named or t.title), texts) for t, texts in made.dubbed]
        spoken = spoken or list(made.spoken)
    return MadeTexts(dubbed, spoken)


def _first(
    original: OriginalFilm,
    sound: _Sound,
    chosen: DubbedFilm | None,
    length_s: Fraction,
    bitrate_kbps: int,
    folder: Path,
) -> Path:
    """A film with the picture and its first sound."""
    if chosen:
        return chosen.master
    picture, track, film = (folder / name for name in ("picture.mp4", "first.m4a", "first.mp4"))
    join(original.segments, probe_mezzanine(original.mezzanine), picture)
    language = sound.language or "und"
    encode_sound(sound.sound, length_s, language, track, bitrate_kbps)
    mux(picture, track, language, film)
    picture.unlink()
    return film


def _encoded(
    sound: _Sound, number: int, length_s: Fraction, bitrate_kbps: int, folder: Path
) -> Path:
    """A sound track as AAC: of a dub, a copy of that in its film."""
    path = folder / f"sound-{number}.m4a"
    if sound.master:
        ffmpeg([
            "-i", url(sound.master), "-map", "0:a:0", "-c", "copy", "-fflags", "+bitexact",
            "-map_metadata", "-1", url(path),
        ])  # fmt: skip
    else:
        ffmpeg([
            "-i", url(sound.sound), "-af", f"apad=whole_dur={float(length_s)}",
            "-t", f"{float(length_s)}", "-c:a", "aac", "-b:a", f"{bitrate_kbps}k",
            "-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1", url(path),
        ])  # fmt: skip
    return path


def _track(sound: _Sound) -> Track:
    return Track(
        index=MADE,
        kind="sound",
        codec="aac",
        language=alpha3(sound.language),
        title=sound.name,
        default=False,
        forced=False,
    )


def _marked(marks: "Marks", is_redrawn: bool, folder: Path) -> "Marks":
    """The marks of the file: where its picture is the source's, no cut is redrawn."""
    if is_redrawn:
        return marks
    table = folder / "delivery.tsv"
    write_delivery([], table)
    return replace(marks, facts=replace(marks.facts, delivery=table, drafts=()))
