"""Stage `speak` and the dub that is laid of its takes, with a voice that costs no time."""

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import soundfile

from mouthpiece.config.fit import Fit
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.stages import speak as stage
from mouthpiece.stages.made_dub import write_made_dub
from mouthpiece.stages.speak import Chosen, SpeakRequest, speak
from mouthpiece.text.script import ScriptLine, write_script
from mouthpiece.text.transcript import Speaker, Transcript, write_transcript
from mouthpiece.voices.base import Sound, UnspeakableError, UselessAnswerError
from mouthpiece.voices.settings import SynthesizerSettings, Voice
from mouthpiece.voices.takes import Takes, read_takes

RATE, FRAMES = 25, 500
SECOND_OF_LETTERS = 12
"""How many letters the voice says in a second."""


class Tones:
    """Says a tone for each letter; keeps account of what it said."""

    said: ClassVar[list[tuple[str, str, float]]] = []

    def __init__(self, settings: "ToneSettings") -> None:
        self.settings = settings

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        if "%" in text:
            raise UnspeakableError("it has a sign; none can be said")
        if "crash" in text:
            raise Fault("the voice is hoarse")
        self.said.append((text, voice, rate))
        if "useless" in text:
            raise UselessAnswerError("sends nothing", 0.25)
        t = np.arange(round(len(text) / SECOND_OF_LETTERS / rate * 24000)) / 24000
        cost_usd = 0.25 if self.settings.is_dear else 0.0
        return Sound(np.float32(0.2) * np.sin(700 * t).astype(np.float32), 24000, cost_usd)


class ToneSettings(SynthesizerSettings):
    """Says tones."""

    implementation: ClassVar[str] = f"{__name__}:Tones"

    is_dear: bool = False
    """Whether it is paid for."""

    @property
    def rates(self) -> tuple[float, float]:
        return 0.5, 2.0

    def voices(self, language: str) -> Sequence[Voice]:
        names = {"low": 100.0, "middle": 150.0, "high": 210.0}
        return [Voice(name, "", hz) for name, hz in names.items()] if language == "pt-BR" else []

    def build(self) -> Tones:
        return Tones(self)


@pytest.fixture(autouse=True)
def tones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "synthesizer_settings", lambda: {"tones": ToneSettings})
    monkeypatch.setattr(Tones, "said", [])


def line(first: int, end: int, target: str, speaker: str = "S1", **more: str) -> ScriptLine:
    return ScriptLine(f"{first:06d}-{end - 1:06d}", speaker, first, end, "?", target, **more)


LINES = [
    line(0, 50, "x" * 24),
    line(75, 125, "y" * 30, "S2"),
    line(150, 200, "z" * 12),
]


def request(
    folder: Path, lines: Sequence[ScriptLine] = LINES, is_dear: bool = False
) -> SpeakRequest:
    film = folder / "pt-BR"
    write_script(lines, film / "script.tsv")
    people = (Speaker("S1", 105.0, 20.0), Speaker("S2", 200.0, 10.0))
    write_transcript(Transcript("en", 1.0, "given", (), people), folder / "transcript.json")
    write_json(folder / "source.json", {"rate": str(RATE), "frames": FRAMES})
    settings = {"is_dear": is_dear}
    return SpeakRequest(
        script=film / "script.tsv",
        transcript=folder / "transcript.json",
        facts=folder / "source.json",
        language="pt-BR",
        synthesizers=[Chosen("tones", settings, {"settings": settings})],
        voices={},
        named_speakers=(),
        recordings={},
        fit=Fit(),
        loops=False,
        code={"code": "1"},
        takes=film / "takes.json",
    )


def spoken(asked: SpeakRequest) -> Takes:
    speak(asked)
    return read_takes(asked.takes)


def dub_of(asked: SpeakRequest) -> tuple[np.ndarray, int]:
    dub = asked.takes.with_name("dub.flac")
    write_made_dub(asked.takes, asked.facts, dub, dub.with_suffix(".json"))
    return soundfile.read(dub, dtype="float32")


def test_a_looped_film_is_as_long_as_its_script(tmp_path: Path) -> None:
    late = [*LINES, line(FRAMES + 50, FRAMES + 100, "x" * 24)]
    asked = request(tmp_path, late)
    assert spoken(asked).takes[-1].flags == ("past_end",)
    found = spoken(replace(asked, loops=True))
    dub = asked.takes.with_name("dub.flac")
    write_made_dub(asked.takes, asked.facts, dub, dub.with_suffix(".json"), loops=True)
    last = found.takes[-1]
    assert last.start_sample == round((FRAMES + 50) / RATE * 48000) and last.samples
    frames = soundfile.info(dub).frames / 48000 * RATE
    assert frames == pytest.approx(max(FRAMES + 100, last.end_sample / 48000 * RATE + 10), abs=1)


def test_each_line_is_spoken_by_its_speakers_voice_and_fits_its_slot(tmp_path: Path) -> None:
    found = spoken(request(tmp_path)).takes
    assert [take.voice for take in found] == ["tones:low", "tones:high", "tones:low"]
    assert [take.start_sample for take in found] == [0, 3 * 48000, 6 * 48000]
    assert [take.slot_samples for take in found] == [2 * 48000] * 3
    assert [abs(take.samples - 96000) <= 0.03 * 48000 for take in found[:2]] == [True, True]
    assert (found[1].rate, found[1].flags) == (1.25, ())
    assert found[2].rate == 0.85  # half as long as its slot: as slow as may be, then a pause
    assert len({take.take for take in found}) == 3


def test_an_edited_line_alone_is_spoken_anew_and_leaves_nothing(tmp_path: Path) -> None:
    first = spoken(request(tmp_path))
    Tones.said.clear()
    edited = [LINES[0], replace(LINES[1], target="w" * 24, status="edited"), LINES[2]]
    asked = request(tmp_path, edited)
    second = spoken(asked)
    assert [text for text, _, _ in Tones.said] == ["w" * 24]
    assert [a == b for a, b in zip(first.takes, second.takes, strict=True)] == [True, False, True]
    files = {path.name for path in (asked.takes.parent / "takes").iterdir()}
    assert f"{first.takes[1].take}.flac" not in files
    assert {Path(take.file).name for take in second.takes} <= files


def test_a_line_that_is_moved_is_not_spoken_anew(tmp_path: Path) -> None:
    spoken(request(tmp_path))
    Tones.said.clear()
    moved = [LINES[0], replace(LINES[1], start_frame=80, end_frame=130), LINES[2]]
    assert spoken(request(tmp_path, moved)).takes[1].start_sample == 80 * 1920
    assert Tones.said == []


def test_a_run_that_ends_midway_speaks_nothing_twice(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="hoarse"):
        speak(request(tmp_path, [*LINES[:2], line(150, 200, "crash")]))
    before = list(Tones.said)
    spoken(request(tmp_path))
    assert len(Tones.said) == len(set(Tones.said)) > len(before) > 0


def test_what_was_paid_for_is_kept_when_an_edit_is_taken_back(tmp_path: Path) -> None:
    first = spoken(request(tmp_path, is_dear=True))
    # The others were asked for at two rates: at their own, and at that of their slot.
    assert [take.cost_usd for take in first.takes] == [0.25, 0.5, 0.5]
    assert {"code": "speech_paid", "cost_usd": 1.25} in first.notes
    spoken(request(tmp_path, [replace(LINES[0], target="other"), *LINES[1:]], is_dear=True))
    Tones.said.clear()
    assert spoken(request(tmp_path, is_dear=True)) == first
    assert Tones.said == []


def test_what_a_service_spoke_is_kept_where_its_price_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToneSettings, "is_service", True)
    first = spoken(request(tmp_path))
    spoken(request(tmp_path, [replace(LINES[0], target="other"), *LINES[1:]]))
    Tones.said.clear()
    assert spoken(request(tmp_path)) == first
    assert Tones.said == []


@pytest.mark.parametrize("text", ["useless", "   "])
def test_a_service_is_not_asked_again_for_what_is_no_speech(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(ToneSettings, "is_service", True)
    lines = [*LINES[:2], line(150, 200, text)]
    asked = request(tmp_path, lines, is_dear=True)
    if text == "useless":
        words = "sends nothing"
    else:
        monkeypatch.setattr(stage, "trimmed", lambda samples, _: samples[6000:])
        words = "the voice is silent"
    first = spoken(asked)
    (flag,) = first.takes[2].flags
    (marker,) = (asked.takes.parent / "takes").glob("*.json")
    assert flag.startswith(f"not_spoken={words}")
    assert f"delete takes/{marker.name}" in flag
    assert first.takes[2].cost_usd == 0.25
    before = list(Tones.said)
    assert spoken(asked) == first
    assert Tones.said == before
    marker.unlink()
    assert spoken(asked) == first
    assert len(Tones.said) == len(before) + 1


def test_if_all_of_a_services_answers_are_useless_a_rerun_asks_for_nothing(tmp_path: Path) -> None:
    lines = [line(n, n + 9, f"useless {n}") for n in range(0, 100, 10)]
    for _ in range(2):
        with pytest.raises(InputError, match="no line can be spoken: sends nothing"):
            speak(request(tmp_path, lines))
    assert len(Tones.said) == stage.MOST_FAILURES


def test_a_damaged_take_is_spoken_anew(tmp_path: Path) -> None:
    asked = request(tmp_path)
    first = spoken(asked)
    for path in (asked.takes.parent / "takes").iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert spoken(asked) == first


def test_a_line_that_cannot_be_spoken_is_flagged_and_the_others_are_spoken(tmp_path: Path) -> None:
    lines = [LINES[0], line(75, 125, "100 %", "S2"), line(150, 160, ""), line(160, 170, "")]
    lines = [*lines[:3], replace(lines[3], status="edited"), line(200, 210, "x" * 4001)]
    found = spoken(request(tmp_path, lines))
    assert [take.flags for take in found.takes] == [
        (),
        ("not_spoken=it has a sign, none can be said",),
        ("empty_target",),
        ("silent",),
        ("not_spoken=it has 4001 letters, which is no line",),
    ]
    assert {"code": "lines_not_spoken", "lines": 2} in found.notes
    assert [bool(take.file) for take in found.takes] == [True, *[False] * 4]


def test_if_no_line_can_be_spoken_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no line can be spoken: it has a sign"):
        speak(request(tmp_path, [line(n, n + 9, "1 %") for n in range(0, 100, 10)]))
    with pytest.raises(InputError, match="no line can be spoken"):
        speak(request(tmp_path, [line(0, 9, "1 %")]))
    with pytest.raises(InputError, match="no line has a text"):
        speak(request(tmp_path, [line(0, 9, "")]))


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        ("tones:midle", "no voice 'midle'; did you mean middle"),
        ("tone:low", "there is no synthesizer 'tone'"),
        ("low", "SYNTHESIZER:NAME, such as tones:low"),
    ],
)
def test_a_voice_that_does_not_exist_is_refused_with_the_nearest(
    tmp_path: Path, voice: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        speak(replace(request(tmp_path), voices={"S1": voice}))
    with pytest.raises(InputError, match=f"line {LINES[0].line}: .*{words}"):
        speak(request(tmp_path, [replace(LINES[0], voice=voice)]))


def test_chosen_voices_win_and_a_lines_own_wins_over_its_speakers(tmp_path: Path) -> None:
    lines = [*LINES[:2], replace(LINES[2], voice="tones:high")]
    asked = replace(request(tmp_path, lines), voices={"S1": "tones:middle"})
    voices = [take.voice for take in spoken(asked).takes]
    assert voices == ["tones:middle", "tones:high", "tones:high"]


def test_a_voice_of_a_speaker_who_does_not_exist_is_a_note(tmp_path: Path) -> None:
    voices = {"S1": "tones:low", "S9": "tones:high"}
    found = spoken(replace(request(tmp_path), voices=voices, named_speakers=["S1", "S9"]))
    unknown = [note for note in found.notes if note["code"] == "speakers_unknown"]
    assert unknown == [{"code": "speakers_unknown", "speakers": "S9", "known": "S1, S2"}]
    found = spoken(replace(request(tmp_path), voices=voices, named_speakers=["S1"]))
    assert "speakers_unknown" not in [note["code"] for note in found.notes]


def test_a_recording_is_laid_instead_of_a_voice(tmp_path: Path) -> None:
    recording = tmp_path / "line.wav"
    t = np.arange(88200) / 44100
    soundfile.write(recording, np.stack([0.1 * np.sin(900 * t)] * 2, axis=1), 44100)
    asked = replace(request(tmp_path), recordings={LINES[0].line: recording})
    found = spoken(asked).takes[0]
    assert (found.voice, found.synthesizer) == ("given", "given")
    assert found.samples == pytest.approx(96000, abs=1000)
    assert "x" * 24 not in [text for text, _, _ in Tones.said]


def test_a_line_that_is_too_long_is_spoken_to_its_end(tmp_path: Path) -> None:
    lines = [line(0, 25, "x" * 60), line(27, 100, "y" * 20)]
    found = spoken(request(tmp_path, lines)).takes[0]
    assert found.flags == (f"overrun={found.overrun_s:.2f}",)
    assert found.samples / 48000 == pytest.approx(5 / 1.3 * 0.87, abs=0.05)


def test_the_last_line_ends_with_the_film_whatever_it_takes(tmp_path: Path) -> None:
    lines = [line(0, 450, "x" * 24), line(475, 500, "y" * 60)]
    asked = request(tmp_path, lines)
    found = spoken(asked).takes[1]
    assert found.start_sample + found.samples <= 20 * 48000 + 480
    assert any(flag.startswith("early=") for flag in found.flags)
    samples, _ = dub_of(asked)
    assert len(samples) == 20 * 48000


def test_a_line_after_the_end_of_the_film_is_not_laid(tmp_path: Path) -> None:
    found = spoken(request(tmp_path, [LINES[0], line(FRAMES, FRAMES + 50, "y")])).takes
    assert (found[1].flags, found[1].file) == (("past_end",), "")


def test_the_dub_is_as_long_as_the_picture_and_each_take_is_where_it_belongs(
    tmp_path: Path,
) -> None:
    asked = request(tmp_path)
    takes = spoken(asked).takes
    samples, rate = dub_of(asked)
    assert (len(samples), rate) == (FRAMES * 48000 // RATE, 48000)
    for take in takes:
        part = soundfile.read(asked.takes.parent / take.file, dtype="float32")[0]
        inside = samples[take.start_sample : take.end_sample]
        np.testing.assert_allclose(inside, part, atol=1e-6)
        samples[take.start_sample : take.end_sample] = 0
    assert not samples.any()


def test_a_dub_at_a_rate_that_is_no_whole_number_ends_with_the_picture(tmp_path: Path) -> None:
    asked = request(tmp_path)
    write_json(asked.facts, {"rate": "30000/1001", "frames": 1000})
    spoken(asked)
    samples, _ = dub_of(asked)
    assert len(samples) == -(-1000 * 48000 * 1001 // 30000)


def test_speakers_may_speak_at_once_and_nothing_clips(tmp_path: Path) -> None:
    lines = [line(n, 100 + n, "x" * 48, f"S{n}") for n in range(4)]
    asked = request(tmp_path, [*lines, line(200, 250, "x" * 24)])
    takes = spoken(asked).takes
    samples, _ = dub_of(asked)
    assert np.abs(samples).max() <= 10 ** (-1 / 20) + 1e-4
    facts = read_json(asked.takes.with_name("dub.json"))
    assert facts["peak_dbfs"][0] <= -0.99
    alone = soundfile.read(asked.takes.parent / takes[-1].file, dtype="float32")[0]
    inside = samples[takes[-1].start_sample : takes[-1].end_sample]
    np.testing.assert_allclose(inside, alone, atol=1e-6)  # who speaks alone is not made softer


def test_takes_json_is_as_it_was_agreed(tmp_path: Path) -> None:
    asked = request(tmp_path)
    spoken(asked)
    values = json.loads(asked.takes.read_text())
    assert (values["version"], values["sample_rate_hz"]) == (1, 48000)
    assert {"line", "speaker", "voice", "synthesizer", "take", "file", "start_sample"} <= set(
        values["takes"][0]
    )
    assert Fraction(read_json(asked.facts)["rate"]) == RATE


def test_broken_takes_are_a_fault(tmp_path: Path) -> None:
    asked = request(tmp_path)
    takes = spoken(asked).takes
    (asked.takes.parent / takes[0].file).unlink()
    with pytest.raises(Fault, match="run again"):
        dub_of(asked)
    asked.takes.write_text("{")
    with pytest.raises(Fault, match="run again"):
        dub_of(asked)
