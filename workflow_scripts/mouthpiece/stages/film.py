"""Stage `film`: the master, segments joined and muxed with the dub."""

import itertools
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..audio.film_length import FilmLength
from ..config.delivery import Delivery
from ..core.delivery_table import DeliveredCut, read_delivery, with_files
from ..core.errors import Fault
from ..core.files import atomic, read_json, temporary_folder, write_json
from ..media.encode import Encoding, encode
from ..media.film_check import check_film
from ..media.join import join
from ..media.mezzanine import MezzanineInfo, probe_mezzanine
from ..media.mux import mux
from ..patches.film_frames import ShownCut, shown_cuts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SoundTrack:
    """The sound of a film, as stage `sound` made it.

    Attributes:
        track: Its sound.m4a.
        facts: Its sound.json, which has the length of the film.
        heard: What it was encoded of: mix.flac or dub.flac.
    """

    track: Path
    facts: Path
    heard: Path


def film(
    *,
    mezzanine: Path,
    delivery: Path,
    originals: Sequence[Path],
    lipsynced: Sequence[Path],
    drafts: Sequence[Path],
    language: str,
    master: Path,
    facts: Path,
    settings: Delivery,
    sound: SoundTrack,
    threads: int = 1,
) -> None:
    """Join the segments that the gate chose, and mux them with the film's sound track.

    Args:
        mezzanine: The video's mezzanine.
        delivery: What is delivered of each cut, delivery.tsv.
        originals: Each cut's original segment, in the order of the table.
        lipsynced: The lip-synced segment of each cut that may be redrawn, in the same order; an
            empty file where nothing was drawn.
        drafts: The patch set of each of these cuts.
        language: The dub's language, a BCP-47 tag.
        master: The film to write, MP4.
        facts: What was done, to write, JSON.
        settings: The config section `delivery`.
        sound: The film's sound, which is copied, and as long as the film.
        threads: Threads of the encoder.

    Raises:
        Fault: A file is broken, the sound is that of other cuts, or the film came out wrong: see
            `media.film_check.check_film`.
    """
    source = probe_mezzanine(mezzanine)
    cuts = shown_cuts(delivery, drafts, source.rate)
    segments = _segments(read_delivery(delivery), originals, lipsynced)
    frames = cuts[-1].clock.end_frame
    known = read_json(sound.facts)
    wanted = FilmLength(known["shown_frames"], known["held_frames"])
    if wanted.shown_frames > frames or (wanted.held_frames and wanted.shown_frames < frames):
        raise Fault(
            f"{sound.facts}: is of a picture of {wanted.shown_frames} frames, and the cuts have"
            f" {frames}; delete it and run again"
        )
    log.info("%d frames shown, %d held", wanted.shown_frames, wanted.held_frames)
    loudness = {"loudness": known["loudness"]} if "loudness" in known else {}
    encoding = Encoding(**settings.encoding)
    with temporary_folder(master) as folder:
        fitted = _fitted(cuts, segments, wanted, mezzanine, source, folder, encoding, threads)
        picture = folder / "picture.mp4"
        join(list(fitted), source, picture)
        with atomic(master) as temporary:
            mux(picture, sound.track, language, temporary)
            found = check_film(temporary, sound.heard, wanted.frames, source.rate, str(master))
    log.info("the sound is %+.2f ms off the dub at most", 1000 * found.worst_offset_s)
    write_json(
        facts,
        {
            "version": 1,
            "frames": wanted.frames,
            "sound_late_ms": round(1000 * found.worst_offset_s, 3),
            "compared_parts": len(found.parts),
            **loudness,
            "notes": known["notes"],
        },
    )


def _segments(
    cuts: Sequence[DeliveredCut], originals: Sequence[Path], lipsynced: Sequence[Path]
) -> list[Path]:
    """The segment of each cut that is delivered."""
    return [
        lipsync if lipsync and cut.action == "lipsync" else original
        for (cut, lipsync), original in zip(with_files(cuts, lipsynced), originals, strict=True)
    ]


def _fitted(
    cuts: Sequence[ShownCut],
    segments: Sequence[Path],
    wanted: FilmLength,
    mezzanine: Path,
    source: MezzanineInfo,
    folder: Path,
    encoding: Encoding,
    threads: int,
) -> Iterator[Path]:
    """The segments up to the film's end: the last one shortened, or its last picture held."""
    for cut, segment in zip(cuts, segments, strict=True):
        if cut.clock.end_frame <= wanted.shown_frames:
            yield segment
        elif cut.clock.first_frame < wanted.shown_frames:
            frames = islice(cut.frames(mezzanine), wanted.shown_frames - cut.clock.first_frame)
            encode(frames, source, folder / "short.mp4", encoding, threads)
            yield folder / "short.mp4"
    if wanted.held_frames:
        held = itertools.repeat(cuts[-1].last_frame(mezzanine), wanted.held_frames)
        encode(held, source, folder / "held.mp4", encoding, threads)
        yield folder / "held.mp4"
