"""Pictures and files stay as long as something needs them, and no longer: exports are full of names."""

from typing import Any

import pytest
from sqlalchemy import update

from bot.delivery import outbox
from bot.delivery.models import OutboxRow, State
from bot.delivery.transport import Target
from bot.rendering.content import Attachment, Content
from plugins.branch.retention import drop_files
from plugins.meeting.clockwork import do_meetings
from tests.plugin.conftest import BOSS, EDITOR
from tests.plugin.talk import ACCOUNT, GROUP, Talk
from tests.plugin.test_meeting import at, call
from tests.unit.rendering.test_media import age


@pytest.fixture(autouse=True)
async def morning(talk: Talk) -> None:
    at(talk, "2026-11-24 09:00")


def photo(talk: Talk, data: bytes) -> dict[str, Any]:
    talk.telephone.files["photo"] = data
    return {"type": "image", "data": {"file": "1.png", "file_id": "photo"}}


async def left(talk: Talk) -> list[bytes]:
    """What is there once all that was kept has become old and was looked through."""
    folder = talk.app.settings.media_dir
    age(folder, *(path.name for path in folder.iterdir()))
    await drop_files(talk.app)
    return sorted(path.read_bytes() for path in folder.iterdir())


async def test_an_export_goes_once_it_has_been_sent(talk: Talk) -> None:
    await talk.whisper(BOSS, "导出 今年")
    (kept,) = talk.app.settings.media_dir.iterdir()
    await drop_files(talk.app)
    assert kept.exists()
    assert await left(talk) == []


async def test_what_is_asked_about_stays_and_then_what_was_published(talk: Talk) -> None:
    await talk.whisper(EDITOR, "公告 海报", photo(talk, b"poster"))
    assert await left(talk) == [b"poster"]
    await talk.whisper(EDITOR, "确认")
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(OutboxRow).values(state=State.SENT))
    assert await left(talk) == [b"poster"]
    await talk.whisper(EDITOR, "公告 另一张", photo(talk, b"another"))
    at(talk, "2026-11-24 10:00")
    assert await left(talk) == [b"poster"]


async def test_what_is_to_be_sent_yet_stays(talk: Talk) -> None:
    file = Attachment(sha256=await talk.app.media.put(b"report"), name="月报.docx")
    async with talk.app.database.unit_of_work() as uow:
        target = Target(ACCOUNT, "group", str(GROUP))
        await outbox.enqueue(uow, outbox.Outgoing(1, target, Content.of(file), "test:0", "report"))
    for state, stays in ((State.PENDING, [b"report"]), (State.NEEDS_HUMAN, [b"report"]), (State.SENT, [])):
        async with talk.app.database.unit_of_work() as uow:
            await uow.session.execute(update(OutboxRow).values(state=state))
        assert await left(talk) == stays


async def test_what_belongs_to_minutes_stays(talk: Talk) -> None:
    await call(talk, "会议 支部党员大会 今天10:00 二楼 议题:学习")
    at(talk, "2026-11-24 12:30")
    await do_meetings(talk.app)
    await talk.whisper(BOSS, "会议记录 1", photo(talk, b"a photo"))
    at(talk, "2026-11-27 12:30")
    assert await left(talk) == [b"a photo"]
