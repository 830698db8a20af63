"""What is signed comes back; anything else doesn't."""

import stat
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.core.signing import KEY_FILE, key_in, sign, unsign

KEY = b"k" * 32


@given(st.binary(max_size=40))
def test_what_was_signed_comes_back(value: bytes) -> None:
    signed = sign(KEY, value)
    assert unsign(KEY, signed) == value
    assert unsign(b"other" * 8, signed) is None


@given(st.binary(min_size=1, max_size=40), st.data())
def test_one_letter_changed_is_refused(value: bytes, data: st.DataObject) -> None:
    signed = sign(KEY, value)
    at = data.draw(st.integers(0, len(signed) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda one: one != signed[at]))
    assert unsign(KEY, f"{signed[:at]}{letter}{signed[at + 1 :]}") is None


@given(st.text(max_size=60))
def test_what_people_make_up_is_refused(text: str) -> None:
    assert unsign(KEY, text) is None


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    key = key_in(folder)
    assert len(key) == 32
    assert key_in(folder) == key
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
