"""Section `cache`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section


class Cache(Section):
    """A cache of results that projects share: see `docs/cache.md`."""

    dir: str = ""
    """The folder of the cache, as on a shared disk; path as for `videos`. Empty: there is none, and
    nothing of a film leaves its project's folder."""
    max_gb: Annotated[float, Field(gt=0, le=10_000_000)] = 100.0
    """How large the cache may be, in GB (10^9 bytes). What was not used for longest is removed."""
    link: Literal["auto", "copy"] = "auto"
    """How a large result is taken from the cache. `auto`: as a reflink or hard link where the file
    system can, else as a copy. `copy`: always as a copy."""
    verify: Literal["always", "size"] = "always"
    """What is checked of a large file that is taken from the cache. `always`: its SHA-256. `size`:
    only its size. A small file (1 MB) is always checked whole."""
    trust: Literal["own", "group"] = "own"
    """Whose results are taken. `own`: those that this user put there. `group`: those of all users
    who may write to the folder; any of them can then change your films."""
