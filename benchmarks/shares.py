"""Shares over people, for the benchmarks that judge pieces of many."""

from typing import Any

from mouthpiece.training import intervals


def over_people(groups: dict[str, list[float]]) -> dict[str, Any]:
    """A share over people, whose values are given by person."""
    found = intervals.mean([groups[person] for person in sorted(groups)])
    return found | {"pieces": sum(map(len, groups.values()))}
