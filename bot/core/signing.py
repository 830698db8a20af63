"""Short signed values that stand in links: nobody can make one up or change one without the key.

The key is made once and kept in the data folder. It isn't derived from a token of the operator's: who has a link could
try out weak ones at leisure.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

KEY_FILE = "link.key"
_MAC = 12
"""Bytes of the signature: 2^96 tries."""


def key_in(folder: Path) -> bytes:
    """The key kept in ``folder``; made there if there is none, by whichever process comes first."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        new = folder / f"{KEY_FILE}.{token_hex(4)}"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(token_hex(32))
        with suppress(FileExistsError):
            os.link(new, path)
        new.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii"))


def sign(key: bytes, value: bytes) -> str:
    """``value`` and its signature, in letters that may stand in a link."""
    return urlsafe_b64encode(value + _mac(key, value)).decode().rstrip("=")


def unsign(key: bytes, signed: str) -> bytes | None:
    """The value that was signed; None for anything else."""
    try:
        whole = urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
    except (Error, ValueError):
        return None
    value = whole[:-_MAC]
    return value if hmac.compare_digest(sign(key, value), signed) else None


def _mac(key: bytes, value: bytes) -> bytes:
    return hmac.new(key, value, sha256).digest()[:_MAC]


PATH = "/r"
"""Under this is everything that people open in a browser."""


class Links:
    """Links to pages of ours, whose last part is a signed value. Without a public address (``base``) there are none."""

    def __init__(self, base: str = "", key: bytes = b"") -> None:
        self._base, self._key = base, key

    def __bool__(self) -> bool:
        return bool(self._base)

    def to(self, value: bytes, ending: str = "") -> str:
        """The link that says ``value``; empty where there are none."""
        return f"{self._base}{PATH}/{sign(self._key, value)}{ending}" if self._base else ""

    def read(self, token: str) -> bytes | None:
        """What the last part of a link says, without its ending; None if it isn't one of ours."""
        return unsign(self._key, token)
