"""What an operator finds in the log, and what they must not."""

import logging
import sys

from bot.core.log import FORMAT, Discreet, without_tokens


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord("xueban.chat", logging.ERROR, __file__, 1, message, args, info)


def test_an_error_shows_where_and_what_but_not_its_words() -> None:
    words = "".join(("王", "建", "国"))
    try:
        try:
            raise KeyError(words)
        except KeyError as cause:
            raise ValueError(words) from cause
    except ValueError:
        error = sys.exc_info()[1]
    written = Discreet(FORMAT).format(record("defect in %s", "study", error=error))
    assert "defect in study" in written
    assert "test_log.py" in written
    assert written.endswith("KeyError")
    assert "ValueError\ncaused by\n" in written
    assert "王建国" not in written


def test_an_address_is_shown_without_its_token() -> None:
    one = record('%s - "WebSocket %s" 403', "127.0.0.1", "/onebot/v11/ws?access_token=geheim&x=1")
    assert without_tokens(one) is True
    assert one.getMessage() == '127.0.0.1 - "WebSocket /onebot/v11/ws?access_token=…&x=1" 403'
