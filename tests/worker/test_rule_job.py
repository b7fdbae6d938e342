"""A job, as a shell command tells it."""

import re

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.worker.rule_job import LISTS, NamedList, RuleJob
from places import ROOT

EMPTY = ["[]", "{}"]


def words(**lists: list[str]) -> list[str]:
    return ["guard", "guard", "2", *(word for name in LISTS for word in lists.get(name, EMPTY))]


def test_the_parts_of_a_list_have_names() -> None:
    files = NamedList(["a", "b", "c", "d"], {"one": (0, None), "two": (1, 3), "none": (3, 3)})
    assert files == ["a", "b", "c", "d"] and files[0] == "a"
    assert files.one == files["one"] == files.get("one") == "a"
    assert files.two == ["b", "c"] and files.none == []
    assert files.get("other") is None and files.get("other", 1) == 1
    assert dict(files.items()) == {"one": "a", "two": ["b", "c"], "none": []}
    assert list(files.keys()) == ["one", "two", "none"]
    with pytest.raises(AttributeError):
        _ = files.other


def test_a_name_may_be_that_of_a_method_of_lists() -> None:
    assert NamedList(["a"], {"index": (0, None)}).index == "a"


def test_a_mapped_list_has_the_same_names() -> None:
    files = NamedList(["a", "b", "c"], {"one": (0, None), "two": (1, 3)})
    assert files.mapped(str.upper).two == ["B", "C"]


def test_a_job_is_read_as_it_was_told() -> None:
    values = {"a": [1, 2.5, None, True], "b": "it's \\ \n {x}"}
    params = [repr([values, "text"]), repr({"settings": (0, None), "name": (1, None)})]
    job = RuleJob.parse(words(params=params, output=["['out/x']", "{'x': (0, None)}"]))
    assert (job.script, job.rule, job.threads) == ("guard", "guard", 2)
    assert job.params.settings == values and job.params.name == "text"
    assert job.output.x == "out/x" and not job.is_cut_job


@pytest.mark.parametrize(
    "sent",
    [
        [],
        ["guard"],
        words()[:-1],
        ["../guard", *words()[1:]],
        ["guard", "guard", "two", *words()[3:]],
        words(input=["[", "{}"]),
        words(input=["__import__('os')", "{}"]),
        words(input=["['a']", "{'a': (1, None)}"]),
        words(input=["['a']", "{'a': 'b'}"]),
        words(output=["['/etc/x']", "{}"]),
        words(output=["['a/../../x']", "{}"]),
        words(log=["['/etc/x']", "{}"]),
    ],
    ids=range(12),
)
def test_what_is_no_job_is_refused(sent: list[str]) -> None:
    with pytest.raises(Fault, match="not the job of a rule"):
        RuleJob.parse(sent)


def test_no_part_of_a_rule_is_named_like_a_method_of_a_list() -> None:
    text = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    names = set(re.findall(r"^        (\w+)=", text, re.M))
    assert len(names) > 80 and not names & set(dir(list))
