"""The rule for voices, the hashes by which a discussion is meant, and when one ends."""

from datetime import datetime, timedelta

import pytest

from bot.core.clock import CHINA
from bot.core.errors import UserError
from bot.discussion import rules
from bot.scheduling.quiet import QuietHours
from bot.textmining import segmenter
from bot.textmining.originality import Heard, Verdict, judge
from bot.textmining.script import simplified

GOOD = "我们小区去年装了电梯,三楼的李阿姨终于能自己下楼买菜了,费用按楼层分摊大家都服气。"
TRADITIONAL = "我們小區去年裝了電梯,三樓的李阿姨終於能自己下樓買菜了,費用按樓層分攤大家都服氣。"
MATERIAL = (
    "老旧小区加装电梯新规出台\n业主表决比例有了明确规定,加装费用可以提取公积金,低层住户的采光和噪声问题要先协商。"
)
QUIET = QuietHours()
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=CHINA)


def verdict(text: str, *others: str) -> Verdict:
    plain = simplified(text)
    words = frozenset(segmenter.telling(plain))
    return judge(Heard(plain, words, MATERIAL, tuple(map(simplified, others))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, Verdict.GOOD),
        (TRADITIONAL, Verdict.GOOD),
        ("👍", Verdict.WORDLESS),
        ("。。。!!", Verdict.WORDLESS),
        ("支持,很好", Verdict.SHORT),
        ("好好好好好好好好好好好好好好好好好好好好好好好好", Verdict.REPETITIVE),
        ("支持支持" * 1250, Verdict.REPETITIVE),
        ("我觉得这个是很好的,我也觉得这个真的是非常非常好的呀", Verdict.THIN),
        ("业主表决比例有了明确规定,加装费用可以提取公积金,低层住户的采光和噪声问题要先协商。", Verdict.COPIED),
        ("好!业主表决比例有了明确规定,加装费用可以提取公积金,低层住户的采光问题。", Verdict.COPIED),
    ],
)
def test_the_rule(text: str, expected: Verdict) -> None:
    assert verdict(text) is expected


@pytest.mark.parametrize("said", [GOOD, TRADITIONAL, "同意!" + GOOD])
def test_what_was_said_before_is_an_echo_in_any_script(said: str) -> None:
    assert verdict(said, GOOD) is Verdict.ECHO
    assert verdict(said, "楼道的灯坏了半年没人修,物业和居委会互相推,群众只好自己凑钱买灯泡。") is Verdict.GOOD


def test_a_quotation_with_enough_of_ones_own_counts() -> None:
    text = "材料里说加装费用可以提取公积金,我家楼上老两口没有公积金,希望社区能帮他们申请补贴,邻居之间也多商量。"
    assert verdict(text) is Verdict.GOOD


@pytest.mark.parametrize(
    ("text", "mine"),
    [
        ("#老旧小区加装电梯新规出台# 好事", True),
        ("#加装电梯# 好事", True),
        ("#话题# 好事", True),
        ("#讨论3# 好事", True),
        ("#讨论4# 好事", False),
        ("#周末去哪玩# 好事", False),
        ("C# 和 F# 都学过", False),
        ("# 好事", False),
    ],
)
def test_hashes(text: str, mine: bool) -> None:
    assert rules.meant(rules.tags_in(text), "老旧小区加装电梯新规出台", 3) is mine


def test_the_hash_is_no_part_of_the_voice() -> None:
    assert rules.without_tag("#话题# 我觉得好") == "我觉得好"


def test_ends() -> None:
    assert rules.ends_at(None, 24, QUIET, NOON) == NOON + timedelta(hours=24)
    assert rules.ends_at(None, 10, QUIET, NOON) == NOON.replace(day=25, hour=7, minute=30)
    for wrong in (NOON + timedelta(minutes=5), NOON + timedelta(days=31)):
        with pytest.raises(UserError):
            rules.ends_at(wrong, 24, QUIET, NOON)


def test_reminders_keep_out_of_the_quiet_hours() -> None:
    assert rules.reminds_at(NOON, NOON + timedelta(hours=24), QUIET) == NOON + timedelta(hours=22)
    assert rules.reminds_at(NOON, NOON.replace(day=25, hour=8), QUIET) is None
    assert rules.reminds_at(NOON, NOON.replace(day=25, hour=9), QUIET) == NOON.replace(day=25, hour=7, minute=30)
    assert rules.reminds_at(NOON, NOON + timedelta(hours=1), QUIET) is None
