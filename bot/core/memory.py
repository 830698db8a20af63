"""What the interpreter and glibc keep, and when they look through it."""

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
_LARGE = 128 * 1024
"""Bytes; where glibc itself begins."""


def looking_later() -> None:
    """No search for garbage while the program is being loaded: there is none, and much to look through."""
    gc.disable()


def look_at_new_only() -> None:
    """Search for garbage from now on, but not in what is there by now: it stays, and each look through its half a
    million objects would hold the event loop up for a tenth of a second."""
    gc.freeze()
    gc.enable()


def one_heap() -> None:
    """Have all threads share one heap: each would keep what was freed in its own. Before any thread begins.

    Large pieces always lie outside of it and go back when they are freed. By itself glibc puts all up to the largest
    that was ever freed into the heap: with each file that is sent it has more holes.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Return freed pieces to the system, after something large is done."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
