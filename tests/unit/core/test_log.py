"""What an operator finds in the log, and what they must not."""

import asyncio
import io
import json
import logging
import subprocess
import sys

import pytest

from bot.core.log import FORMAT, Discreet, Lines

WORDS = "".join(("王", "建", "国"))
BOTH = pytest.mark.parametrize("formatter", [Discreet(FORMAT), Lines()], ids=["text", "json"])


def record(
    message: str, *args: object, error: BaseException | None = None, name: str = "xueban.chat"
) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, info)


def caught() -> BaseException:
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as cause:
            raise ValueError(WORDS) from cause
    except ValueError as error:
        return error


@BOTH
def test_an_error_shows_where_and_what_but_not_its_words(formatter: logging.Formatter) -> None:
    written = formatter.format(record("defect in %s", "study", error=caught()))
    assert "defect in study" in written
    assert "test_log.py" in written
    assert "ValueError" in written
    assert written.rstrip('"}').endswith("KeyError")
    assert "王建国" not in written


@BOTH
def test_an_address_is_shown_without_its_token(formatter: logging.Formatter) -> None:
    one = record('%s - "WebSocket %s" 403', "127.0.0.1", "/onebot/v11/ws?access_token=geheim&x=1")
    written = formatter.format(one)
    assert "/onebot/v11/ws?access_token=…&x=1" in written
    assert "geheim" not in written


@BOTH
async def test_a_task_that_nobody_awaited_says_no_more(formatter: logging.Formatter) -> None:
    """asyncio itself quotes the error in what it logs."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logging.getLogger("asyncio").addHandler(handler)
    try:
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": caught(), "future": done, "said": WORDS}
        )
    finally:
        logging.getLogger("asyncio").removeHandler(handler)
    assert "Task exception was never retrieved" in out.getvalue()
    assert "ValueError" in out.getvalue()
    assert WORDS not in out.getvalue()


def test_a_line_of_json_has_the_event_and_its_values() -> None:
    line = json.loads(Lines().format(record("account %s late by %.1f s", "10001", 2.5)))
    assert {name: line[name] for name in ("level", "from", "event", "said", "values")} == {
        "level": "ERROR",
        "from": "xueban.chat",
        "event": "account %s late by %.1f s",
        "said": "account 10001 late by 2.5 s",
        "values": ["10001", 2.5],
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_ends_the_process_says_no_more(form: str) -> None:
    code = f"from bot.core import log; log.set_up('INFO', '{form}'); raise RuntimeError({WORDS!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "uncaught RuntimeError" in done.stderr
    assert (WORDS in done.stderr, done.returncode) == (False, 1)
