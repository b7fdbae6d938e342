import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.core.errors import InputError
from mouthpiece.recognition import speaker_turns
from mouthpiece.recognition.base import HeardSegment
from mouthpiece.recognition.settings import RecognizerSettings
from mouthpiece.stages import transcribe as stage
from mouthpiece.stages.transcribe import TranscribeRequest, transcribe
from mouthpiece.text.transcript import Transcript, Word, read_transcript

RATE = 16000
SPANS = [(RATE, 4 * RATE), (6 * RATE, 8 * RATE)]


class FakeRecognizer:
    """Hears the same words in each piece; Spanish where a clip is quiet."""

    languages = ("en", "es")
    said = "Come in, Anna. Where is he?"
    no_speech = 0.01

    def language_of(self, samples: np.ndarray) -> dict[str, float]:
        quiet = float(np.abs(samples).mean()) < 0.05
        return {"es": 0.98, "en": 0.01} if quiet else {"en": 0.97, "es": 0.02}

    def transcribe(self, samples: np.ndarray, language: str = "") -> Sequence[HeardSegment]:
        step = len(samples) / RATE / len(self.said.split())
        words = [
            Word(token, at * step, (at + 1) * step, 0.9)
            for at, token in enumerate(self.said.split())
        ]
        return [HeardSegment(self.said, 0, 1, tuple(words), -0.2, self.no_speech, language, 1.0)]


class FakeSettings(RecognizerSettings):
    def build(self) -> FakeRecognizer:
        return FakeRecognizer()


@pytest.fixture
def request_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TranscribeRequest:
    monkeypatch.setattr(stage, "voiced_spans", lambda mono: SPANS)
    monkeypatch.setattr(
        speaker_turns,
        "_voices",
        lambda mono, lines: np.eye(256)[[at % 2 for at in range(len(lines))]],
    )
    voice = tmp_path / "voice.flac"
    sound = 0.2 * np.sin(np.arange(10 * RATE) / 20)
    sound[5 * RATE :] *= 0.1
    soundfile.write(voice, sound, RATE)
    return TranscribeRequest(
        film="talk",
        voice=voice,
        language="",
        speakers=0,
        script=None,
        recognizer_name="fake",
        recognizer=FakeSettings(),
        same_voice=0.28,
        longest_line_s=7.0,
        doubtful={},
        transcript=tmp_path / "transcript.json",
    )


def made(request: TranscribeRequest, script: tuple[str, str] | None = None) -> Transcript:
    if script:
        path = request.transcript.parent / script[0]
        path.write_text(script[1])
        request = replace(request, script=path)
    transcribe(request)
    return read_transcript(request.transcript)


def codes(transcript: Transcript) -> list[str]:
    return [str(row["code"]) for row in transcript.notes]


def test_lines_speakers_and_languages(request_of: TranscribeRequest) -> None:
    found = made(request_of)
    assert [(s.segment, s.speaker, s.language, s.text) for s in found.segments] == [
        ("0001", "S1", "en", "Come in, Anna."),
        ("0002", "S2", "en", "Where is he?"),
        ("0003", "S1", "es", "Come in, Anna."),
        ("0004", "S2", "es", "Where is he?"),
    ]
    assert found.segments[2].flags == ("other_language=es",)
    assert codes(found) == ["other_languages"]
    assert (found.language, found.recognizer) == ("en", "fake")
    assert [(s.speaker, s.speech_s > 0) for s in found.speakers] == [("S1", True), ("S2", True)]
    assert all(1.0 <= s.start_s < s.end_s <= 8.1 for s in found.segments)


def test_a_language_that_the_table_names_wrongly_is_a_note(request_of: TranscribeRequest) -> None:
    found = made(replace(request_of, language="de"))
    assert codes(found)[0] == "language_mismatch"
    assert (found.language, found.language_probability) == ("de", 1.0)


def test_the_same_input_gives_the_same_bytes(request_of: TranscribeRequest) -> None:
    made(request_of)
    first = request_of.transcript.read_bytes()
    made(request_of)
    assert request_of.transcript.read_bytes() == first
    assert json.loads(first)["version"] == 1


def test_a_silent_film_is_one_sentence(
    request_of: TranscribeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "voiced_spans", lambda mono: [])
    with pytest.raises(InputError, match=r"^video talk: no speech was found in its sound.*script"):
        transcribe(request_of)
    assert not request_of.transcript.exists()


def test_music_in_which_words_are_invented_is_no_speech(
    request_of: TranscribeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRecognizer, "said", "Thanks for watching!")
    monkeypatch.setattr(FakeRecognizer, "no_speech", 0.9)
    with pytest.raises(InputError, match="no speech was found"):
        transcribe(request_of)


def test_subtitles_keep_their_times_and_name_speakers(request_of: TranscribeRequest) -> None:
    srt = "1\n00:00:01,000 --> 00:00:03,500\nANNA: Come in.\n\n"
    srt += "2\n00:00:06,100 --> 00:00:30,000\nBEN: Yes.\n\n"
    unheard = RecognizerSettings()  # it builds nothing: who hears nothing is no reason to redo it
    asked = replace(request_of, language="en", recognizer=unheard, recognizer_name="")
    found = made(asked, ("s.srt", srt))
    assert [(s.speaker, s.start_s, s.end_s, s.text) for s in found.segments] == [
        ("S1", 1.0, 3.5, "Come in."),
        ("S2", 6.1, 10.0, "Yes."),
    ]
    assert [speaker.name for speaker in found.speakers] == ["ANNA", "BEN"]
    assert (found.recognizer, codes(found)) == ("given", ["script_cut_at_end"])


def test_subtitles_of_another_film_are_one_sentence(request_of: TranscribeRequest) -> None:
    with pytest.raises(InputError, match=r"all cues of .* begin after the film's end"):
        made(request_of, ("s.srt", "1\n00:10:01,000 --> 00:10:03,500\nCome in.\n"))


def test_a_transcript_is_aligned(request_of: TranscribeRequest) -> None:
    found = made(request_of, ("s.txt", "ANNA: Come in, Hannah!\nBEN: Where is he?\n"))
    assert [s.text for s in found.segments] == ["Come in, Hannah!", "Where is he?"]
    assert [s.speaker for s in found.segments] == ["S1", "S2"]
    assert (found.segments[0].start_s, found.segments[1].end_s) == (1.0, 3.95)
