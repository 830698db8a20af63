"""A neighbour who is alike in everything, row by row, changes nothing: what a branch hears stays the same to the word,
and whatever it does, the neighbour's rows stay as they are. Queries by themselves are in ``unit/test_walls``."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, Table, insert, select

from bot.app import App
from bot.chat.table import TABLE
from bot.core.clock import ShiftableClock
from bot.core.db import Base
from bot.core.limits import RateLimit
from bot.core.settings import Settings
from bot.delivery.models import OutboxRow
from bot.rendering.content import Content
from bot.simulator import sample
from bot.simulator.demo import load_sample
from tests.databases import on_sqlite
from tests.plugin.talk import Talk
from tests.plugin.test_rights import typed
from tests.unit.study.house import china

_FAR = -10_000
"""The neighbour's rows are older than all others: a query that takes the first it finds finds theirs."""
_SHOWN = {"name", "title", "text", "agenda", "word", "said", "reason", "summary", "about"}
_NOBODYS = {"numbering", "outbox_counter"}
_APART = {"删除我的信息", "解绑", "答题", "错题"}
"""Whoever says the first two is nobody afterwards; questions are drawn by lot."""


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Talk]:
    """The sample branch on a workday at 8:05."""
    clock = ShiftableClock()
    clock.set(china("2026-11-24 08:05"))
    folder.mkdir()
    on_sqlite(folder, "xueban.db")
    app = App(Settings(_env_file=None, xueban={"data_dir": folder}), clock)
    async with app.database.unit_of_work() as uow:
        await load_sample(uow, app)
    yield Talk(app)
    await app.fetcher.close()
    await app.database.close()


def keys(table: Table) -> set[str]:
    """The columns that say which row it is, and whose."""
    numbers = {c.name for c in table.columns if c.foreign_keys}
    return numbers | {c.name for c in table.primary_key.columns if isinstance(c.type, Integer)}


def twin(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The neighbour's row that is like this one."""
    shifted = keys(table)
    uniques = [list(table.primary_key.columns)]
    uniques += [list(each.columns) for each in (*table.constraints, *table.indexes) if getattr(each, "unique", True)]
    apart = {
        [c.name for c in each if not isinstance(c.type, Integer)][-1]
        for each in uniques
        if each and not shifted & {c.name for c in each} and any(not isinstance(c.type, Integer) for c in each)
    }
    made = dict(row)
    for name, value in row.items():
        if name in shifted and isinstance(value, int):
            made[name] = value + _FAR
        elif name == "path" and value:
            made[name] = re.sub(r"\d+", lambda found: str(int(found[0]) + _FAR), value)
        elif isinstance(value, str) and value and name in _SHOWN | apart:
            made[name] = f"邻{value}"
    return made


async def settle(app: App) -> None:
    """A second branch moves in beside the first."""
    async with app.database.unit_of_work() as uow:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row._mapping) for row in await uow.session.execute(select(table))]
            if rows and keys(table):
                await uow.session.execute(insert(table), [twin(table, row) for row in rows])


async def neighbours(app: App) -> set[tuple[str, str]]:
    async with app.database.reading() as uow:
        return {
            (table.name, repr(tuple(row)))
            for table in Base.metadata.sorted_tables
            for row in await uow.session.execute(select(table))
            if any((row._mapping[name] or 0) < 0 for name in keys(table) if isinstance(row._mapping[name], int))
        }


async def walk(talk: Talk) -> list[tuple[str, str]]:
    """Everything that can be typed, by the secretary, in the group and alone; what was heard each time."""
    heard = []
    for command in (command for command in TABLE if not _APART & set(command.words)):
        for words in typed(command):
            for group in (sample.GROUP_ID, None):
                said = await talk.say(sample.SECRETARY, f"/{words}", group=group)
                said += "\n" + await talk.whisper(sample.SECRETARY, "确认")
                await talk.whisper(sample.SECRETARY, "取消")
                heard.append((words, said))
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(OutboxRow).where(OutboxRow.id > 0).order_by(OutboxRow.id))
        heard += [(row.target_id, Content.model_validate_json(row.content).plain) for row in rows]
    return [(where, re.sub(r"〔.*?〕|\d{4}", "", text)) for where, text in heard]  # references and codes are by chance


async def test_a_neighbour_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RateLimit, "allow", lambda *_: True)
    async with town(tmp_path / "alone") as talk:
        alone = await walk(talk)
    async with town(tmp_path / "together") as talk:
        await settle(talk.app)
        await talk.app.conversations.load()
        before = await neighbours(talk.app)
        together = await walk(talk)
        after = await neighbours(talk.app)
    assert len(before) > 100
    assert after == before
    assert together == alone
