"""The run that obeys what was decided, as a page of the review server asks for it."""

import json
import re
import shlex
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from .request_error import RequestError

HEAD_BYTES = 1024
"""How much of a page is read for its revision."""

REVISION = re.compile(rb'data-revision="([0-9a-f]{12})"')


class Runner(Protocol):
    """What starts a project's run; `runs.runner.Runner` does.

    Attributes:
        folder: The project's working folder.
        words: The words of the command after `mouthpiece`.
        is_allowed: Whether it may be started from a page.
    """

    folder: Path
    words: tuple[str, ...]
    is_allowed: bool

    def state(self) -> dict[str, Any]:
        """Tell how far the run is.

        Returns:
            JSON values; `state` is one of them.
        """

    def start(self) -> None:
        """Start it; raises InputError."""

    def cancel(self) -> None:
        """Ask it to stop; raises InputError."""


def command_text(folder: Path, words: Sequence[str]) -> str:
    """Write the command that a person types.

    Args:
        folder: The project's working folder.
        words: The words after `mouthpiece`.

    Returns:
        A line for a shell, which works in any folder.
    """
    return f"cd {shlex.quote(str(folder.resolve()))} && {shlex.join(['mouthpiece', *words])}"


def run_view(runner: Runner | None) -> dict[str, Any]:
    """Tell a page of the run.

    Args:
        runner: What starts it; None: the server does not know the project.

    Returns:
        JSON values: `run`, its `command`, and whether the page `may_apply`.
    """
    if runner is None:
        return {"run": {"state": "none"}, "command": "", "may_apply": False}
    command = command_text(runner.folder, runner.words)
    return {"run": runner.state(), "command": command, "may_apply": runner.is_allowed}


def obey(runner: Runner | None, body: bytes) -> None:
    """Do what a page asks for.

    Args:
        runner: What starts the run; None: the server does not know the project.
        body: A JSON object whose `act` is `start` or `cancel`.

    Raises:
        RequestError: It is something else, or pages may not start runs here.
        InputError: Another run is at work, or none is that could be cancelled.
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError(HTTPStatus.BAD_REQUEST, "the request is not JSON") from None
    if asked not in ({"act": "start"}, {"act": "cancel"}):
        raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "wanted act: start or cancel")
    if runner is None or not runner.is_allowed:
        raise RequestError(
            HTTPStatus.FORBIDDEN,
            "this server starts no runs; review: {apply: true} in the config, or "
            "mouthpiece review --apply, lets it",
        )
    if asked["act"] == "start":
        runner.start()
    else:
        runner.cancel()


def page_revision(page: Path) -> str:
    """Read which making of a film a page is of.

    Args:
        page: The page.

    Returns:
        12 hex digits; empty: it is not there, as while the film is made again.
    """
    try:
        with page.open("rb") as file:
            found = REVISION.search(file.read(HEAD_BYTES))
    except OSError:
        return ""
    return found[1].decode() if found else ""
