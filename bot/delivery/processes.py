"""The processes that share the database: each says now and then that it is there, so that somebody can miss it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.db import UnitOfWork
from bot.delivery import processes_repository as repository

BEAT = 15.0
"""Seconds between two beats."""
MISSED = timedelta(seconds=60)
"""After this a process is missed."""
GONE = timedelta(minutes=3)
"""After this an operator is told: a restart would have brought it back by then."""
FORGOTTEN = timedelta(days=1)
"""After this it no longer is: it isn't meant to run any more."""


@dataclass(frozen=True)
class Process:
    """``accounts``: whether each that was ever connected to it is; ``lag`` is how long its event loop stood still at
    the worst between two beats (s), ``drift`` its clock against the database's (s), ``connections`` those in use."""

    name: str
    started_at: datetime
    beat_at: datetime
    accounts: Mapping[str, bool]
    lag: float
    drift: float
    connections: int


def connected(there: Iterable[Process]) -> Counter[str]:
    """The accounts that are connected to these, each with to how many of them."""
    return Counter(account for one in there for account, on in one.accounts.items() if on)


async def beat(
    uow: UnitOfWork, name: str, accounts: Mapping[str, bool], lag: float, drift: float, connections: int
) -> None:
    """``name`` is there now. One that was restarted under its name takes over its row."""
    row = {
        "name": name,
        "beat_at": uow.now,
        "accounts": json.dumps(accounts),
        "lag_ms": round(lag * 1000),
        "drift_ms": round(drift * 1000),
        "connections": connections,
    }
    await repository.put(uow, row, uow.now - FORGOTTEN)


async def leave(uow: UnitOfWork, name: str) -> None:
    """``name`` is stopped as it should be."""
    await repository.drop(uow, name)


async def all_of(uow: UnitOfWork) -> list[Process]:
    """Those that are there or missed, by name."""
    return [
        Process(
            one.name,
            one.started_at,
            one.beat_at,
            json.loads(one.accounts),
            one.lag_ms / 1000,
            one.drift_ms / 1000,
            one.connections,
        )
        for one in await repository.every(uow)
    ]
