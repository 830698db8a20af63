"""What the process keeps of the memory that it has freed."""

import subprocess
import sys

PIECES, SIZE = 40, 2**20

_PROGRAM = f"""
from pathlib import Path
from bot.core.memory import one_heap


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


one_heap()
large = b"x" * {PIECES // 2 * SIZE}
del large
files, kept, before = [], [], resident()
for _ in range({PIECES}):
    files.append(b"x" * {SIZE})
    kept.append(b"x" * 50000)
del files
print(resident() - before)
"""


def test_what_is_large_goes_back_though_something_small_is_kept_behind_it() -> None:
    grown = int(subprocess.run([sys.executable, "-c", _PROGRAM], check=True, capture_output=True).stdout)
    assert grown < PIECES * SIZE // 8
