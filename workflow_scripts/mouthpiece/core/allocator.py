"""The C library's allocator, and what it does with memory that is freed."""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Options of `mallopt`, from glibc's malloc.h."""

KEPT_BYTES = 12 << 20
"""Freed memory that is kept, at most, in each of the allocator's heaps: what a frame of 720p takes
and gives back. With 8 MB little is gained, and with 64 sessions keep what others could use."""

LARGEST_KEPT_BYTES = 32 << 20
"""Larger pieces are given back at once: glibc takes no more. A 4K picture has 25 MB."""


def keep_freed_memory() -> None:
    """Let this process keep what is freed, for what is made next.

    Where pictures are made and dropped many times a second, glibc's way costs more than the
    arithmetic on them: it gives each one's memory back, and the kernel clears it page by page when
    the next one is made. Other C libraries are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT_BYTES)
