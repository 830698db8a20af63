import asyncio

from bot.chat.acknowledge import Collector, line
from bot.chat.call import Acknowledge


def test_few_names_are_all_shown() -> None:
    assert line(["张三", "李四"], "已完成", "2/27") == "✅ 张三、李四已完成,2/27"


def test_many_names_are_counted_and_none_twice() -> None:
    assert line(["张三", "李四", "王五", "张三", "赵六"], "已完成", "23/27") == "✅ 张三、李四、王五等 4 人已完成,23/27"


async def test_claims_are_collected_into_one_line_for_each_item() -> None:
    said: list[str] = []

    async def say(text: str) -> None:
        said.append(text)

    async def progress() -> str:
        return f"{len(said) + 2}/9"

    collector = Collector(0.02)
    for name, item, done in (
        ("张三", "study:7", "已完成"),
        ("李四", "study:7", "已完成"),
        ("王五", "notice:8", "已收到"),
    ):
        collector.add("group:9", Acknowledge(item, name, progress, done), progress, say)
    await asyncio.sleep(0.08)
    assert said == ["✅ 张三、李四已完成,2/9", "✅ 王五已收到,3/9"]
