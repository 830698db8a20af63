"""What a superuser reads while setting up a branch: one short question at a time."""

from collections.abc import Sequence

from bot.branch.models import Branch, BranchKind, Member
from bot.branch.roster_views import some
from bot.branch.setting_up import Enrolled, Founded

LEVELS = tuple(kind.value for kind in BranchKind if kind is not BranchKind.GROUP)
"""What the branch of a group may be corrected to."""


def name(unbound: Sequence[Branch]) -> str:
    known = f"\n已建好、还没有群的:{some([node.name for node in unbound], 5)}。回复名称就接上。" if unbound else ""
    return f"支部叫什么名称?直接回复,比如「红旗社区第一党支部」。{known}"


def founded(result: Founded, names: Sequence[str], unclear: int) -> str:
    """The branch is there; now its people."""
    node = result.branch
    if result.known:
        head = f"这个群已接上「{node.name}」({node.kind})。"
    else:
        others = "、".join(level for level in LEVELS if level != node.kind)
        head = f"「{node.name}」建好了,级别是{node.kind}(不对就回复:{others})。"
    if not names:
        return f"{head}\n群名片里没看到姓名,名册以后再交。{SECRETARY}"
    left = f"另有 {unclear} 人名片看不出姓名。" if unclear else ""
    return (
        f"{head}\n用群名片建立名册({len(names)} 人)吗?{left}\n{some(names, 40)}\n回复「确认」;想用表格就回复「以后」。"
    )


SECRETARY = "书记是哪一位?回复姓名,还没定就回复「以后」。"


def enrolled(result: Enrolled) -> str:
    left = f"({result.known} 人已在别的名册里,没有改动)" if result.known else ""
    return f"名册建好了:{len(result.added)} 人{left}。{SECRETARY}"


def without_secretary(node: Branch, people: int) -> str:
    """Ready but for the secretary."""
    roster = "" if people > 1 else "名册表格发「成员 导入」;"
    return f"「{node.name}」可以用了:{people} 人,还没有书记。\n书记定了发「任命 姓名 书记」;{roster}用法看「帮助」。"


def done(node: Branch, people: int, secretary: Member, bound: bool) -> str:
    """Ready; the next words to type."""
    bind = "" if bound else f"请{secretary.name}在群里发「绑定 {secretary.name}」。"
    roster = "名册表格发「成员 导入」;" if people < 2 else ""
    return (
        f"「{node.name}」可以用了:{people} 人,书记{secretary.name}。{bind}\n"
        f"接着发:{roster}「任命 姓名 宣传委员」「推送 链接」。用法看「帮助」。"
    )
