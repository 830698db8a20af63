from pathlib import Path

import pytest

from bot.rendering import media
from bot.rendering.media import Media


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    kept = Media(tmp_path / "media")
    name = kept.put(b"abc")
    assert kept.put(b"abc") == name
    assert kept.get(name) == b"abc"
    assert [path.name for path in (tmp_path / "media").iterdir()] == [name]


@pytest.mark.parametrize("name", ["", "../secret", "0" * 64, "/etc/passwd"])
def test_only_names_of_kept_files_are_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        Media(tmp_path).get(name)


def test_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LIMIT", 3)
    with pytest.raises(ValueError, match="more than 3"):
        Media(tmp_path).put(b"abcd")
