"""Stage `package`: the delivered film, a master with what is kept of its source's other tracks."""

import logging
import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from ..config.delivery import Keep
from ..core.errors import InputError
from ..core.files import atomic, link_or_copy, read_json, temporary_folder, write_json
from ..core.notes import Note
from ..media.film_check import check_film
from ..media.packing import MADE, Packing, SourceFiles
from ..media.remux import Additions, remux
from ..media.tracks import read_tracks
from ..text.soft_tracks import soft_tracks

if TYPE_CHECKING:
    from ..provenance.marks import Marks

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Master:
    """A film without other tracks.

    Attributes:
        file: Its master.mp4.
        facts: Its film.json.
        dub: Its dub.flac.
    """

    file: Path
    facts: Path
    dub: Path

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return int(read_json(self.facts)["frames"])


@dataclass(frozen=True)
class Made:
    """The subtitles that were made for a film.

    Attributes:
        file: Its subtitles.json; None where it has none, or none as tracks.
        shown: The track that players show unasked: `target`, `source` or `off`.
    """

    file: Path | None = None
    shown: str = "off"


NOTHING_MADE = Made()


def package(
    *,
    master: Master,
    source: SourceFiles,
    keep: Keep,
    bitrate_kbps: int,
    film: Path,
    facts: Path,
    marks: "Marks | None" = None,
    subtitles: Made = NOTHING_MADE,
) -> None:
    """Make the delivered film of a master, whole or not at all.

    Where nothing is added to the master, both share their space on disk if the disk allows it.
    Else picture and sound of the film are measured, as those of the master were.

    Args:
        master: The master.
        source: Its source.
        keep: What is kept of the source.
        bitrate_kbps: Bit rate of each sound track that is kept, in kbit/s.
        film: The MP4 file to write.
        facts: The JSON file to write: what was kept, and notes on what was not.
        marks: What the film is marked with; None where it is not.
        subtitles: The subtitles that were made for it.

    Raises:
        InputError: The source cannot be read.
        Fault: The machine failed, or the film came out wrong: see `media.film_check.check_film`.
    """
    try:
        found = read_tracks(source.file)
    except av.FFmpegError as error:
        raise InputError(f"{source.file}: cannot be read ({error.strerror})") from None
    rate = Fraction(read_json(source.facts)["rate"])
    length_s = master.frames / rate
    marked: list[Note] = []
    with temporary_folder(film) as folder:
        texts = soft_tracks(subtitles.file, subtitles.shown, rate, length_s)
        packing = Packing(source, found, keep, bitrate_kbps, length_s, folder, texts)
        added = packing.additions()
        if added or marks:
            made = folder / film.name
            marked = _made(master, added, made, marks)
            check_film(made, master.dub, master.frames, rate, str(film))
            with atomic(film) as temporary:
                made.replace(temporary)
        elif not (film.exists() and film.samefile(master.file)):
            with atomic(film) as temporary:
                link_or_copy(master.file, temporary)
    tracks = [track for track, _ in (*added.subtitles, *added.sounds)]
    kept = [track.index for track in tracks if track.index != MADE]
    own = [track.language for track in tracks if track.index == MADE]
    write_json(
        facts,
        {
            "version": 1,
            "kept": {
                "title": bool(added.title),
                "chapters": len(added.chapters),
                "tracks": kept,
            },
            "notes": [note.row for note in (*packing.notes, *marked)],
            **({"subtitles": own} if own else {}),
        },
    )
    log.info("%d chapters and tracks %s kept", len(added.chapters), kept)


def _made(master: Master, added: Additions, film: Path, marks: "Marks | None") -> list[Note]:
    """Write a film that has more than its master.

    Returns:
        What is to be said of its marks.
    """
    bare = film.with_name(f"bare{film.suffix}") if marks else film
    if added:
        remux(master.file, added, bare)
    else:
        shutil.copyfile(master.file, bare)  # no link: the marks are appended to it
    return marks.apply(bare, film) if marks else []
