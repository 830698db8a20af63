"""Logs for an operator: what happened to which number, never the text of a message, a name or a token."""

import logging
import sys


def set_up(level: str) -> None:
    """Log to standard error from ``level`` on. The libraries that log message bodies are kept at warnings."""
    logging.basicConfig(level=level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "httpcore", "apscheduler", "alembic", "jieba", "websockets", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
