"""Pictures and files by the SHA-256 of their bytes: the outbox names them, the transport sends them."""

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path

LIMIT = 50 * 1024 * 1024
"""Bytes of the largest file that is kept."""

_NAME = re.compile(r"[0-9a-f]{64}")


def is_name(name: str) -> bool:
    """Whether a file of this name in the folder is one that was kept."""
    return _NAME.fullmatch(name) is not None


class Media:
    """A folder of files named by content. Writing is atomic; the same bytes are kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep the bytes; their name. Raises ``ValueError`` over ``LIMIT``."""
        if len(data) > LIMIT:
            raise ValueError(f"{len(data)} bytes are more than {LIMIT}")
        name = sha256(data).hexdigest()
        path = self._folder / name
        if not path.exists():
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
