"""What glibc keeps for itself, asked back. Elsewhere these do nothing."""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8


def one_heap() -> None:
    """Have all threads share one heap: each would keep what was freed in its own. Before any thread begins."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return freed pieces to the system, after something large is done."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
