"""Voices of programs: espeak-ng, and any program of the user's."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.voices.base import UnspeakableError
from mouthpiece.voices.command.settings import CommandSettings
from mouthpiece.voices.espeak.process import phonemes, sound
from mouthpiece.voices.espeak.reading import read_aloud
from mouthpiece.voices.espeak.settings import EspeakSettings
from mouthpiece.voices.espeak.spoken_form import spoken_form
from mouthpiece.voices.given.recording import read_recording
from mouthpiece.voices.given.settings import GivenSettings
from mouthpiece.voices.kokoro.accents import accent_of
from mouthpiece.voices.kokoro.symbols import split_symbols, symbols_of
from mouthpiece.voices.piper.settings import PiperSettings

TELLS = (
    "import sys, wave; f = wave.open(sys.argv[1], 'wb'); f.setparams((1, 2, 16000, 0, 'NONE', ''));"
    "f.writeframes(b'ab' * len(sys.stdin.read()))"
)
"""A program that writes as many samples as its line has letters."""


def test_numbers_are_read_out_and_punctuation_is_kept() -> None:
    ten = phonemes(["10"], "pt-br")
    assert ten == phonemes(["dez"], "pt-br")
    assert [mark for _, mark in read_aloud("Tenho 1,5 kg. Certo?!  … (sim)", "pt-br")] == [
        ".",
        "?!",
        "",
    ]
    assert read_aloud("...", "pt-br") == []
    points = "At 3 p.m. on Monday, e.g. then... well. Yes."
    assert [mark for _, mark in read_aloud(points, "en-us")] == [",", "...", ".", "."]


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("O Sr. Silva pagou R$ 25.", "pt-br", "O senhor Silva pagou 25 reais."),
        ("Mr. No pays $5.20 at 3 p.m. on Monday.", "en-us", "Mr No pays 5.20 dollars at 3 p.m. on"),
        ("M. Dupont a 10 € et US$ 3.", "fr", "monsieur Dupont a 10 euros et 3 dollars."),
        ("Das kostet 5 £. Er geht.", "de", "Das kostet 5 Pfund. Er geht."),
        ("Ett kostar $5. Sedan...", "sv", "Ett kostar $5. Sedan..."),
    ],
)
def test_titles_and_money_are_written_out(text: str, language: str, said: str) -> None:
    assert spoken_form(text, language).startswith(said)


def test_the_symbols_of_kokoro_are_those_that_it_was_trained_on() -> None:
    known = set("IAOWYTʃʤʧˈˌ .,?!ɹəɛɪʊuiaeo" + "bdfhjklmnpstvwzðŋɔɑæʌθʒɡɜ")
    english = accent_of("en-US")
    assert english is not None
    assert symbols_of("Water, I say.", english, known) == "wˈɔTəɹ, I sˈA."
    assert symbols_of("?!", english, known) == ""


def test_a_long_text_is_split_where_a_sentence_ends() -> None:
    text = "aaa. " * 60 + "b" * 700
    parts = split_symbols(text)
    assert max(map(len, parts)) <= 510
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert parts[0].endswith("aaa.")


def test_espeak_speaks_many_languages_at_a_rate() -> None:
    settings = EspeakSettings()
    languages = ("de", "fr-CA", "pt-PT", "pt-BR", "zh", "ja", "sw", "ar", "arb", "cy", "uk", "no")
    assert all(map(settings.serves, languages))
    assert not settings.serves("x-foo")
    voice = settings.build()
    slow, fast = (voice.speak("Guten Tag, Welt.", "de", "f3", rate) for rate in (0.8, 1.4))
    assert len(slow.samples) > 1.3 * len(fast.samples)
    assert abs(slow.samples).max() > 0.05


def test_espeak_says_a_line_the_same_way_at_any_time() -> None:
    """Its breathy voices have noise, and it takes the second of the clock for the seed."""
    said = [sound("Bom dia.", "pt-br+f3", 175).samples]
    time.sleep(1.1)
    said.append(sound("Bom dia.", "pt-br+f3", 175).samples)
    assert np.array_equal(*said)


def test_nothing_of_espeak_is_loaded_into_this_process() -> None:
    code = (
        "from mouthpiece.voices.espeak.settings import EspeakSettings as E;"
        "E().build().speak('a', 'de', 'm1', 1.0); import sys;"
        "assert 'espeakng_loader' not in sys.modules;"
        "assert 'espeak-ng.so' not in open('/proc/self/maps').read()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_language_that_espeak_does_not_have_is_a_fault() -> None:
    with pytest.raises(Fault, match="no voice xx"):
        phonemes(["a"], "xx")


def command(*argv: str, **more: Any) -> CommandSettings:
    return CommandSettings(argv=argv, languages=("de",), **more)


def test_a_program_gets_the_line_and_writes_the_take() -> None:
    voice = command(sys.executable, "-c", TELLS, "{out}").build()
    assert len(voice.speak("zwölf", "de", "default", 1.0).samples) == 5


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("pass", "wrote no sound file"),
        ("import sys; sys.exit(3)", "status 3"),
        ("open(__import__('sys').argv[1], 'w').write('no sound')", "wrote no sound file"),
        ("while True: pass", "more than 0.5 s"),
        ("import os; os.fork(); __import__('time').sleep(60)", "more than 0.5 s"),
    ],
)
def test_a_program_that_fails_fails_its_line(code: str, words: str) -> None:
    timeout_s = 0.5 if "more than" in words else 60
    voice = command(sys.executable, "-c", code, "{out}", timeout_s=timeout_s).build()
    with pytest.raises(UnspeakableError, match=words):
        voice.speak("eins", "de", "default", 1.0)


def test_a_program_that_is_not_there_is_the_users_error() -> None:
    with pytest.raises(InputError, match="cannot be run"):
        command("/no/such/program", "{out}").build().speak("eins", "de", "default", 1.0)
    assert "names no program" in CommandSettings().problem()
    assert "{out}" in CommandSettings(argv=("voice",)).problem()


def test_a_program_has_a_rate_if_it_takes_one() -> None:
    assert command("a", "{out}").rates == (1.0, 1.0)
    assert command("a", "{out}", "--rate={rate}").rates == (0.5, 2.0)
    assert [command("a").serves(tag) for tag in ("de", "de-AT", "deu", "fr")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_folder_of_piper_voices_is_read_and_damaged_ones_are_left_out(tmp_path: Path) -> None:
    for name, text in (("de_DE-x", GERMAN), ("broken", "{"), ("lonely", None)):
        (tmp_path / f"{name}.onnx").write_bytes(b"")
        if text is not None:
            (tmp_path / f"{name}.onnx.json").write_text(text)
    settings = PiperSettings(folder=str(tmp_path))
    assert [voice.name for voice in settings.voices("de")] == ["de_DE-x"]
    assert [voice.is_guest for voice in settings.voices("de-AT")] == [True]
    assert [voice.name for voice in settings.voices("deu")] == ["de_DE-x"]
    assert settings.voices("fr") == [] and settings.weight_users == ()
    before = settings.weights_version()
    (tmp_path / "de_DE-x.onnx").write_bytes(b"other")
    assert settings.weights_version() != before
    with pytest.raises(Fault, match="cannot be loaded as a voice"):
        settings.build().speak("Hallo", "de", "de_DE-x", 1.0)
    assert "no folder" in PiperSettings(folder=str(tmp_path / "none")).problem()


GERMAN = """{"audio": {"sample_rate": 22050}, "espeak": {"voice": "de"}, "num_speakers": 1,
"language": {"code": "de_DE"}, "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "h": [3], "a": [4],
"l": [5], "o": [6]}}"""


def test_recordings_are_found_by_video_language_and_line(tmp_path: Path) -> None:
    names = ["talk/de_anna/000120-000199.wav", "talk/de_anna/notes.txt", "talk/fr/a.flac"]
    for name in (*names, "talk/it/b.Flac", "talk/it/000003-000009.WAV"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    given = GivenSettings(folder=str(tmp_path))
    found = {"000120-000199": tmp_path / "talk/de_anna/000120-000199.wav"}
    assert given.recordings("talk", "de_anna") == found
    assert list(given.recordings("talk", "it")) == ["000003-000009", "b"]
    assert given.recordings("other", "de") == GivenSettings().recordings("talk", "fr") == {}
    with pytest.raises(InputError, match="cannot be read as sound"):
        read_recording(found["000120-000199"])
