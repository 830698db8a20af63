"""What people read about their own data."""

from collections.abc import Sequence

from bot.branch.models import Member
from bot.branch.privacy import Kept
from bot.branch.roster_views import day, stretch
from bot.rendering.content import Content
from bot.scheduling.period import Period


def kept(found: Kept, besides: Sequence[str] = ()) -> str:
    """Everything, in a few lines; ``besides`` are those of features."""
    member = found.member
    accounts = [f"QQ {account.user_id} {account.display_name}".strip() for account in found.accounts]
    rows = [
        f"姓名:{member.name}",
        f"支部:{found.branch.name},{member.joined_on:%Y年%-m月%-d日}列入名册",
        f"类别:{member.kind}",
        f"账号:{'、'.join(accounts) or '没有绑定'}",
        f"职务:{'、'.join(f'「{at}」{role}' for at, role in found.offices) or '无'}",
        f"请假:{len(found.leaves)} 次" + (f",最近从{day(found.leaves[-1].first_day)}起" if found.leaves else ""),
    ]
    rows += [f"免学:{stretch(Period(one.first_day, one.last_day))},依据{one.reason}" for one in found.exemptions]
    rows += besides
    rows.append("学习记录:发「我的」看。此外没有保存您的信息。")
    rows.append("不想保留,发「删除我的信息」。")
    return "\n".join(rows)


def ask_erasure(member: Member) -> Content:
    return Content.of(
        f"{member.name},确定删除吗?姓名和账号会抹去,职务免去,学习总数不变。\n这一步不能撤销。回复「确认」或「取消」。"
    )


ERASED = "已经删除:您的姓名和账号都不再保留。谢谢您一路参与。"
