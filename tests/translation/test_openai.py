import json
import logging
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.services import endpoint
from mouthpiece.services.store import AnswerStore
from mouthpiece.translation.base import Line, Translation
from mouthpiece.translation.openai.settings import OpenAiSettings
from mouthpiece.translation.openai.translator import OpenAi
from services.fake_service import SECRET, VARIABLE, FakeService, Reply, serving

LINES = [
    Line("Good morning.", "S1", 0, 1, 6),
    Line("We go home.", "S2", 2, 3, 7, {"home": "casa"}),
    Line("Where is the secret river?", "S1", 4, 6, 14),
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    monkeypatch.setattr(endpoint, "FIRST_WAIT_S", 0.001)


def chat(content: str, **choice: str) -> Reply:
    usage = {"prompt_tokens": 1000, "completion_tokens": 500}
    answer = {"choices": [{"message": {"content": content}, **choice}], "usage": usage}
    return Reply(body=json.dumps(answer).encode())


def asked(request: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(request["messages"][1]["content"]))


def ids(request: dict[str, Any]) -> list[int]:
    content = asked(request)
    rows = content.get("dialogue") or content["lines"]
    return [row["id"] for row in rows if "id" in row]


def answering(request: dict[str, Any]) -> Reply:
    rows = [{"id": one, "target": f"linha {one}"} for one in ids(request)]
    return chat(json.dumps({"lines": rows}))


def leaving_out(*left_out: int) -> Any:
    def answer(request: dict[str, Any]) -> Reply:
        rows = [{"id": i, "target": f"linha {i}"} for i in ids(request) if i not in left_out]
        return chat(json.dumps({"lines": rows}))

    return answer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AnswerStore]:
    yield AnswerStore(tmp_path / "translations", ".json")


def translate(
    service: FakeService, store: AnswerStore, lines: list[Line] = LINES, **values: Any
) -> list[Translation]:
    settings = OpenAiSettings(
        base_url=service.url,
        model="m",
        key_variable=VARIABLE,
        usd_per_million_input_tokens=3,
        usd_per_million_output_tokens=12,
        **values,
    )
    return OpenAi(settings).translate(lines, "en", "pt-BR", store)


def test_lines_are_asked_with_context_terms_and_budgets(store: AnswerStore) -> None:
    with serving(FakeService(answering)) as service:
        found = translate(service, store, batch_lines=2, context_lines=1)
    assert [one.target for one in found] == ["linha 1", "linha 2", "linha 3"]
    first, second = map(asked, service.requests)
    assert first["dialogue"] == [
        {"id": 1, "speaker": "S1", "text": "Good morning.", "most_syllables": 6},
        {"id": 2, "speaker": "S2", "text": "We go home.", "most_syllables": 7},
        {"speaker": "S1", "text": "Where is the secret river?"},
    ]
    assert first["glossary"] == {"home": "casa"}
    assert second["dialogue"][0] == {"speaker": "S2", "text": "We go home."}
    assert service.requests[0]["response_format"]["json_schema"]["strict"] is True
    # 1000 tokens at 3 and 500 at 12 dollars a million, twice
    assert sum(one.cost_usd for one in found) == pytest.approx(2 * 0.009)
    assert sum(one.tokens for one in found) == pytest.approx(3000)


def test_what_was_paid_for_is_not_asked_for_again(store: AnswerStore) -> None:
    busy = Reply(500)
    with serving(FakeService(answering, busy, busy, answering)) as service:
        with pytest.raises(Fault, match="HTTP 500"):  # as if the run were killed half-way
            translate(service, store, batch_lines=2, attempts=2)
        found = translate(service, store, batch_lines=2, attempts=2)
        assert [ids(one) for one in service.requests] == [[1, 2], [3], [3], [3]]
        assert translate(service, store, batch_lines=20) == found
        assert len(service.requests) == 4
        changed = [*LINES[:2], Line("Where is it?", "S1", 4, 6, 14)]
        translate(service, store, changed, context_lines=3)
        assert ids(service.requests[-1]) == [1, 2, 3]  # all three have it as their context


def test_lines_that_an_answer_leaves_out_are_asked_for_once_more(store: AnswerStore) -> None:
    with serving(FakeService(leaving_out(2), leaving_out(2))) as service:
        found = translate(service, store)
        assert translate(service, store) == found  # none is asked for, and paid, again
    assert [ids(one) for one in service.requests] == [[1, 2, 3], [2]]
    assert [one.target for one in found] == ["linha 1", "", "linha 3"]
    assert [bool(one.problem) for one in found] == [False, True, False]
    assert sum(one.cost_usd for one in found) == pytest.approx(2 * 0.009)
    assert sum(one.tokens for one in found) == pytest.approx(3000)


@pytest.mark.parametrize(
    ("nonsense", "words"),
    [
        (Reply(body=b""), "it is empty"),
        (Reply(body=b"<html>"), "it is no chat completion"),
        (Reply(body=b"[" * 100_000), "it is no chat completion"),
        (Reply(body=b'{"choices": []}'), "it is no chat completion"),
        (chat(""), "it has no text"),
        (chat("Sure! Here you go."), "it is no JSON"),
        (chat('{"lines": [{"id": 1, "ta', finish_reason="length"), "it is cut off"),
        (chat('{"lines": [{"id": 99, "target": "x"}]}'), "it is not what was asked for"),
        (chat('{"lines": [{"id": "1", "target": 5}, 7, null]}'), "not what was asked for"),
        (chat('{"lines": [{"id": 1, "target": "%s"}]}' % ("x" * 999)), "not what was asked for"),
        (chat('{"lines": [{"id": 1, "target": " "}]}'), "not what was asked for"),
        (chat("7"), "not what was asked for"),
        (Reply(is_endless=True), "sends more than"),
    ],
)
def test_nonsense_is_one_sentence_and_is_not_paid_twice(
    nonsense: Reply, words: str, store: AnswerStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "mouthpiece")
    with serving(FakeService(nonsense, nonsense, answering)) as service:
        for _ in range(2):
            with pytest.raises(Fault) as raised:
                translate(service, store)
        message = str(raised.value)
        assert words in message
        assert "asked 2 times" in message
        assert len(service.requests) == 2
        shutil.rmtree(store.folder)  # as the message says
        assert translate(service, store)[0].target == "linha 1"
    assert not re.search("secret|Here you go|linha|sk-test", message + caplog.text)


def test_a_fenced_answer_is_read_and_control_characters_are_left_out(store: AnswerStore) -> None:
    text = '```json\n{"lines": [{"id": 1, "target": "bom\\n\\tdia\\u0007"}]}\n```'
    with serving(FakeService(chat(text))) as service:
        found = translate(service, store, LINES[:1], answer_format="text")
    assert found[0].target == "bom dia"
    assert "response_format" not in service.requests[0]


def test_a_line_that_is_too_long_is_shortened_once(store: AnswerStore) -> None:
    def wordy(request: dict[str, Any]) -> Reply:
        is_first = "dialogue" in asked(request)
        text = "uma linha que tem muito mais sílabas" if is_first else "linha curta"
        return chat(json.dumps({"lines": [{"id": one, "target": text} for one in ids(request)]}))

    with serving(FakeService(wordy)) as service:
        found = translate(service, store)
        assert [one.target for one in found[:2]] == ["linha curta", "linha curta"]
        assert found[2].target.startswith("uma linha")
        assert ids(service.requests[1]) == [1, 2]
        assert asked(service.requests[1])["lines"][1]["most_syllables"] == 7
        assert translate(service, store) == found
        assert len(service.requests) == 2
        assert sum(one.cost_usd for one in found) == pytest.approx(2 * 0.009)
        translate(service, AnswerStore(store.folder / "other", ".json"), shorten=False)
        assert len(service.requests) == 3


def test_nonsense_for_a_shorter_wording_leaves_the_first(store: AnswerStore) -> None:
    long = json.dumps({"lines": [{"id": 1, "target": "uma linha que tem muito mais sílabas"}]})
    with serving(FakeService(chat(long), chat("?"))) as service:
        found = translate(service, store, LINES[:1])
        assert translate(service, store, LINES[:1]) == found
    assert found[0].target.startswith("uma linha")
    assert found[0].cost_usd == pytest.approx(2 * 0.009)
    assert len(service.requests) == 2


def test_a_service_that_begins_with_nonsense_is_asked_for_no_further_lines(
    store: AnswerStore,
) -> None:
    with serving(FakeService(chat("?"))) as service:
        for _ in range(3):
            with pytest.raises(Fault, match="not again"):
                translate(service, store, batch_lines=1)
        assert len(service.requests) == 2


def test_nonsense_midway_leaves_lines_empty_and_the_others_go_on(store: AnswerStore) -> None:
    with serving(FakeService(answering, chat("?"), chat("?"), answering)) as service:
        found = translate(service, store, batch_lines=1)
    assert [one.target for one in found] == ["linha 1", "", "linha 3"]
    assert found[1].cost_usd == pytest.approx(2 * 0.009)


def test_it_serves_all_pairs_once_its_address_and_model_are_set() -> None:
    assert not OpenAiSettings().serves("en", "de")
    assert OpenAiSettings().problem() == "its base_url is not set in the config"
    ready = OpenAiSettings(base_url="https://example.com/v1", model="m", key_variable="NOT_SET_X")
    assert ready.serves("", "ja")
    assert "NOT_SET_X" in ready.problem()
    assert [note.row for note in ready.notes("en", "ja")] == [
        {"code": "text_sent", "host": "example.com"}
    ]
    with pytest.raises(InputError, match="NOT_SET_X"):
        OpenAi(ready).translate(LINES, "en", "ja", AnswerStore(Path("none"), ".json"))


KILLED = """
import sys
from pathlib import Path
from mouthpiece.services.store import AnswerStore
from mouthpiece.translation.base import Line
from mouthpiece.translation.openai.settings import OpenAiSettings
url, key, folder, texts = *sys.argv[1:4], sys.argv[4:]
settings = OpenAiSettings(base_url=url, model="m", key_variable=key, batch_lines=2)
lines = [Line(text, "S1", 2 * n, 2 * n + 1, 20) for n, text in enumerate(texts)]
store = AnswerStore(Path(folder), ".json")
print([one.target for one in settings.build().translate(lines, "en", "pt-BR", store)])
"""


@pytest.mark.slow
def test_a_killed_job_pays_nothing_twice(tmp_path: Path) -> None:
    texts = [f"Line {n}." for n in range(5)]
    running: list[subprocess.Popen[str]] = []

    def kill(request: dict[str, Any]) -> Reply:
        running[0].kill()
        return answering(request)

    with serving(FakeService(answering, answering, kill, answering)) as service:
        command = [sys.executable, "-c", KILLED, service.url, VARIABLE, str(tmp_path), *texts]
        for _ in range(2):
            running.insert(0, subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            said, _ = running[0].communicate(timeout=60)
    assert [one.returncode for one in running] == [0, -signal.SIGKILL]
    assert said.strip() == str([f"linha {n}" for n in range(1, 6)])
    assert [ids(one) for one in service.requests] == [[1, 2], [3, 4], [5], [5]]


def test_a_price_redoes_no_translation() -> None:
    prices = {"usd_per_million_input_tokens", "usd_per_million_output_tokens"}
    assert prices < OpenAiSettings.runtime_options
    assert OpenAiSettings.runtime_options.isdisjoint({"base_url", "model", "instructions"})
