"""Who speaks for an avatar."""

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.project.spoken_settings import Speak, Transcribe
from mouthpiece.project.talk_settings import Talk
from mouthpiece.talk.casting import Cast
from mouthpiece.talk.page import TalkPage, page


def cast(**talk: str) -> Cast:
    return Cast(Talk(**talk), Speak(), Transcribe())


@pytest.mark.parametrize(("pitch_hz", "sex"), [(105, "m"), (125, "m"), (210, "f")])
def test_a_man_speaks_with_a_mans_voice(pitch_hz: float, sex: str) -> None:
    name = cast().voice_for(pitch_hz).removeprefix("kokoro:")
    (voice,) = (one for one in Speak().synthesizers.kokoro.voices("en") if one.name == name)
    assert voice.sex == sex and not voice.is_guest


def test_where_no_pitch_is_known_the_first_voice_speaks() -> None:
    first = Speak().synthesizers.kokoro.voices("en")[0].name
    assert cast().voice_for(0) == f"kokoro:{first}"


def test_the_config_names_a_voice() -> None:
    assert cast(voice="kokoro:af_sky").voice_for(105) == "kokoro:af_sky"


@pytest.mark.parametrize(
    ("voice", "problem"),
    [
        ("af_sky", "is written as SYNTHESIZER:NAME, such as kokoro:af_sky"),
        ("kokoro", "is written as SYNTHESIZER:NAME, such as kokoro:af_heart"),
        ("kokoro:", "is written as SYNTHESIZER:NAME, such as kokoro:af_heart"),
        ("espeak", "is written as SYNTHESIZER:NAME, such as kokoro:af_heart"),
        ("kokoro:xxx", "kokoro: it has no voice 'xxx'; its voices for en: af_"),
        ("kokoro:af_skye", "it has no voice 'af_skye'; did you mean af_sky or "),
    ],
)
def test_a_voice_that_is_none_is_refused_with_one_that_is(voice: str, problem: str) -> None:
    with pytest.raises(InputError, match=r"^talk\.voice: ") as error:
        cast(voice=voice).check()
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("voices", "said"),
    [
        ({"Ada": "tone", "Ben": "tone"}, "Voice: tone, English."),
        ({"Ada": "high", "Ben": "low"}, "Voices, English: Ada high, Ben low."),
    ],
)
def test_the_page_names_the_voices(voices: dict[str, str], said: str) -> None:
    assert said in page(TalkPage(voices, "echo", "English", True)).decode()
