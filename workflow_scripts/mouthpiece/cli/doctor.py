"""`mouthpiece doctor`: what is installed, and what each missing thing is for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute

if TYPE_CHECKING:
    from ..project.project import Project
    from ..runs.installation import Check


def doctor(
    config: ConfigFiles = [],
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Check what is installed: packages, programs, GPUs, weights, disk.

    Ends with code 1 where something is missing that runs need: those of the current folder's
    project, if there is one, or any.
    """
    execute(lambda: _doctor(default_configs(config), as_json))


def _doctor(config: list[Path], as_json: bool) -> int:
    from ..runs.installation import MISSING, inspect

    checks = inspect(_project(config))
    ok = all(check.state != MISSING for check in checks)
    if as_json:
        _write_json(checks, ok)
    else:
        _write(checks, ok)
    return 0 if ok else 1


def _project(config: list[Path]) -> "Project | None":
    from ..project.config_file import config_files, read_config
    from ..project.project import Project

    files = config_files(config)
    return Project.open(read_config(files), files) if files else None


def _write_json(checks: "list[Check]", ok: bool) -> None:
    import json
    from dataclasses import asdict
    from importlib.metadata import version

    values = {"version": version("mouthpiece"), "ok": ok, "checks": [asdict(c) for c in checks]}
    typer.echo(json.dumps(values, indent=1))


def _write(checks: "list[Check]", ok: bool) -> None:
    from importlib.metadata import version

    from rich.console import Console

    from ..runs.installation import MISSING, OK, OPTIONAL
    from .words import count, say

    console = Console()
    say(console, f"mouthpiece {version('mouthpiece')}", "bold")
    width = max(len(check.name) for check in checks)
    marks = {OK: ("ok", "green"), MISSING: ("MISSING", "red"), OPTIONAL: ("-", "yellow")}
    for group in dict.fromkeys(check.group for check in checks):
        say(console, f"\n{group}", "bold")
        for check in (check for check in checks if check.group == group):
            mark, style = marks[check.state]
            text = check.found if check.state == OK else _lacking(check)
            say(console, f"  {check.name:{width}}  {mark:7}  {text}".rstrip(), style)
    missing = sum(check.state == MISSING for check in checks)
    found = "All that runs need is there." if ok else f"{count(missing, 'thing')} missing."
    say(console, f"\n{found}", "green" if ok else "red")


def _lacking(check: "Check") -> str:
    """What was found of it, what it is for, and how to get it."""
    return "; ".join(filter(None, (check.found, f"for: {check.purpose}", check.remedy)))
