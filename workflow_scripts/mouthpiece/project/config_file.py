"""Config files: which there are, their values merged, and which of them holds a key."""

import re
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from ..core.errors import InputError, quoted
from ..core.user_files import exists, read_text, shown, user_path

MOST_KB = 256
"""The largest config file. One with every key is 8 KB."""

MOST_VALUES = 10_000
"""How many values a config may have, those of an anchor counted each time they are used."""

DEEPEST = 20
"""How deep sections may be nested."""

NO_DECIMAL = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")
"""What YAML 1.1 takes for an octal number, or one to the base of 60: 010 is 8, and 1:30 is 90."""

NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

PLAIN = (str, int, float, type(None))
WRONG_VALUES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What PyYAML raises for a value that does not fit its tag."""


def config_files(named: Sequence[Path], folder: Path = Path()) -> list[Path]:
    """List the files that make up the config.

    Args:
        named: The files named on the command line.
        folder: The working folder of the run.

    Returns:
        The folder's config/config.yaml, if it exists, and the named files.
    """
    default = folder / "config" / "config.yaml"
    return [default, *named] if exists(default) else list(named)


def read_config(files: Sequence[Path]) -> dict[str, Any]:
    """Merge config files as Snakemake does: later files win, key by key.

    Args:
        files: The files.

    Returns:
        The merged values.

    Raises:
        InputError: A file cannot be read, or has no keys.
    """
    config: dict[str, Any] = {}
    for file in files:
        _merge(config, read_one(file))
    return config


def read_one(file: Path) -> dict[str, Any]:
    """Read a config file.

    Args:
        file: The file.

    Returns:
        Its values.

    Raises:
        InputError: The file cannot be read, is no YAML, has no keys, or one of them twice.
    """
    text = read_text(file, MOST_KB)
    try:
        values = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        problem = " ".join(str(error.problem or error.context).split())
        raise InputError(f"{shown(file)}: is not readable YAML ({line}{problem:.300})") from None
    except yaml.reader.ReaderError as error:
        line = f"line {text.count(chr(10), 0, error.position) + 1}"
        raise InputError(
            f"{shown(file)}: is not readable YAML ({line}: a character that YAML does not allow)"
        ) from None
    except (yaml.YAMLError, RecursionError):
        raise InputError(f"{shown(file)}: is not readable YAML (nested too deeply)") from None
    if not isinstance(values, dict):
        raise InputError(f"{shown(file)}: has no keys; write them as `key: value`")
    _check(file, values)
    return values


def has_key(file: Path, key: str) -> bool:
    """Whether a config file holds a key.

    Args:
        file: The file.
        key: The key; those inside sections are dotted.

    Returns:
        Whether it does, whatever the value.
    """
    values: Any = read_one(file)
    for name in key.split("."):
        if not isinstance(values, dict) or name not in values:
            return False
        values = values[name]
    return True


def file_of(key: str, files: Sequence[Path]) -> Path | None:
    """Find the config file that a key comes from.

    Args:
        key: The key; those inside sections are dotted.
        files: The files of the config, the last one winning.

    Returns:
        The file; None: it is in none, as a default is.
    """
    return next((file for file in reversed(files) if has_key(file, key)), None)


def table_path(key: str, named: str, files: Sequence[Path]) -> Path:
    """Find a table.

    Args:
        key: The key of the config that names it, such as "videos".
        named: The value of the key.
        files: The files of the config, the last one winning.

    Returns:
        Its path: relative to the config file that names it, else to the working folder.
    """
    file = file_of(key, files)
    return file.parent / user_path(named) if file else user_path(named)


def _merge(config: dict[str, Any], values: dict[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            _merge(config[key], value)
        else:
            config[key] = value


def _check(file: Path, values: dict[str, Any]) -> None:
    """Refuse what YAML can say and no config means: sets, bytes, keys that are no text, bombs."""
    for number, (key, value, depth) in enumerate(_all_values(values)):
        problem = ""
        if number >= MOST_VALUES:
            raise InputError(f"{shown(file)}: has more than {MOST_VALUES} values")
        if depth > DEEPEST:
            raise InputError(f"{shown(file)}: is nested too deeply, at {quoted(key)[1:-1]}")
        if not isinstance(value, (*PLAIN, dict, list)):
            problem = f"a value of the kind {type(value).__name__} means nothing here; quote it"
        elif isinstance(value, dict) and not all(isinstance(name, str) for name in value):
            odd = next(name for name in value if not isinstance(name, str))
            problem = f"the key {quoted(str(odd))} is not text; quote it"
        if problem:
            raise InputError(f"{shown(file)}: {f'{quoted(key)[1:-1]}: ' if key else ''}{problem}")


def _all_values(values: Any) -> Iterator[tuple[str, Any, int]]:
    """The values, with their dotted keys and depths; those behind an anchor as often as used."""
    pending: list[tuple[str, Any, int]] = [("", values, 0)]
    while pending:
        key, value, depth = pending.pop()
        yield key, value, depth
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = list(enumerate(value))
        else:
            continue
        pending += [(f"{key}.{name}".lstrip("."), v, depth + 1) for name, v in reversed(inner)]


class _Loader(yaml.SafeLoader):
    """YAML as it is meant in a config: a day is text, a key is there once, errors have a line."""

    def fetch_flow_collection_start(self, token_class: Any) -> None:
        """See `Scanner`, whose time grows with the square of the depth."""
        if self.flow_level > 5 * DEEPEST:
            raise yaml.YAMLError
        super().fetch_flow_collection_start(token_class)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """See `SafeConstructor`; refuses a key that is there twice."""
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name in seen and name != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {quoted(name)} is there twice", key.start_mark
                )
            seen |= {name} if name is not None else set()
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """See `BaseConstructor`; says where a value has a wrong form."""
        if node.tag in NUMBERS and NO_DECIMAL.fullmatch(node.value):
            value = quoted(node.value)
            problem = f"{value} is no decimal number; write it as one, or quote it"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except WRONG_VALUES:
            value = quoted(node.value) if isinstance(node.value, str) else "this"
            raise yaml.constructor.ConstructorError(
                None, None, f"{value} cannot be read as a value; quote it", node.start_mark
            ) from None


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
