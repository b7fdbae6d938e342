"""Stage `lines`: the sound gate, a verdict on each line of a dub that is made here.

It joins what others measured, so a changed threshold hears nothing again.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..config.sound_gate import SoundGate
from ..core.cut_table import CutRow, read_rows
from ..core.files import read_json, write_json
from ..core.line_table import SEVERITIES, VERDICTS, LineRow, Severity, write_lines
from ..recognition.base import macrolanguage
from ..recognition.findings import AudibleSegment, HeardLine, read_audible, read_heard
from ..text.script import ScriptLine, read_script
from ..text.spoken_text import letters_differ, numbers_differ, words_of
from ..voices.takes import Take, read_takes

log = logging.getLogger(__name__)

FLAGS: dict[str, Severity] = {
    "not_spoken": "Blocker",
    "silent": "FYI",
    "robotic": "FYI",
    "early": "FYI",
    "too_long": "FYI",
    "not_in_script": "FYI",
}
"""How much the flags of transcript, translation and take weigh; others are an Issue."""

MEASURED = ("overrun", "clipped")
"""Flags of takes that are judged here, by their values."""

LEAST_OVERLAP_S = 0.2
"""How long a line must be heard during a cut to count, in seconds."""

SEEN_SHARE = 0.5
"""The share of a cut's frames in which a face must be seen to be called seen."""

SHORT_LETTERS = 15
"""A text with fewer letters is heard wrongly by chance: recognizers guess words by those around
them. Of 14 such takes Whisper base misheard 4, by 0.33 to 0.83."""

SURE_LANGUAGE = 0.5
"""How sure a recognizer must be of another language."""


@dataclass(frozen=True)
class SeenMouth:
    """A cut whose original picture is delivered, with a mouth that moves in it.

    Attributes:
        cut: The cut's id.
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
        is_decided: Whether a person decided that it is not redrawn.
    """

    cut: str
    start_s: float
    end_s: float
    is_decided: bool


@dataclass(frozen=True)
class Evidence:
    """What is known of the lines of a film.

    Attributes:
        takes: The takes, by line.
        sample_rate_hz: Samples/s of their times.
        heard: What was heard of them, by line; empty where nothing was heard back.
        audible: The source's segments with the words that are heard in the background.
        cuts: When each cut is shown: its id, begin and end in seconds.
        mouths: The cuts that are not redrawn although a mouth moves in them.
        rate: Frames/s of the film.
        language: The language of the dub, a BCP-47 tag.
    """

    takes: Mapping[str, Take]
    sample_rate_hz: int
    heard: Mapping[str, HeardLine]
    audible: Sequence[AudibleSegment]
    cuts: Sequence[tuple[str, float, float]]
    mouths: Sequence[SeenMouth]
    rate: Fraction
    language: str

    def span_s(self, take: Take) -> tuple[float, float]:
        """Say when a take is heard.

        Args:
            take: The take.

        Returns:
            Begin and end, in seconds.
        """
        rate = self.sample_rate_hz
        return take.start_sample / rate, (take.start_sample + take.samples) / rate

    def audible_share(self, line: ScriptLine) -> tuple[float, int]:
        """Say how much of a line is heard in the background.

        Args:
            line: The line.

        Returns:
            The share of its words, and how many these are.
        """
        first, last = (int(frame) for frame in line.line.split("-"))
        span = float(first / self.rate), float((last + 1) / self.rate)
        near = [s for s in self.audible if _overlap_s(span, (s.start_s, s.end_s)) > 0]
        return max(((s.share, s.words) for s in near), default=(0.0, 0))


@dataclass(frozen=True)
class LineFiles:
    """The files that the sound gate reads.

    Attributes:
        script: The film's script.tsv.
        takes: Its takes.json.
        heard: Its heard.json; None: nothing was heard.
        background: The source's background_words.json; None: nothing was heard.
        cuts: The film's cuts.tsv.
        guards: The guard.json of each of its rows.
        source: The source's source.json.
    """

    script: Path
    takes: Path
    heard: Path | None
    background: Path | None
    cuts: Path
    guards: Sequence[Path]
    source: Path


def lines(
    files: LineFiles,
    language: str,
    settings: SoundGate,
    table: Path,
    facts: Path,
) -> None:
    """Judge the lines of a film.

    Args:
        files: What is known of them.
        language: The language of the dub, a BCP-47 tag.
        settings: The config section `sound_gate`.
        table: lines.tsv, to write.
        facts: How many lines have which verdict and reasons, to write, JSON.

    Raises:
        Fault: A file is damaged.
    """
    evidence = _evidence(files, language, settings)
    rows = [judge(line, evidence, settings) for line in read_script(files.script)]
    write_lines(rows, table)
    verdicts = Counter(row.verdict for row in rows)
    heard = filter(None, (files.heard, files.background))
    notes = [note for file in heard for note in read_json(file)["notes"]]
    write_json(
        facts,
        {
            "version": 1,
            "lines": len(rows),
            "verdicts": {
                verdict: verdicts[verdict] for verdict in dict.fromkeys(VERDICTS.values())
            },
            "severities": dict(Counter(row.severity for row in rows if row.severity)),
            "reasons": dict(Counter(code for row in rows for code in dict.fromkeys(row.codes))),
            "notes": notes,
        },
    )
    log.info("%d lines: %s", len(rows), dict(verdicts))


def judge(line: ScriptLine, evidence: Evidence, settings: SoundGate) -> LineRow:
    """Judge a line.

    Args:
        line: Its row of the script.
        evidence: What is known of the film's lines.
        settings: The config section `sound_gate`.

    Returns:
        Its row.
    """
    take = evidence.takes.get(line.line) or Take(line.line, line.speaker)
    heard = evidence.heard.get(line.line)
    found = [*_flags(line, take)]
    if take.take:
        found += [*_of_take(take, settings), *_of_mouths(take, evidence)]
        found += _of_hearing(line, heard, evidence.language, settings) if heard else ()
    share, words = evidence.audible_share(line)
    if share >= settings.background_share and words >= settings.background_words:
        found.append(("Issue", f"source_audible={share:.2f}"))
    found.sort(key=lambda reason: -SEVERITIES.index(reason[0]))
    severity = found[0][0] if found else ""
    return LineRow(
        line=line.line,
        verdict=VERDICTS[severity],
        severity=severity,
        reasons=";".join(dict.fromkeys(reason for _, reason in found)),
        speaker=line.speaker,
        status=line.status,
        background_share=f"{share:.2f}",
        **(_measured(take, evidence) if take.take else {}),
        **(_heard_columns(heard, evidence.language) if heard else {}),
    )


Found = Iterator[tuple[Severity, str]]


def _flags(line: ScriptLine, take: Take) -> Found:
    """The doubts of those who wrote, translated and spoke the line."""
    for flag in [*filter(None, line.flags.split(";")), *take.flags]:
        code = flag.partition("=")[0]
        if code not in MEASURED:
            yield FLAGS.get(code, "Issue"), flag


def _of_take(take: Take, settings: SoundGate) -> Found:
    over_s = take.overrun_s
    if over_s > settings.review_overrun_s:
        severity: Severity = "Blocker" if over_s > settings.fail_overrun_s else "Issue"
        yield severity, f"overrun={over_s:.2f}"
    pace = _pace(take)
    if pace > settings.fastest:
        yield "Issue", f"fast={pace:.2f}"
    if pace < settings.slowest:
        yield "Issue", f"slow={pace:.2f}"
    clipped = _clipped(take)
    if clipped >= settings.clipped_samples:
        yield "Issue", f"clipped={clipped}"


def _of_hearing(line: ScriptLine, heard: HeardLine, language: str, settings: SoundGate) -> Found:
    is_short = len("".join(words_of(line.target))) < SHORT_LETTERS
    least = settings.fail_heard_error if is_short else settings.review_heard_error
    if heard.error < least:
        return
    if letters_differ(line.target, heard.text) and not _other_language(heard, language):
        yield "FYI", "heard_in_other_letters"  # Whisper writes Hindi in those of Urdu
        return
    # A number in words on one side and in figures on the other is no error of the take.
    is_doubtful = is_short or numbers_differ(line.target, heard.text)
    is_blocker = heard.error >= settings.fail_heard_error and not is_doubtful
    yield "Blocker" if is_blocker else "Issue", f"heard_error={heard.error:.2f}"
    if _other_language(heard, language) and not is_short:
        yield "Blocker", f"heard_language={heard.language}"


def _of_mouths(take: Take, evidence: Evidence) -> Found:
    span = evidence.span_s(take)
    for mouth in evidence.mouths:
        if _overlap_s(span, (mouth.start_s, mouth.end_s)) >= LEAST_OVERLAP_S:
            yield "FYI" if mouth.is_decided else "Issue", f"mouth_not_redrawn={mouth.cut}"


def _pace(take: Take) -> float:
    """How fast a line is spoken, as a multiple of the voice's own pace."""
    return take.rate / take.stretch


def _clipped(take: Take) -> int:
    values = [flag.partition("=")[2] for flag in take.flags if flag.startswith("clipped=")]
    return int(values[0]) if values else 0


def _other_language(heard: HeardLine, language: str) -> bool:
    is_other = heard.language not in ("", macrolanguage(language))
    return is_other and heard.language_probability >= SURE_LANGUAGE


def _measured(take: Take, evidence: Evidence) -> dict[str, str]:
    start_s, end_s = evidence.span_s(take)
    cuts = [
        cut for cut, *span in evidence.cuts if _overlap_s((start_s, end_s), (span[0], span[1])) > 0
    ]
    return {
        "voice": take.voice,
        "start_s": f"{start_s:.3f}",
        "take_s": f"{end_s - start_s:.3f}",
        "slot_s": f"{take.slot_samples / evidence.sample_rate_hz:.3f}",
        "overrun_s": f"{take.overrun_s:.3f}",
        "rate": f"{take.rate:.2f}",
        "stretch": f"{take.stretch:.3f}",
        "clipped_samples": str(_clipped(take)),
        "cuts": ";".join(cuts),
        "take": take.take,
    }


def _heard_columns(heard: HeardLine, language: str) -> dict[str, str]:
    return {
        "heard": " ".join(heard.text.split()),
        "heard_error": f"{heard.error:.3f}",
        "heard_language": heard.language if _other_language(heard, language) else "",
    }


def _evidence(files: LineFiles, language: str, settings: SoundGate) -> Evidence:
    takes = read_takes(files.takes)
    rate = Fraction(read_json(files.source)["rate"])
    cuts = read_rows(files.cuts)
    return Evidence(
        takes={take.line: take for take in takes.takes},
        sample_rate_hz=takes.sample_rate_hz,
        heard=read_heard(files.heard) if files.heard else {},
        audible=read_audible(files.background) if files.background else [],
        cuts=[(cut.cut, *_span_s(cut, rate)) for cut in cuts],
        mouths=list(_mouths(cuts, files.guards, rate, settings.mouth_motion)),
        rate=rate,
        language=language,
    )


def _mouths(
    cuts: Sequence[CutRow], guards: Sequence[Path], rate: Fraction, least_motion: float
) -> Iterator[SeenMouth]:
    """The cuts that are not redrawn although somebody seems to speak in them."""
    for cut, guard in zip(cuts, guards, strict=True):
        if cut.action != "passthrough" or cut.speaker == "not_speaking":
            continue
        measures = read_json(guard)["measures"]
        if measures["seen"] >= SEEN_SHARE and measures.get("mouth_motion", 0.0) >= least_motion:
            is_decided = cut.decision.endswith("passthrough")
            yield SeenMouth(cut.cut, *_span_s(cut, rate), is_decided)


def _span_s(cut: CutRow, rate: Fraction) -> tuple[float, float]:
    return float(cut.first_frame / rate), float((cut.first_frame + cut.frames) / rate)


def _overlap_s(one: tuple[float, float], other: tuple[float, float]) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])
