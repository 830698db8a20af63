"""jieba, with its dictionary in a trie: the same words in 3 MiB instead of 75 (a dict of half a million strings).

The trie is put together once an installation, which takes two seconds, and read from the data folder from then on.
"""

import sys
from array import array
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

from marisa_trie import Trie

_taken = sys.modules.setdefault("pkg_resources", None)  # type: ignore[arg-type]
try:  # jieba would take its files by way of it, which takes half a second; it does without, where there is none
    import jieba
finally:
    if _taken is None:
        del sys.modules["pkg_resources"]

_LONGEST = 16
"""Characters of the longest word in jieba's dictionary."""

_COUNTS = "I"


class Words:
    """How often each word occurs, as jieba asks for it: what of a mapping it uses, and all words that begin at a place
    of a text. Words can be added."""

    def __init__(self, trie: Trie, counts: "array[int]") -> None:
        self._trie, self._counts = trie, counts
        self._added: dict[str, int] = {}
        self._added_by_first: dict[str, list[str]] = {}

    @classmethod
    def read(cls, lines: Iterable[str]) -> Self:
        """From jieba's dictionary: word, count and part of speech in each line."""
        words: list[str] = []
        found = array(_COUNTS)
        for line in lines:
            word, times, _ = line.split(" ", 2)
            words.append(word)
            found.append(int(times))
        trie = Trie(words)
        counts = array(_COUNTS, bytes(found.itemsize * len(trie)))
        for word, count in zip(words, found, strict=True):
            counts[trie[word]] = count
        return cls(trie, counts)

    @classmethod
    def load(cls, kept: bytes) -> Self:
        """From what ``kept`` gave. Raises ``ValueError`` if it isn't whole."""
        digest, size, rest = kept[:16], int.from_bytes(kept[16:24], "big"), kept[24:]
        if blake2b(rest, digest_size=16).digest() != digest:
            raise ValueError("not what was kept")
        counts = array(_COUNTS)
        counts.frombytes(rest[size:])
        return cls(Trie().frombytes(rest[:size]), counts)

    def kept(self) -> bytes:
        """All but what was added, as a file."""
        trie: bytes = self._trie.tobytes()
        rest = trie + self._counts.tobytes()
        return blake2b(rest, digest_size=16).digest() + len(trie).to_bytes(8, "big") + rest

    @property
    def total(self) -> int:
        return sum(self._counts)

    def get(self, word: str, otherwise: int | None = None) -> int | None:
        if word in self._added:
            return self._added[word]
        at = self._trie.get(word)
        return otherwise if at is None else self._counts[at]

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __setitem__(self, word: str, count: int) -> None:
        if count == 0:
            return  # jieba's mark for the beginning of a word, which a trie doesn't need
        if word not in self._added:
            self._added_by_first.setdefault(word[0], []).append(word)
        self._added[word] = count

    def ends(self, text: str, start: int) -> list[int]:
        """Where the words that begin at ``start`` end; if there are none, the character stands alone."""
        found = [start + len(word) - 1 for word in self._trie.prefixes(text[start : start + _LONGEST])]
        for word in self._added_by_first.get(text[start], ()):
            end = start + len(word) - 1
            if text.startswith(word, start) and end not in found:
                found.append(end)
        return found or [start]


class Tokenizer(jieba.Tokenizer):  # type: ignore[misc]
    """jieba's, with ``Words``."""

    FREQ: Words

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.FREQ, self.total, self.initialized = words, words.total, True

    def get_DAG(self, sentence: str) -> dict[int, list[int]]:
        return {start: self.FREQ.ends(sentence, start) for start in range(len(sentence))}


def tokenizer(folder: Path | None) -> Tokenizer:
    """A tokenizer with jieba's own words. With a ``folder`` they are read from there if they have been kept there."""
    jieba.setLogLevel(60)
    file = Path(jieba.__file__).parent / "dict.txt"
    if folder is None:
        return Tokenizer(_from(file))
    kept = folder / f"words-{file.stat().st_size}-{sys.byteorder}.bin"
    try:
        return Tokenizer(Words.load(kept.read_bytes()))
    except (OSError, ValueError):
        words = _from(file)
    with suppress(OSError), NamedTemporaryFile(dir=folder, delete=False) as new:  # a full disk is no reason to fail
        new.write(words.kept())
        Path(new.name).replace(kept)
    return Tokenizer(words)


def _from(file: Path) -> Words:
    with file.open(encoding="utf-8") as lines:
        return Words.read(lines)
