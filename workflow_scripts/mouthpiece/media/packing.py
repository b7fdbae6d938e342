"""What a film has of its source, and of what was made for it, beside its picture and its dub."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from ..config.delivery import Keep
from ..core.files import read_json
from ..core.notes import Note
from .ffmpeg import FfmpegError, ffmpeg
from .remux import Additions
from .sound import write_flac
from .subtitles import Subtitles, read_subtitles
from .tracks import Chapter, Track, Tracks
from .url import url

MADE = -1
"""The index of a track that no file has."""

TextTrack = tuple[Track, Subtitles]


@dataclass(frozen=True)
class MadeTexts:
    """Subtitles that were made for a film.

    Attributes:
        dubbed: Those of its dubs: what is heard.
        spoken: Those of its source.
    """

    dubbed: Sequence[TextTrack] = ()
    spoken: Sequence[TextTrack] = ()


SOUND_TOLERANCE_S = 0.05
"""See `media.sound.write_flac`."""


@dataclass(frozen=True)
class SourceFiles:
    """A source as a film needs it.

    Attributes:
        file: The user's file.
        facts: Its source.json.
        sound: Its source.flac.
    """

    file: Path
    facts: Path
    sound: Path


class Packing:
    """Decides what is kept of a source, and notes what is not.

    Args:
        source: The source.
        found: What it holds.
        keep: What is to be kept.
        bitrate_kbps: Bit rate of sound, in kbit/s.
        length_s: The film's length, in seconds.
        folder: A folder for temporary files.
        made: The subtitles that were made for the film.
    """

    def __init__(
        self,
        source: SourceFiles,
        found: Tracks,
        keep: Keep,
        bitrate_kbps: int,
        length_s: Fraction,
        folder: Path,
        made: MadeTexts,
    ) -> None:
        self._source, self._found, self._keep = source, found, keep
        self._bitrate_kbps, self._length_s, self._folder = bitrate_kbps, length_s, folder
        known: dict[str, Any] = read_json(source.facts)
        self._zero_s = Fraction(known["zero_s"])
        self._is_repaired = bool(known.get("repairs"))
        self._original = known["audio_track"]
        self._made = made
        self._tone_mapped = known.get("tone_mapped")
        self.notes: list[Note] = []

    def additions(self) -> Additions:
        """Collect what the film gets.

        Returns:
            It; what is missing from it is noted.
        """
        added = Additions(
            title=self._found.title if self._keep.title else "",
            chapters=self._chapters(),
            subtitles=self._all_subtitles(),
            sounds=list(self._sounds()),
        )
        for track in self._found.tracks:
            if track.kind not in ("subtitles", "sound"):
                self._leave(track, "no_place")
        if self._found.title and not self._keep.title:
            self.notes.append(Note("title_not_kept", {"title": self._found.title}))
        if self._found.has_captions:
            self.notes.append(Note("captions_not_kept"))
        if self._found.metadata:
            names = ", ".join(self._found.metadata)
            self.notes.append(Note("metadata_not_kept", {"names": names}))
        if self._tone_mapped:
            self.notes.append(Note("tone_mapped", {"transfer": str(self._tone_mapped)}))
        return added

    def _leave(self, track: Track, reason: str, kind: str = "") -> None:
        values: dict[str, str | int | float] = {
            "kind": kind or track.kind,
            "codec": track.codec,
            "language": track.language,
            "title": track.title,
            "reason": reason,
        }
        self.notes.append(Note("track_not_kept", values))

    def _chapters(self) -> Sequence[Chapter]:
        found = self._found.chapters
        reason = "off" if not self._keep.chapters else "repaired" if self._is_repaired else ""
        if not found or reason:
            if found:
                self.notes.append(
                    Note("chapters_not_kept", {"chapters": len(found), "reason": reason})
                )
            return ()
        moved = [
            replace(
                chapter,
                start_s=max(Fraction(0), chapter.start_s - self._zero_s),
                end_s=min(self._length_s, chapter.end_s - self._zero_s),
            )
            for chapter in found
        ]
        kept = [chapter for chapter in moved if chapter.start_s < chapter.end_s]
        if len(kept) < len(found):
            left = len(found) - len(kept)
            self.notes.append(Note("chapters_not_kept", {"chapters": left, "reason": "outside"}))
        return kept

    def _all_subtitles(self) -> list[TextTrack]:
        """What was made, then what is kept: one track of a language, and the forced ones.

        The dub's subtitles say what is heard, so they replace the source's in that language. In
        the language of the source, its own were written by people, and are kept instead.
        """
        kept = list(self._subtitles())
        full = {track.language for track, _ in kept if not track.forced} | self._replaced
        spoken = [
            (track, texts) for track, texts in self._made.spoken if track.language not in full
        ]
        return [*self._made.dubbed, *spoken, *kept]

    @property
    def _replaced(self) -> set[str]:
        """The languages of the dubs that have subtitles."""
        return {track.language for track, _ in self._made.dubbed}

    def _subtitles(self) -> Iterator[TextTrack]:
        for track in self._found.tracks:
            if track.kind != "subtitles":
                continue
            if reason := self._reason(track):
                self._leave(track, reason)
                continue
            try:
                texts = read_subtitles(self._source.file, track.index, self._zero_s, self._length_s)
            except av.FFmpegError:
                self._leave(track, "damaged")
                continue
            if not texts.texts:
                why = "outside" if texts.is_cut else "damaged" if texts.damaged else "empty"
                self._leave(track, why)
                continue
            if texts.damaged:
                note = Note(
                    "subtitles_damaged", {"language": track.language, "texts": texts.damaged}
                )
                self.notes.append(note)
            if texts.is_cut:
                self.notes.append(Note("subtitles_cut", {"language": track.language}))
            yield track, texts

    def _reason(self, track: Track) -> str:
        """Why a subtitle track is not kept; empty if it can be."""
        if not self._keep.subtitles:
            return "off"
        if not track.codec:
            return "unknown"
        if not track.is_text:
            return "pictures"
        if track.language in self._replaced and not track.forced:
            return "replaced"
        return "repaired" if self._is_repaired else ""

    def _sounds(self) -> Iterator[tuple[Track, Path]]:
        tracks = [track for track in self._found.tracks if track.kind == "sound"]
        # source.json counts the tracks that libav can decode.
        decodable = [track for track in tracks if track.sound]
        original = None if self._original is None else decodable[self._original]
        for track in tracks:
            is_original = track is original
            kind = "original_sound" if is_original else "sound"
            wanted = self._keep.original_audio if is_original else self._keep.other_audio
            path = self._folder / f"{track.index}.m4a"
            try:
                if reason := self._sound_reason(track, wanted, is_original):
                    self._leave(track, reason, kind)
                else:
                    self._encode(track, is_original, path)
                    yield track, path
            except FfmpegError:
                self._leave(track, "damaged", kind)

    def _sound_reason(self, track: Track, wanted: bool, is_original: bool) -> str:
        """Why a sound track is not kept; empty if it can be."""
        if not wanted:
            return "off"
        if not track.sound:
            return "unknown"
        return "repaired" if self._is_repaired and not is_original else ""

    def _encode(self, track: Track, is_original: bool, path: Path) -> None:
        """Encode a sound track on the film's clock."""
        sound = self._source.sound
        if not is_original:
            assert track.sound is not None
            sound = path.with_suffix(".flac")
            write_flac(self._source.file, track.sound, sound, self._zero_s, SOUND_TOLERANCE_S)
        ffmpeg([
            "-i", url(sound), "-af", f"apad=whole_dur={float(self._length_s)}",
            "-t", f"{float(self._length_s)}", "-c:a", "aac", "-b:a", f"{self._bitrate_kbps}k",
            "-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1", url(path),
        ])  # fmt: skip
