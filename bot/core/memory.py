"""What the interpreter and glibc keep, and when they look through it."""

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX = -8


def looking_later() -> None:
    """No search for garbage while the program is being loaded: there is none, and much to look through."""
    gc.disable()


def look_at_new_only() -> None:
    """Search for garbage from now on, but not in what is there by now: it stays, and each look through its half a
    million objects would hold the event loop up for a tenth of a second."""
    gc.freeze()
    gc.enable()


def one_heap() -> None:
    """Have all threads share one heap: each would keep what was freed in its own. Before any thread begins."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return freed pieces to the system, after something large is done."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
