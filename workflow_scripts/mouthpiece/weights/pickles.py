"""Pickled weight files: what is looked at before PyTorch reads them.

PyTorch runs no code of a pickle (`weights_only`), but a small file may still ask for much memory or
time. What no file of weights has is refused first.
"""

import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PICKLE = "data.pkl"
"""The member of an archive that tells the names and shapes of its tensors."""

PROGRAM = "code"
"""The folder in an archive that holds what TorchScript runs."""

MOST_PICKLE_BYTES = 16 << 20

MOST_STEPS = 1_000_000
"""How many instructions a pickle may have. One of 700 tensors has 35,000; a checkpoint may
also hold the losses of a training, with one instruction for each of them."""

MOST_CALLS = 100
"""How many objects may be made of one value or two, or get a state of their own. Each may be as
large as the whole pickle. A tensor is made of six values, and an empty dictionary of none."""

LEGACY_PICKLES = 5
"""How many pickles a file of PyTorch before 1.6 has before its tensors."""

TENSOR_VALUES = (0, *range(3, 20))
"""Of how many values a tensor, a parameter or an empty dictionary is made."""

REFUSED_NAMES = ("bytearray",)
"""What `weights_only` allows, no tensor needs, and asks for memory by a number."""


def check_pickled(path: Path) -> bool:
    """Check a file of `torch.save` before it is read.

    Args:
        path: The file.

    Returns:
        Whether it is an archive, PyTorch's format since 2020.

    Raises:
        ValueError: It is none of both formats, or asks for more than a file of weights does.
        OSError: It cannot be read.
        BadZipFile: The archive is damaged.
    """
    if zipfile.is_zipfile(path):
        _check_archive(path)
        return True
    with path.open("rb") as file:
        _check_steps(step for _ in range(LEGACY_PICKLES) for step in _steps(file))
    return False


def _check_archive(path: Path) -> None:
    """Members are not compressed, and not larger than the archive, be it that they overlap."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.filename.split("/")[1:2] == [PROGRAM] for member in members):
            raise ValueError("it is a program (TorchScript), and no file of weights")
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("its members are compressed; torch.save does not do that")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("its members are larger than the file")
        for member in members:
            if member.filename.rpartition("/")[2] == PICKLE:
                if member.file_size > MOST_PICKLE_BYTES:
                    raise ValueError(f"{member.filename} has {member.file_size:,} bytes")
                with archive.open(member) as file:
                    _check_steps(_steps(file))


def _steps(file: IO[bytes]) -> Iterator[tuple[pickletools.OpcodeInfo, object]]:
    """The instructions of one pickle, each with its argument."""
    for code, argument, _ in pickletools.genops(file):
        yield code, argument


def _check_steps(steps: Iterator[tuple[pickletools.OpcodeInfo, object]]) -> None:
    stack, calls = _Stack(), 0
    for number, (code, argument) in enumerate(steps):
        values = stack.run(code)
        calls += code.name in ("BUILD", "NEWOBJ", "NEWOBJ_EX", "INST", "OBJ")
        calls += code.name == "REDUCE" and values not in TENSOR_VALUES
        if number > MOST_STEPS or calls > MOST_CALLS:
            raise ValueError("it has more instructions than a file of weights")
        if isinstance(argument, str) and set(argument.split()) & set(REFUSED_NAMES):
            raise ValueError(f"it asks for {argument!r}")


class _Stack:
    """The stack of a pickle's machine: of each tuple how many values it has, else `OTHER`."""

    OTHER, MARK = -1, -2

    def __init__(self) -> None:
        self._items: list[int] = []

    def run(self, code: pickletools.OpcodeInfo) -> int:
        """Do what an instruction does to the stack.

        Args:
            code: The instruction.

        Returns:
            The item that was on top.

        Raises:
            ValueError: The stack has not what the instruction takes.
        """
        top = self._items[-1] if self._items else self.OTHER
        made = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}.get(code.name, self.OTHER)
        taken = list(code.stack_before)
        if pickletools.markobject in taken:
            count = self._pop_slice()
            made = count if code.name == "TUPLE" else made
            taken = taken[: taken.index(pickletools.markobject)]
        if len(taken) > len(self._items):
            raise ValueError("it takes more from its stack than is there")
        del self._items[len(self._items) - len(taken) :]
        self._items += [
            self.MARK if item is pickletools.markobject else made for item in code.stack_after
        ]
        return top

    def _pop_slice(self) -> int:
        """Remove what is above the last mark, and the mark. Returns how many items it was."""
        count = 0
        while self._items and self._items.pop() != self.MARK:
            count += 1
        return count
