"""The table of what is kept between projects agrees with the rules and their scripts."""

import ast
import re
from collections.abc import Iterator

import pytest

from mouthpiece.results_cache.cached import CACHED, NOT_KEPT, RERUN_TOKEN, Cached, is_signed
from places import ROOT

FOR_MESSAGES = {
    *(("transcribe", "video"), ("translate", "video"), ("translate", "language")),
    ("draft", "video"),
}
"""Wildcards that a script only names in what it says of errors."""

RULE = re.compile(
    r"^(?:use rule (\w+) as|rule|checkpoint) (\w+)(?: with)?:\n((?:    .*\n|\n)+)", re.M
)
SCRIPT = re.compile(r'(?:in_worker|in_process|in_worker_by_lines)\(\s*"(\w+)"')
FUNCTION = re.compile(r"^def (\w+)\(([^)]*)\):", re.M)


def rules() -> Iterator[tuple[str, str, dict[str, ast.expr]]]:
    """Each rule with its script and params."""
    scripts: dict[str, str] = {}
    for path in sorted((ROOT / "rules").glob("*.smk")):
        for base, name, body in RULE.findall(path.read_text(encoding="utf-8")):
            if found := SCRIPT.search(body):
                scripts[name] = found[1]
            elif base:
                scripts[name] = scripts[base]
            if name not in scripts:
                continue
            block = re.search(r"^    params:\n((?:        .*\n)+)", body, re.M)
            call = ast.parse(f"f({block[1] if block else ''})").body[0]
            assert isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)
            params = {str(word.arg): word.value for word in call.value.keywords}
            yield name, scripts[name], params


def unrecorded_functions() -> set[str]:
    """The params functions that take `threads`: Snakemake does not record what they return."""
    text = "".join(path.read_text() for path in (ROOT / "rules" / "lib").glob("*.smk"))
    return {name for name, taken in FUNCTION.findall(text) if "threads" in taken.split(", ")}


def scripts() -> list[str]:
    names = {path.stem for path in (ROOT / "workflow_scripts").glob("*.py")}
    return sorted(names)


def test_every_script_is_kept_or_it_says_why_not() -> None:
    assert set(scripts()) == set(CACHED) | set(NOT_KEPT)
    assert not set(CACHED) & set(NOT_KEPT)


def test_what_is_not_recorded_is_in_the_table() -> None:
    functions = unrecorded_functions()
    assert {"get_source", "runtime_options", "signing"} <= functions
    found: dict[str, set[str]] = {}
    for _, script, params in rules():
        names = {n for n, v in params.items() if isinstance(v, ast.Name) and v.id in functions}
        found.setdefault(script, set()).update(names)
    assert len(found) > 25
    named = {script: set(cached.unrecorded) for script, cached in CACHED.items()}
    assert {script: found[script] for script in CACHED if script in found} == {
        script: names for script, names in named.items() if script in found
    }


def test_every_script_with_a_fingerprint_names_the_file() -> None:
    """`speak` has several: its recordings."""
    found = {script for _, script, params in rules() if "content" in params}
    assert found & set(CACHED) == {script for script, one in CACHED.items() if one.user_file}


@pytest.mark.parametrize("script", CACHED)
def test_the_wildcards_that_a_script_reads_count(script: str) -> None:
    text = (ROOT / "workflow_scripts" / f"{script}.py").read_text(encoding="utf-8")
    read = set(re.findall(r"snakemake\.wildcards\.(\w+)", text))
    counted = {*CACHED[script].wildcards, *(name for of, name in FOR_MESSAGES if of == script)}
    assert read <= counted


@pytest.mark.parametrize("script", CACHED)
def test_the_outputs_and_inputs_of_the_table_are_those_of_the_rules(script: str) -> None:
    text = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    for name in (*CACHED[script].folders, *CACHED[script].parts):
        assert re.search(rf"^        {name}=", text, re.M)


def test_a_token_that_is_new_after_a_fault_counts_not() -> None:
    cached = Cached(unrecorded={"place": (), "given": ("problem",)})
    params = {
        "settings": {"a": 1},
        "place": "/here",
        "given": {"audio": "/here/x.wav", "problem": ""},
        RERUN_TOKEN: "abc",
    }
    assert cached.counts(params) == {"settings": {"a": 1}, "given": {"problem": ""}}


@pytest.mark.parametrize(
    ("marks", "signed"), [({}, False), ({"sign": "off"}, False), ({"sign": "test"}, True)]
)
def test_what_is_signed(marks: dict[str, str], signed: bool) -> None:
    assert is_signed({"marks": marks}) is signed
    assert not is_signed({})
