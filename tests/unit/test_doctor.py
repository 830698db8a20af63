"""The doctor tells our bot at its port from something else, and from nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot import doctor
from bot.core.settings import Settings
from tests.process import free_port


@contextmanager
def answering(status: int, words: bytes) -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def findings(port: int) -> doctor.Finding:
    return next(iter(doctor.connection(Settings(port=port))))


@pytest.mark.parametrize(
    ("status", "words", "ok", "told"),
    [
        (200, b"ok", True, "机器人正在运行"),
        (503, b"database", False, "机器人正在运行,但数据库没有回答"),
        (200, b"<html>", False, "端口被别的程序占用"),
    ],
)
def test_what_answers_at_the_port(status: int, words: bytes, ok: bool, told: str) -> None:
    with answering(status, words) as port:
        found = findings(port)
    assert found.ok is ok
    assert told in found.text


def test_nothing_at_the_port() -> None:
    found = findings(free_port())
    assert found.ok
    assert found.text.startswith("机器人没有在运行")
