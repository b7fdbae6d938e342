"""Stage `speak`: each line of a script spoken, and fitted to the time that it has.

What was spoken lies in a folder beside takes.json, by content: a run that is killed goes on where
it was, an edited line speaks only itself again, and what was paid for is not paid for twice.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..audio.clipping import longest_clip
from ..config.fit import Fit
from ..core.errors import InputError
from ..core.files import read_json
from ..core.fingerprints import fingerprint
from ..text.script import ScriptLine, most_frames, read_script
from ..text.transcript import read_transcript
from ..voices.base import Sound, Synthesizer, UnspeakableError, UselessAnswerError
from ..voices.cast_list import cast_list
from ..voices.choice import SEPARATOR
from ..voices.fitting import Slot, place, slots, stretch, wanted_rate
from ..voices.given.recording import read_recording
from ..voices.given.settings import NAME as GIVEN
from ..voices.registry import synthesizer_settings
from ..voices.rendering import SAMPLE_RATE_HZ, render
from ..voices.settings import SynthesizerSettings
from ..voices.speaking_notes import notes_on_speakers, notes_on_takes
from ..voices.take_store import TakeStore
from ..voices.takes import Take, Takes, write_takes
from ..voices.trim import trimmed

log = logging.getLogger(__name__)

MOST_FAILURES = 3
"""If the first so many lines cannot be spoken, none can: it is not the lines."""

LEAST_CLIPPED = 3
"""So many samples in a row at full scale are worth a flag; the sound gate judges it."""

MOST_LETTERS = 4000
"""A line with more is none: five minutes of speech."""

STORE = "takes"
"""The folder of the takes, beside takes.json."""


@dataclass(frozen=True)
class Chosen:
    """A synthesizer that may speak.

    Attributes:
        name: Its name.
        settings: The values of its settings.
        version: All that can change its sound: settings, code, packages, weights.
    """

    name: str
    settings: dict[str, Any]
    version: dict[str, Any]


@dataclass(frozen=True)
class SpeakRequest:
    """What the stage is asked.

    Attributes:
        script: The lines, script.tsv.
        transcript: Who speaks, transcript.json.
        facts: The facts of the source, source.json.
        language: The language of the script, a BCP-47 tag.
        synthesizers: Those that may speak, in their order.
        voices: The voices that a person chose, by speaker; "*": of all others.
        named_speakers: The speakers of this very video that the table of voices names.
        recordings: The user's own recordings, by line.
        fit: The config section `speak.fit`.
        loops: Whether the video is looped for as long as the script is.
        code: The version of the code that fits takes, and of its packages.
        takes: The takes.json to write.
    """

    script: Path
    transcript: Path
    facts: Path
    language: str
    synthesizers: Sequence[Chosen]
    voices: Mapping[str, str]
    named_speakers: Sequence[str]
    recordings: Mapping[str, Path]
    fit: Fit
    loops: bool
    code: dict[str, Any]
    takes: Path


@dataclass(frozen=True)
class _Spoken:
    """What was spoken of a line, and the key of its file."""

    sound: Sound
    key: str
    rate: float


def speak(request: SpeakRequest) -> None:
    """Speak the lines of a script.

    Args:
        request: The lines, the voices and the output.

    Raises:
        InputError: A voice is missing, a recording cannot be read, no line has a text, or no line
            can be spoken.
        Fault: The machine or a service failed.
    """
    lines = read_script(request.script)
    if not any(line.target for line in lines):
        raise InputError(
            f"{request.script}: no line has a text to speak. If the source is silent, or only "
            "music, give the dub or its script in dubs.tsv"
        )
    facts = read_json(request.facts)
    booth = Booth(request)
    rate = Fraction(facts["rate"])
    film_s = float(most_frames(int(facts["frames"]), rate, request.loops) / rate)
    times = [(float(line.start_frame / rate), float(line.end_frame / rate)) for line in lines]
    found = slots(times, film_s, request.fit.gap_s)
    speakers = read_transcript(request.transcript).speakers
    pitches_hz = {speaker.speaker: speaker.pitch_hz for speaker in speakers}
    voices = cast_list(lines, pitches_hz, request.voices, request.language, booth.settings)
    takes = [
        booth.take(line, slot, voices.get(line.line, ""), film_s)
        for line, slot in zip(lines, found, strict=True)
    ]
    booth.check()
    notes = [
        *notes_on_takes(takes, booth.settings),
        *notes_on_speakers(request.named_speakers, lines, pitches_hz),
    ]
    rows = [note.row for note in notes]
    write_takes(Takes(SAMPLE_RATE_HZ, tuple(takes), rows), request.takes)
    removed = booth.store.prune(booth.used)
    log.info("%d lines, %d spoken now, %d removed", len(takes), booth.spoken, removed)


class Booth:
    """Speaks lines, and keeps what was spoken.

    Attributes:
        settings: The settings of the synthesizers, by name.
        store: The takes on disk.
        used: The keys of the takes that are in use.
        spoken: How many times a synthesizer spoke.
    """

    def __init__(self, request: SpeakRequest) -> None:
        """Prepare it. No synthesizer is built yet.

        Args:
            request: What the stage is asked.
        """
        self._request = request
        self._versions = {one.name: one.version for one in request.synthesizers}
        self._built: dict[str, Synthesizer] = {}
        self._failures, self._reason, self._laid_any = 0, "", False
        self.settings: dict[str, SynthesizerSettings] = {
            one.name: synthesizer_settings()[one.name].model_validate(one.settings)
            for one in request.synthesizers
        }
        self.store = TakeStore(request.takes.parent / STORE)
        self.used: set[str] = set()
        self.spoken = 0

    def take(self, line: ScriptLine, slot: Slot, voice: str, film_s: float) -> Take:
        """Speak a line, and fit it to its slot.

        Args:
            line: The line.
            slot: Its slot.
            voice: Its voice, `synthesizer:name`; not used where the user recorded the line.
            film_s: The film's length, in seconds.

        Returns:
            The take; one without sound where there is nothing to speak, or it cannot be spoken.
        """
        slot_samples = round(slot.length_s * SAMPLE_RATE_HZ)
        nothing = Take(line.line, line.speaker, slot_samples=slot_samples)
        recording = self._request.recordings.get(line.line)
        if not line.target and recording is None:
            flag = "empty_target" if line.status == "draft" else "silent"
            return replace(nothing, flags=(flag,))
        if slot.start_s >= film_s:
            return replace(nothing, flags=("past_end",))
        try:
            if len(line.target) > MOST_LETTERS:
                raise UnspeakableError(f"it has {len(line.target)} letters, which is no line")
            spoken = self._recorded(recording) if recording else self._fitting(line, slot, voice)
        except UnspeakableError as error:
            self._failed(line, str(error))
            flags = (f"not_spoken={_plain(str(error))}",)
            cost_usd = error.cost_usd if isinstance(error, UselessAnswerError) else 0.0
            return replace(nothing, voice=voice, flags=flags, cost_usd=cost_usd)
        name = GIVEN if recording else voice.partition(SEPARATOR)[0]
        take = replace(nothing, voice=GIVEN if recording else voice, synthesizer=name)
        return self._laid(take, spoken, slot, film_s)

    def check(self) -> None:
        """Make sure that some line has been spoken.

        Raises:
            InputError: None has.
        """
        if not self._laid_any:
            raise InputError(f"{self._request.script}: no line can be spoken: {self._reason}")

    def _laid(self, take: Take, spoken: _Spoken, slot: Slot, film_s: float) -> Take:
        length_s = _length_s(spoken.sound)
        share = stretch(length_s, slot, self._request.fit)
        placed = place(length_s * share, slot, film_s)
        key, fitted = self._rendered(spoken, share)
        end_s = placed.start_s + len(fitted.samples) / SAMPLE_RATE_HZ
        if end_s > film_s and film_s > placed.start_s:  # no word is cut: the film has no more time
            share = round(share * (film_s - placed.start_s) / (end_s - placed.start_s), 4)
            key, fitted = self._rendered(spoken, share)
        self._laid_any = True
        robotic = take.synthesizer in self.settings and self.settings[take.synthesizer].is_robotic
        values = {"overrun": placed.overrun_s, "early": placed.early_s}
        flags = [f"{code}={value:.2f}" for code, value in values.items() if value >= 0.005]
        return replace(
            take,
            take=key,
            file=f"{STORE}/{self.store.path(key).name}",
            start_sample=round(placed.start_s * SAMPLE_RATE_HZ),
            samples=len(fitted.samples),
            rate=spoken.rate,
            stretch=share,
            overrun_s=round(placed.overrun_s, 3),
            borrowed_pause_s=round(placed.borrowed_s, 3),
            flags=(*flags, *_clipped(spoken.sound), *(["robotic"] if robotic else [])),
            cost_usd=spoken.sound.cost_usd,
        )

    def _fitting(self, line: ScriptLine, slot: Slot, voice: str) -> _Spoken:
        """The line at its voice's own rate, or at the rate that its slot needs."""
        natural = self._spoken(line.target, voice, 1.0)
        rates = self.settings[voice.partition(SEPARATOR)[0]].rates
        rate = wanted_rate(_length_s(natural.sound), slot, self._request.fit, rates)
        if rate == 1:
            return natural
        fitting = self._spoken(line.target, voice, rate)
        cost_usd = natural.sound.cost_usd + fitting.sound.cost_usd
        return replace(fitting, sound=replace(fitting.sound, cost_usd=cost_usd))

    def _spoken(self, text: str, voice: str, rate: float) -> _Spoken:
        name, _, own_name = voice.partition(SEPARATOR)
        language = self._request.language
        asked = [text, language, own_name, rate, name]
        key = self.store.key({"raw": asked, **self._versions[name]})
        self.used.add(key)
        sound = self.store.get(key)
        if sound is None and (useless := self.store.useless(key)):
            raise self._kept(useless, key)
        if sound is None:
            self.spoken += 1
            try:
                sound = self._said(name, text, own_name, rate)
            except UselessAnswerError as error:
                self.store.put_useless(key, error)
                raise self._kept(error, key) from None
            self.store.put(key, sound, self.settings[name].is_service)
        return _Spoken(sound, key, rate)

    def _said(self, name: str, text: str, voice: str, rate: float) -> Sound:
        sound = self._synthesizer(name).speak(text, self._request.language, voice, rate)
        if len(trimmed(sound.samples, sound.sample_rate_hz)):
            return sound
        if self.settings[name].is_service or sound.cost_usd:
            raise UselessAnswerError("the voice is silent", sound.cost_usd)
        raise UnspeakableError("the voice is silent")

    def _kept(self, error: UselessAnswerError, key: str) -> UselessAnswerError:
        """The error with how to ask again: what may be paid is not asked for again unasked."""
        file = self.store.useless_path(key).name
        return UselessAnswerError(
            f"{error}; it may be paid, so it is not asked for again: edit the line, choose another "
            f"voice, or delete {STORE}/{file} and run with --forcerun speak",
            error.cost_usd,
        )

    def _recorded(self, path: Path) -> _Spoken:
        sound = read_recording(path)
        if not len(trimmed(sound.samples, sound.sample_rate_hz)):
            raise InputError(f"{path}: is silent; is it the right file?")
        return _Spoken(sound, fingerprint(path), 1.0)

    def _rendered(self, spoken: _Spoken, share: float) -> tuple[str, Sound]:
        key = self.store.key({"of": spoken.key, "share": share, **self._request.code})
        self.used.add(key)
        fitted = self.store.get(key)
        if fitted is None:
            fitted = render(spoken.sound, share)
            self.store.put(key, fitted)
        return key, fitted

    def _synthesizer(self, name: str) -> Synthesizer:
        if name not in self._built:
            self._built[name] = self.settings[name].build()
        return self._built[name]

    def _failed(self, line: ScriptLine, reason: str) -> None:
        log.warning("line %s cannot be spoken: %s", line.line, reason)
        self._failures += 1
        self._reason = reason
        if self._failures >= MOST_FAILURES:
            self.check()


def _clipped(sound: Sound) -> list[str]:
    """The flag of a sound that was made or recorded too loud. Rendering hides it."""
    clipped = longest_clip(sound.samples)
    return [f"clipped={clipped}"] if clipped >= LEAST_CLIPPED else []


def _length_s(sound: Sound) -> float:
    """How long the speech in a sound is, in seconds."""
    return len(trimmed(sound.samples, sound.sample_rate_hz)) / sound.sample_rate_hz


def _plain(reason: str) -> str:
    """A reason as the value of a flag."""
    return reason.replace(";", ",").replace("\t", " ")
