"""Logs for an operator: what happened to which number, never the text of a message, a name or a token."""

import logging
import re
import sys
import traceback
from types import TracebackType

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"

_TOKEN = re.compile(r"(access_token=)[^&\s\"']*")


class Discreet(logging.Formatter):
    """Shows of an error where it came from and what kind it is, not its words: they may quote what somebody wrote."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        parts, error = [], ei[1]
        while error is not None:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\ncaused by\n".join(parts)


def without_tokens(record: logging.LogRecord) -> bool:
    """A filter that lets everything through, addresses without the token that they may bear."""
    message = record.getMessage()
    if "access_token=" in message:
        record.msg, record.args = _TOKEN.sub(r"\1…", message), None
    return True


def failed(log: logging.Logger, what: str, error: Exception) -> None:
    """Record that ``what`` failed and where, where the work goes on; not the error's words."""
    log.error("%s failed: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


def set_up(level: str) -> None:
    """Log to standard error: the bot itself from ``level`` on, libraries from WARNING on, since some log bodies."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("xueban").setLevel(level.upper())
    logging.getLogger("uvicorn.error").addFilter(without_tokens)
