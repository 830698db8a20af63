"""What an archive says of itself is enough to refuse it."""

import copy
import io
import zipfile
from random import Random

import pytest

from bot.core.errors import UserError
from bot.sources import archive

NOISE = Random(7).randbytes(20_000)


def packed(body: bytes, times: int = 1) -> bytes:
    """An archive whose directory shows one part so many times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", NOISE)
        made.writestr("0", body)
        for number in range(1, times):
            again = copy.copy(made.getinfo("0"))
            again.filename = str(number)
            made.filelist.append(again)
    return out.getvalue()


def test_what_is_bearable_passes() -> None:
    archive.check(packed(NOISE + bytes(1_000_000)), ".xlsx", "")


@pytest.mark.parametrize(
    ("body", "times", "largest"),
    [(bytes(1_000_000), 1, 10**9), (NOISE, 1, 30_000), (NOISE + bytes(1_000_000), 30, 10**9)],
    ids=["dense", "large", "the same part over and over"],
)
def test_a_bomb_is_refused(body: bytes, times: int, largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_UNPACKED", largest)
    with pytest.raises(UserError, match="大得不正常"):
        archive.check(packed(body, times), ".xlsx", "")
