import asyncio

from bot.chat.acknowledge import Collector, line
from bot.chat.call import Acknowledge
from bot.rendering.content import Content


def test_few_names_are_all_shown() -> None:
    assert line(["张三", "李四"], "2/27") == "✅ 张三、李四已完成,2/27"


def test_many_names_are_counted_and_none_twice() -> None:
    assert line(["张三", "李四", "王五", "张三", "赵六"], "23/27") == "✅ 张三、李四、王五等 4 人已完成,23/27"


async def test_claims_are_collected_into_one_line_for_each_item() -> None:
    said: list[str] = []

    async def say(text: str) -> None:
        said.append(text)

    collector = Collector(0.02)
    for name, item, progress in (("张三", "study:7", "1/9"), ("李四", "study:7", "2/9"), ("王五", "study:8", "1/9")):
        collector.add("group:9", Acknowledge(Content.of("好"), item, name, progress), say)
    await asyncio.sleep(0.08)
    assert sorted(said) == ["✅ 张三、李四已完成,2/9", "✅ 王五已完成,1/9"]
