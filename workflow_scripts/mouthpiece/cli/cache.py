"""`mouthpiece cache`: what the cache between projects holds, and whether it is whole."""

import enum
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute

if TYPE_CHECKING:
    from ..results_cache.pruning import Entry
    from ..results_cache.store import Store

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="List, prune and verify the cache between projects.")

MOST_GB = 10_000_000
"""How large a cache may be, as in the config."""


class Trust(enum.StrEnum):
    """Whose part of a cache is meant."""

    OWN = "own"
    GROUP = "group"


Folder = Annotated[
    Path | None,
    typer.Option("--dir", metavar="DIR", help="The cache; default: cache.dir of the config."),
]

Whose = Annotated[
    Trust | None,
    typer.Option("--trust", help="Whose part of it; default: cache.trust of the config, or own."),
]


@app.callback()
def cache() -> None:
    """List, prune and verify the cache between projects."""


@app.command("ls")
def list_entries(folder: Folder = None, trust: Whose = None, config: ConfigFiles = []) -> None:
    """List what is in the cache: entries, size and last use, by stage."""
    execute(lambda: _list(folder, trust, config))


@app.command()
def prune(
    folder: Folder = None,
    trust: Whose = None,
    config: ConfigFiles = [],
    max_gb: Annotated[
        float | None,
        typer.Option(
            "--max-gb",
            min=0,
            max=MOST_GB,
            help="How large it may be, in GB; 0 empties it; default: cache.max_gb. --dir needs it.",
        ),
    ] = None,
) -> None:
    """Remove what was not used for longest, until the cache is no larger than it may be.

    Runs may go on meanwhile: a job whose entry is removed makes its results itself.
    """
    execute(lambda: _prune(folder, trust, config, max_gb))


@app.command()
def verify(
    folder: Folder = None,
    trust: Whose = None,
    config: ConfigFiles = [],
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove the entries that are damaged.")
    ] = False,
) -> None:
    """Read the whole cache, and compare each file with its SHA-256; code 1 where one differs.

    A damaged entry harms no film: it is found when it is taken, and its results are made again.
    """
    execute(lambda: _verify(folder, trust, config, remove))


def _list(folder: Path | None, trust: Trust | None, config: list[Path]) -> None:
    from ..results_cache.pruning import entries

    store = _open(folder, trust, config)
    by_script: dict[str, list[Entry]] = {}
    for entry in entries(store):
        by_script.setdefault(entry.script or "damaged", []).append(entry)
    typer.echo("stage\tentries\tGB\tlast_used")
    for script, found in sorted(by_script.items()):
        typer.echo(f"{script}\t{_row(found)}")
    everything = [entry for found in by_script.values() for entry in found]
    typer.echo(f"all\t{_row(everything)}")
    log.info("%s may hold %g GB", store.root, _gb(store.max_bytes))


def _row(found: "Iterable[Entry]") -> str:
    from datetime import datetime

    found = list(found)
    used = max((entry.used for entry in found), default=0.0)
    when = datetime.fromtimestamp(used).isoformat(" ", "minutes") if used else ""
    return f"{len(found)}\t{_gb(sum(entry.size for entry in found)):.3f}\t{when}"


def _prune(
    folder: Path | None, trust: Trust | None, config: list[Path], max_gb: float | None
) -> None:
    from ..core.errors import InputError
    from ..results_cache.pruning import prune
    from ..results_cache.store import GB

    if folder is not None and max_gb is None:
        raise InputError("--dir: say by --max-gb how large that cache may be")
    store = _open(folder, trust, config)
    count, freed = prune(store, None if max_gb is None else int(max_gb * GB))
    log.info("removed %d entries, %.3f GB", count, _gb(freed))


def _verify(folder: Path | None, trust: Trust | None, config: list[Path], remove: bool) -> int:
    from ..results_cache.pruning import damaged

    store = _open(folder, trust, config)
    found = list(damaged(store))
    for entry, problem in found:
        typer.echo(f"{entry}: {problem}")
        if remove:
            store.discard(entry)
    count = sum(1 for _ in store.entries())
    log.info("%s: %d entries, %d damaged", store.root, count + len(found) * remove, len(found))
    return int(bool(found) and not remove)


def _open(folder: Path | None, trust: Trust | None, config: list[Path]) -> "Store":
    """The cache that the command line or the config names. It is not made."""
    from ..config.cache import Cache
    from ..core.errors import InputError
    from ..project.config_file import config_files, read_config, table_path
    from ..project.settings import load
    from ..results_cache.folders import root_of
    from ..results_cache.store import Store, UnusableError

    files = config_files(default_configs(config))
    chosen = load(read_config(files), files).cache if files else Cache()
    if folder is None:
        if not chosen.dir:
            raise InputError("there is no cache: the config sets no cache.dir; name one by --dir")
        folder = table_path("cache.dir", chosen.dir, files)
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder")
    settings = chosen.model_dump(exclude={"dir"}) | ({"trust": trust.value} if trust else {})
    if not root_of(folder, settings["trust"]).is_dir():
        others = [one for one in Trust if root_of(folder, one).is_dir()]
        hint = f"; there is --trust {others[0]}" if others else ""
        raise InputError(f"{folder}: nothing is kept there with --trust {settings['trust']}{hint}")
    try:
        return Store.open(folder, make=False, **settings)
    except UnusableError as error:
        raise InputError(f"the cache cannot be used: {error}") from None


def _gb(size: int) -> float:
    from ..results_cache.store import GB

    return size / GB
