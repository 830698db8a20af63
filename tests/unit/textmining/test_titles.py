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


@pytest.mark.parametrize(
    ("matter", "anecdote"),
    [
        ("中小学教师负担如何减轻", "班主任给中学生过生日"),
        ("多地出台养老服务补贴新政策", "养老院老人跳舞走红"),
        ("记者调查景区停车费乱象", "小伙停车费一口气花光引爆笑"),
        ("外交部回应加征关税", "某国王室婚礼关税笑话"),
        ("托育补贴怎么发", "托育补贴 小美"),
    ],
)
async def test_a_matter_weighs_more_than_an_anecdote(matter: str, anecdote: str) -> None:
    """Rules, questions, findings and offices speak for a topic; gossip and typed-in search words against it."""
    more, less = await titles.judge([matter, anecdote])
    assert more.weight >= 2.5 > less.weight


async def test_one_kind_alone_cannot_outweigh_everything() -> None:
    (found,) = await titles.judge(["高考考生学生老师家长班主任教师"])
    assert found.weight <= 3


@pytest.mark.parametrize("title", ["王小珂谈高考", "给李四喜点赞的医保新规", "魏建设说养老要带着良心"])
async def test_a_surname_that_is_no_word_makes_a_name(title: str) -> None:
    (found,) = await titles.judge([title])
    assert found.noise.startswith("人名")


@pytest.mark.parametrize(
    "title",
    [
        "雷锋精神代代传", "张桂梅校长和她的学生", "钱学森的科技报国路", "习近平谈乡村振兴", "石家庄试点免费托育",
        "卫健委发布健康提醒", "一张医保卡管用全省", "2200万人的社区治理", "王某骗取医保基金被查处", "文旅消费新变化",
    ],
)  # fmt: skip
async def test_examples_offices_and_the_anonymous_are_no_gossip(title: str) -> None:
    (found,) = await titles.judge([title])
    assert found.noise == ""


async def test_a_sentence_of_a_news_digest_may_mention_a_ticket() -> None:
    sentence = "文旅部门:全国多地景区假期免门票,鼓励各地发放文旅消费券,惠及群众超千万人次"
    stars = "某地医保局新规:职工医保个人账户可以给家人用,肖战担任宣传大使引发热议和关注"
    long, star, short = await titles.judge([sentence, stars, "景区门票开抢"])
    assert (long.noise, star.noise, short.noise) == ("", "名人", "娱乐")
    assert long.weight >= 2.5


async def test_a_title_without_a_word_is_judged_too() -> None:
    assert [one.weight for one in await titles.judge(["!!!", "🔥"])] == [0, 0]


async def test_the_own_words_of_a_branch_count() -> None:
    (before,), (after,) = await titles.judge(["口袋公园真好"]), await titles.judge(["口袋公园真好"], ["口袋公园"])
    assert (before.own, after.own) == ((), ("口袋公园",))


def test_every_kind_has_questions() -> None:
    kinds = titles._lists().kinds.values()
    assert len(kinds) >= 15
    assert all(one.prompts and all(len(pair) == 2 for pair in one.prompts) for one in kinds)
