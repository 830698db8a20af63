import asyncio

from bot.chat.acknowledge import Collector, line


def test_few_names_are_all_shown() -> None:
    assert line(["张三", "李四"], "已完成", "2/27") == "✅ 张三、李四已完成,2/27"


def test_many_names_are_counted_and_none_twice() -> None:
    assert line(["张三", "李四", "王五", "张三", "赵六"], "已完成", "23/27") == "✅ 张三、李四、王五等 4 人已完成,23/27"


async def test_claims_are_collected_into_one_line_for_each_item() -> None:
    said: list[list[str]] = []
    all_said = asyncio.Event()

    async def say(names: list[str]) -> None:
        said.append(names)
        if len(said) == 2:
            all_said.set()

    collector = Collector[str](0.02)
    for name, item in (("张三", "study:7"), ("李四", "study:7"), ("王五", "notice:8")):
        collector.add("group:9", item, name, say)
    await all_said.wait()
    assert said == [["张三", "李四"], ["王五"]]
