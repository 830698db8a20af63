"""Every command of the table with arguments that make no sense: one line in Chinese that helps, or silence; never
「出了点问题」. A new command is tried by being in the table."""

import os
import random
import re

import pytest

from bot.chat.desk import DEFECT
from bot.chat.table import TABLE
from bot.core.limits import RateLimit
from bot.simulator import sample
from tests.plugin.conftest import SUPERUSER
from tests.plugin.talk import Talk

JUNK = (
    "0", "-1", "99999999999999999999", "1e9", "1 1 1 1", "3-1", "1-999999999", "12345678901234567890-3",
    "²", "٣", "Ⅳ", "一百万", "2月30日", "0000年13月", "明天25点", "99999年1月1日", "每月32号", "每周八8点",
    "昨天", "12月31日24:00", "去年13月", "五季度", "9999年", "%s{}\\$1", "'; DROP TABLE member; --", "%",
    "_", "\\", "[CQ:at,qq=all]", "&#91;CQ:image,file=x&#93;", "=HYPERLINK(\"http://x\")", "#eval(\"1\")",
    "<script>alert(1)</script>", "../../etc/passwd", "http://[::1", "http://", "\u202e\u2066学习\u2069",
    "\u200b\u200d\ufeff", "👨‍👩‍👧‍👦" * 30, "A\u0301" * 400, "字" * 4000, "1 " * 900, "\n" * 30 + "1",
    "王建国", "王建国 王建国", "@王建国 0学时", "王建国 1月1日 999999学时 x", "1 2 3 4 5 资料 凭答题",
    "资料 1-99999999", "确认", "取消", "/", "//", "?", "7F3K", "12 7F3K", "nan", "inf", "-0.0", "1.5",
    "0x10", "None", "true", "①", "、,。;:", "“”", "|", "1|2|3",
)  # fmt: skip
"""What people press by mistake, and what they try on purpose."""


@pytest.fixture
def town(sampled: Talk, monkeypatch: pytest.MonkeyPatch) -> Talk:
    monkeypatch.setattr(RateLimit, "allow", lambda *_: True)
    return sampled


WHO = {
    "书记": (sample.SECRETARY, None, 3),
    "管理员": (SUPERUSER, sample.GROUP_ID, 2),  # who is on no roster
    "党员": (sample.MEMBERS[7], sample.GROUP_ID, 1),
    "外人": (999999, sample.GROUP_ID, 1),
}
"""Who types, where, and how often each command."""


async def test_junk_is_answered_clearly_or_not_at_all(town: Talk) -> None:
    """The same every time, so that a change is judged by what it does; ``XUEBAN_SEED`` tries others."""
    dice = random.Random(os.environ.get("XUEBAN_SEED") or "junk")
    for user, group, times in WHO.values():
        for command in TABLE:
            if command.words[0] == "删除我的信息":
                continue
            for junk in dice.sample(JUNK, times):
                typed = f"/{dice.choice(command.words)} {junk}"
                said = await town.say(user, typed, group=group)
                assert DEFECT not in said, (user, typed)
                assert said == "" or re.search("[一-鿿]", said), (user, typed, said)
                await town.say(user, "取消", group=group)
