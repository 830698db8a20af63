"""Logs for an operator: what happened to which number, never the text of a message, a name or a token."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"

_TOKEN = re.compile(r"(access_token=)[^&\s\"']*")


class Discreet(logging.Formatter):
    """Shows of an error where it came from and what kind it is, not its words: they may quote what somebody wrote; of
    an address not the token that it may bear."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(r"\1…", super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = _said(record)
        return super().formatMessage(record)

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        parts, error = [], ei[1]
        while error is not None:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\ncaused by\n".join(parts)


class Lines(Discreet):
    """The same as JSON, one object a line: ``event`` is the sentence before its ``values`` (ids, numbers, durations)
    are put in, so that lines of one kind are found by it; ``error`` is where from and what kind."""

    def format(self, record: logging.LogRecord) -> str:
        values = record.args if isinstance(record.args, tuple) else ()
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "event": record.msg if values and isinstance(record.msg, str) else _said(record),
            "said": _said(record),
            "values": [value if isinstance(value, int | float) else str(value) for value in values],
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _TOKEN.sub(r"\1…", json.dumps(line, ensure_ascii=False))


def _said(record: logging.LogRecord) -> str:
    """Behind its first line asyncio shows the task with the words of the error in it."""
    message = record.getMessage()
    return message.partition("\n")[0] if record.name == "asyncio" else message


def failed(log: logging.Logger, what: str, error: Exception) -> None:
    """Record that ``what`` failed and where, where the work goes on; not the error's words."""
    log.error("%s failed: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


def set_up(level: str, form: str = "text") -> None:
    """Log to standard error, as ``text`` or as ``json``: the bot itself from ``level`` on, libraries from WARNING on,
    since some log bodies."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if form == "json" else Discreet(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("xueban").setLevel(level.upper())
    sys.excepthook = _uncaught


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the process is told like everything else."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("xueban").critical("uncaught %s", kind.__name__, exc_info=(kind, error, trace))
