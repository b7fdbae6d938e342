"""What is wrong with a config is said in a sentence, with the file and the key."""

import math
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ConfigDict

from mouthpiece.core.errors import InputError
from mouthpiece.engines.settings import EngineSettings
from mouthpiece.project.allowed import limits, range_of
from mouthpiece.project.config_file import config_files, file_of, read_config, read_one
from mouthpiece.project.explain import keys
from mouthpiece.project.settings import Settings, load
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.settings import ScorerSettings

TABLES = {"videos": "videos.tsv", "dubs": "dubs.tsv"}
BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "has no keys"),
    "a list": (b"- videos\n", "has no keys"),
    "a word": (b"videos\n", "has no keys"),
    "two documents": (b"a: 1\n---\nb: 2\n", r"is not readable YAML \(line 2: "),
    "a tab": (b"a:\n\tb: 1\n", r"is not readable YAML \(line 2: "),
    "Latin-1": (b"# f\xfcr\n", r"not readable UTF-8 text \(row 1: byte 0xfc"),
    "UTF-16": ("videos: v\n".encode("utf-16"), "not readable UTF-8 text"),
    "a NUL": (b"videos: v\nb: \0\n", r"is not readable YAML \(line 2: a character"),
    "a key twice": (b"videos: a\ndubs: b\nvideos: c\n", "line 3: the key 'videos' is there twice"),
    "a key twice in a section": (b"guard: {face: left, face: right}\n", "the key 'face' is there"),
    "5,000 digits": (
        b"guard: {min_frames: " + b"9" * 5000 + b"}\n",
        "line 1: '999.*cannot be read",
    ),
    "a tag of Python's": (b"a: !!python/object:os.system x\n", "line 1: could not determine a"),
    "bytes": (b"videos: !!binary aGk=\n", "videos: a value of the kind bytes means nothing here"),
    "minutes and seconds": (
        b"a: 1\ncluster: {minutes: 1:00:00}\n",
        r"line 2: '1:00:00' is no decimal number; write it as one, or quote it",
    ),
    "parts of a second": (b"metrics: {interval_s: 1:30.0}\n", "line 1: '1:30.0' is no decimal"),
    "an octal number": (b"cluster: {cores: 010}\n", "line 1: '010' is no decimal number"),
    "a set": (b"gate: {deliver: !!set {a, b}}\n", "gate.deliver: a value of the kind set means"),
    "a wrong tag": (b"videos: !!int no\n", r"line 1: 'no' cannot be read as a value"),
    "a wrong date": (b"videos: !!timestamp no\n", r"line 1: 'no' cannot be read as a value"),
    "a number as a key": (b"guard: {1: 2}\n", "guard: the key '1' is not text"),
    "a list as a key": (b"? [a]\n: 1\n", r"line 1: .*unhashable"),
    "nested": (b"a: " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
    "nested a little": (b"a: " + b"[" * 30 + b"]" * 30, "nested too deeply"),
    "a bomb of anchors": (BOMB.encode(), "has more than 10000 values"),
    "an anchor in itself": (b"a: &a [*a]\n", "nested too deeply|more than"),
    "an unknown anchor": (b"a: *b\n", "line 1: found undefined alias"),
    "too large": (b"a: 1\n" + b"#" * 300_000, "is larger than 256 KB"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_config_is_one_sentence(tmp_path: Path, name: str) -> None:
    content, message = BROKEN[name]
    path = tmp_path / "job.yaml"
    path.write_bytes(content)
    before = time.process_time()
    with pytest.raises(InputError, match=message) as error:
        read_config([path])
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value) and len(str(error.value)) < 500
    assert time.process_time() - before < 2


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "there is no such file"),
    "a folder": (lambda path: path.mkdir(), "is a folder, not a file"),
    "a pipe": (lambda path: os.mkfifo(path), "is a named pipe, not a file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is a device, not a file"),
    "a broken link": (lambda path: path.symlink_to("gone"), "is a link to gone, which does not"),
    "a loop": (lambda path: path.symlink_to(path), "is a link that leads back to itself"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_config_that_is_no_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    make, message = UNREADABLE[name]
    make(tmp_path / "job.yaml")
    with pytest.raises(InputError, match=f"job.yaml: .*{message}"):
        read_config([tmp_path / "job.yaml"])


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "\ud800"])
def test_a_config_whose_name_no_file_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"the name is too long|a character that no path can have"):
        read_config([tmp_path / name])


def numbers(model: type[BaseModel] = Settings, *path: str) -> Iterator[tuple[str, ...]]:
    """The keys that hold numbers."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from numbers(field.annotation, *path, name)
        elif {int, float} & {getattr(kind, "__origin__", kind) for kind in kinds_of(field)}:
            yield (*path, name)


def kinds_of(field: Any) -> tuple[Any, ...]:
    is_union = get_origin(field.annotation) in (Union, UnionType)
    return get_args(field.annotation) if is_union else (field.annotation,)


def nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return value


def field_of(path: tuple[str, ...]) -> Any:
    model: Any = Settings
    for name in path[:-1]:
        model = model.model_fields[name].annotation
    return model.model_fields[path[-1]]


@pytest.mark.parametrize("path", [*numbers()], ids=".".join)
def test_every_number_is_finite_and_has_a_range(path: tuple[str, ...]) -> None:
    found = limits(field_of(path))
    assert found.keys() & {"ge", "gt"}
    assert found.keys() & {"le", "lt"}
    wrong = (math.nan, math.inf, -math.inf, "nan", "inf", "1e309", 1e300, -1e300, 1 << 20_000)
    for value in (*wrong, True, False):
        with pytest.raises(InputError) as error:
            load(TABLES | nested(path, value))
        assert f"config: {'.'.join(path)}: " in str(error.value)
        assert f"is not allowed; wanted {range_of(field_of(path))}" in str(error.value)


WRONG = ("high", -1e9, [], {}, None, True, ["high"], {"a": 1}, [["a"]], {"1": []}, "x" * 5000, 1.5)
OF_PYDANTIC = re.compile("Input|should|valid|NoneType|Literal|typing")


@pytest.mark.parametrize("key", [*keys(Settings)])
def test_no_message_is_in_pydantics_own_words(key: str) -> None:
    refusals = []
    for value in WRONG:
        try:
            load(TABLES | nested(tuple(key.split(".")), value))
        except InputError as error:
            refusals.append(str(error))
    assert refusals
    for message in refusals:
        assert message.startswith("config: ") and key.rpartition(".")[0] in message
        assert not OF_PYDANTIC.search(message), message


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "gate.picture.max_seam",
            "high",
            "'high' is not allowed; wanted a number from 0 to 255, or null",
        ),
        (
            "gate.picture.max_seam",
            True,
            "True is not allowed; wanted a number from 0 to 255, or null",
        ),
        ("overview.gpu_price_per_hour", -1, "-1 is not allowed; wanted a number from 0 to 1000000"),
        (
            "engines.hosted.parameters",
            {"a": []},
            "[] is not allowed; wanted true or false, a whole number, a number or text",
        ),
        ("engines.hosted.parameters", {"1": 2}, "1: wanted text of the form ^[A-Za-z_]"),
        (
            "subtitles.formats",
            ["srtt"],
            "0: wanted 'srt', 'vtt' or 'ttml', found 'srtt'; did you mean 'srt'?",
        ),
        (
            "subtitles.formats",
            "srt",
            "wanted a list, each entry 'srt', 'vtt' or 'ttml', found 'srt'",
        ),
        ("normalize.frame_rate", 0, "is not a frame rate between 1 and 240"),
        ("cuts.max_s", 0.5, "wanted 0 (off), or a number from 1 to 86400, found 0.5"),
        ("retry.presets", [[]], "retry.presets.0: wanted text, found []"),
        ("overview.currency", "x" * 9, "wanted text of at most 8 characters, found 'xxxxxxxxx'"),
        ("cache.link", "high", "wanted 'auto' or 'copy', found 'high'"),
    ],
)
def test_what_a_key_takes_is_said(key: str, value: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        load(TABLES | nested(tuple(key.split(".")), value))
    assert str(error.value).startswith(f"config: {key}")
    assert message in str(error.value)


@pytest.mark.parametrize("base", [EngineSettings, ScorerSettings])
def test_an_engine_or_scorer_of_a_plugin_takes_no_nan(base: type[BaseModel]) -> None:
    class Own(base):  # type: ignore[misc, valid-type]
        model_config = ConfigDict(title="of a plugin")
        min_confidence: float = 1.0
        fail_confidence: float = 0.0
        loudness: float = 1.0

    for name in ("loudness", "min_confidence", "fail_confidence"):
        with pytest.raises(ValueError, match="finite"):
            Own.model_validate({name: ".nan" if name == "" else math.nan})


@pytest.mark.parametrize(
    "rate",
    ["25/0", "0", "0/1", "-25", "1e9", "25/1/1", "nan", ".5", "25/", "/25", "٢٥", "1e999999999",
     "9" * 4000, "1/" + "9" * 4000, "25 fps", "", "240.00001", "24.123456789", "1000/1", "0.9"],
)  # fmt: skip
def test_a_rate_that_is_none_is_refused_at_once(rate: str) -> None:
    with pytest.raises(InputError, match=r"^config: normalize.frame_rate: ") as error:
        load(TABLES | {"normalize": {"frame_rate": rate}})
    assert "between 1 and 240" in str(error.value) or "write it as a fraction" in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("rate", ["25", 25, 23.976, "30000/1001", "source", 12.5, "240", " 24 "])
def test_a_rate_is_taken(rate: Any) -> None:
    load(TABLES | {"normalize": {"frame_rate": rate}})


def test_a_fail_limit_above_the_pass_limit_is_refused(tmp_path: Path) -> None:
    limits = {"min_confidence": 0.1, "fail_confidence": 0.5}
    with pytest.raises(InputError) as error:
        load(TABLES | {"gate": {"scorers": {"embedded": limits}}})
    assert str(error.value) == (
        "config: gate.scorers.embedded: fail_confidence 0.5 is above min_confidence 0.1; wanted at "
        "most that"
    )
    assert EmbeddedSettings(min_confidence=0.1, fail_confidence=0.1)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"gaurd": {}}, "unknown key 'gaurd'; did you mean 'guard'?"),
        ({"guard": {"min_facepx": 9}}, "'guard.min_facepx'; did you mean 'min_face_px'"),
        ({"min_face_px": 9}, "unknown key 'min_face_px'; did you mean 'guard.min_face_px'?"),
        ({"engines": {"previw": {}}}, "unknown key 'engines.previw'; did you mean 'preview'?"),
        ({"gate": {"scorers": {"embeded": {}}}}, "did you mean 'embedded'?"),
        ({"engine": "museTalk"}, "engine: .* found 'museTalk'; did you mean 'musetalk'?"),
        ({"engines": {"preview": {"preset": "standart"}}}, "; did you mean 'standard'?"),
        ({"engines": {"musetalk": {"device": "gpu"}}}, "found 'gpu'; did you mean 'cuda'?"),
        ({"engines": {"latentsync": {"version": 1.6}}}, "found 1.6; write it in quotes: \"1.6\"$"),
        ({"engines": {"latentsync": {"version": 1.7}}}, "found 1.7; did you mean '1.6'?"),
        ({"retry": {"presets": ["open_too_little"]}}, "retry.presets: preview has no preset"),
        ({"guard": 5}, "guard: is a section; write its keys below it, not 5"),
        ({"guard": None}, "guard: is a section; write its keys below it, not None"),
        ({"engines": {"preview": {"preset": ["a"]}}}, r"engines.preview.preset: .* found \['a'\]"),
        ({"engines": {"preview": {"preset": {"a": 1}}}}, "engines.preview.preset: "),
        ({"retry": {"presets": "standard"}}, "retry.presets: "),
        ({"videos": True}, "videos: .* found True"),
        ({"videos": "x" * 5000}, "videos: .* at most 4096 characters, found 'xxx"),
        ({"x" * 300: 1}, "unknown key 'xxx"),
        ({"cache": {"dir": "a\0b"}}, "cache.dir: has a character that no path can have, found"),
        ({"metrics": {"prometheus_file": "/"}}, "metrics.prometheus_file: is no name of a file"),
        ({"metrics": {"prometheus_file": "a/.."}}, "metrics.prometheus_file: is no name of a file"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_explained(tmp_path: Path, config: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        load(TABLES | config)
    assert len(str(error.value)) < 500 and "\n" not in str(error.value)


def test_a_message_names_the_file_that_holds_the_key(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("videos: v\ndubs: d\nguard: {min_score: 7}\ndelivery: {crf: 9}\n")
    second.write_text("delivery: {crf: .nan}\ngate: {scorrer: x}\n")
    files = [first, second]
    with pytest.raises(InputError) as error:
        load(read_config(files), files)
    assert str(error.value).splitlines() == [
        f"{first}: guard.min_score: 7 is not allowed; wanted a number from 0 to 1",
        f"{second}: gate: unknown key 'gate.scorrer'; did you mean 'scorer'?".replace(
            "gate: ", "", 1
        ),
        f"{second}: delivery.crf: nan is not allowed; wanted a whole number from 0 to 51",
    ]
    assert (file_of("guard", files), file_of("engine", files)) == (first, None)


def test_a_key_of_the_command_line_is_in_no_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("videos: v\nretry: {presets: [[a]]}\n")
    with pytest.raises(InputError) as error:
        load(read_config([file]) | {"engine": "hologram"}, [file])
    found, *more = sorted(str(error.value).splitlines())
    assert found == f"{file}: dubs: is missing"
    assert more[0].startswith(f"{file}: retry.presets.0: ")
    assert more[1].startswith("config: engine: ")


def test_a_day_is_text(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text("videos: 2026-11-26\ndubs: 2026-11-26T10:00:00Z\n")
    assert read_one(path) == {"videos": "2026-11-26", "dubs": "2026-11-26T10:00:00Z"}
    import datetime

    assert load(TABLES | {"videos": datetime.date(2026, 11, 26)}).videos == "2026-11-26"


def test_decimal_numbers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text("a: [0, -7, +1, 1_000, 2.5, 0.5, 1.0e+3, .inf, 0x10, '1:30', '010', 1:30 h]\n")
    numbers = [0, -7, 1, 1000, 2.5, 0.5, 1000.0, float("inf"), 16]
    assert read_one(path) == {"a": [*numbers, "1:30", "010", "1:30 h"]}


def test_merge_keys_and_anchors_are_used_as_yaml_means_them(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text("a: &a {crf: 1}\nb: {<<: *a, crf: 2}\n")
    assert read_one(path) == {"a": {"crf": 1}, "b": {"crf": 2}}
    assert config_files([path], tmp_path) == [path]
