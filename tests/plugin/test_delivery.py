"""消息状态, 重发, 已送达: what didn't arrive is seen by those who may, and settled by a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.branch.models import AuditEntry
from bot.core import space
from bot.delivery import outbox, processes
from bot.delivery.models import OutboxRow, State
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.rendering.content import Content
from plugins.delivery import clockwork
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import Talk

GROUP = Target("1", "group", "9")


async def put(talk: Talk, state: State, key: str = "a", branch: int | None = 1, target: Target = GROUP) -> str:
    async with talk.app.database.unit_of_work() as uow:
        out = Outgoing(branch, target, Content.of("今日学习:党员的义务和权利,请大家认真看完"), "test", key, "学")
        reference = await outbox.enqueue(uow, out)
        await uow.session.execute(update(OutboxRow).where(OutboxRow.key == key).values(state=state.value, reason="r"))
    assert reference is not None
    return reference


async def state_of(talk: Talk, key: str = "a") -> str:
    async with talk.app.database.reading() as uow:
        return (await uow.session.scalars(select(OutboxRow.state).where(OutboxRow.key == key))).one()


async def test_nothing_in_trouble(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "消息状态") == "没有送不到的消息。"


async def test_what_may_not_have_arrived_is_listed_privately_and_sent_again(talk: Talk) -> None:
    reference = await put(talk, State.NEEDS_HUMAN)
    heard = await talk.hear(BOSS, "/消息状态")
    assert [place for place, _ in heard] == [f"private {BOSS}", "group 9"]
    assert heard[0][1] == (
        "送不到或还不确定的消息 1 条:\n"
        f"{reference} 11月24日 07:40 群里的「今日学习:党员的义务和权利,请大家认真看…」:不知道到没到,等您看一眼\n"
        f"请到群里看一眼:已经有了,发「已送达 {reference}」;没有,发「重发 {reference}」。"
    )
    assert await talk.whisper(EDITOR, f"重发 {reference}") == "好的,这就再发一次。"
    assert await state_of(talk) == State.PENDING
    async with talk.app.database.reading() as uow:
        entry = (await uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "delivery.again"))).one()
        assert entry.subject == reference
    assert "没有等待确认的消息" in await talk.whisper(EDITOR, f"重发 {reference}")


async def test_what_was_seen_is_not_sent_again(talk: Talk) -> None:
    reference = await put(talk, State.NEEDS_HUMAN)
    assert await talk.whisper(BOSS, f"已送达 〔{reference}〕") == "记下了,这条不再发。"
    assert await state_of(talk) == State.SENT


@pytest.mark.parametrize(("state", "again"), [(State.EXPIRED, True), (State.REJECTED, True), (State.UNKNOWN, False)])
async def test_what_never_left_can_only_be_sent_again(talk: Talk, state: State, again: bool) -> None:
    reference = await put(talk, state)
    assert "没有等待确认的消息" in await talk.whisper(BOSS, f"已送达 {reference}")
    assert await state_of(talk) == state
    await talk.whisper(BOSS, f"重发 {reference}")
    assert (await state_of(talk) == State.PENDING) is again


async def test_what_is_private_is_not_quoted(talk: Talk) -> None:
    await put(talk, State.EXPIRED, target=Target("1", "private", "103"))
    listed = await talk.whisper(BOSS, "消息状态")
    assert "一条私聊:过了时限没有发" in listed and "义务" not in listed and "103" not in listed


async def test_what_expired_long_ago_is_not_shown_but_what_waits_for_a_person_is(talk: Talk) -> None:
    await put(talk, State.EXPIRED)
    kept = await put(talk, State.NEEDS_HUMAN, "b")
    talk.app.clock.set(talk.app.clock.now() + timedelta(days=8))  # type: ignore[attr-defined]
    listed = await talk.whisper(BOSS, "消息状态")
    assert listed.startswith("送不到或还不确定的消息 1 条:") and kept in listed


async def test_what_cannot_be_read_is_listed_all_the_same(talk: Talk) -> None:
    reference = await put(talk, State.REJECTED)
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(OutboxRow).values(content="{"))
    line = f"{reference} 11月24日 07:40 群里的消息(内容读不出来):没能发出"
    assert line in await talk.whisper(BOSS, "消息状态")


async def test_of_other_branches_nothing_is_shown_or_changed(talk: Talk) -> None:
    reference = await put(talk, State.NEEDS_HUMAN, branch=None)
    assert await talk.whisper(BOSS, "消息状态") == "没有送不到的消息。"
    assert "没有等待确认的消息" in await talk.whisper(BOSS, f"重发 {reference}")
    assert await state_of(talk) == State.NEEDS_HUMAN


@pytest.mark.parametrize("user", [MEMBER, STRANGER])
async def test_members_and_strangers_get_nothing(talk: Talk, user: int) -> None:
    reference = await put(talk, State.NEEDS_HUMAN)
    for word in ("消息状态", f"重发 {reference}", f"已送达 {reference}"):
        assert reference not in await talk.whisper(user, word)
    assert await state_of(talk) == State.NEEDS_HUMAN


async def test_without_a_number_it_says_how(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "重发") == "请写消息号,比如:重发 学1124-01。消息号发「消息状态」可以看到。"


async def told(talk: Talk) -> list[tuple[str, str, str]]:
    """(account, to whom, text without its reference) of what stands in the outbox."""
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [
            (row.account, row.target_id, Content.model_validate_json(row.content).plain.rpartition("\n〔")[0])
            for row in rows
        ]


async def test_a_process_that_went_without_a_word_is_told_once(talk: Talk) -> None:
    """By an account that is connected elsewhere, and by the webhook."""
    talk.app.settings.xueban.alert_webhook = "http://127.0.0.1:9/"

    async def beat(name: str, accounts: dict[str, bool]) -> None:
        async with talk.app.database.unit_of_work() as uow:
            await processes.beat(uow, name, accounts, 0.0, 0.0, 1)

    def later(minutes: int) -> None:
        talk.app.clock.set(talk.app.clock.now() + timedelta(minutes=minutes))  # type: ignore[attr-defined]

    await clockwork.beat(talk.app)
    await beat("one:1", {"10001": True, "10002": True})
    later(2)
    await beat("two:2", {"10001": True, "webhook": True})
    await clockwork.miss(talk.app)
    assert await told(talk) == []
    later(2)
    await beat("two:2", {"10001": False, "webhook": True})
    await clockwork.miss(talk.app)
    line = (
        "机器人的进程 one:1 11月24日 07:40 起没有报到,可能被杀了或卡住了。"
        "账号 10001、10002 没有连到别的进程,消息先等着。\n请看看那台机器;不再用它就不用管。"
    )
    by_webhook = ("webhook", "operators", f"支部学伴:{line}")
    assert await told(talk) == [by_webhook]
    await beat("two:2", {"10001": True, "webhook": True})
    await clockwork.miss(talk.app)
    assert await told(talk) == [by_webhook, ("10001", str(SUPERUSER), line.replace("10001、", ""))]
    await clockwork.miss(talk.app)
    assert len(await told(talk)) == 2
    await beat("one:1", {"10002": True})
    later(4)
    await beat("two:2", {"10001": True, "10002": True})
    await clockwork.miss(talk.app)
    assert "它的账号都连着别的进程,照常发消息。" in (await told(talk))[-1][2]
    assert len(await told(talk)) == 4


async def test_a_disk_that_fills_up_is_told_once_a_day(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.app.settings.xueban.alert_webhook = "http://127.0.0.1:9/"
    async with talk.app.database.unit_of_work() as uow:
        await processes.beat(uow, "gone:1", {"10000": True}, 0.0, 0.0, 1)
    talk.app.clock.set(talk.app.clock.now() + timedelta(minutes=4))  # type: ignore[attr-defined]
    async with talk.app.database.unit_of_work() as uow:
        await processes.beat(uow, "one:1", {"10001": True}, 0.0, 0.0, 1)
    await clockwork.look_at_disk(talk.app)
    assert await told(talk) == []
    monkeypatch.setattr(space, "free", lambda _: 300 * 2**20)
    for _ in range(2):
        await clockwork.look_at_disk(talk.app)
    [webhook, operator] = await told(talk)
    assert operator[:2] == ("10001", str(SUPERUSER))
    assert "存数据的磁盘只剩 300 MB,写满后打卡会记不下来。\n请尽快清理那台机器的磁盘。" in operator[2]
    assert webhook == ("webhook", "operators", f"支部学伴:{operator[2]}")
    talk.app.clock.set(talk.app.clock.now() + timedelta(days=1))  # type: ignore[attr-defined]
    async with talk.app.database.unit_of_work() as uow:
        await processes.beat(uow, "one:1", {"10001": True}, 0.0, 0.0, 1)
    await clockwork.look_at_disk(talk.app)
    assert len(await told(talk)) == 4
