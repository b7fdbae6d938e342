import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mouthpiece.core.overlap import mapped, prefetched
from waiting import LIMIT_S


def test_results_are_in_order_and_few_wait() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(20):
            taken.append(item)
            yield item

    with ThreadPoolExecutor(4) as pool:
        found = mapped(pool, lambda item: item * item, items(), 5)
        assert next(found) == 0
        assert len(taken) == 6
        assert [0, *found] == [item * item for item in range(20)]


def test_a_stream_is_read_ahead_as_far_as_it_may() -> None:
    third = threading.Event()

    def items() -> Iterator[int]:
        for item in range(9):
            if item == 3:
                third.set()
            yield item

    with prefetched(items(), 2) as ahead:
        assert next(ahead) == 0
        assert third.wait(LIMIT_S)
        assert list(ahead) == list(range(1, 9))


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    with prefetched(items(), 4) as ahead:
        assert next(ahead) == 1
        with pytest.raises(ValueError, match="the second"):
            next(ahead)


def test_a_stream_that_is_left_is_closed() -> None:
    closed = []

    def items() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.append(threading.current_thread().name)

    with prefetched(items(), 2) as ahead:
        assert next(ahead) == 0
    assert closed == ["prefetch"]
