"""What benchmarks/people.py measures of preview drafts of a cut."""

import logging
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from people_bench import Bench, sounds_of, starts
from people_figures import CUT_S, CUT_SPEECH_S, SHORT_S, alike, faults_of, lag
from people_gate import Draft, passing, passing_whole
from talking import (
    FRAME_SAMPLES,
    Drawn,
    Shot,
    at_25,
    driven,
    laid_in,
    meshes,
    muted,
    spoken,
)

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.audio.voice_activity import sound_frames, speech_frames
from mouthpiece.core.errors import InputError
from mouthpiece.faces.articulation import Span, articulation
from mouthpiece.faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from mouthpiece.faces.mouth import LEFT_CORNER, RIGHT_CORNER
from mouthpiece.patches.looks import LooksSummary
from mouthpiece.scorers.picture import picture_measures
from mouthpiece.scorers.silent_mouth import mouth_in_silence, openings, opens_from
from mouthpiece.training.dataset import padded
from mouthpiece.training.synth import Voice, speak
from mouthpiece.training.texts import NEW_VARIANTS, SENTENCES
from mouthpiece.training.voice_metrics import shut_at

EASED_FRAMES = 3
UPPER_LIP = 0
SEEN = tuple(measure.name for measure in fields(LooksSummary))
"""The measures of a picture that depend on no sound."""


@dataclass(frozen=True)
class Picture:
    """A draft of a whole shot, and what is heard in the sound that it was drawn to.

    Attributes:
        shot: The shot.
        drawn: The draft, laid into it.
        said: Whether somebody speaks in each frame, [T] bool.
        heard: Whether somebody may be heard in it, [T] bool.
    """

    shot: Shot
    drawn: Drawn
    said: np.ndarray
    heard: np.ndarray

    def measures(self, start_s: float, length_s: float) -> dict[str, float | None]:
        """Measure a piece of it as a run measures a cut.

        The person's own mouth is that of the whole shot, from which the draft was drawn.
        """
        rate = float(self.shot.clock.rate)
        first = round(start_s * rate)
        end = first + round(length_s * rate)
        found = picture_measures(
            self.drawn.looks.between(first, end),
            self.drawn.points[first:end],
            self.shot.tracks[0].points,
            self.said[first:end],
            self.heard[first:end],
            rate,
        )
        return asdict(found)


def dub(bench: Bench, shot: Shot, avatar: Path, sounds: list[np.ndarray]) -> dict[str, str]:
    """Judge a draft by each of two other persons' sounds, in pieces of a cut's length, and score
    shorter pieces; by that of one person, who is the only one, without swapped sound.

    A piece with the sound that it was drawn to is judged as a run does, by its sync and by its
    picture; with any other sound, by its sync and by what its picture shows without sound.
    """
    orders = (sounds[:2], sounds[1::-1]) if len(sounds) > 1 else (sounds,)
    found = [draft for order in orders for draft in _pieces(bench, shot, avatar, *order)]
    bench.found.drafts += found
    cuts = [draft for draft in found if draft.duration_s == CUT_S]
    row = _passed("dub_{}", passing(cuts, bench.draft_limits))
    right = [draft for draft in cuts if draft.sound == "right"]
    row |= _passed("dub_{}_whole_gate", passing_whole(right, bench.draft_limits))
    faults = [draft.faults(bench.draft_limits) for draft in right]
    if right:
        row["dub_confidences"] = ";".join(f"{draft.confidence:.2f}" for draft in right)
        row["dub_faults"] = " | ".join(";".join(f.code for f in some) for some in faults if some)
    return row


def _passed(column: str, passed: dict[str, dict[str, list[float]]]) -> dict[str, str]:
    """How many pieces of a shot pass, by sound."""
    verdicts = {sound: list(chain(*people.values())) for sound, people in passed.items()}
    return {column.format(s): f"{sum(v):.0f}/{len(v)}" for s, v in verdicts.items()}


def _pieces(
    bench: Bench, shot: Shot, avatar: Path, right: np.ndarray, wrong: np.ndarray | None = None
) -> Iterator[Draft]:
    """Draw a shot to a sound, and score its pieces against that and against others."""
    picture = _drawn(bench, shot, avatar, right)
    face = at_25(picture.drawn.seen, shot.clock)
    for length_s, least_s in ((CUT_S, CUT_SPEECH_S), (SHORT_S, 0.0)):
        for start_s in starts(shot.duration_s, length_s):
            shown = picture.measures(start_s, length_s)
            alone = {name: shown[name] for name in SEEN}
            for sound, samples in sounds_of(right, wrong):
                draft = bench.scored(
                    shot.clip.person, sound, face, samples, start_s, length_s, least_s
                )
                if draft:
                    yield replace(draft, picture=shown if sound == "right" else alone)


def _drawn(bench: Bench, shot: Shot, avatar: Path, sound: np.ndarray) -> Picture:
    speech = spoken(sound)
    said = speech_frames(speech, shot.clock)
    heard = sound_frames(speech, shot.clock, said)
    patches = driven(shot, avatar, speech, bench.preview, bench.stopwatch)
    return Picture(shot, laid_in(shot, patches, bench.stopwatch, ~heard), said, heard)


def own(bench: Bench, shot: Shot, avatar: Path, offset_frames: int) -> dict[str, Any]:
    """Compare a draft that is driven by the clip's own sound to the person's own track."""
    assert shot.sound
    at_lips = shot.sound.later(offset_frames * FRAME_SAMPLES, shot.clock)
    sound, first, end = muted(replace(shot, sound=at_lips))
    said = speech_frames(at_lips, shot.clock)
    heard = _heard_beside(sound, shot, said, slice(first, end))
    patches = driven(shot, avatar, sound, bench.preview, bench.stopwatch)
    drawn = laid_in(shot, patches, bench.stopwatch, ~heard)
    margin = round(0.3 * shot.clock.rate)
    outside = np.ones(shot.clock.frames, bool)
    outside[max(0, first - margin) : end + margin] = False
    mouth, person = articulation(drawn.points), articulation(shot.tracks[0].points)
    row: dict[str, Any] = {}
    row |= alike(mouth, person, outside, said)
    row |= lag(mouth[:, 0], person[:, 0], outside)
    row["beside"] = float(_beside(drawn.points, meshes(shot)).max())
    own = Span.of(person[:, 0])
    within = mouth[first + EASED_FRAMES : end - EASED_FRAMES, 0]
    beyond = (within - own.rest) / max(own.range, 1e-6)
    row["open_in_silence"] = float(np.mean(within > opens_from(own))) if len(within) else 0.0
    row["open_in_silence_by"] = float(np.max(beyond)) if len(beyond) else 0.0
    row |= _silences(shot, drawn, heard, slice(first, end)) | _pictures(drawn)
    return row | {"own_faults": ";".join(faults_of(row, bench.draft_limits).values())}


def _heard_beside(sound: Speech, shot: Shot, said: np.ndarray, muted: slice) -> np.ndarray:
    """In which frames somebody is heard in a sound of which a part is muted, [T] bool. Who goes on
    softly after it may not be heard there for a while, but is in the whole sound, as `said` has it.
    """
    heard = said | sound_frames(sound, shot.clock, speech_frames(sound, shot.clock))
    heard[muted] = False
    return heard


def _silences(shot: Shot, drawn: Drawn, heard: np.ndarray, muted: slice) -> dict[str, float]:
    """For how long the mouth moves and is open in all silences, as the gate measures them, and in
    those beside a part that is muted.
    """
    opening, rate = openings(drawn.points), float(shot.clock.rate)
    still = openings(shot.tracks[0].points)
    beside = heard.copy()
    beside[muted] = True
    others = mouth_in_silence(opening, beside, rate, still)
    return mouth_in_silence(opening, heard, rate, still) | {
        "other_silences_s": others["silence_s"],
        "open_in_other_silences_s": others["open_in_silence_s"],
    }


def closures(bench: Bench, shot: Shot, avatar: Path, number: int) -> dict[str, float]:
    """Whether the mouth of a draft shuts at the p, b and m of a sentence."""
    languages = sorted(SENTENCES)
    language = languages[number % len(languages)]
    texts, timbre = SENTENCES[language], NEW_VARIANTS[number % len(NEW_VARIANTS)]
    try:
        said = speak(texts[number // len(languages) % len(texts)], Voice(language + timbre))
    except InputError as error:
        logging.warning("%s", error)
        return {}
    samples, phones = padded(said.samples, said.phones, random.Random(number))
    heard = np.resize(samples, round(shot.duration_s * SAMPLE_RATE))
    heard[len(samples) :] = 0
    patches = driven(shot, avatar, spoken(heard), bench.preview, bench.stopwatch)
    opening = articulation(laid_in(shot, patches, bench.stopwatch).points)[:, 0]
    own = Span.of(articulation(shot.tracks[0].points)[:, 0])
    shut = opening <= opens_from(own)
    closed = shut_at(shut, phones, float(shot.clock.rate))
    bench.found.closed[shot.clip.person] += closed
    return {"closed": float(np.mean(closed))} if closed else {}


def _beside(drawn: np.ndarray, own: np.ndarray) -> np.ndarray:
    """How far drawn mouths are from where the person's own is, whatever they do, [T]."""
    at = [UPPER_LIP, UPPER_LIP, RIGHT_CORNER, LEFT_CORNER]
    away = np.linalg.norm((drawn - own)[:, at, :2].mean(1), axis=1)
    eyes = np.linalg.norm((own[:, LEFT_EYE_OUTER] - own[:, RIGHT_EYE_OUTER])[:, :2], axis=1)
    return np.asarray(away / np.median(eyes))


def _pictures(drawn: Drawn) -> dict[str, float]:
    """What the picture looks like."""
    return {
        name: value for name, value in asdict(drawn.looks.summary()).items() if value is not None
    }
