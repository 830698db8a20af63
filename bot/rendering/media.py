"""Pictures and files by the SHA-256 of their bytes: the outbox names them, the transport sends them."""

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

LIMIT = 50 * 1024 * 1024
"""Bytes of the largest file that is kept."""

KEPT = timedelta(days=2)
"""How long a file stays after it was kept last, whether or not anything names it."""

_NAME = re.compile(r"[0-9a-f]{64}")


def is_name(name: str) -> bool:
    """Whether a file of this name in the folder is one that was kept."""
    return _NAME.fullmatch(name) is not None


class Media:
    """A folder of files named by content. Writing is atomic; the same bytes are kept once. Age is by the
    machine's clock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, data: bytes) -> str:
        """Keep the bytes; their name. Raises ``ValueError`` over ``LIMIT``."""
        return await asyncio.to_thread(self._put, data)

    def _put(self, data: bytes) -> str:
        if len(data) > LIMIT:
            raise ValueError(f"{len(data)} bytes are more than {LIMIT}")
        name = sha256(data).hexdigest()
        path = self._folder / name
        try:
            os.utime(path)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(path)
        return name

    def get(self, name: str) -> bytes:
        """The bytes. Raises ``FileNotFoundError`` if they aren't kept or ``name`` is no name."""
        if not is_name(name):
            raise FileNotFoundError(name)
        return (self._folder / name).read_bytes()

    def old(self) -> set[str]:
        """The names of what was kept longer ago than ``KEPT``, and of what was never whole."""
        since = time.time() - KEPT.total_seconds()
        found = self._folder.iterdir() if self._folder.is_dir() else ()
        return {each.name for each in found if each.stat().st_mtime < since}

    def drop(self, names: Collection[str]) -> None:
        """Delete these, but what was kept again meanwhile."""
        for name in self.old().intersection(names):
            (self._folder / name).unlink(missing_ok=True)


def names_in(texts: Iterable[str]) -> set[str]:
    """The names of files that these texts mention."""
    return {name for text in texts for name in _NAME.findall(text)}
