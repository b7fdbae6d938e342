"""The pairs of languages that Apertium has on this machine."""

import functools
import logging
import re
import subprocess
from collections.abc import Collection, Sequence

from ...core.languages import is_same

log = logging.getLogger(__name__)

LIST_S = 20.0
"""Seconds that listing the pairs may take."""

PAIR = re.compile(r"([a-z]{2,3})(_[A-Za-z0-9_]{1,20})?-([a-z]{2,3})(_[A-Za-z0-9_]{1,20})?")
"""A pair, such as eng-spa or es-pt_BR."""


@functools.cache
def installed_pairs(program: str) -> frozenset[str]:
    """Ask Apertium for its pairs.

    Args:
        program: The program, by name or path.

    Returns:
        Names such as "eng-spa"; none where the program is not installed or does not answer.
    """
    try:
        listed = subprocess.run(
            [program, "-l"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIST_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        log.info("%s cannot be asked for its pairs: %s", program, type(error).__name__)
        return frozenset()
    words = listed.stdout.decode("utf-8", "replace").split()
    return frozenset(word for word in words if PAIR.fullmatch(word))


def chain(
    pairs: Collection[str], source: str, target: str, pivots: Sequence[str]
) -> tuple[str, ...]:
    """Find the way from one language to another.

    Args:
        pairs: The pairs that are installed.
        source: The language of the source, a BCP-47 tag; empty: any.
        target: The language of the dub.
        pivots: Languages that it may go through, the first choice first.

    Returns:
        The pair, or the two pairs through a pivot; empty: there is none.
    """
    if direct := _pair(pairs, source, target):
        return (direct,)
    for pivot in pivots:
        first, second = _pair(pairs, source, pivot), _pair(pairs, pivot, target)
        if first and second:
            return first, second
    return ()


def _pair(pairs: Collection[str], source: str, target: str) -> str:
    """The pair of two languages: of several variants the target's own, else the plain one."""
    region = target.partition("-")[2]
    fitting = []
    for name in sorted(pairs, key=lambda name: (len(name), name)):
        found = PAIR.fullmatch(name)
        if found is None:
            continue
        if is_same(found[3], target) and (not source or is_same(found[1], source)):
            fitting.append(name)
    own = [name for name in fitting if region and name.endswith(f"_{region}")]
    return next(iter([*own, *fitting]), "")
