"""The stage with its real networks: skipped, loudly, where their weights are not there."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.core.errors import InputError
from mouthpiece.project.spoken_settings import Transcribe
from mouthpiece.stages.transcribe import TranscribeRequest, transcribe
from mouthpiece.text.doubts import plain
from mouthpiece.text.transcript import read_transcript
from mouthpiece.weights.find import find_weight

LINE = "The river was higher than anyone in the village could remember."


def request_of(voice: Path, **changes: object) -> TranscribeRequest:
    section = Transcribe()
    for name in ("whisper-base-ct2/model.bin", "resemblyzer/pretrained.pt"):
        try:
            find_weight((name,))
        except InputError as error:
            pytest.skip(str(error))
    values: dict[str, object] = {
        "film": "talk",
        "voice": voice,
        "language": "",
        "speakers": 0,
        "script": None,
        "recognizer_name": section.recognizer,
        "recognizer": section.chosen,
        "same_voice": section.same_voice,
        "longest_line_s": section.longest_line_s,
        "doubtful": section.doubtful.model_dump(),
        "transcript": voice.with_suffix(".json"),
    }
    return TranscribeRequest(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.slow
def test_speech_is_written_down_at_its_time_and_speakers_are_told(tmp_path: Path) -> None:
    hibari = pytest.importorskip("hibari")
    spoken = np.asarray(hibari.Hibari()(LINE, seed=1))
    loud = np.flatnonzero(np.abs(spoken) > 0.02 * np.abs(spoken).max())
    spoken = spoken[loud[0] : loud[-1]]
    rate, pause = 24000, np.zeros(36000)
    low = np.interp(np.arange(0, len(spoken), 0.72), np.arange(len(spoken)), spoken)
    voice = tmp_path / "voice.flac"
    soundfile.write(voice, np.concatenate([pause, spoken, pause, low, pause]), rate)
    transcribe(request_of(voice))
    found = read_transcript(voice.with_suffix(".json"))
    assert found.language == "en"
    assert found.language_probability > 0.9
    assert plain(found.segments[0].text) == plain(LINE)
    assert abs(found.segments[0].start_s - 1.5) < 0.25
    assert abs(found.segments[0].end_s - 1.5 - len(spoken) / rate) < 0.25
    assert found.segments[0].flags == ()
    assert [speaker.speaker for speaker in found.speakers] == ["S1", "S2"]
    assert found.speakers[0].pitch_hz > 1.2 * found.speakers[1].pitch_hz > 0


@pytest.mark.slow
def test_tones_and_noise_are_no_speech(tmp_path: Path) -> None:
    random, rate = np.random.default_rng(0), 16000
    time_s = np.arange(12 * rate) / rate
    chord = sum(np.sin(2 * np.pi * hz * time_s) for hz in (220, 277, 330)) * 0.1
    voice = tmp_path / "voice.flac"
    soundfile.write(voice, chord + random.normal(0, 0.02, len(chord)), rate)
    with pytest.raises(InputError, match="no speech was found"):
        transcribe(request_of(voice))
