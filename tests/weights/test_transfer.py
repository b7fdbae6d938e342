"""Downloads resume where the last attempt stopped, whatever the server does."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from weight_server import DATA, HALF, Server, arrived, leftovers, ranges, weight

from mouthpiece.core.errors import Fault
from mouthpiece.weights.download import fetch


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
        deadline = time.monotonic() + 60
        while not (partial.exists() and partial.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    have = partial.stat().st_size
    Server.stalled.set()
    fetch([stalling])
    assert arrived(project) == DATA
    assert ranges() == [None, f"bytes={have}-"]
