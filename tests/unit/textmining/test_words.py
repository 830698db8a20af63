"""jieba's dictionary in a trie: the same words as in jieba's own dict, kept in a file that may be lost or broken."""

from pathlib import Path

import jieba
import pytest

from bot.textmining.words import Words, tokenizer

SAID = (
    "中共中央办公厅印发关于在全党大兴调查研究的工作方案。",
    "支部党员大会周五下午三点在二楼会议室召开,请带上学习笔记本和2026年的会费。",
    "改革开放、依法治国和生态环境保护都是一次能源转型绕不过去的题目,ChatGPT也这么说。",
    "龘龘之中有𠮷野家",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("words")


def test_a_text_is_taken_apart_as_jieba_does_it(folder: Path) -> None:
    theirs = jieba.Tokenizer()
    theirs.FREQ, theirs.total = theirs.gen_pfdict(theirs.get_dict_file())
    theirs.initialized = True
    ours = tokenizer(folder)
    for word in ("两个确立", "学习笔记本"):
        theirs.add_word(word)
        ours.add_word(word)
    assert [list(ours.cut(text)) for text in SAID] == [list(theirs.cut(text)) for text in SAID]
    assert "学习笔记本" in list(ours.cut(SAID[1]))


def test_the_dictionary_is_read_from_the_file_that_was_kept(folder: Path) -> None:
    tokenizer(folder)
    (kept,) = folder.iterdir()
    few = Words.read(["生态 5 n\n", "生态环境 7 n\n"])
    kept.write_bytes(few.kept())
    found = tokenizer(folder).FREQ
    assert (found.get("生态环境"), found.get("生态"), found.get("改革开放"), found.total) == (7, 5, None, 12)
    assert found.ends("爱生态环境", 1) == [2, 4]
    assert found.ends("爱生态环境", 0) == [0]


def test_a_broken_file_is_made_anew(tmp_path: Path) -> None:
    whole = tokenizer(tmp_path).FREQ.kept()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(whole[:-100])
    assert tokenizer(tmp_path).FREQ.get("改革开放") == 3
    assert kept.read_bytes() == whole
    assert [file.name for file in tmp_path.iterdir()] == [kept.name]
