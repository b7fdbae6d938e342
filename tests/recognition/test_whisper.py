import importlib.util
import sys

import numpy as np
import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.recognition.openai_whisper.settings import OpenaiWhisperSettings
from mouthpiece.recognition.registry import recognizer_settings
from mouthpiece.recognition.whisper import code_of_tag, whole_words
from mouthpiece.weights.table import read_table


def test_words_that_whisper_divides_are_put_together() -> None:
    tokens = [(" quelqu", 0.0, 0.3, 0.9), ("'un", 0.3, 0.5, 0.7), (" qui", 0.5, 0.6, 0.8)]
    words = whole_words(tokens, "fr")
    assert [(w.text, w.start_s, w.end_s, w.probability) for w in words] == [
        ("quelqu'un", 0.0, 0.5, 0.7),
        ("qui", 0.5, 0.6, 0.8),
    ]
    assert len(whole_words([("你", 0, 1, 0.9), ("好", 1, 2, 0.9)], "zh")) == 2


@pytest.mark.parametrize(
    ("tag", "code"),
    [("pt-BR", "pt"), ("nb", "no"), ("jv", "jw"), ("yue", "yue"), ("cmn", "zh"), ("id", "id")],
)
def test_the_codes_of_languages(tag: str, code: str) -> None:
    assert code_of_tag(tag, ["pt", "no", "jw", "yue", "zh", "id", "ms"], "fake") == code


def test_a_language_that_is_not_known_is_one_sentence() -> None:
    with pytest.raises(InputError, match=r"does not know the language 'ga'.*videos\.tsv"):
        code_of_tag("ga", ["en"], "fake")


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install openai-whisper" in OpenaiWhisperSettings().problem()
    assert recognizer_settings()["faster_whisper"]().problem() == ""
    monkeypatch.setitem(sys.modules, "whisper", None)
    with pytest.raises(InputError, match="pip install openai-whisper"):
        OpenaiWhisperSettings().build().transcribe(np.zeros(16000, np.float32))


@pytest.mark.parametrize("name", ["faster_whisper", "openai_whisper"])
def test_all_sizes_have_weights(name: str) -> None:
    users = {user for weight in read_table().values() for user in weight.needed_by}
    settings = recognizer_settings()[name]
    sizes = settings.model_fields["size"].annotation.__args__  # type: ignore[union-attr]
    assert {user for size in sizes for user in settings(size=size).weight_users} <= users
