"""The key of a result: all that it depends on, hashed."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ..core.files import digest
from .cached import Cached
from .contents import content_of, part_of

FORM = 1
"""The form of keys and entries. Another one finds nothing of the earlier ones."""


class NamedParts(Protocol):
    """A list of a job whose parts have names, such as Snakemake's."""

    def items(self) -> Iterable[tuple[str, Any]]:
        """List the parts.

        Returns:
            Names and parts.
        """


class Job(Protocol):
    """A job of a rule: Snakemake's own object, or what a worker gets."""

    @property
    def input(self) -> NamedParts:
        """The input files."""

    @property
    def output(self) -> NamedParts:
        """The output files."""

    @property
    def params(self) -> NamedParts:
        """The params."""

    @property
    def wildcards(self) -> NamedParts:
        """The wildcards."""

    @property
    def log(self) -> Any:
        """The log files."""


def key_of(job: Job, script: str, cached: Cached, memory: Path) -> str:
    """Identify a job's result.

    Args:
        job: The job.
        script: The name of its script.
        cached: What a result of the script depends on.
        memory: The folder of hashes that are kept: see `contents`.

    Returns:
        A SHA-256 in hex.

    Raises:
        OSError: An input cannot be read.
        Fault: An input is damaged.
    """
    wildcards = {name: str(value) for name, value in job.wildcards.items()}
    params = cached.counts(dict(job.params.items()))
    return digest(
        {
            "form": FORM,
            "script": script,
            "params": json.loads(json.dumps(params, default=str)),
            "wildcards": {name: wildcards.get(name, "") for name in cached.wildcards},
            "outputs": sorted(name for name, _ in job.output.items()),
            "inputs": _inputs(job.input, cached.parts, memory),
        }
    )


def files_of(value: Any) -> list[Path]:
    """List the files of an input or output.

    Args:
        value: A path, or a list of paths.

    Returns:
        The paths.
    """
    return [Path(value)] if isinstance(value, str) else [Path(path) for path in value]


def _inputs(inputs: NamedParts, parts: Mapping[str, str], memory: Path) -> dict[str, list[str]]:
    found = {}
    for name, value in inputs.items():
        if name not in parts:
            found[name] = [content_of(path, memory) for path in files_of(value)]
        elif part := parts[name]:
            found[name] = [part_of(path, part) for path in files_of(value)]
    return found
