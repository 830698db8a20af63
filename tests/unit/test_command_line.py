"""``xueban``: every word to a person at the terminal is Chinese, and wrong words say what is right."""

import pytest

from bot.__main__ import COMMANDS, main


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | str | None, str]:
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    output = capsys.readouterr()
    return stopped.value.code, output.out + output.err


def test_help_lists_every_command_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, "--help")
    assert status == 0
    assert [line for line in text.splitlines() if "usage" in line or "options" in line or "arguments" in line] == []
    assert all(f"{name} " in text and told in text for name, told in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_says_what_it_does(capsys: pytest.CaptureFixture[str], command: str) -> None:
    status, text = said(capsys, command, "--help")
    assert status == 0
    assert text.startswith(f"用法:xueban {command} ")
    assert COMMANDS[command] in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["bogus"], "没有「bogus」这条命令。"),
        ([], "命令不完整,或多写了什么。"),
        (["run", "--fast"], "命令不完整,或多写了什么。"),
        (["demo", "--page-port", "http"], "端口要写 1 到 65535 的数字。"),
        (["demo", "--page-port", "70000"], "端口要写 1 到 65535 的数字。"),
        (["demo", "--page-port"], "命令不完整,或多写了什么。"),
    ],
)
def test_wrong_words_end_with_what_is_right(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    status, text = said(capsys, *words)
    assert status == 2
    assert text.startswith(told + "用法:xueban ")
    assert text.endswith("用 xueban --help 看全部命令。\n")


def test_a_wrong_setting_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    assert main(["doctor"]) == 2
    assert "PORT" in capsys.readouterr().err
