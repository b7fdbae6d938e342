"""Write a film's review page."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..config.guard import Guard
from ..core.cut_table import read_table
from ..core.cuts import cut_id
from ..core.faces_table import aligned, read_faces
from ..core.files import atomic, read_json
from ..core.timeline import Clock
from ..faces.track import Track
from ..project.gate import Gate
from ..reports.notes import read_notes
from ..review.clips import write_clips
from ..review.film_view import make_film_view
from ..review.mouth_path import mouth_path
from ..review.page import NOTHING, Film, limits_of, write_page
from ..review.remedies import PageRemedies, in_force, set_elsewhere
from ..review.script_tab import ScriptRequest, make_script_tab
from ..review.thresholds import Thresholds
from ..review.unmatched import FilmCuts, unmatched

log = logging.getLogger(__name__)


def review(
    *,
    video: str,
    language: str,
    clocks: Sequence[Clock],
    table: Path,
    originals: Sequence[Path],
    lipsynced: Sequence[Path],
    guards: Sequence[Path],
    faces: Path,
    scores: Sequence[Path],
    tracks: Sequence[Path],
    picture_px: tuple[int, int],
    source_audio: Path,
    source_clips: Path,
    dub: Path,
    delivered: Path,
    guard: Guard,
    gate: Gate,
    presets: Mapping[str, Sequence[str]],
    folder: Path,
    rows_on_cuts: Sequence[Mapping[str, Any]] = (),
    facts: Sequence[Path] = (),
    script: ScriptRequest | None = None,
    files: Sequence[str] = (),
    subtitles: Path | None = None,
    dials: Mapping[str, Sequence[Mapping[str, Any]]] = NOTHING,
    overrides: Sequence[Sequence[str]] = (),
    final_engine: str = "",
    remarks: Mapping[str, Mapping[str, str]] = NOTHING,
    threads: int = 1,
) -> None:
    """Write a film's review page with its clips, whole or not at all.

    Args:
        video: The video.
        language: The key of the dub.
        clocks: The frames of each cut, in the order of the table's rows.
        table: cuts.tsv of the film.
        originals: The original segment of each cut, in the same order.
        lipsynced: The segment with the draft of each cut that may be redrawn, in the same order; an
            empty file where nothing was drawn.
        guards: Each guard.json.
        faces: Which of the video's cuts may be redrawn, faces.tsv.
        scores: The score.json of each cut that may be redrawn.
        tracks: The face track of each cut, as the guard wrote it.
        picture_px: Width and height of the picture.
        source_audio: The sound of the source.
        source_clips: What all pages of the video share; see module `source_clips` of `review`.
        dub: The sound of the dub.
        delivered: The film as it is delivered.
        guard: The guard's section of the config.
        gate: The gate's.
        presets: Engine -> the names of its presets.
        folder: The folder to write.
        rows_on_cuts: The rows of decisions.tsv and overrides.tsv that may be about this film's
            cuts, as `review.unmatched.rows_on_cuts` gives them. The page names those on cuts that
            are not there.
        facts: The files of facts on the source, the dub and the film: see `reports.notes`.
        script: What the tab *Script* is made from; None: the dub is given.
        files: The names of what is delivered beside the MP4.
        subtitles: subtitles.json of the film; None: it has none.
        dials: Engine -> what a reviewer may turn of it; see `engines.dials.dials_of`.
        overrides: Video, language, cut, setting and value of the rows of overrides.tsv on cuts.
        final_engine: The engine that draws finals; empty: there are none.
        remarks: Cut id -> who decided on it, when, and how bad they found it; see
            `Decision.remark`.
        threads: How many clips are written at once.

    Raises:
        Fault: A sound cannot be read, or a file of the lines is damaged.
    """
    film = Film(video, language, clocks[0].rate, files)
    rows = read_table(table)
    sources = [cut_id(clock.source.first_frame, clock.source.frames) for clock in clocks]
    cuts = FilmCuts([row["cut"] for row in rows], sources)
    known = read_faces(faces)
    redrawn = [known[source] for source in sources]
    with atomic(folder) as temporary:
        drawn = aligned(lipsynced, redrawn)
        sounds = source_audio, source_clips, dub
        clips = write_clips(temporary, rows, clocks, originals, drawn, *sounds, threads)
        for row, clock, track, score in zip(
            rows, clocks, tracks, aligned(scores, redrawn), strict=True
        ):
            scored = read_json(score) if score else {}
            clips[row["cut"]] = replace(
                clips[row["cut"]],
                speech=tuple(map(tuple, scored.get("speech", ()))),
                course=tuple(scored.get("course", ())),
                mouth=tuple(_mouth(track, clock, picture_px)),
            )
        write_page(
            temporary,
            film,
            rows,
            Thresholds.of(guard, gate),
            clips,
            presets,
            {row["cut"]: limits_of(path) for row, path in zip(rows, guards, strict=True)},
            unmatched(rows_on_cuts, {(video, language): cuts}),
            [(noted.about, noted.sentences) for noted in read_notes(facts)],
            make_script_tab(script, film.rate) if script else None,
            make_film_view(delivered, source_clips, subtitles, temporary),
            PageRemedies(
                dials,
                in_force(overrides, video, language),
                sorted({*cuts.film} & {*cuts.source}),
                final_engine,
                set_elsewhere(overrides, video, language),
            ),
            remarks,
        )
    log.info("%d cuts, %d with a draft", len(rows), sum(bool(c.draft) for c in clips.values()))


def _mouth(path: Path, clock: Clock, picture_px: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Where the mouth is in the frames of a cut; nothing where no face was followed."""
    track = Track.load(path)
    return mouth_path(track.at(clock.frame_order), *picture_px) if track.frames else []
