"""What is stored about a person, table by table: each column that may name one is known here and forgotten with them.
A new table or column fails this file until somebody has thought about it."""

from sqlalchemy import String, Text, select, update

from bot.assessment.models import Mark
from bot.branch.models import Member, MemberAccount
from bot.core.db import Base
from bot.simulator import sample
from tests.plugin.talk import Talk

REFERS = {
    "discussion.author_id", "discussion_opt_out.member_id", "discussion_part.member_id", "discussion_voice.member_id",
    "hour_entry.member_id",
    "leave.member_id", "meeting.chair_id", "meeting_enrolment.member_id", "meeting_feed.member_id",
    "meeting_minutes.author_id", "meeting_person.member_id", "meeting_task.member_id", "member_account.member_id",
    "notice.approver_id", "notice.author_id", "notice_expected.member_id", "notice_letter.member_id",
    "notice_month.member_id",
    "notice_receipt.member_id", "quiz_review.member_id", "quiz_sitting.member_id", "role_grant.member_id",
    "study_completion.member_id", "study_expected.member_id", "study_lower_proof.member_id", "study_month.member_id",
    "study_reflection.member_id", "study_visit.member_id",
}  # fmt: skip
"""Rows about a member, by number: they stay for the totals, of nobody once the name is gone."""
NAMED = {
    "name",
    "text",
    "said",
    "reason",
    "user_id",
    "actor",
    "by_name",
    "decided_by",
    "display_name",
    "author_account",
}
"""How columns are called that may hold a name, an account, or what somebody wrote."""


def text_columns() -> list[tuple[str, str]]:
    """(table, column) of every such column."""
    tables = Base.metadata.sorted_tables
    return [
        (t.name, c.name) for t in tables for c in t.columns if isinstance(c.type, String | Text) and c.name in NAMED
    ]


def references() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "member.id"
    }


PUBLISHED = {"study_material.text", "notice_version.text", "notice_template.text"}
"""What was made public, and what anybody may read: whoever it names stays named."""
OURS = {"outbox.reason", "outbox_hold.reason"}
"""Words of the program."""


def test_every_reference_to_a_member_is_known() -> None:
    assert references() == REFERS


async def test_no_text_of_any_table_names_who_was_erased(sampled: Talk) -> None:
    """Their name is put into every row that is theirs, or that anybody's words may stand in; then they go."""
    app, user = sampled.app, sample.MEMBERS[7]
    await sampled.whisper(user, "请假 看牙 明天")
    await sampled.whisper(user, "意见 会议室太冷")
    async with app.database.unit_of_work() as uow:
        account = select(MemberAccount.member_id).where(MemberAccount.user_id == str(user))
        member = await uow.session.get_one(Member, (await uow.session.scalars(account)).one())
        name, owners = member.name, {one.partition(".")[0]: one.partition(".")[2] for one in REFERS}
        days = {"first": uow.now.date(), "last": uow.now.date(), "at": uow.now}
        uow.session.add(Mark(branch_id=member.branch_id, name="特色工作", tenths=10, reason="", by_name="", **days))
        await uow.session.flush()
        for table_name, column in text_columns():
            if f"{table_name}.{column}" in PUBLISHED | OURS or table_name == "member_account":
                continue
            table = Base.metadata.tables[table_name]
            if table_name in owners:
                own = table.c[owners[table_name]] == member.id
                await uow.session.execute(update(table).where(own).values({column: f"{name}写的"}))
            elif column in ("text", "said", "reason", "by_name"):
                await uow.session.execute(update(table).values({column: name}))
    assert name in await sampled.whisper(user, "我的数据")
    await sampled.whisper(user, "删除我的信息")
    assert "已经删除" in await sampled.whisper(user, "确认")
    left = set()
    async with app.database.reading() as uow:
        for table in Base.metadata.sorted_tables:
            for row in await uow.session.execute(select(table)):
                cells = row._mapping.items()
                left |= {
                    f"{table.name}.{column}" for column, cell in cells if name in str(cell) or str(user) in str(cell)
                }
    assert left == set()
