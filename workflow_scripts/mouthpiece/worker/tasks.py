"""What a worker can be asked for: the stages' own functions, their arguments as JSON values."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from ..core.files import atomic, read_json

if TYPE_CHECKING:
    from ..engines.base import EngineFactory
    from ..stages.draft import Recipe, RetryPolicy

CLOSED = {"extra": "forbid"}
"""How Pydantic checks these: no unknown keys."""


@dataclass(frozen=True)
class Order:
    """What all orders have; paths may be relative to the folder of who gives the order.

    engine: {"engine", "settings", "weights"}. neutral: those of its settings that change no result.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    results: ClassVar[tuple[str, ...]] = ()
    """The fields that name files which the order makes."""

    mezzanine: Path
    cut: str
    track: Path
    engine: dict[str, Any]
    neutral: dict[str, Any]

    @property
    def engine_name(self) -> str:
        """The engine that is asked for."""
        return str(self.engine["engine"])

    @property
    def made(self) -> list[Path]:
        """The files that the order makes."""
        return [getattr(self, name) for name in self.results]

    def carry_out(self, make: "EngineFactory") -> None:
        """Do it, by engines that `make` makes."""
        raise NotImplementedError

    def forgo(self, fault: dict[str, Any]) -> None:
        """Leave the outcome of a cut that a fault keeps from it: see `faults`."""
        raise NotImplementedError

    @contextlib.contextmanager
    def staged(self) -> Iterator[Self]:
        """The same order for files of temporary names, which are renamed when the block succeeds.

        So what a worker makes becomes a result by the act of the job that asked, and of no other.
        """
        with contextlib.ExitStack() as stack:
            names: dict[str, Any] = {
                name: stack.enter_context(atomic(getattr(self, name))) for name in self.results
            }
            yield replace(self, **names)


@dataclass(frozen=True)
class Bake(Order):
    """`mouthpiece.bake`."""

    results: ClassVar[tuple[str, ...]] = ("avatar",)

    avatar: Path
    stage: Literal["bake"] = "bake"

    def carry_out(self, make: "EngineFactory") -> None:
        """See `Order.carry_out`."""
        from ..media.mezzanine import cut_clock
        from ..stages.bake import bake

        bake(
            mezzanine=self.mezzanine,
            clock=cut_clock(self.mezzanine, self.cut),
            track=self.track,
            engine_name=self.engine_name,
            settings=self.engine["settings"] | self.neutral,
            avatar=self.avatar,
            make=make,
        )

    def forgo(self, fault: dict[str, Any]) -> None:
        """See `Order.forgo`."""
        from ..stages.bake import forgo

        forgo(fault, self.avatar)


@dataclass(frozen=True)
class Draft(Order):
    """`mouthpiece.draft`, second chances and all.

    source_cut: as `picture.cut_clock` takes it. baked: the settings that the avatar was baked with.
    chances: {"retry", "gate"}, or None. source: a file with the source's own score, where second
    chances are judged by it.
    """

    results: ClassVar[tuple[str, ...]] = ("patches", "row")

    source_cut: dict[str, Any]
    avatar: Path
    speech: Path
    baked: dict[str, Any]
    chances: dict[str, Any] | None
    source: Path | None
    code: str
    patches: Path
    row: Path
    stage: Literal["draft"] = "draft"

    def carry_out(self, make: "EngineFactory") -> None:
        """See `Order.carry_out`."""
        from ..media.mezzanine import cut_clock
        from ..stages.draft import Scene, draft

        draft(
            scene=Scene(
                mezzanine=self.mezzanine,
                clock=cut_clock(self.mezzanine, self.cut, **self.source_cut),
                avatar=self.avatar,
                track=self.track,
                speech=self.speech,
            ),
            recipe=self._recipe(),
            chances=self._chances(),
            patches=self.patches,
            row=self.row,
            make=make,
        )

    def forgo(self, fault: dict[str, Any]) -> None:
        """See `Order.forgo`."""
        from ..stages.draft import forgo

        forgo(fault, self._recipe(), self.patches, self.row)

    def _recipe(self) -> "Recipe":
        from ..stages.draft import Recipe

        return Recipe(**self.engine, neutral=self.neutral, baked=self.baked, code=self.code)

    def _chances(self) -> "RetryPolicy | None":
        from ..config.retry import Retry
        from ..project.settings import Gate

        if self.chances is None:
            return None
        source = read_json(self.source)["score"] if self.source else None
        retry, gate = Retry(**self.chances["retry"]), Gate(**self.chances["gate"])
        return RetryPolicy(retry, gate, source)
