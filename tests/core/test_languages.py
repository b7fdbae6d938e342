"""Language tags: whatever BCP 47 allows is a dub's language, a folder's name and a film's tag."""

import re

import pytest
import yaml

from mouthpiece.core.languages import alpha3, is_same, language_problem, primary
from mouthpiece.project.rows import SCHEMAS
from mouthpiece.project.tables import LANGUAGE_PATTERN, tag_of

VALID = {
    "de": "deu",
    "pt-BR": "por",
    "zh-Hant-TW": "zho",
    "es-419": "spa",
    "sr-Latn": "srp",
    "fil": "fil",
    "de-1996": "deu",
    "de-CH-1901": "deu",
    "ca-valencia": "cat",
    "sl-1994-biske-rozaj": "slv",
    "en-x-foo": "eng",
    "x-foo": "und",
    "x-a-b": "und",
    "en-US-u-ca-gregory": "eng",
    "qaa": "qaa",
    "hi-Latn-t-en": "hin",
    "en-a-bbb-x-a-ccc": "eng",
    "tlh": "tlh",
    "und": "und",
    "mul": "mul",
    "en-GB-oxendict": "eng",
    "see-x-i-mingo": "see",
    "yue-HK": "yue",
    "nb": "nob",
    "zxx": "zxx",
}


@pytest.mark.parametrize(("tag", "code"), VALID.items())
def test_a_valid_tag_is_a_language(tag: str, code: str) -> None:
    assert language_problem(tag) == ""
    assert alpha3(tag) == code
    for key in (tag, f"{tag}_anna", f"{tag}_0-9"):
        assert re.fullmatch(LANGUAGE_PATTERN, key) and tag_of(key) == tag


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pt-br", "pt-BR"),
        ("DE", "de"),
        ("EN-latn-us", "en-US"),
        ("i-klingon", "tlh"),
        ("X-Foo", "x-foo"),
        ("iw", "he"),
        ("en-GB-oed", "en-GB-oxendict"),
        ("zh-cmn", "zh"),
        ("en_US", "en-US"),
        ("pt_br", "pt-BR"),
        ("art-lojban", "jbo"),
        ("zh-min-nan", "nan"),
        ("i-default", "en-x-i-default"),
        ("sh", "sr-Latn"),
    ],
)
def test_a_tag_in_other_letters_is_told_how_to_be_written(written: str, meant: str) -> None:
    assert language_problem(written) == f"write {written!r} as {meant!r}"


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "xx",
        "x",
        "i",
        "x-",
        "de-",
        "-de",
        "en--US",
        "german",
        "a-foo",
        "en-x",
        "de anna",
        "de\n",
        "../de",
        "de-" + "x" * 9,
        "en" + "-a1b2c3" * 12,
        "e",
        "12",
        "д",
        "de-É",
        "en-US-US",
        "*",
        "en-\ud800",
        "de\0",
    ],
)
def test_what_is_no_tag_is_refused(tag: str) -> None:
    assert "is not a BCP-47 language tag, such as pt-BR" in language_problem(tag)
    assert alpha3(tag) == "und" or tag == "xx"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *[("pt-BR", "pt"), ("iw", "he"), ("cmn-Hant", "zh"), ("arb", "ar"), ("zsm", "ms")],
        *[("yue", "yue"), ("nn", "nn"), ("por", "pt"), ("no tag", "no tag"), ("", "")],
    ],
)
def test_a_language_is_called_as_its_macrolanguage(tag: str, language: str) -> None:
    assert primary(tag) == language


@pytest.mark.parametrize(
    ("tag", "other", "expected"),
    [
        *[("zh", "cmn", True), ("cmn-CN", "zh-TW", True), ("zh", "yue", False)],
        *[("ar", "arb", True), ("no", "nb", True), ("nb", "nn", False), ("no", "nn", False)],
        *[("en-GB", "eng", True), ("en", "de", False), ("", "de", False)],
    ],
)
def test_one_language_has_several_tags(tag: str, other: str, expected: bool) -> None:
    assert is_same(tag, other) == is_same(other, tag) == expected


def test_a_dub_s_name_is_no_part_of_a_tag() -> None:
    assert "the name of a dub goes into the column `dub`" in language_problem("de_anna")


@pytest.mark.parametrize("name", ["decisions", "overrides", "labels"])
def test_the_schemas_take_the_keys_that_paths_take(name: str) -> None:
    schema = yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text())
    pattern = schema["properties"]["language"]["pattern"].replace("(?:", "(")
    assert LANGUAGE_PATTERN.replace("(?:", "(") in pattern
    dubs = yaml.safe_load((SCHEMAS / "dubs.schema.yaml").read_text())
    for tag in (*VALID, "pt_br", "DE", "I-Klingon"):
        assert re.search(dubs["properties"]["language"]["pattern"], tag), tag
