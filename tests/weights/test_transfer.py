"""Downloads resume where the last attempt stopped, whatever the server does."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from weight_server import DATA, HALF, Server, arrived, leftovers, ranges, weight

from mouthpiece.core.errors import Fault
from mouthpiece.weights import connections, transfer
from mouthpiece.weights import partial as partial_module
from mouthpiece.weights.download import fetch
from waiting import wait_until


def test_a_lost_connection_is_reported_and_the_next_run_resumes(
    source: Any, project: Path, partial: Path
) -> None:
    for have in (HALF, HALF + HALF // 2):
        told = f"lost at {have:,} of {len(DATA):,} bytes; run again: it goes on from there"
        with pytest.raises(Fault, match=re.escape(told)):
            fetch([source("drops")])
        assert partial.read_bytes() == DATA[:have]
    fetch([replace(source("file"))])
    assert arrived(project) == DATA
    assert ranges() == [None, f"bytes={HALF}-", f"bytes={HALF + HALF // 2}-"]


def test_a_lost_connection_is_noticed_without_a_known_length(address: str, partial: Path) -> None:
    loose = weight(f"url:{address}/chunked", size_bytes=None, sha256=None)
    with pytest.raises(Fault, match=r"lost at .* of an unknown number of bytes"):
        fetch([loose], unpinned=True)


@pytest.mark.parametrize("path", ["ignores_ranges", "sends_another_range"])
def test_a_server_that_cannot_resume_is_asked_for_all(
    address: str, path: str, project: Path, partial: Path
) -> None:
    partial.write_bytes(b"x" * 1000)
    fetch([weight(f"url:{address}/{path}")])
    assert arrived(project) == DATA


@pytest.mark.parametrize("size_bytes", [len(DATA), None])
@pytest.mark.parametrize("more", [0, 1, 1000])
def test_a_partial_file_that_is_too_long_starts_over(
    address: str, size_bytes: int | None, more: int, project: Path, partial: Path
) -> None:
    partial.write_bytes(DATA + b"x" * more)
    fetch([weight(f"url:{address}/file", size_bytes=size_bytes)])
    assert arrived(project) == DATA


def test_a_page_of_a_gateway_does_not_take_the_place_of_what_has_arrived(
    address: str, partial: Path
) -> None:
    partial.write_bytes(b"x" * 1000)
    with pytest.raises(Fault, match="has another file there"):
        fetch([weight(f"url:{address}/ignores_ranges", size_bytes=10 * len(DATA))])
    assert partial.stat().st_size == 1000


@pytest.mark.parametrize("size_bytes", [len(DATA), 1000])
def test_more_than_the_pinned_size_is_not_taken(
    address: str, size_bytes: int, project: Path, partial: Path
) -> None:
    Server.sent_bytes = 0
    with pytest.raises(Fault, match=f"sends more than the {size_bytes:,} bytes"):
        fetch([weight(f"url:{address}/endless", size_bytes=size_bytes)])
    assert Server.sent_bytes < 100 * len(DATA), "it went on reading"
    assert leftovers(project) == [] and not partial.exists()


def test_a_file_without_a_size_is_bounded_too(
    address: str, partial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "MOST_BYTES", 5000)
    loose = weight(f"url:{address}/endless", size_bytes=None, sha256=None)
    with pytest.raises(Fault, match="sends more than the 5,000 bytes"):
        fetch([loose], unpinned=True)
    assert not partial.exists()


def test_a_head_that_never_ends_is_given_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWER_S", 0.3)
    with pytest.raises(Fault, match=r"cannot download|connection was lost"):
        fetch([weight(f"url:{address}/slow_head")])


def test_a_download_that_trickles_is_given_up_and_kept(
    address: str, partial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partial_module, "PACE_S", 0.3)
    with pytest.raises(Fault, match="run again: it goes on from there"):
        fetch([weight(f"url:{address}/trickle")])
    assert 0 < partial.stat().st_size < 1000


@pytest.mark.parametrize(
    ("before", "after", "is_followed"),
    [
        ("https://a/x", "https://b/y", True),
        ("https://a/x", "http://a/x", False),
        ("https://a/x", "HTTP://b/y", False),
        ("https://a/x", "ftp://a/x", False),
        ("https://a/x", "file:///etc/passwd", False),
        ("https://a/x", "//b/y", False),
        ("http://mirror/x", "http://other/y", True),
        ("http://mirror/x", "https://other/y", True),
        ("http://mirror/x", "file:///etc/passwd", False),
    ],
)
def test_redirects_lead_to_https_only(before: str, after: str, is_followed: bool) -> None:
    """A mirror that the user named as http may redirect to http."""
    request = urllib.request.Request(before, headers={"Authorization": "Bearer x"})
    given = (request, None, 302, "Found", {}, after)
    if is_followed:
        following = connections._Redirects().redirect_request(*given)
        assert following and not following.has_header("Authorization")
    else:
        with pytest.raises(OSError, match="not https"):
            connections._Redirects().redirect_request(*given)


def test_a_redirect_to_another_protocol_is_a_fault(address: str) -> None:
    with pytest.raises(Fault, match=r"127\.0\.0\.1"):
        fetch([weight(f"url:{address}/ftp")])


@pytest.mark.parametrize("make", ["symlink_to", "hardlink_to"])
def test_a_partial_file_that_is_a_link_is_not_written_to(
    address: str, make: str, tmp_path: Path, partial: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    getattr(partial, make)(precious)
    with pytest.raises(Fault, match="no file of its own"):
        fetch([weight(f"url:{address}/file")])
    assert precious.read_text() == "kept"


def test_a_partial_file_with_wrong_content_is_dropped(address: str, partial: Path) -> None:
    partial.write_bytes(b"x" * HALF)
    with pytest.raises(Fault, match=r"it was removed\. Try again"):
        fetch([weight(f"url:{address}/file")])
    fetch([weight(f"url:{address}/file")])


def test_an_absent_file_is_a_fault(source: Any, project: Path) -> None:
    with pytest.raises(Fault, match="HTTP 404"):
        fetch([source("absent")])
    assert leftovers(project) == []


def test_a_server_that_is_not_there_is_a_fault(partial: Path) -> None:
    partial.write_bytes(DATA[:1000])
    with pytest.raises(Fault, match=r"cannot download .* from 127\.0\.0\.1:9: .*refused"):
        fetch([weight("url:http://127.0.0.1:9/file")])
    assert partial.stat().st_size == 1000


def test_a_killed_download_resumes(source: Any, project: Path, partial: Path) -> None:
    """A download that `kill -9` ended in the middle."""
    stalling = source("stalls")
    program = (
        "import sys; from pathlib import Path; from mouthpiece.weights.download import fetch; "
        "from mouthpiece.weights.table import Weight; "
        f"fetch([{stalling!r}], Path({str(project / 'downloads')!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", program], env=os.environ) as process:
        wait_until(lambda: partial.exists() and partial.stat().st_size)
        process.send_signal(signal.SIGKILL)
    have = partial.stat().st_size
    Server.stalled.set()
    fetch([stalling])
    assert arrived(project) == DATA
    assert ranges() == [None, f"bytes={have}-"]
