"""The choice of candidates from a day's hot lists."""

from bot.discussion import choice
from bot.discussion.choice import Candidate, Found
from bot.textmining import titles

BOARD = (
    "★汇聚奋进力量", "★守护万家灯火", "★一粒粮食的旅程", "★向着春天出发", "某男团新歌舞台", "国足热身赛一比零",
    "老旧小区加装电梯新规出台", "老旧小区加装电梯新规今日出台", "医保跨省结算再扩大", "半导体板块涨停",
    "张晓萌谈教育减负", "消防员抗洪抢险三天三夜", "突然发现生活真好", "社区食堂怎样才能长久",
)  # fmt: skip


async def found(rows: tuple[str, ...] = BOARD, source: str = "微博", own: tuple[str, ...] = ()) -> list[Found]:
    bare = [row.lstrip("★") for row in rows]
    judged = await titles.judge(bare, own)
    return [
        Found(title, "", "", source, row.startswith("★"), rank, one)
        for rank, (row, title, one) in enumerate(zip(rows, bare, judged, strict=True))
    ]


def names(candidates: list[Candidate]) -> list[str]:
    return [one.title for one in candidates]


async def test_pinned_first_then_public_affairs_and_no_noise() -> None:
    pool = choice.pool(await found(), ())
    assert {one.title for one in pool if one.pinned} == {
        "汇聚奋进力量",
        "守护万家灯火",
        "一粒粮食的旅程",
        "向着春天出发",
    }
    assert not {"某男团新歌舞台", "国足热身赛一比零", "半导体板块涨停", "张晓萌谈教育减负"} & set(names(pool))
    first = choice.offered(pool, ())[:5]
    assert [one.pinned for one in first] == [True, True, False, False, False]
    everything = choice.offered(pool, ["汇聚奋进力量", "守护万家灯火", "一粒粮食的旅程", "向着春天出发"])
    assert len(everything) == len(pool)
    assert [one.pinned for one in everything[5:]] == sorted([one.pinned for one in everything[5:]], reverse=True)


async def test_a_third_pinned_one_must_be_a_public_affair() -> None:
    rows = ("★大道如砥", "★医保惠民再扩大", "★一起向未来", "★为基层减负动真格", *BOARD[6:])
    first = choice.offered(choice.pool(await found(rows), ()), ())[:5]
    assert {one.title for one in first if one.pinned} == {"为基层减负动真格", "医保惠民再扩大"}
    rows = ("★乡村振兴如何推进", "★医保惠民再扩大", "★为基层减负动真格", "★大道如砥", *BOARD[6:])
    first = choice.offered(choice.pool(await found(rows), ()), ())[:5]
    assert {one.title for one in first if one.pinned} == {row[1:] for row in rows[:3]}


async def test_a_ceremony_comes_after_what_can_be_talked_about() -> None:
    rows = ("★某主席同某总统举行会谈", "★大道如砥", "多地出台反诈新举措", "中小学课后服务如何延长", *BOARD[6:])
    pool = choice.pool(await found(rows), ())
    everything = choice.offered(pool, ())
    assert [one.title for one in everything[:5] if one.pinned] == ["大道如砥"]
    assert everything[5].title == "某主席同某总统举行会谈"


async def test_where_nothing_deserves_it_pinned_ones_fill_the_five() -> None:
    rows = ("★大道如砥", "★汇聚奋进力量", "★守护万家灯火", "★向着春天出发", "老旧小区加装电梯新规出台", "猫狗大战")
    first = choice.offered(choice.pool(await found(rows), ()), ())[:5]
    assert [one.pinned for one in first] == [True] * 4 + [False]


async def test_near_duplicates_are_one_topic_with_both_sources() -> None:
    both = await found() + await found(("老旧小区加装电梯新规出台!",), "百度")
    (lift,) = [one for one in choice.pool(both, ()) if "电梯" in one.title]
    assert lift.sources == ("百度", "微博")  # it stands higher there


async def test_what_was_discussed_is_gone_and_what_was_shown_goes_behind() -> None:
    pool = choice.pool(await found(), ["守护万家灯火", "老旧小区加装电梯新规出台"])
    assert not [one for one in pool if "电梯" in one.title or "灯火" in one.title]
    offered = names(choice.offered(pool, ["汇聚奋进力量", "医保跨省结算再扩大"]))
    assert not {"汇聚奋进力量", "医保跨省结算再扩大"} & set(offered[:4])
    assert {"汇聚奋进力量", "医保跨省结算再扩大"} <= set(offered)


async def test_the_branchs_own_words_come_before_the_rest() -> None:
    pool = choice.pool(await found(own=("社区食堂",)), ())
    first = next(one for one in pool if not one.pinned)
    assert first.title == "社区食堂怎样才能长久"
    assert choice.why(first, "民生保障") == "提到「社区食堂」"


async def test_a_day_of_noise_offers_nothing() -> None:
    assert choice.pool(await found(("某男团新歌舞台", "国足热身赛一比零")), ()) == []
