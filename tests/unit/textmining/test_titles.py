"""Titles of hot topics are told apart by word lists: public affairs, noise, people."""

import pytest

from bot.textmining import titles


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("老旧小区加装电梯新规出台", "livelihood"),
        ("我国成功发射一颗科学卫星", "tech"),
        ("消防员抗洪抢险三天三夜", "disaster"),
        ("高标准农田迎来丰收", "rural"),
        ("为基层减负不能走样", "integrity"),
    ],
)
async def test_public_affairs(title: str, kind: str) -> None:
    (found,) = await titles.judge([title])
    assert (found.kind, found.noise) == (kind, "")
    assert found.weight >= 2


@pytest.mark.parametrize(
    "title",
    [
        "某某演唱会门票开抢", "国足热身赛首发名单", "A股半导体板块大涨", "丈夫出轨被妻子当场发现", "新手机首发开售",
        "肖战为乡村振兴代言", "陈晓琪回应养老话题", "欧阳晓明谈医保", "迪丽热巴志愿服务",
    ],
)  # fmt: skip
async def test_noise(title: str) -> None:
    (found,) = await titles.judge([title])
    assert found.noise


async def test_the_own_words_of_a_branch_count() -> None:
    (before,), (after,) = await titles.judge(["口袋公园真好"]), await titles.judge(["口袋公园真好"], ["口袋公园"])
    assert (before.own, after.own) == ((), ("口袋公园",))


def test_every_kind_has_questions() -> None:
    kinds = titles._lists().kinds.values()
    assert len(kinds) >= 15
    assert all(one.prompts and all(len(pair) == 2 for pair in one.prompts) for one in kinds)
