import pytest

from bot.app import App
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.table import CommandTable


async def handler(call: Call) -> Reply:
    return None


@pytest.fixture
def table() -> CommandTable:
    study = CommandSet("study")
    study.command("已学", "打卡", who=Who.MEMBER, usage="已学 [编号]", summary="登记学完", bare=True)(handler)
    study.command("补学", "补", who=Who.MEMBER, usage="补学 [编号]", summary="补学", bare=True)(handler)
    study.command("我的", who=Who.MEMBER, usage="我的", summary="我的学习", bare=True)(handler)
    study.command("谁还没学", who=Who.EDITOR, usage="谁还没学 [编号]", summary="还差谁", bare=True)(handler)
    study.command("推送", who=Who.EDITOR, usage="推送 <链接或文字> [时间]", summary="推送材料")(handler)
    table = CommandTable()
    table.add(study)
    branch = CommandSet("branch")
    branch.command(
        "绑定", who=Who.ANYONE, usage="绑定 <姓名>", summary="", bare=True, bare_blank=r"[\u4e00-\u9fff·]{2,6}"
    )(handler)
    table.add(branch)
    return table


@pytest.mark.parametrize(
    ("text", "word", "args"),
    [
        ("已学", "已学", ""),
        ("打卡 7", "打卡", "7"),
        ("补3", "补", "3"),
        ("打卡 7F3K", "打卡", "7F3K"),
        ("打卡 7f 3k", "打卡", "7f 3k"),
        ("打卡 12 7-F-3-K", "打卡", "12 7-F-3-K"),
        ("打卡第7篇", "打卡", "7"),
        ("已 学", "已学", ""),
        ("已,学", "已学", ""),
        ("绑定 张三", "绑定", "张三"),
        ("绑定+欧阳娜娜", "绑定", "欧阳娜娜"),
        ("绑定: 张三", "绑定", "张三"),
        ("绑定", "绑定", ""),
        ("谁还没学?", "谁还没学", ""),
    ],
)
def test_bare_phrases(table: CommandTable, text: str, word: str, args: str) -> None:
    found = table.bare(text)
    assert found is not None
    assert (found.word, found.args) == (word, args)


@pytest.mark.parametrize(
    "text",
    [
        "绑定张三",
        "绑定 手机号码也行的",
        "绑定 a",
        "已学 张三",
        "还没学完",
        "学完了吗",
        "已学?",
        "谁学完了",
        "谁学完了?",
        "推送",
        "我的3",
        "打卡 12 34",
        "看完了 all ok",
        "已学习了很多",
        "3",
        "",
    ],
)
def test_ordinary_talk_is_no_phrase(table: CommandTable, text: str) -> None:
    assert table.bare(text) is None


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("推送 https://a.b", "https://a.b"),
        ("推送https://a.b", "https://a.b"),
        ("推送\n第一行\n第二行", "\n第一行\n第二行".strip()),
    ],
)
def test_addressed_with_arguments(table: CommandTable, text: str, args: str) -> None:
    found = table.addressed(text)
    assert found is not None
    assert found.args.strip() == args


@pytest.mark.parametrize("text", ["我的孩子发烧了", "推送了吗", "已学吗", "打卡没", "天气不错"])
def test_a_glued_word_is_no_command(table: CommandTable, text: str) -> None:
    assert table.addressed(text) is None


@pytest.mark.parametrize("text", ["绑定张三", "绑定 手机号码也行的", "绑定 a", "已学 张三", "推送 张三"])
def test_only_what_a_command_wants_may_follow_its_phrase(table: CommandTable, text: str) -> None:
    assert table.bare(text) is None


def test_two_plugins_cannot_share_a_word(table: CommandTable) -> None:
    other = CommandSet("notice")
    other.command("打卡", who=Who.MEMBER, usage="打卡", summary="x")(handler)
    with pytest.raises(ValueError, match="打卡"):
        table.add(other)


def test_nearest(table: CommandTable) -> None:
    assert table.nearest("推松") == "推送"
    assert table.nearest("吃饭了没有") is None


async def job(app: App) -> None: ...


async def another(app: App) -> None: ...


def test_two_jobs_with_one_name_are_a_defect(table: CommandTable) -> None:
    first, second = CommandSet("study"), CommandSet("notice")
    first.every(5, "due")(job)
    table.add(first)
    table.add(first)
    assert [(timed.name, timed.seconds) for timed in table.timed.values()] == [("due", 5)]
    second.every(5, "due")(another)
    with pytest.raises(ValueError, match="due"):
        table.add(second)


@pytest.mark.parametrize("text", ["已学", "✅打卡7", "打咔", "己学", "以学 3", "「已学」", "ＯＫ"])
def test_what_may_be_a_phrase_is_looked_at(table: CommandTable, text: str) -> None:
    assert table.may_be_bare(text)


@pytest.mark.parametrize(
    "text", ["", "食堂今天的红烧肉不错", "同意", "已经在路上了,堵车,大家先开始吧,不用等我,我听回放就行"]
)
def test_other_talk_is_let_go_at_a_glance(table: CommandTable, text: str) -> None:
    assert not table.may_be_bare(text)
