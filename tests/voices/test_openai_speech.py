"""Speech by a service: bounded, and with one sentence for each kind of bad answer."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece.core.codeversion import code_version, package_versions
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.services import endpoint
from mouthpiece.voices.base import Sound, UnspeakableError, UselessAnswerError
from mouthpiece.voices.openai.settings import OpenAiSpeechSettings
from services.fake_service import SECRET, VARIABLE, FakeService, Reply, serving


def wav(length_s: float = 0.5, is_streamed: bool = False) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.full(round(length_s * 24000), 0.1), 24000, format="WAV")
    content = bytearray(file.getvalue())
    if is_streamed:  # its length was not known when its head was sent
        content[4:8] = content[40:44] = b"\xff" * 4
    return bytes(content)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    monkeypatch.setattr(endpoint, "FIRST_WAIT_S", 0.001)


@pytest.fixture
def spoken_by() -> Iterator[Any]:
    def speak(service: FakeService, **more: Any) -> Sound:
        with serving(service):
            values = {"base_url": service.url, "model": "tts", "key_variable": VARIABLE, **more}
            voice = OpenAiSpeechSettings(attempts=2, **values).build()
            return voice.speak("Bom dia.", "pt-BR", "nova", 1.0)

    yield speak


@pytest.mark.parametrize("is_streamed", [False, True])
def test_it_asks_for_a_line_and_counts_what_it_costs(spoken_by: Any, is_streamed: bool) -> None:
    service = FakeService(Reply(body=wav(is_streamed=is_streamed)))
    sound = spoken_by(service, usd_per_million_characters=15.0, instructions="warm")
    assert (len(sound.samples), sound.sample_rate_hz) == (12000, 24000)
    assert sound.cost_usd == pytest.approx(8 * 15e-6)
    assert service.paths[0].endswith("/audio/speech")
    assert service.requests[0] == {
        "model": "tts",
        "voice": "nova",
        "input": "Bom dia.",
        "response_format": "wav",
        "instructions": "warm",
    }


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(body=b'{"error": "no"}'), UselessAnswerError, "no sound"),
        (Reply(body=b""), UselessAnswerError, "sends nothing"),
        (Reply(body=wav()[:44]), UselessAnswerError, "no sound"),
        (Reply(is_endless=True), UselessAnswerError, "sends more than"),
        (Reply(429), Fault, "HTTP 429"),
        (Reply(500), Fault, "HTTP 500"),
        (Reply(is_nothing=True), Fault, "asked 2 times"),
        (Reply(401), InputError, "key"),
        (Reply(400), UnspeakableError, "the service refuses it"),
    ],
)
def test_each_bad_answer_is_one_sentence(
    spoken_by: Any, reply: Reply, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        spoken_by(FakeService(reply))
    assert SECRET not in str(caught.value) and "Bom dia" not in str(caught.value)


def test_an_answer_that_is_no_sound_is_paid_for(spoken_by: Any) -> None:
    with pytest.raises(UselessAnswerError) as caught:
        spoken_by(FakeService(Reply(body=b"<html>")), usd_per_million_characters=15.0)
    assert caught.value.cost_usd == pytest.approx(8 * 15e-6)


def test_it_offers_nothing_until_config_names_a_service() -> None:
    assert not OpenAiSpeechSettings().serves("de")
    named = OpenAiSpeechSettings(base_url="https://a.example/v1", model="m", languages=("de",))
    assert [named.serves(tag) for tag in ("de-AT", "fr")] == [True, False]


def test_a_new_version_of_mouthpiece_pays_for_nothing_again() -> None:
    modules = OpenAiSpeechSettings().modules
    assert modules == ()
    assert (code_version(*modules), package_versions(*modules)) == (code_version(), {})
