"""What was there before a migration comes to the same after it, on both databases."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.core.migrate import alembic_config, load_models, upgrade
from bot.hours import repository as ledger
from bot.hours.models import Source
from bot.notice import figures
from tests import postgres

OLD, NEW = datetime(2025, 9, 3, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
NOTICE = {"category": "其他", "scope": "below", "text": "周五交党费", "pictures": "[]", "files": "[]", "pin": ""}
NOTICE |= {"author_account": "", "mention_all": False, "pin_due": False, "recall_due": False, "created_at": OLD}
BEFORE_0018: dict[str, list[dict[str, Any]]] = {
    "branch": [
        {"id": 1, "kind": "党委", "name": "红旗", "path": "/1/", "created_at": OLD},
        {"id": 2, "kind": "支部", "name": "一", "path": "/1/2/", "parent_id": 1, "created_at": OLD},
    ],
    "member": [
        {"id": one, "branch_id": 1 if one < 3 else 2, "name": f"党员{one}", "kind": "正式党员", "created_at": OLD}
        | {"joined_on": OLD.date(), "left_on": date(2026, 11, 1) if one == 3 else None}
        for one in range(1, 5)
    ],
    "notice": [
        NOTICE | {"id": one, "branch_id": 1, "no": one, "state": state, "version": 2, "published_at": at}
        for one, state, at in ((1, "published", NEW), (2, "withdrawn", NEW), (3, "closed", OLD), (4, "draft", None))
    ],
    "notice_expected": [
        {"notice_id": notice, "member_id": member, "exempt": member == 4}
        for notice, member in ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (3, 2), (4, 1))
    ],
    "notice_receipt": [
        {"notice_id": notice, "version": version, "member_id": member, "at": NEW, "method": "phrase"}
        for notice, version, member in ((1, 1, 1), (1, 2, 2), (1, 2, 4), (2, 2, 1))
    ],
    "notice_total": [
        {"notice_id": 3, "branch_id": 1, "wanted": 5, "given": 4},  # 党员2 came to this branch later
        {"notice_id": 3, "branch_id": 2, "wanted": 3, "given": 2},
    ],
    "hour_entry": [
        {"branch_id": 1, "member_id": member, "source": "会议", "origin": "meeting:1", "day": NEW.date()}
        | {"halves": halves, "note": "党员大会", "created_at": NEW}
        for member, halves in ((1, 4), (2, 3), (4, 2))
    ],
    "hour_month": [
        {"member_id": member, "month": date(2025, 9, 1), "source": source, "halves": halves}
        for member, source, halves in ((1, "补登", 6), (1, "会议", 2), (3, "补登", 1))
    ],
}


def fill(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for name, rows in BEFORE_0018.items():
        for row in rows:
            connection.execute(tables.tables[name].insert(), row)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_totals_by_branch(kind: str, tmp_path: Path) -> None:
    load_models()
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}" if kind == "sqlite" else await postgres.server().fresh()
    await asyncio.to_thread(command.upgrade, alembic_config(url), "0017")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(fill)
    await engine.dispose()
    await upgrade(url)
    database = Database(url, SystemClock())
    async with database.reading() as uow:
        this_month = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
        assert await figures.by_branch(uow, "/1/", *this_month) == {1: (1, 2, 1), 2: (1, 1, 1)}
        always = (datetime(2025, 1, 1, tzinfo=UTC), this_month[1])
        assert await figures.by_branch(uow, "/1/", *always) == {1: (2, 8, 5), 2: (2, 4, 3)}
        assert await figures.published(uow, "/1/", *always) == 2
        first, last = date(2025, 9, 1), date(2026, 11, 30)
        assert await ledger.by_branch(uow, "/1/", first, last) == {
            1: {Source.MEETING: 9, Source.MANUAL: 6},
            2: {Source.MEETING: 2, Source.MANUAL: 1},
        }
        assert await ledger.by_branch(uow, "/1/2/", NEW.date(), last) == {2: {Source.MEETING: 2}}
        own = sorted(await ledger.sums(uow, [1, 3], first, last))
        assert own == [(1, Source.MEETING, 6), (1, Source.MANUAL, 6), (3, Source.MANUAL, 1)]
        assert [one.origin for one in await ledger.entries(uow, [1, 3], first, last)] == ["meeting:1"]
        assert [await ledger.months_of(uow, one) for one in (1, 2, 3)] == [1, 0, 1]
    await database.close()
