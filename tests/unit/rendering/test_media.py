import os
import time
from pathlib import Path

import pytest

from bot.rendering import media
from bot.rendering.media import Media


async def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    kept = Media(tmp_path / "media")
    name = await kept.put(b"abc")
    assert await kept.put(b"abc") == name
    assert kept.get(name) == b"abc"
    assert [path.name for path in (tmp_path / "media").iterdir()] == [name]


@pytest.mark.parametrize("name", ["", "../secret", "0" * 64, "/etc/passwd"])
def test_only_names_of_kept_files_are_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        Media(tmp_path).get(name)


async def test_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LIMIT", 3)
    with pytest.raises(ValueError, match="more than 3"):
        await Media(tmp_path).put(b"abcd")


async def test_what_is_old_goes_unless_it_is_kept_again(tmp_path: Path) -> None:
    kept = Media(tmp_path)
    first, second, third = [await kept.put(data) for data in (b"1", b"2", b"3")]
    assert kept.old() == set()
    age(tmp_path, first, second)
    assert kept.old() == {first, second}
    await kept.put(b"2")
    kept.drop({first, second, third})
    assert {path.name for path in tmp_path.iterdir()} == {second, third}


def age(folder: Path, *names: str) -> None:
    """Have these files been kept three days ago."""
    then = time.time() - 3 * 86400
    for name in names:
        os.utime(folder / name, (then, then))
