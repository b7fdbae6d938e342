"""Stage `deliverable`: a film in another form than the delivered MP4: HEVC, ProRes, DNxHR."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.delivery import Delivery
from ..core.errors import InputError
from ..core.files import atomic, read_json, temporary_folder, write_json
from ..core.notes import Note
from ..media.ffmpeg import FfmpegError
from ..media.film_check import check_film
from ..media.mezzanine import MezzanineInfo, probe_mezzanine
from ..media.picture_codecs import DNXHR, PRORES, PictureCodec, encode_picture, hevc
from ..media.tracks import read_tracks
from ..media.wrap import Wrapped, wrap_mov, wrap_mp4, wrap_mxf
from ..patches.film_frames import film_frames, shown_cuts

if TYPE_CHECKING:
    from ..provenance.marks import Marks

log = logging.getLogger(__name__)

WRAPS: dict[str, Callable[[Path, Wrapped, Path], None]] = {
    ".mp4": wrap_mp4,
    ".mov": wrap_mov,
    ".mxf": wrap_mxf,
}
"""What writes a file, by the end of its name."""


@dataclass(frozen=True)
class FilmFiles:
    """A film as its other forms need it.

    Attributes:
        mezzanine: The mezzanine of its video.
        delivery: Its delivery.tsv.
        drafts: The patch set of each cut that may be redrawn, in the order of that table.
        facts: Its film.json.
        sound: Its sound, mix.flac or dub.flac.
        web: The delivered MP4.
    """

    mezzanine: Path
    delivery: Path
    drafts: Sequence[Path]
    facts: Path
    sound: Path
    web: Path

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return int(read_json(self.facts)["frames"])


def deliverable(
    *,
    film: FilmFiles,
    profile: str,
    settings: Delivery,
    path: Path,
    facts: Path,
    marks: "Marks | None" = None,
    threads: int = 1,
) -> None:
    """Write a film in another form. Its pictures are encoded once, from the mezzanine and drafts.

    Args:
        film: The film.
        profile: `hevc`, `prores` or `dnxhr`.
        settings: The config section `delivery`.
        path: The file to write, MP4, MOV or MXF.
        facts: The JSON file to write: notes.
        marks: What the file is marked with; None where it is not.
        threads: Threads of the encoder.

    Raises:
        InputError: The form cannot hold the film.
        Fault: The machine failed, or the file came out wrong: see `media.film_check.check_film`.
    """
    source = probe_mezzanine(film.mezzanine)
    codec = _codec(profile, source, settings)
    if source.width < codec.least_px[0] or source.height < codec.least_px[1]:
        raise InputError(
            f"{path}: {profile} has no picture of {source.width}x{source.height}, only from"
            f" {codec.least_px[0]}x{codec.least_px[1]} on; remove it from delivery.profiles"
        )
    frames, rate = film.frames, source.rate
    cuts = shown_cuts(film.delivery, film.drafts, rate)
    wrapped = Wrapped(film.web, film.sound, frames / rate)
    with temporary_folder(path) as folder:
        picture, bare, made = (
            folder / name for name in ("picture.mov", f"bare{path.suffix}", path.name)
        )
        encode_picture(film_frames(cuts, film.mezzanine, frames), source, codec, picture, threads)
        try:
            WRAPS[path.suffix](picture, wrapped, bare)
        except FfmpegError as error:
            raise InputError(
                f"{path}: {path.suffix[1:]} cannot hold this film ({error}); choose another form"
                " in the section delivery of the config"
            ) from None
        picture.unlink()
        notes = marks.apply(bare, made) if marks else []
        if not marks:
            bare.rename(made)
        found = check_film(made, film.sound, frames, rate, str(path))
        with atomic(path) as temporary:
            made.rename(temporary)
    log.info("%d frames, the sound is %+.2f ms off", frames, 1000 * found.worst_offset_s)
    notes += _left_out(path, film.web)
    write_json(facts, {"version": 1, "frames": frames, "notes": [note.row for note in notes]})


def _codec(profile: str, mezzanine: MezzanineInfo, settings: Delivery) -> PictureCodec:
    if profile == "hevc":
        return hevc(mezzanine, settings.hevc_crf, settings.hevc_preset)
    return {"prores": PRORES, "dnxhr": DNXHR}[profile]


def _left_out(path: Path, web: Path) -> list[Note]:
    """What of the delivered film a file has no place for."""
    if path.suffix != ".mxf":
        return []
    found = read_tracks(web)
    left = len(found.tracks) - 1
    return [Note("mxf_without_tracks", {"tracks": left})] if left or found.chapters else []
