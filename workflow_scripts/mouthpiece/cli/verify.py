"""`mouthpiece verify`: what a file's content credentials say, and whether they hold."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import execute

if TYPE_CHECKING:
    from ..provenance.reading import Credentials

MOST_KB = 1024
"""The largest file of trusted certificates."""

SHOWN_SPANS = 20


def verify(
    file: Annotated[Path, typer.Argument(help="A film or a sound file.")],
    trust: Annotated[
        Path | None,
        typer.Option(help="Certificates of the authorities that you trust, PEM.", metavar="FILE"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Check a file's content credentials (C2PA): who signed it, what was done, is it unchanged?

    Ends with code 0 where they hold, whoever signed; with code 1 where the file was changed, or has
    none. Nothing is asked of the network.
    """
    execute(lambda: _verify(file, trust, as_json))


def _verify(file: Path, trust: Path | None, as_json: bool) -> int:
    from ..core.errors import InputError
    from ..core.user_files import file_problem, read_text, shown
    from ..provenance.reading import read_credentials

    if wrong := file_problem(file):
        raise InputError(f"{shown(file)}: {wrong}")
    found = read_credentials(file, read_text(trust, MOST_KB) if trust else "")
    if as_json:
        _write_json(found)
    else:
        for line in _lines(shown(file), found):
            typer.echo(line)
    return int(found is None or not found.hold)


def _write_json(found: "Credentials | None") -> None:
    import json
    from dataclasses import asdict

    values = {"hold": found.hold, **asdict(found)} if found else {"hold": False, "state": "None"}
    typer.echo(json.dumps(values, indent=1))


def _lines(name: str, found: "Credentials | None") -> Iterator[str]:
    """What is said of a file."""
    if found is None:
        yield f"{name}: has no content credentials"
        return
    if found.hold:
        yield f"{name}: the content credentials hold; the file is as it was signed"
    else:
        why = ", ".join(found.failures) or found.state
        yield f"{name}: THE CONTENT CREDENTIALS DO NOT HOLD ({why}); the file was changed"
    known = "trusted" if found.state == "Trusted" else "not known to be trusted"
    yield f"  signer    {_line(found.signer)} ({known})"
    yield f"  software  {_line(found.software)}"
    yield f"  signed    {_line(found.signed_at) or 'at a time that no authority confirms'}"
    for _, failures in found.parents:
        yield "  made from another file" + f"; its own do not hold ({', '.join(failures)})" * bool(
            failures
        )
    for action in found.actions:
        yield f"  {_line(_action(action))}"


def _action(action: Mapping[str, Any]) -> str:
    """An action, on one line."""
    kind = str(action.get("digitalSourceType", "")).rpartition("/")[2]
    values = action.get("parameters") or {}
    parts = [str(action.get("action", "")), kind, str(action.get("description", ""))]
    parts += [_spans(action.get("changes") or ())]
    parts += [f"{key}: {_value(values[key])}" for key in values if not key.startswith("ingredient")]
    return "; ".join(part for part in parts if part)


def _spans(changes: Any) -> str:
    frames = [
        f"{region['frame'].get('start', '')}-{region['frame'].get('end', '')}"
        for change in changes
        for region in change.get("region", ())
        if "frame" in region
    ]
    more = [f"{len(frames) - SHOWN_SPANS} more"] if len(frames) > SHOWN_SPANS else []
    return "frames " + ", ".join([*frames[:SHOWN_SPANS], *more]) if frames else ""


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _line(text: str) -> str:
    """A text of the file without line breaks and control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
