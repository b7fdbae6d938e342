"""Blocks that are drawn while others are composed."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from mouthpiece.live.pipeline import Pipeline
from waiting import LIMIT_S, wait_until


class Work:
    """Draws numbers, and composes them once it may."""

    def __init__(self) -> None:
        self.drawn = 0
        self.is_composing, self.may_compose = threading.Event(), threading.Event()
        self.news = threading.Event()
        self.pipeline = Pipeline(self.draw, self.compose, self.news.set)

    def draw(self) -> int:
        self.drawn += 1
        return self.drawn

    def compose(self, drawn: int) -> str:
        self.is_composing.set()
        assert self.may_compose.wait(LIMIT_S)
        return f"block {drawn}"


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.may_compose.set()
    work.pipeline.close()


def fails(number: int) -> int:
    raise ValueError(f"no {number}")


def test_a_block_is_drawn_while_the_one_before_is_composed(work: Work) -> None:
    pipeline = work.pipeline
    for number in (1, 2):
        wait_until(lambda: pipeline.is_free)
        pipeline.begin()
        wait_until(lambda number=number: work.drawn == number)
    assert len(pipeline) == 2 and not pipeline.is_free and not pipeline.has_done
    work.may_compose.set()
    taken = []
    for _ in range(2):
        wait_until(lambda: pipeline.has_done)
        taken.append(pipeline.take())
    assert taken == ["block 1", "block 2"]
    assert work.news.is_set() and pipeline.is_free and not len(pipeline)


@pytest.mark.parametrize("which", ["draw", "compose"])
def test_what_fails_is_told_to_whom_takes_the_block(which: str) -> None:
    draw: Callable[[], int] = (lambda: fails(1)) if which == "draw" else (lambda: 1)
    pipeline = Pipeline(draw, fails, lambda: None)
    pipeline.begin()
    wait_until(lambda: pipeline.has_done)
    with pytest.raises(ValueError, match="no 1"):
        pipeline.take()
    assert not len(pipeline)
    pipeline.close()


def test_its_threads_end_with_it(work: Work) -> None:
    asyncio.run(work.pipeline.prepare(lambda: None))
    work.pipeline.begin()
    assert work.is_composing.wait(LIMIT_S)
    work.pipeline.close()  # does not wait for what is composed
    assert not work.pipeline.has_done
    work.may_compose.set()
    wait_until(lambda: work.pipeline.has_done and not own_threads())


def own_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("avatar-")]
