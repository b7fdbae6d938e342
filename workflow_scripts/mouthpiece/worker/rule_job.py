"""The job of a rule, as a shell command tells it: what a rule's script knows as `snakemake`."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.faults import JobFault
from ..core.job_logs import append_error

SCRIPT_PATTERN = re.compile(r"[a-z][a-z_]{0,40}")
LISTS = ("input", "output", "params", "wildcards", "resources", "log")
"""The lists of a job, each of them two words of the command: its values and its names."""

Names = Mapping[str, tuple[int, int | None]]
"""For each name the index of its value; or where its values begin and end."""


class NamedList(list[Any]):
    """A list whose parts have names, with the same access as Snakemake's."""

    def __init__(self, values: Sequence[Any], names: Names) -> None:
        """Name the parts of a list.

        Args:
            values: The values.
            names: For each name the index of its value; or where its values begin and end.
        """
        super().__init__(values)
        self._places = names
        self._names = {
            name: values[first] if end is None else list(values[first:end])
            for name, (first, end) in names.items()
        }
        self.__dict__.update(self._names)  # also a name that is a method's, such as `index`

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __getitem__(self, key: Any) -> Any:
        return self._names[key] if isinstance(key, str) else super().__getitem__(key)

    def mapped(self, function: Callable[[Any], Any]) -> "NamedList":
        """Apply a function to each value.

        Args:
            function: The function.

        Returns:
            A list with the same names.
        """
        return NamedList([function(value) for value in self], self._places)

    def get(self, name: str, default: Any = None) -> Any:
        """Get a part by its name.

        Args:
            name: The name.
            default: What to return where there is none.

        Returns:
            The part.
        """
        return self._names.get(name, default)

    def keys(self) -> Iterator[str]:
        """Name the parts.

        Returns:
            The names.
        """
        return iter(self._names)

    def items(self) -> Iterator[tuple[str, Any]]:
        """List the parts that have names.

        Returns:
            The names and the parts.
        """
        return iter(self._names.items())


@dataclass(frozen=True)
class RuleJob:
    """A job of a rule. It has what a rule's script asks `snakemake` for.

    Attributes:
        script: The name of the script, in the folder of the rules' scripts.
        rule: The rule's name.
        threads: How many cores the job may use.
        input: The input files.
        output: The output files.
        params: The params of the rule: JSON values.
        wildcards: The wildcards.
        resources: The resources.
        log: The log file.
        create_engine: Builds an engine: in a worker, one that shares the networks that are loaded.
        is_watched: Whether another process sees to it that this one is not killed unnoticed.
        fault: A fault that ended the job's process. The script only writes its outcome.
    """

    script: str
    rule: str
    threads: int
    input: NamedList
    output: NamedList
    params: NamedList
    wildcards: NamedList
    resources: NamedList
    log: NamedList
    create_engine: Any = field(default=None, compare=False)
    is_watched: bool = False
    fault: JobFault | None = None

    @classmethod
    def parse(cls, words: Sequence[str]) -> "RuleJob":
        """Read a job from the words of its command; `rules/lib/worker.smk` has the template.

        Args:
            words: Script, rule, threads, and two words for each of `LISTS`, Python literals.

        Returns:
            The job.

        Raises:
            Fault: They are no job.
        """
        try:
            script, rule, threads, *literals = words
            rule = rule.removeprefix("{").removesuffix("}")
            if not SCRIPT_PATTERN.fullmatch(script) or len(literals) != 2 * len(LISTS):
                raise ValueError
            values = [ast.literal_eval(literal) for literal in literals]
            kinds = [type(value) for value in values]
            if kinds != [list, dict] * len(LISTS):
                raise ValueError
            lists = dict(zip(LISTS, map(NamedList, values[0::2], values[1::2]), strict=True))
            job = cls(
                script=script,
                rule=rule,
                threads=int(threads),
                input=lists["input"],
                output=lists["output"],
                params=lists["params"],
                wildcards=lists["wildcards"],
                resources=lists["resources"],
                log=lists["log"],
            )
            if any(_is_outside(str(path)) for path in (*job.output, *job.log)):
                raise ValueError
            return job
        except (ValueError, SyntaxError, TypeError, LookupError, RecursionError, MemoryError):
            raise Fault("what was sent is not the job of a rule") from None

    def log_error(self, message: str) -> None:
        """Say in the job's log what keeps it from being done, for its script does not.

        Args:
            message: What is wrong.
        """
        for path in self.log:
            append_error(Path(path), message)

    @property
    def gpus(self) -> int:
        """How many GPUs it holds."""
        return int(self.resources.get("gpu", 0))

    @property
    def is_cut_job(self) -> bool:
        """Whether the rule is one of those whose jobs may give up: it counts its attempts."""
        return self.resources.get("attempt") is not None


def _is_outside(path: str) -> bool:
    """Whether an output is not in the working folder."""
    return Path(path).is_absolute() or ".." in Path(path).parts
