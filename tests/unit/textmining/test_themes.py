"""Themes and words of many voices."""

from bot.textmining import themes
from tests.plugin.test_digest import VOICES


async def test_voices_that_share_a_word_are_a_theme() -> None:
    found = await themes.digest(VOICES, "老旧小区加装电梯新规出台", (), [0] * len(VOICES))
    heads = {word for theme in found.themes for word in theme.words}
    assert {"分摊", "采光", "老人"} <= heads or {"费用", "采光", "老人"} <= heads
    assert "电梯" not in heads
    assert all(len(theme.texts) >= 2 for theme in found.themes)
    assert found.left == len(VOICES) - len({at for theme in found.themes for at in theme.texts})


async def test_names_commands_addresses_and_fillers_are_no_words_of_the_cloud() -> None:
    texts = ["@李秀英 张三丰说得对 https://a.cn/lift [强] #话题# 已学 非常好", "張三豐說得對,電梯很好"]
    found = await themes.digest(texts, "", ("张三丰", "已学"), (0, 0))
    words = {word for word, _ in found.words}
    assert not words & {"张三丰", "已学", "李秀英", "话题", "cn", "lift", "https", "强"}
    assert "电梯" in words


async def test_amounts_and_half_phrases_are_no_words() -> None:
    text = "花了三万多,跑了好几趟,窗口说不清楚,公告贴出来,一摞发票,别跑腿,不敢腐不能腐,三会一课,发票"
    found = await themes.digest([text, text], "", (), (0, 0))
    words = {word for word, _ in found.words}
    assert not words & {"三万多", "好几趟", "说不清楚", "贴出来", "一摞", "别跑"}
    assert {"发票", "三会一课", "公告", "窗口"} <= words


async def test_what_the_title_says_is_no_theme() -> None:
    texts = ["物业服务要跟上,电梯要修", "物业账目要公开,电梯要修", "物业收费,采光要好", "物业收费,采光别挡"]
    found = await themes.digest(texts, "多地支持用公积金交物业费", (), [0] * 4)
    assert not {"物业", "物业费"} & {word for theme in found.themes for word in theme.words}


async def test_one_loud_speaker_counts_once() -> None:
    found = await themes.digest(["电梯电梯电梯电梯 采光", "采光 噪声"], "", (), (0, 0))
    assert dict(found.words)["采光"] == 2
    assert dict(found.words)["电梯"] == 1


async def test_nothing_said() -> None:
    assert await themes.digest([], "", (), ()) == themes.Digest((), (), (), 0)


async def test_a_text_that_speaks_of_two_things_is_in_both_themes() -> None:
    texts = ["收费要公示", "收费不能太贵", "收费先开议事会", "议事会请供电师傅", "空地清理干净", "路灯明亮"]
    found = await themes.digest(texts, "", (), [0] * 6)
    assert [(theme.words[0], sorted(theme.texts)) for theme in found.themes] == [
        ("收费", [0, 1, 2]),
        ("议事会", [2, 3]),
    ]
    assert found.left == 2
    assert "空地" in found.besides
