"""Holds how the C library hands out memory: for one loop and a few threads, not for many. Changes no result."""

import ctypes
from typing import Final

LARGE: Final = 128 * 1024
"""Bytes from which on a block is a mapping of its own, given back as soon as it is free."""
_SPARING: Final = (
    (-8, 1),  # M_ARENA_MAX: threads that take turns need no heaps of their own, each of which keeps what was once used
    (-3, LARGE),  # M_MMAP_THRESHOLD: unless it is set it grows up to 32 MiB with what is freed, and that then stays
    (-1, LARGE),  # M_TRIM_THRESHOLD: the most that is kept free at the end of the heap
)
"""Options of mallopt(3), by the numbers of <malloc.h>."""


def give_back_what_is_free() -> None:
    """Let the process hold no more memory than it uses, from here on; call it before any thread is started.

    Where the C library is not that of GNU this does nothing.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", lambda _option, _value: 0)
    for option, value in _SPARING:
        set_option(option, value)
