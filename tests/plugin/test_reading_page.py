"""The reading page and its codes, from the push to the completion, over HTTP and in the chat."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from random import Random

import httpx
import pytest
from sqlalchemy import select

from bot.app import App
from bot.branch.models import AuditEntry
from bot.core.clock import ShiftableClock
from bot.core.signing import PATH
from bot.delivery.models import OutboxRow
from bot.study import rules
from bot.study.models import Completion, Proof, Visit
from bot.study.pages import Pages
from bot.web import server
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk, reply
from tests.plugin.test_claims import in_a_branch_below
from tests.unit.study.test_proving import stands

TEXT = "抓党建促治理\n" + "社区把网格建在楼栋里,党员在家门口亮身份、领任务。" * 12
EVIL = "<script>document.title='bad'</script> <img src=http://evil.example/x onerror=alert(1)> & \"引号\""
LINK = re.compile(r"https://x\.example/bot(/r/\S+)")


@pytest.fixture(autouse=True)
def pages(app: App) -> Pages:
    app.pages = Pages("https://x.example/bot", b"k" * 32)
    return app.pages


@pytest.fixture
async def web(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """The page's server behind a proxy that takes /bot away; nothing but what a browser sends gets there."""
    inside = server.serve(app.database, app.pages)

    async def mounted(scope, receive, send):  # type: ignore[no-untyped-def]
        await inside(scope | {"path": scope["path"].removeprefix(PATH), "root_path": ""}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(mounted), base_url="http://page") as client:
        yield client


async def push(talk: Talk, what: str = TEXT, how: str = "") -> str:
    """Push a text; the path of its page as the group reads it."""
    await talk.whisper(EDITOR, f"推送 {how}\n{what}" if how else f"推送 {what}")
    await talk.whisper(EDITOR, "确认")
    return link_in((await talk.enqueued())[-1][1])


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


async def read(web: httpx.AsyncClient, path: str, clock: ShiftableClock, seconds: float = 60) -> str:
    """Open a page, read for so long, and say that the end is reached; what the page says there."""
    page = (await web.get(path)).text
    clock.set(clock.now() + timedelta(seconds=seconds))
    answer = await web.post(path, data={"visit": visit_in(page)})
    assert answer.status_code == 200
    return end_of(answer.text)


def visit_in(page: str) -> str:
    found = re.search(r'name="visit" value="([\w-]+)"', page)
    assert found is not None
    return found[1]


def end_of(page: str) -> str:
    section = page.partition('<section id="end"')[2].partition(">")[2].partition("</section>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", section)).split())


def code_in(end: str) -> str:
    found = re.search(r"验证码 (\w{4}) 请到群里或私聊机器人发 打卡 \1 ", end)
    assert found is not None, end
    return found[1]


async def test_a_push_shows_its_page_and_the_word_to_type(talk: Talk, web: httpx.AsyncClient) -> None:
    path = await push(talk)
    lines = (await talk.enqueued())[-1][1].splitlines()[-3:]
    assert lines[0].startswith("【今日学习 1】《抓党建促治理》")
    assert lines[1:] == ["点开看全文,看完回复「已学」:", f"https://x.example/bot{path}"]
    page = await web.get(path)
    assert page.status_code == 200
    assert "<h1>抓党建促治理</h1>" in page.text
    assert end_of(page.text) == "全文到此结束。 我看完了,取验证码"


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_the_code_completes_once_for_who_sends_it_first(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock, app: App
) -> None:
    code = code_in(await read(web, await push(talk), clock))
    assert await talk.whisper(MEMBER, code) == f"这是阅读页的验证码吧?请发「打卡 {code}」。"
    assert await talk.whisper(MEMBER, f"打卡 {code.lower()}") == "✅ 已登记学习 1《抓党建促治理》,现在 1/4 人完成。"
    assert await talk.whisper(MEMBER, f"打卡{code}") == "学习 1 之前已经登记过了,不用再发。"
    taken = f"验证码 {code} 已经有人用过了,每个只能用一次。请打开阅读页,看到末尾取您自己的。"
    assert await talk.hear(BOSS, f"打卡 {code}") == [(f"private {BOSS}", taken)]
    async with app.database.reading() as uow:
        visit = (await uow.session.scalars(select(Visit))).one()
        done = (await uow.session.scalars(select(Completion))).one()
        assert (visit.member_id, visit.used_at is not None) == (3, True)
        assert (done.member_id, done.proof, done.method, done.evidence) == (3, Proof.PAGE, "code", f"visit:{visit.id}")


async def test_the_code_of_who_shares_the_group_of_the_branch_above(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock
) -> None:
    await in_a_branch_below(talk)
    code = code_in(await read(web, await push(talk), clock))
    assert (await talk.whisper(MEMBER, f"打卡 {code}")).startswith("✅ 已登记学习 1《抓党建促治理》")


async def test_in_the_group_a_code_gets_an_emoji_and_nothing_else(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock
) -> None:
    code = code_in(await read(web, await push(talk), clock))
    assert await talk.hear(MEMBER, f"打卡 {code}") == []
    assert await talk.whisper(BOSS, "谁还没学 1") != ""
    assert "1/4" in await talk.whisper(BOSS, "谁还没学 1")


async def test_a_page_that_was_left_at_once_gives_nothing_and_one_that_stood_open_neither(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock, app: App
) -> None:
    path = await push(talk)
    assert (await read(web, path, clock, 2)).startswith("才打开不久,请再看看,大约")
    assert (await read(web, path, clock, 13 * 3600)).startswith("这一页打开得太久了,还没有登记。")
    async with app.database.reading() as uow:
        assert list(await uow.session.scalars(select(Visit))) == []


async def test_too_early_is_no_harm_and_the_same_visit_shows_the_same_code(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock
) -> None:
    path = await push(talk)
    visit = visit_in((await web.get(path)).text)
    early = await web.post(path, data={"visit": visit})
    assert visit_in(early.text) == visit
    clock.set(clock.now() + timedelta(seconds=60))
    first = code_in(end_of((await web.post(path, data={"visit": visit})).text))
    clock.set(clock.now() + timedelta(minutes=9))
    assert code_in(end_of((await web.post(path, data={"visit": visit})).text)) == first
    clock.set(clock.now() + timedelta(minutes=2))
    assert await talk.whisper(MEMBER, f"打卡 {first}") == (
        f"验证码 {first} 过期了(10 分钟内有效),没有登记。请在阅读页末尾再取一个。"
    )
    second = code_in(end_of((await web.post(path, data={"visit": visit})).text))
    assert second != first
    assert "已登记" in await talk.whisper(MEMBER, f"打卡 {second}")
    assert "学习 1 已登记" in end_of((await web.post(path, data={"visit": visit})).text)


async def test_a_code_is_of_one_reading(talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock) -> None:
    code = code_in(await read(web, await push(talk), clock))
    await push(talk, "第二篇\n" + "网格里的党员把楼道里的小事一件一件记下来办好。" * 9)
    refused = f"{code} 是学习 1 的验证码,不是学习 2 的,没有登记。要记到学习 1,只发「打卡 {code}」。"
    assert await talk.whisper(MEMBER, f"打卡 2 {code}") == refused
    assert "已登记学习 1" in await talk.whisper(MEMBER, f"打卡 1 {code}")


async def test_guessing_is_on_record_and_ends_soon(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock, app: App
) -> None:
    code = code_in(await read(web, await push(talk), clock))
    wrong = "A3A4" if code != "A3A4" else "A3A6"
    for _ in range(rules.MOST_GUESSES):
        assert await talk.whisper(MEMBER, f"打卡 {wrong}") == (
            f"没有 {wrong} 这个验证码,没有登记。请对照阅读页末尾的四位再发一次。"
        )
    locked = "验证码错了好几次,请过 10 分钟再试。看到阅读页末尾,会有新的。"
    assert await talk.whisper(MEMBER, f"打卡 {code}") == locked
    assert "已登记" in await talk.whisper(BOSS, f"打卡 {code}")
    async with app.database.reading() as uow:
        acts = list(await uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "study.wrong_code")))
        assert [(one.actor, one.subject, one.detail) for one in acts] == [("member:3", "", "{}")] * 5
    clock.set(clock.now() + timedelta(minutes=11))
    assert "没有" in await talk.whisper(MEMBER, f"打卡 {wrong}")


async def test_only_the_page_is_enough_where_a_push_says_so(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock, app: App
) -> None:
    await push(talk)
    await talk.whisper(EDITOR, "推送 资料 1 凭阅读页")
    await talk.whisper(EDITOR, "确认")
    pushed = (await talk.enqueued())[-1][1]
    assert pushed.splitlines()[-2] == "点开看全文,看到末尾把验证码发来(如「打卡 7F3K」):"
    assert (await talk.whisper(MEMBER, "已学 2")).startswith("学习 2 要凭阅读页完成,还没有登记")
    code = code_in(await read(web, link_in(pushed), clock))
    assert "已登记学习 2" in await talk.whisper(MEMBER, f"打卡 {code}")


async def test_where_more_is_needed_the_page_says_what(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock
) -> None:
    await push(talk)
    await talk.whisper(EDITOR, "推送 资料 1 凭答题")
    await talk.whisper(EDITOR, "确认")
    path = link_in((await talk.enqueued())[-1][1])
    assert await read(web, path, clock) == "读到这里就是全文了。 看完发「答题 2」。"


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_two_who_send_one_code_at_once_complete_once(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock, app: App
) -> None:
    code = code_in(await read(web, await push(talk), clock))
    await asyncio.gather(*(talk.whisper(user, f"打卡 {code}") for user in (BOSS, EDITOR, MEMBER)))
    async with app.database.reading() as uow:
        assert len(list(await uow.session.scalars(select(Completion)))) == 1


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_a_link_of_ones_own_completes_by_itself(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock, app: App
) -> None:
    await push(talk)
    heard = dict(await talk.hear(MEMBER, "补 1"))
    assert "r/" not in heard["group 9"]
    assert heard["group 9"].endswith("链接已私聊发给您。")
    told = await talk.whisper(MEMBER, "补1")
    assert told.startswith("学习 1《抓党建促治理》\n点开看到末尾,自动登记,不用回复(链接是您本人的,请不要转发):\n")
    path = link_in(told)
    assert await read(web, path, clock) == "✅ 学习 1 已登记 不用再回复,可以关掉这一页。"
    assert await read(web, path, clock) == "✅ 学习 1 已登记 不用再回复,可以关掉这一页。"
    async with app.database.reading() as uow:
        assert await stands(uow, 1) == (Proof.PAGE, "link", "visit:1", "", False)
    assert await talk.whisper(MEMBER, "撤回打卡") == "已撤回学习 1 的打卡。撤错了发「撤销」。"


async def test_a_reminder_holds_a_link_of_ones_own(talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock) -> None:
    await push(talk)
    await talk.whisper(EDITOR, "催学 1")
    await talk.whisper(EDITOR, "确认")
    own = {where: text for where, text in await talk.enqueued() if "温馨提醒" in text}
    assert set(own) == {f"private {user}" for user in (BOSS, EDITOR, MEMBER)}
    assert len({link_in(text) for text in own.values()}) == 3
    assert "已登记" in await read(web, link_in(own[f"private {MEMBER}"]), clock)
    assert "未完成 3 人" in await talk.whisper(BOSS, "谁还没学 1")


async def test_links_run_out_and_nobody_makes_one_up(
    talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock, pages: Pages
) -> None:
    path = await push(talk)
    own = link_in(await talk.whisper(MEMBER, "补1"))
    group = await web.get(path)
    for wrong in (
        f"{path[:-1]}{'B' if path[-1] == 'A' else 'A'}",
        f"{path}x",
        "/r/abc",
        "/r/",
        "/r",
        "/r/a/b",
        "/r/%00",
        f"/r/{visit_in(group.text)}",
    ):
        answer = await web.get(wrong)
        assert (answer.status_code, "没有这个页面" in answer.text) == (404, True), wrong
    other = visit_in((await web.get(own)).text)
    for form in ({"visit": other}, {"visit": "abc"}, {"other": "x"}, {}):
        assert (await web.post(path, data=form)).status_code == 404
    assert (await web.post(path, content=b"x" * 5000)).status_code == 413
    assert (await web.put(path)).status_code == 405
    clock.set(clock.now() + timedelta(days=8))
    gone = await web.get(own)
    assert (gone.status_code, "这个链接过期了" in gone.text) == (410, True)
    assert (await web.get(path)).status_code == 200
    clock.set(clock.now() + timedelta(days=40))
    assert (await web.get(path)).status_code == 410
    assert pages.read(path.removeprefix("/r/")) is not None


async def test_a_link_is_of_nobody_who_has_left(talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock) -> None:
    await push(talk)
    path = link_in(await talk.whisper(MEMBER, "补1"))
    assert "已登记" in await read(web, path, clock)
    assert "阅读页:1 次看到末尾" in await talk.whisper(MEMBER, "我的数据")
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "确认")
    assert (await web.get(path)).status_code == 410
    async with talk.app.database.reading() as uow:
        assert [one.member_id for one in await uow.session.scalars(select(Visit))] == [None]


async def test_who_tries_links_is_slowed_down_and_readers_are_not(talk: Talk, web: httpx.AsyncClient) -> None:
    path = await push(talk)
    answers = [(await web.get(f"/r/guess{number}")).status_code for number in range(30)]
    assert (answers[:20], set(answers[20:])) == ([404] * 20, {429})
    assert (await web.get(path)).status_code == 200


async def test_text_is_never_markup_and_pages_ask_for_nothing(talk: Talk, web: httpx.AsyncClient) -> None:
    page = await web.get(await push(talk, f"{EVIL}\n{EVIL}" + "正文" * 30))
    assert page.text.count("&lt;script&gt;document.title=") == 4
    assert "<img" not in page.text
    assert page.text.count("<script>") == 1
    assert not re.findall(r'(?:src|href|action)="(?!#end|data:,")[^"]*"', page.text)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert {page.headers[name] for name in ("cache-control", "referrer-policy", "x-content-type-options")} == {
        "no-store",
        "no-referrer",
        "nosniff",
    }
    assert "set-cookie" not in page.headers


async def test_without_a_public_address_there_is_no_link(talk: Talk, app: App) -> None:
    app.pages = Pages()
    await talk.whisper(EDITOR, f"推送 {TEXT}")
    await talk.whisper(EDITOR, "确认")
    assert "看完回复「已学」,看全文发「全文 1」。" in (await talk.enqueued())[-1][1]
    assert "社区把网格建在楼栋里" in await talk.whisper(MEMBER, "补1")
    refused = "还没有设置阅读页的网址,不能凭阅读页完成。请管理员设置 XUEBAN__PUBLIC_URL,或换一种完成方式。"
    assert await talk.whisper(EDITOR, "推送 资料 1 凭阅读页") == refused
    assert await talk.whisper(EDITOR, "学习计划 新建 每日一学 每个工作日8点 资料 1 凭阅读页") == refused
    await talk.whisper(EDITOR, "学习计划 新建 每日一学 每个工作日8点 资料 1")
    assert await talk.whisper(EDITOR, "学习计划 完成方式 1 阅读页") == refused


def test_codes_are_told_apart_from_numbers_and_words() -> None:
    random = Random(7)
    codes = {rules.new_code(random.choice) for _ in range(2000)}
    assert all(len(code) == 4 and not code.isdigit() and not code.isalpha() for code in codes)
    assert set("".join(codes)) == set(rules.CODE_LETTERS + rules.CODE_DIGITS)
    assert not set("0O1IL2Z5S8BUVQG") & set("".join(codes))
    assert all(rules.code_in(code) == (None, code) for code in codes)
    read = [rules.code_in(text) for text in ("7f3k", "12 7F3K", "7 F 3 K", "7F-3K", "7", "1234", "ABCD", "7F3K9X", "")]
    code = "7F3K"
    assert read == [(None, code), (12, code), (None, code), (None, code), None, None, None, None, None]


async def test_a_reply_to_another_push_is_refused(talk: Talk, web: httpx.AsyncClient, clock: ShiftableClock) -> None:
    code = code_in(await read(web, await push(talk), clock))
    await push(talk, "第二篇\n" + "网格里的党员把楼道里的小事一件一件记下来办好。" * 9)
    async with talk.app.database.unit_of_work() as uow:
        for number, row in enumerate(await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id)), start=1):
            row.message_id = f"70{number}"
    ((where, said),) = await talk.hear(MEMBER, reply(702), f"打卡 {code}")
    assert (where, said.startswith(f"{code} 是学习 1 的验证码,不是学习 2 的")) == (f"private {MEMBER}", True)
    assert await talk.hear(MEMBER, reply(701), f"打卡 {code}") == []
    assert "学习 1 之前已经登记过了" in await talk.whisper(MEMBER, f"打卡 {code}")
