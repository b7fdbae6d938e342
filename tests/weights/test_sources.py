"""Mirrors and tokens that the environment names."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from weight_server import DATA, SECRET, Server, arrived, weight

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.weights import sources
from mouthpiece.weights.download import fetch


def test_a_mirror_of_plain_addresses(
    address: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sources.MIRROR_VARIABLE, f"{address}/mirror/")
    fetch([weight("url:https://example.org/releases/v1/file.bin")])
    assert arrived(project) == DATA
    assert Server.asked[0][0] == "/mirror/example.org/releases/v1/file.bin"


def test_a_mirror_of_the_hub_has_its_paths(address: str, source: Any) -> None:
    wanted = source("file")
    fetch([wanted])
    expected = "/file/net/resolve/abc/net/file.bin" if wanted.kind == "hf" else "/file"
    assert Server.asked[0][0] == expected


def test_the_token_is_for_the_hub_alone_and_in_no_log(
    source: Any, other_address: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv(sources.TOKEN_VARIABLE, SECRET)
    monkeypatch.setattr(Server, "elsewhere", other_address)
    wanted = source("moved")
    fetch([wanted])
    shown = f"Bearer {SECRET}" if wanted.kind == "hf" else None
    assert [token for _, _, token in Server.asked] == [shown, None]
    with pytest.raises(Fault, match="HTTP 401") as refused:
        fetch([replace(source("locked"), name="other")])
    assert ("HF_TOKEN" in str(refused.value)) and SECRET not in caplog.text + str(refused.value)


def test_the_token_stays_on_its_host(
    address: str, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    """The hub redirects from a renamed repository, which may be private."""
    monkeypatch.setenv(sources.TOKEN_VARIABLE, SECRET)
    monkeypatch.setenv(sources.HUB_VARIABLE, address)
    monkeypatch.setattr(Server, "elsewhere", address)
    fetch([weight("hf:moved/net@abc", member="net/file.bin")])
    assert [token for _, _, token in Server.asked] == [f"Bearer {SECRET}"] * 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (sources.HUB_VARIABLE, "mirror.example"),
        (sources.HUB_VARIABLE, "https://user:hf_a_secret@mirror.example"),
        (sources.TOKEN_VARIABLE, "hf_a_secret\nX-Header: 1"),
    ],
)
def test_a_wrong_variable_is_named_but_not_shown(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InputError, match=variable) as refused:
        fetch([weight("hf:some/net@abc", member="net/file.bin")])
    assert SECRET not in str(refused.value)
