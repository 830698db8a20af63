"""How much room is left for the data."""

import shutil
from pathlib import Path

LEAST = 500 * 2**20
"""Bytes that should be free where the data is."""


def free(folder: Path) -> int:
    """Bytes that are free where ``folder`` is."""
    return shutil.disk_usage(folder).free
