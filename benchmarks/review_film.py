"""A film of any number of cuts as a run leaves it for the review page.

Clips are written by the review stage's own code, of a few short segments of moving bars and bursts
of noise that are encoded once; each cut has clip addresses of its own. The film is as long as its
cuts, and all languages of it share the file.
"""

import json
import os
import random
import tempfile
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from mouthpiece.config.guard import Guard
from mouthpiece.core.cut_table import CutRow
from mouthpiece.core.files import write_json
from mouthpiece.core.plain_table import write_plain
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.dials import dials_of
from mouthpiece.engines.registry import engine_settings, preset_names
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.project.gate import Gate
from mouthpiece.project.settings import Engines
from mouthpiece.review.clips import Clips, write_clips
from mouthpiece.review.film_files import SOURCE
from mouthpiece.review.film_view import make_film_view
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.remedies import PageRemedies
from mouthpiece.review.script_lines import FilmLine
from mouthpiece.review.script_view import OfferedVoice, ScriptTab
from mouthpiece.review.sound import SOUND_RATE
from mouthpiece.review.source_clips import write_source_clips
from mouthpiece.review.thresholds import Thresholds
from mouthpiece.text.script import ScriptLine

RATE = Fraction(25)
LENGTHS = (50, 75, 100, 60, 125, 80)
"""Frames of the segments that are encoded; the cuts take them in turn."""
SIZE = (320, 240)
TEXTS = (
    ("Good morning, everybody.", "Bom dia a todos."),
    ("I never said that she took it.", "Eu nunca disse que ela o pegou."),
    ("We have to go, the train leaves in four minutes.", "Temos que ir, o trem parte já."),
)
JUDGED = (
    *[{"verdict": "pass", "severity": "", "reasons": ""}] * 8,
    {"verdict": "review", "severity": "Issue", "reasons": "heard_error=0.31"},
    {"verdict": "fail", "severity": "Blocker", "reasons": "overrun=0.62"},
)


def written(folder: Path, cuts: int, chance: random.Random) -> None:
    """Write what a run leaves of a film of so many cuts.

    `folder` is `results/VIDEO/LANGUAGE`; beside it, `_shared` has what all languages share.
    """
    rows = film_rows(cuts, chance)
    names = list(rows[0])
    write_plain(names, [[row[name] for name in names] for row in rows], folder / "cuts.tsv")
    review, shared = folder / "review", folder.parent / "_shared"
    made = encoded(review, shared, rows)
    clips = {r["cut"]: of_its_own(review, made[i % len(made)], r) for i, r in enumerate(rows)}
    lines = film_lines([int(row["first_frame"]) for row in rows], chance)
    write_page(
        review,
        Film(folder.parent.name, folder.name, RATE),
        rows,
        Thresholds.of(Guard(), Gate()),
        clips,
        {name: preset_names(name) for name in engine_settings()},
        script=script_tab(lines, folder.name),
        play=make_film_view(
            shared / "film.mp4", shared, subtitles(folder / "subtitles.json", lines), review
        ),
        remedies=PageRemedies({"preview": dials_of("preview")}, cuts=[r["cut"] for r in rows]),
    )


def script_tab(lines: list[FilmLine], language: str) -> ScriptTab:
    """What the tab *Script* has of some lines."""
    voices = [OfferedVoice(f"kokoro:voice_{number}") for number in range(54)]
    return ScriptTab(lines, voices, "en", language, fastest=1.49)


def film_lines(starts: list[int], chance: random.Random) -> list[FilmLine]:
    """A line at each of some frames."""
    lines = []
    for start in starts:
        source, target = chance.choice(TEXTS)
        end = start + 20 + len(source)
        speaker = f"S{chance.randrange(1, 4)}"
        name = f"{start:06d}-{end - 1:06d}"
        row = ScriptLine(name, speaker, start, end, source, target, translator="bergamot")
        lines.append(FilmLine(row, target, judged=chance.choice(JUDGED)))
    return lines


def subtitles(path: Path, lines: list[FilmLine]) -> Path:
    """Write subtitles.json of some lines."""
    rows = [
        {"first_frame": row.start_frame, "end_frame": row.end_frame, "lines": [row.target]}
        for row in (line.row for line in lines)
    ]
    write_json(path, {"tracks": [{"name": "target", "subtitles": rows}]})
    return path


def film_rows(cuts: int, chance: random.Random) -> list[dict[str, str]]:
    """The rows of a film of so many cuts."""
    rows, first = [], 0
    for index in range(cuts):
        rows.append(row(first, LENGTHS[index % len(LENGTHS)], chance))
        first += LENGTHS[index % len(LENGTHS)]
    return rows


def row(first: int, frames: int, chance: random.Random) -> dict[str, str]:
    """A row of cuts.tsv, with verdicts and reasons as a film has them."""
    gate, confidence, offset, reason = chance.choice(
        (
            ("pass", 0.3, 0, "in_sync"),
            ("pass", 0.25, 1, "in_sync"),
            ("review", 0.15, 0, "doubtful=0.15"),
            ("fail", 0.2, 4, "off_sync=4"),
            ("fail", 0.05, 0, "low_confidence=0.05"),
            ("unjudged", 0.1, 0, "too_short=0.4"),
            ("none", 0.0, 0, "turned=41.2"),
        )
    )
    values = dict.fromkeys((field.name for field in fields(CutRow)), "")
    values |= {"cut": f"{first:06d}-{first + frames - 1:06d}"}
    values |= {"first_frame": str(first), "frames": str(frames), "gate": gate, "engine": "preview"}
    if gate == "none":
        passed = {"guard": "passthrough", "guard_reasons": reason, "speaker": "unknown"}
        return values | passed | {"action": "passthrough", "reason": reason}
    settings = Engines().preview.model_dump()
    attempt = {"preset": "standard", "moved_frames": 0, "gate": gate, "confidence": confidence}
    return values | {
        "guard": "lipsync",
        "speaker": "speaks",
        "source_confidence": f"{confidence + 0.1:.4f}",
        "source_offset_frames": "0",
        "gate_reasons": "" if gate == "pass" else reason,
        "scorer": "embedded",
        "confidence": f"{confidence + chance.uniform(-0.02, 0.02):.4f}",
        "distance": f"{chance.uniform(0.5, 1):.4f}",
        "offset_frames": str(offset),
        "speech_s": "1.60",
        "draft": f"{chance.randrange(16**12):012x}",
        "action": "passthrough" if gate == "fail" else "lipsync",
        "reason": reason,
        "attempts": json.dumps([attempt] * 2),
        "settings": json.dumps(settings, sort_keys=True),
        "weights": "0123456789ab",
        "code": "0123456789ab",
    }


def encoded(folder: Path, shared: Path, rows: list[dict[str, str]]) -> list[Clips]:
    """Clips of the first cuts, by the review stage's own code; and once the film of all cuts."""
    some = rows[: len(LENGTHS)]
    clocks = [Clock(RATE, int(r["first_frame"]), int(r["frames"])) for r in some]
    with tempfile.TemporaryDirectory() as name:
        sound = Path(name) / "sound.flac"
        time_s = np.arange(int(clocks[-1].end_frame * SOUND_RATE / RATE)) / SOUND_RATE
        noise = np.random.default_rng(0).normal(0, 0.1, len(time_s))
        soundfile.write(sound, noise * (np.sin(2 * np.pi * 1.5 * time_s) > -0.3), SOUND_RATE)
        segments = [segment(Path(name) / r["cut"], int(r["frames"])) for r in some]
        if not shared.exists():
            write_source_clips(shared, clocks, segments, sound)
            write_film(shared, segments, sound, -(-len(rows) // len(some)))
        made = write_clips(folder, some, clocks, segments, segments, sound, shared, sound)
    return [made[r["cut"]] for r in some]


def write_film(shared: Path, segments: list[Path], sound: Path, rounds: int) -> None:
    """Write the film: the segments with their sound, again and again. So is its source's sound."""
    parts = sound.with_name("segments.txt")
    parts.write_text("".join(f"file {path}\n" for path in segments), encoding="utf-8")
    once = sound.with_name("once.mp4")
    pictures = ["-f", "concat", "-safe", "0", "-i", str(parts)]
    ffmpeg([*pictures, "-i", str(sound), "-c:v", "copy", "-c:a", "aac", str(once)])
    short = (shared / SOURCE).rename(shared / "short.m4a")
    for part, whole in ((once, shared / "film.mp4"), (short, shared / SOURCE)):
        again = ["-stream_loop", str(rounds - 1), "-i", str(part)]
        ffmpeg([*again, "-c", "copy", "-movflags", "+faststart", str(whole)])


def segment(path: Path, frames: int) -> Path:
    """An H.264 segment of moving bars."""
    with av.open(str(path), "w", format="mp4") as film:
        video = film.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        bars = np.tile(np.arange(SIZE[0]) % 64 * 3, (SIZE[1], 1))
        for index in range(frames):
            picture = np.roll(np.repeat(bars[..., None], 3, 2), 2 * index, 1).astype(np.uint8)
            film.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(video.encode())
    return path


def of_its_own(folder: Path, clips: Clips, row: dict[str, str]) -> Clips:
    """A cut's own clips, whose files are the same as `clips`' are; and a course."""
    names = {}
    for side, suffix in (("original", "mp4"), ("draft", "mp4"), ("thumbnail", "jpg")):
        if side == "draft" and not row["draft"]:
            continue
        names[side] = f"clips/{row['cut']}.{side}.{suffix}"
        path = folder / names[side]
        if not path.exists():
            os.link(folder / getattr(clips, side), path)
    course = tuple(round(0.2 + 0.1 * np.sin(i / 5), 3) for i in range(len(clips.levels)))
    course = course if row["draft"] else ()
    mouth = tuple((500, 550 + i, 300) for i in range(len(clips.levels) // 5 + 1))
    mouth = mouth if row["draft"] else ()
    return Clips(**names, levels=clips.levels, speech=clips.speech, course=course, mouth=mouth)
