"""Files to be read by others, with a real process and a real WebSocket: replied to in the group, sent afterwards."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from docx import Document

from bot.simulator import Simulator, sample
from tests.process import PATIENCE, TOKEN, BotProcess

GROUP = sample.GROUP_ID
BOSS = sample.SECRETARY


def docx(title: str, *paragraphs: str) -> bytes:
    document, out = Document(), io.BytesIO()
    document.add_heading(title, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = await BotProcess(tmp_path).start()
    yield process
    process.stop()


async def told(sim: Simulator, words: str, *, private_to: int | None = None) -> str:
    sent = await sim.wait_sent(lambda one: words in one.text and one.user_id == private_to, PATIENCE)
    return str(sent.text)


async def test_a_file_replied_to_and_one_sent_afterwards(bot: BotProcess) -> None:
    file = docx("党员的义务", "党员必须履行下列义务,带头参加学习。", "贯彻执行党的基本路线和各项方针、政策。")
    async with Simulator(bot.url, token=TOKEN) as sim:
        await sim.ready()
        for said, answer in (
            ("/开始", "叫什么名称"),
            ("红旗社区第一党支部", "建立名册"),
            ("确认", "书记是哪一位"),
            ("王建国", "可以用了"),
        ):
            await sim.say(GROUP, BOSS, said)
            await told(sim, answer)

        message = await sim.send_file(f"group:{GROUP}", sample.MEMBERS[4], file, "义务.docx")
        await sim.reply(message, BOSS, "/推送")
        preview = await told(sim, "《党员的义务》")
        assert "带头参加学习" in preview
        await sim.say(GROUP, BOSS, "立即" if "立即" in preview else "确认")
        await told(sim, "今日学习 1")

        await sim.whisper(BOSS, "入库")
        await told(sim, "请把链接、全文或文件", private_to=BOSS)
        await sim.send_file(f"private:{BOSS}", BOSS, bytes(60 * 2**20), "大.pdf")
        await told(sim, "文件有 60 MB,超过了 20 MB", private_to=BOSS)
        await sim.send_file(f"private:{BOSS}", BOSS, file, "义务.docx")
        await told(sim, "长按这个文件回复「推送」", private_to=BOSS)
        message = await sim.send_file(f"private:{BOSS}", BOSS, file, "义务.docx")
        await sim.reply(message, BOSS, "入库")
        await told(sim, "资料库里已经有了:资料 1《党员的义务》", private_to=BOSS)
