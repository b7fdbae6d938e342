"""Names of languages and dubs."""

import pytest

from mouthpiece.core.language_names import language_name
from mouthpiece.review.dub_names import dub_name


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de", "German"),
        ("pt-BR", "Portuguese (Brazil)"),
        ("el", "Modern Greek"),
        ("es-419", "Spanish (Latin America and the Caribbean)"),
        ("zh-Hant-TW", "Chinese (Traditional Han, Taiwan)"),
        ("sr-Latn", "Serbian (Latin)"),
        ("x-klingon", "x-klingon"),
        ("no language", "no language"),
        ("", ""),
    ],
)
def test_languages_have_names(tag: str, name: str) -> None:
    assert language_name(tag) == name


def test_a_dub_is_its_language_and_its_own_name() -> None:
    assert dub_name("en") == "English"
    assert dub_name("en_anna-2") == "English · anna-2"
