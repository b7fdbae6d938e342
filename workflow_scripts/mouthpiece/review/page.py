"""The review page of a film: each cut's verdict, why, its scores, and its clips side by side.

The page is one file (`index.html`) with a folder `clips/` beside it; it opens from disk and fetches
nothing from elsewhere. What is known of a cut is a row of cuts.tsv; columns this module does not
know are shown as they are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..core.files import digest, read_json, write_text
from ..core.line_table import SEVERITIES
from ..project.decision_table import NOTE_REASONS
from .clips import Clips
from .cut_view import cut_view
from .film_view import FilmView
from .reasons import NO_LIMITS, Limits
from .remedies import PageRemedies
from .script_view import ScriptTab, script_view
from .templating import environment
from .thresholds import Thresholds
from .timecode import timecode
from .unmatched import UnmatchedRow
from .verdicts import REVIEWED, VERDICTS

TEMPLATES = Path(__file__).resolve().parent / "templates" / "page"

PART = 100
"""How many cuts the page lists at a time: rows cost a browser time and memory."""

NO_FILM = FilmView()

NO_REMEDIES = PageRemedies()

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Film:
    """The film that a page is about.

    Attributes:
        video: The video.
        language: The key of the dub.
        rate: Frames per second.
        files: The names of what is delivered beside the MP4.
    """

    video: str
    language: str
    rate: Fraction
    files: Sequence[str] = ()


def limits_of(guard: Path) -> Limits:
    """Read the limits that a cut broke: an override may set others than the config.

    Args:
        guard: The guard.json of the cut.

    Returns:
        Reason code -> limit.
    """
    return {reason["code"]: reason["limit"] for reason in read_json(guard)["reasons"]}


def write_page(
    folder: Path,
    film: Film,
    rows: Sequence[Mapping[str, str]],
    thresholds: Thresholds,
    clips: Mapping[str, Clips],
    presets: Mapping[str, Sequence[str]] = NOTHING,
    limits: Mapping[str, Limits] = NOTHING,
    unmatched: Sequence[UnmatchedRow] = (),
    notes: Sequence[tuple[str, Sequence[str]]] = (),
    script: ScriptTab | None = None,
    play: FilmView = NO_FILM,
    remedies: PageRemedies = NO_REMEDIES,
    remarks: Mapping[str, Mapping[str, str]] = NOTHING,
) -> None:
    """Write `index.html`.

    Args:
        folder: The folder to write it in.
        film: Whose page it is.
        rows: The rows of cuts.tsv, in the order of the film.
        thresholds: The thresholds in force.
        clips: The clips by cut id; may lack some.
        presets: Engine -> the names of its presets.
        limits: Cut id -> the limits that applied to it, where they may differ.
        unmatched: The rows of the user's tables on cuts that the film does not have.
        notes: What is to be said of the source, the dub and the film: about which, and sentences.
        script: The lines of a film whose dub is made; None: its dub is given.
        play: The film itself, beside the page.
        remedies: The settings of single cuts that a reviewer may change.
        remarks: Cut id -> who decided on it, when, and how bad they found it; see
            `Decision.remark`.
    """
    cuts = [
        cut_view(
            row,
            film.rate,
            clips.get(row["cut"], Clips()),
            thresholds,
            limits.get(row["cut"], NO_LIMITS),
            remarks.get(row["cut"]) or remarks.get(row.get("carried_from", ""), {}),
        )
        for row in rows
    ]
    order = list(VERDICTS)
    page = (
        environment(TEMPLATES)
        .get_template("page.html.j2")
        .render(
            film={
                "video": film.video,
                "language": film.language,
                "rate": [film.rate.numerator, film.rate.denominator],
                "rate_text": f"{float(film.rate):.6g}",
                "frames": max((c["first_frame"] + c["frames"] for c in cuts), default=0),
            },
            part=PART,
            cuts=sorted(cuts, key=lambda c: (order.index(c["verdict"]), c["first_frame"])),
            summary=summary(cuts, film.rate),
            unmatched=[str(found) for found in unmatched],
            stray_refusals=stray_refusals(unmatched, remarks),
            notes=notes,
            files=film.files,
            verdicts=VERDICTS,
            limits=thresholds.table(),
            scorer=thresholds.scorer,
            gate={
                "pass": thresholds.limits.min_confidence,
                "fail": thresholds.limits.fail_confidence,
                "offset": thresholds.limits.max_offset_frames,
                "speech_s": thresholds.limits.min_speech_s,
                "delivered": thresholds.delivered,
            },
            guard={"min_frames": thresholds.guard.min_frames},
            presets={engine: list(names) for engine, names in presets.items()},
            reviewed=REVIEWED,
            severities=SEVERITIES[1:],
            note_reasons=NOTE_REASONS,
            lines=script and script_view(script, film.rate),
            play=play.data,
            remedies=remedies.data,
        )
    )
    sizes = sorted(
        (path.relative_to(folder).as_posix(), path.stat().st_size)
        for path in folder.rglob("*")
        if path.is_file()
    )
    made = f'data-revision="{digest([page, sizes])[:12]}"'
    write_text(folder / "index.html", page.replace('data-revision=""', made, 1))


def stray_refusals(
    unmatched: Sequence[UnmatchedRow], remarks: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Pick the refusals of frames that the film does not have: an export must keep them.

    Args:
        unmatched: The rows on cuts that the film does not have.
        remarks: Cut id -> remark; see `write_page`.

    Returns:
        Cut id, note and remark of each refusal that is carried to no cut.
    """
    return [
        {
            "cut": found.row.cut,
            "note": found.row.note,
            "remark": dict(remarks.get(found.row.cut, {})),
        }
        for found in unmatched
        if found.row.is_refusal and not found.carried_to
    ]


def summary(cuts: Sequence[Mapping[str, Any]], rate: Fraction) -> dict[str, Any]:
    """Count the cuts and frames that were lip-synced, and why the others were not.

    Args:
        cuts: What the page knows of each cut; see `cut_view`.
        rate: Frames per second.

    Returns:
        The figures by name.
    """
    synced = [cut for cut in cuts if cut["action"] == "lipsync"]
    others = Counter(cut["reason"].partition("=")[0] for cut in cuts if cut["action"] != "lipsync")
    frames = sum(cut["frames"] for cut in cuts)
    synced_frames = sum(cut["frames"] for cut in synced)
    verdicts = Counter(cut["verdict"] for cut in cuts)
    return {
        "cuts": len(cuts),
        "length": timecode(frames, rate),
        "synced": len(synced),
        "passed": len(cuts) - len(synced),
        "share": f"{synced_frames / frames:.0%}" if frames else "0%",
        "verdicts": {name: verdicts[name] for name in VERDICTS},
        "why": [(code.replace("_", " "), count) for code, count in others.most_common()],
    }
