"""Neighbours who are alike in every row of every table, and each function of a repository that is told a branch: what
it answers stays the same, and the neighbours' rows stay as they are. A function, table or column that is new is in it
by itself; ``make guards`` takes each comparison with a branch out of its query, and this must turn red."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import product
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

from sqlalchemy import Column, ColumnElement, Row, Table, delete, insert, select, text
from sqlalchemy.exc import IntegrityError

import bot
from bot.branch.models import Role
from bot.core.db import Base, Database, UnitOfWork
from bot.delivery.models import OutboxRow
from bot.meeting.models import State as MeetingState
from bot.meeting.models import TaskKind
from bot.notice.models import Notice
from bot.study.figures_repository import Window
from bot.study.rules import Query
from bot.textmining.originality import Verdict

BEFORE, OURS, AFTER = 1, 2, 3
"""Ids of the branches and of all that is theirs: where one row is taken of many, be it the first or the last, it is a
neighbour's."""
HERE, WORD, NEW = f"/{OURS}/", "字", "新"
EARLY, NOW, LATE = (datetime(2026, month, 23, tzinfo=UTC) for month in (10, 11, 12))

LIKE: dict[str, Any] = {
    "assessment_mark.first": EARLY.date(), "assessment_mark.last": LATE.date(), "audit_entry.action": f"notice.{WORD}",
    "audit_entry.subject": WORD, "branch.kind": "支部", "branch.parent_id": None, "branch_request.state": "open",
    "discussion.ends_at": LATE, "discussion.state": "open", "discussion_voice.verdict": Verdict.GOOD,
    "hour_entry.source": "会议", "hour_day.source": "会议", "meeting.ends_at": LATE,
    "meeting.state": MeetingState.CALLED, "meeting_plan.year": 2026, "meeting_task.due": NOW.date(),
    "meeting_task.kind": TaskKind.TASK, "notice.published_at": NOW, "notice.scope": "below",
    "notice.state": "published", "notice_publicity.ends_on": LATE.date(), "quiz_bank.material_id": None,
    "quiz_question.category": WORD, "quiz_question.state": "live", "role_grant.role": Role.SECRETARY,
    "study_assignment.due_at": LATE, "study_assignment.proof": 5, "study_plan.state": "active",
}  # fmt: skip
"""Where a column isn't like the others of its type: they hold what they hold by themselves, else 1, 字 and this day."""
APART = {
    "chat_group.group_id", "chat_question.user_id", "discussion_voice.message_id", "heard.account",
    "member_account.user_id", "notice_template.text", "outbox.key", "outbox_hold.lane", "process.name",
    "study_visit.code", "study_visit.nonce",
}  # fmt: skip
"""Texts that no two rows have in common."""
OWN = object()
MORE: dict[str, dict[str, Any]] = {
    "branch": {"kind": "党小组"},
    "member": {"left_on": NOW.date()},
    "study_assignment": {"no": 2},
    "study_expected": {"assignment_id": OWN},
}
"""Of what a branch has a second row: a 党小组 below it, somebody who left, a reading that nobody has completed."""

NOBODY = {"retention", "discussion_opt_out"}
"""Tables that are left empty: the one is nobody's, whoever is in the other is heard nowhere."""

TOLD = {"branch_id", "branch_ids", "branches", "path", "paths", "window"}
"""How a parameter is called that says whose rows are asked for."""
GIVEN: dict[str, tuple[Any, ...]] = {
    "branch_id": (OURS,), "branch_ids": ([OURS],), "branches": ([OURS],), "path": (HERE,), "paths": ([HERE],),
    "window": tuple(Window(HERE, EARLY, LATE, alone) for alone in (False, True)),
    "code": (str(BEFORE), str(OURS)), "day": (NOW.date(), LATE.date()), "kind": (WORD, TaskKind.TASK), "limit": (9,),
    "notice": tuple(Notice(id=one, version=1) for one in (BEFORE, OURS)), "numbers": ([1],), "offset": (0,),
    "people": (1, 9_999), "role": (Role.SECRETARY, Role.DEPUTY), "roles": (frozenset({Role.SECRETARY}),),
    "states": ([MeetingState.CALLED],), "text": (NEW,), "titles": ([NEW],), "user_id": (str(BEFORE), str(OURS)),
    "value": (NEW,), "wanted": (Query(""),), "ways": ((),), "word": (WORD, NEW), "words": ([WORD],), "year": (2026,),
}  # fmt: skip
"""What parameters of this name are given, one after the other; others by their type."""


def row(table: Table, branch: int, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    own = branch if more is None else branch + AFTER
    cells = {column.name: _cell(f"{table.name}.{column.name}", column, own, branch) for column in table.columns}
    if table.name == "branch":
        cells |= {"path": f"/{branch}/"} if own == branch else {"path": f"/{branch}/{own}/", "parent_id": branch}
    cells |= {name: own if value is OWN else value for name, value in (more or {}).items()}
    return {name: value for name, value in cells.items() if value is not None}


def _cell(name: str, column: Column[Any], own: int, branch: int) -> Any:
    if name in LIKE:
        return LIKE[name]
    if name in APART:
        return str(own)
    if column.name == "id":
        return own
    if column.foreign_keys or column.name == "branch_id":
        return branch
    if column.nullable or column.default is not None:
        return None
    kind = getattr(column.type, "impl", column.type).python_type
    return {bool: False, int: 1, float: 1.0, datetime: NOW, date: NOW.date()}.get(kind, WORD)


async def settle(database: Database, *branches: int) -> None:
    """These, one after the other, are all there is."""
    async with database.unit_of_work() as uow:
        for table in reversed(Base.metadata.sorted_tables):
            await uow.session.execute(delete(table))
        for branch, table in product(branches, Base.metadata.sorted_tables):
            for more in (None, MORE[table.name]) if table.name in MORE else (None,):
                if table.name not in NOBODY:
                    await uow.session.execute(insert(table).values(row(table, branch, more)))


async def rows(uow: UnitOfWork) -> set[tuple[str, str]]:
    """(table, values) of every row, asked at once: it is asked often."""
    each = (
        (table.name, ", ".join(f'"{column.name}"' for column in table.columns)) for table in Base.metadata.sorted_tables
    )
    query = text(
        " UNION ALL ".join(f"SELECT '{name}', json_array({columns}) FROM \"{name}\"" for name, columns in each)
    )
    return {(name, values) for name, values in await uow.session.execute(query)}


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of a repository that is told a branch, with its name."""
    for file in sorted(Path(bot.__file__).parent.glob("*/*repository.py")):
        module = import_module(f"bot.{file.parent.name}.{file.stem}")
        for name, one in vars(module).items():
            own = inspect.isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_")
            if own and TOLD & set(inspect.signature(one).parameters):
                yield f"{file.parent.name}.{file.stem}.{name}", one


def ways(function: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """With what it is called: everything with everything."""
    hints = get_type_hints(function)
    names = [name for name in inspect.signature(function).parameters if name != "uow"]
    for values in product(*(_given(name, hints[name]) for name in names)):
        yield dict(zip(names, values, strict=True))


def _given(name: str, hint: Any) -> tuple[Any, ...]:
    nothing = (None,) if NoneType in get_args(hint) and name not in TOLD else ()
    if name in GIVEN:
        return nothing + GIVEN[name]
    if hint in (date, datetime):
        moment = EARLY if name in ("first", "since", "start") else NOW if name in ("now", "on") else LATE
        return (moment if hint is datetime else moment.date(),)
    return nothing + {bool: (False, True), str: (WORD,)}.get(hint, (BEFORE, OURS))


async def answer(uow: UnitOfWork, function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    if inspect.iscoroutinefunction(function):
        return plain(await function(uow, **given))
    part = function(**given)  # of a query
    query = select(OutboxRow).where(part) if isinstance(part, ColumnElement) else part
    return plain((await uow.session.execute(query)).all())


def plain(found: Any) -> Any:
    """Its values, to be compared and read."""
    if isinstance(found, Base):
        return [getattr(found, column.name) for column in type(found).__table__.columns]
    if is_dataclass(found):
        return [plain(getattr(found, field.name)) for field in fields(found)]
    if isinstance(found, Mapping):
        return {key: plain(value) for key, value in found.items()}
    return [plain(one) for one in found] if isinstance(found, list | tuple | Row) else found


async def hear(database: Database) -> dict[tuple[str, str], tuple[Any, set[tuple[str, str]] | None]]:
    """(function, what it is given) → what it answers and, where it writes, what is in the tables then."""
    changes, heard = text("SELECT total_changes()"), {}
    for name, function in functions():
        for given in ways(function):
            with suppress(IntegrityError):  # it refers to somebody who isn't there
                async with database.reading() as uow:
                    before = await uow.session.scalar(changes)
                    found = await answer(uow, function, given)
                    await uow.session.flush()
                    wrote = await uow.session.scalar(changes) != before
                    heard[name, str(given)] = found, await rows(uow) if wrote else None
    return heard


async def test_neighbours_who_are_alike_are_neither_heard_nor_touched(database: Database) -> None:
    await settle(database, OURS)
    alone = await hear(database)
    async with database.reading() as uow:
        ours = await rows(uow)
    await settle(database, BEFORE, OURS, AFTER)
    together = await hear(database)
    async with database.reading() as uow:
        theirs = await rows(uow) - ours
    assert {call for call, (found, _) in alone.items() if together[call][0] != found} == set()
    assert {call for call, (_, after) in together.items() if after is not None and theirs - after} == set()
    assert {name for (name, _), did in alone.items() if any(did)} == {name for name, _ in functions()}
    assert len(theirs) == 2 * len(ours)
