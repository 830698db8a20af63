"""What a propagandist types to get a text to everybody: now, later, at night; a link, a text, one of the library."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.branch.models import Branch, ChatGroup, Member
from bot.delivery.models import OutboxRow
from bot.sources import link
from bot.sources.article import Article
from bot.study import running
from bot.study.models import Assignment, Material, Plan
from tests.plugin.conftest import EDITOR, MEMBER
from tests.plugin.talk import ACCOUNT, Talk, reply
from tests.unit.study.house import china

TEXT = "抓党建促治理\n社区把网格建在楼栋里,党员在家门口亮身份、领任务。\n\n半年来解决停车、漏水、噪声等小事四百多件。"
LINK = "https://www.12371.cn/2026/11/20/ARTI1.shtml"


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The web: every page is the same article; the addresses that were asked for."""
    asked: list[str] = []

    async def read(url: str, fetcher: object) -> Article:
        asked.append(url)
        return Article(
            "新时代党建",
            "坚持和加强党的全面领导,推进基层治理现代化。" * 10,
            "共产党员网",
            url,
            china("2026-11-20").date(),
        )

    monkeypatch.setattr(link, "read", read)
    return asked


async def counts(talk: Talk) -> tuple[int, int, int]:
    """(materials, assignments, plans)"""
    async with talk.app.database.reading() as uow:
        return tuple(
            [
                (await uow.session.scalars(select(func.count()).select_from(table))).one()
                for table in (Material, Assignment, Plan)
            ]
        )


async def tick(talk: Talk, when: str) -> int:
    """What the clock of the application does at this moment; how many are pushed."""
    talk.app.clock.set(china(when))  # type: ignore[attr-defined]
    async with talk.app.database.reading() as uow:
        due = await running.due(uow)
    done = 0
    for plan_id in due:
        async with talk.app.database.unit_of_work() as uow:
            done += len(await running.run(uow, plan_id, talk.app.calendar))
    return done


async def to_groups(talk: Talk) -> list[str]:
    async with talk.app.database.reading() as uow:
        return list(await uow.session.scalars(select(OutboxRow.target_id).where(OutboxRow.target_kind == "group")))


async def test_a_pasted_text_keeps_its_paragraphs(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    preview = await talk.whisper(EDITOR, f"推送 {TEXT}")
    assert preview.startswith("《抓党建促治理》\n约 1 分钟 · ")
    assert preview.endswith("回复「确认」马上推送,推给 4 人;「取消」放弃。")
    assert await counts(talk) == (0, 0, 0)
    assert await talk.whisper(EDITOR, "确认") == "已推送学习 1《抓党建促治理》(4 人应学)。发「谁还没学」看完成情况。"
    assert await counts(talk) == (1, 1, 0)
    async with talk.app.database.reading() as uow:
        stored = (await uow.session.scalars(select(Material))).one()
        assert (stored.title, stored.text) == (
            "抓党建促治理",
            "社区把网格建在楼栋里,党员在家门口亮身份、领任务。\n半年来解决停车、漏水、噪声等小事四百多件。",
        )
    assert await to_groups(talk) == ["9"]


async def test_called_off_nothing_is_left(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"推送 {TEXT}")
    assert "已取消" in await talk.whisper(EDITOR, "算了")
    assert await counts(talk) == (0, 0, 0)


async def test_a_link_typed_tiredly(talk: Talk, pages: list[str]) -> None:
    preview = await talk.whisper(EDITOR, f"推送{LINK} 明早8点")
    assert pages == [LINK]
    assert preview.startswith("《新时代党建》\n共产党员网 · 2026-11-20\n约 1 分钟 · ")
    assert "回复「确认」11月25日(周三)8:00推送,推给 4 人;「立即」现在就发;「取消」放弃。" in preview
    assert (
        await talk.whisper(EDITOR, "确认")
        == "好的,11月25日(周三)8:00推送资料 1《新时代党建》。\n不发了,发「学习计划 删除 1」。"
    )
    assert await to_groups(talk) == []
    assert await tick(talk, "2026-11-25 07:59") == 0
    assert await tick(talk, "2026-11-25 08:00") == 1
    assert await to_groups(talk) == ["9"]


async def test_the_time_first(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"入库 {TEXT}")
    assert "11月25日(周三)8:00推送" in await talk.whisper(EDITOR, "明天8点推送 资料1")
    assert "11月25日(周三)8:00推送" in await talk.say(EDITOR, "/明天8点推送 资料1")


async def test_a_shared_link_with_its_title_is_a_link_and_a_text_with_a_link_is_a_text(
    talk: Talk, pages: list[str]
) -> None:
    await talk.whisper(EDITOR, f"推送 【新时代党建】{LINK}")
    assert pages == [LINK]
    await talk.whisper(EDITOR, "推送 " + "学习贯彻党的二十届四中全会精神。" * 10 + f"详见 {LINK}")
    assert pages == [LINK]


async def test_what_is_replied_to_is_pushed(talk: Talk) -> None:
    await talk.say(EDITOR, TEXT)
    assert "《抓党建促治理》" in await talk.say(EDITOR, reply(talk.last_id), "/推送")
    assert "看不到您回复的那条消息" in await talk.say(EDITOR, reply(4711), "/推送")


async def test_asked_for_it_afterwards(talk: Talk) -> None:
    assert "把链接、全文或文件" in await talk.say(EDITOR, "/推送 明天9点")
    assert await talk.say(MEMBER, TEXT) == ""
    assert "11月25日(周三)9:00推送" in await talk.say(EDITOR, TEXT)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (f"推送 {LINK} {LINK}2", "一次只能推一个链接,这里有 2 个"),
        (f"推送 {LINK} 昨天8点", "已经过去了"),
        (f"推送 {LINK} 今天6点", "已经过去了"),
        (f"推送 {LINK} 明天25点", "没有「25点」这个时间"),
        (f"推送 {LINK} 下周八上午", "没读懂"),
        ("推送 资料1 八点左右", "没读懂「八点左右」是什么时间"),
        ("推送 资料99", "没有资料 99"),
        ("推送 党章", "内容太短"),
        ("删除资料 99", "没有资料 99"),
        ("资料 99", "没有资料 99"),
        ("资料 火箭", "没有找到「火箭」"),
        ("入库 党章", "内容太短"),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(talk: Talk, said: str, answer: str) -> None:
    assert answer in await talk.whisper(EDITOR, said)
    assert await counts(talk) == (0, 0, 0)


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_at_night_it_waits_unless_told_otherwise(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 22:10"))  # type: ignore[attr-defined]
    preview = await talk.whisper(EDITOR, f"推送 {TEXT}")
    assert "11月25日(周三)7:30推送(现在是安静时段),推给 4 人;「立即」现在就发" in preview
    assert "7:30推送资料 1" in await talk.whisper(EDITOR, "确认")
    assert await counts(talk) == (1, 0, 1)
    await talk.whisper(EDITOR, "推送 资料1")
    assert "已推送学习 1" in await talk.whisper(EDITOR, "立即")
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(OutboxRow.due_at))).one() < china("2026-11-24 22:11")
    assert await tick(talk, "2026-11-25 07:30") == 1


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("推送 htp://a.cn/1", "请发以 http:// 或 https:// 开头的完整链接"),
        ("推送 https:/a.cn/1", "请发以 http:// 或 https:// 开头的完整链接"),
        ("推送 http：//a.cn/1", "《新时代党建》"),
        ("推送 www.a.cn/1", "《新时代党建》"),
    ],
)
async def test_what_was_meant_as_a_link_is_no_text(talk: Talk, said: str, answer: str) -> None:
    assert answer in await talk.whisper(EDITOR, said)


async def test_a_repeat_is_pointed_out(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    await talk.whisper(EDITOR, f"推送 {TEXT}")
    await talk.whisper(EDITOR, "确认")
    assert "注意:11月24日推送过(学习 1)。" in await talk.whisper(EDITOR, f"推送 {TEXT}")
    assert "资料库里已经有了:资料 1《抓党建促治理》" in await talk.whisper(EDITOR, f"入库 {TEXT}")


async def test_a_branch_without_a_group_is_told_before_anything(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.delete((await uow.session.scalars(select(ChatGroup))).one())
    assert "支部还没有绑定群" in await talk.whisper(EDITOR, f"推送 {TEXT}")


@pytest.fixture
async def below(talk: Talk) -> Callable[[], Awaitable[dict[str, list[int]]]]:
    """Two 支部 under the branch, with groups 22 and 33 and one member each; what was pushed, by branch name."""
    async with talk.app.database.unit_of_work() as uow:
        for i in (2, 3):
            uow.session.add(
                Branch(id=i, parent_id=1, kind="支部", name=f"{i}支部", path=f"/1/{i}/", created_at=uow.now)
            )
            await uow.session.flush()
            group = ChatGroup(
                branch_id=i, platform="onebot11", account=ACCOUNT, group_id=str(i * 11), created_at=uow.now
            )
            joined = uow.now.date() - timedelta(9)
            uow.session.add_all(
                [group, Member(id=10 + i, branch_id=i, name=f"党员{i}", joined_on=joined, created_at=uow.now)]
            )

    async def assigned() -> dict[str, list[int]]:
        async with talk.app.database.reading() as uow:
            rows = await uow.session.execute(
                select(Branch.name, Assignment.no).join(Assignment, Assignment.branch_id == Branch.id)
            )
            found: dict[str, list[int]] = {}
            for name, no in rows:
                found.setdefault(name, []).append(no)
            return found

    return assigned


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_to_the_branches_below(talk: Talk, below: Callable[[], Awaitable[dict[str, list[int]]]]) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    assert "推给 4 人" in await talk.whisper(EDITOR, f"推送 {TEXT}")
    await talk.whisper(EDITOR, "确认")
    assert await below() == {"第一支部": [1]}
    assert "推给 3 个支部 6 人" in await talk.whisper(EDITOR, "推送 资料1 到下级")
    assert await talk.whisper(EDITOR, "确认") == "已把《抓党建促治理》推送到 3 个支部(共 6 人应学)。"
    assert await below() == {"第一支部": [1, 2], "2支部": [1], "3支部": [1]}
    assert "推给 3 个支部 6 人" in await talk.whisper(EDITOR, "明天8点推送 资料1 到所有下级支部")
    await talk.whisper(EDITOR, "确认")
    assert await tick(talk, "2026-11-25 08:00") == 3
    assert sorted(await to_groups(talk)) == ["22", "22", "33", "33", "9", "9", "9"]


# -- files

BODY = "社区把网格建在楼栋里,党员在家门口亮身份、领任务。"


async def test_a_file_with_the_word_in_reply_to_it_or_afterwards(talk: Talk) -> None:
    file = talk.file("抓党建促治理.txt", BODY.encode("gb18030"))
    assert "《抓党建促治理》" in await talk.whisper(EDITOR, "推送 明天8点", file)
    await talk.say(MEMBER, file)
    assert "《抓党建促治理》" in await talk.say(EDITOR, reply(talk.last_id), "/推送")
    assert "把链接、全文或文件" in await talk.say(EDITOR, "/入库")
    assert await talk.say(MEMBER, file) == ""
    assert "已入库:资料 1《抓党建促治理》" in await talk.say(EDITOR, file)
    assert "资料库里已经有了" in await talk.whisper(EDITOR, "入库", file)
    assert await counts(talk) == (1, 0, 0)


async def test_a_file_alone_in_private_gets_the_next_word(talk: Talk) -> None:
    file = talk.file("抓党建促治理.txt", BODY.encode())
    assert "长按这个文件回复「推送」" in await talk.whisper(EDITOR, file)
    assert "已入库:资料 1" in await talk.whisper(EDITOR, reply(talk.last_id), "入库")
    assert await talk.whisper(MEMBER, file) == ""
    assert await talk.say(EDITOR, file) == ""


async def test_files_that_cannot_be_read_change_nothing(talk: Talk) -> None:
    big = {"type": "file", "data": {"file": "大.pdf", "file_id": "none", "file_size": str(60 * 2**20)}}
    assert await talk.whisper(EDITOR, "推送", big) == "文件有 60 MB,超过了 20 MB,请压缩或拆分后再发。"
    assert "这种文件读不了" in await talk.whisper(EDITOR, "推送", talk.file("a.zip", b"PK"))
    assert "是空的" in await talk.whisper(EDITOR, "推送", talk.file("a.txt", b""))
    two = (talk.file("a.txt", b"1"), talk.file("b.txt", b"2"))
    assert await talk.whisper(EDITOR, "推送", *two) == "一次请发一个文件。"
    assert await counts(talk) == (0, 0, 0)


# -- the library


async def test_taking_in_says_its_number(talk: Talk) -> None:
    assert (
        await talk.whisper(EDITOR, f"入库 {TEXT}")
        == "已入库:资料 1《抓党建促治理》约 1 分钟。要推送发「推送 资料 1」。"
    )
    assert await counts(talk) == (1, 0, 0)
    assert "把链接、全文或文件" in await talk.whisper(EDITOR, "入库")
    assert "已入库:资料 2《新时代党建》" in await talk.whisper(EDITOR, LINK)


async def test_a_page_of_words_is_not_searched_for(talk: Talk) -> None:
    told = await talk.whisper(EDITOR, f"资料 {'字' * 20_000}")
    assert told == "要找的太长了,写一两个词就行,比如:资料 主题教育"


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_search_and_paging(talk: Talk) -> None:
    for i in range(1, 13):
        words = "党章" if i == 3 else "纪律处分条例"
        await talk.whisper(EDITOR, f"入库 第{i}讲\n{words}学习要点,共{i}个方面,逐条对照检查。")
    first = await talk.whisper(EDITOR, "资料")
    assert first.splitlines()[0] == "12. 《第12讲》约 1 分钟"
    assert first.splitlines()[-1] == "第 1/2 页,共 12 篇,回复「更多」看下一页。"
    assert (await talk.whisper(EDITOR, "更多")).splitlines() == [
        "2. 《第2讲》约 1 分钟",
        "1. 《第1讲》约 1 分钟",
        "第 2/2 页,共 12 篇。",
    ]
    await talk.whisper(EDITOR, "资料 条例")
    assert "第 2/2 页,共 11 篇。" in await talk.whisper(EDITOR, "资料 更多")
    assert "第 2/2 页,共 11 篇。" in await talk.whisper(EDITOR, "资料 处分条例 第2页")
    assert await talk.whisper(EDITOR, "资料 第3页") == "一共只有 2 页。"
    assert await talk.whisper(EDITOR, "资料 党章") == "3. 《第3讲》约 1 分钟"
    assert await talk.whisper(EDITOR, "资料 第3") == "3. 《第3讲》约 1 分钟"
    shown = await talk.whisper(EDITOR, "资料 3")
    assert shown.startswith("资料 3:《第3讲》\n约 1 分钟 · ")
    assert shown.endswith("要推送发「推送 资料 3」。")


async def test_removal_asks_and_can_be_undone(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"入库 {TEXT}")
    await talk.whisper(EDITOR, "学习计划 新建 治理 每天8点 资料 1")
    asked = await talk.whisper(EDITOR, "删除资料 1")
    assert "它还在计划 1里排着,删除后会跳过" in asked
    assert "《抓党建促治理》" in await talk.whisper(EDITOR, "资料 1")
    await talk.whisper(EDITOR, "删除资料 1")
    assert "已删除资料 1" in await talk.whisper(EDITOR, "确认")
    assert "没有资料 1" in await talk.whisper(EDITOR, "资料 1")
    await talk.whisper(EDITOR, "撤销")
    await talk.whisper(EDITOR, "确认")
    assert "《抓党建促治理》" in await talk.whisper(EDITOR, "资料 1")
