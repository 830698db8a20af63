"""The sample group of the demo: a branch as there are many, with a few cases that are easily got wrong."""

from bot.simulator.entities import Member, Person
from bot.simulator.shelf import Shelf
from bot.simulator.world import World

SELF_ID = 10001
GROUP_ID = 700000001
GROUP_NAME = "红旗社区第一党支部学习群"

SECRETARY = 200000001
PROPAGANDIST = 200000002
ORGANISER = 200000003
UNBOUND = 200000012
ROBOT = 200000013

_PEOPLE: tuple[tuple[int, str, str, str, int], ...] = (
    # user id, nickname, group card, sex, age
    (SECRETARY, "老王", "王建国", "male", 56),
    (PROPAGANDIST, "秀英", "李秀英", "female", 43),
    (ORGANISER, "静水流深", "张明华", "male", 49),
    (200000004, "刘师傅", "刘志强", "male", 38),
    (200000005, "小陈同学", "陈思雨", "female", 27),
    (200000006, "平安是福", "赵德福", "male", 78),
    (200000007, "海阔天空", "孙海燕", "female", 35),
    (200000008, "雪域雄鹰", "阿卜杜热西提·买买提明", "male", 41),
    (200000009, "周周", "周晓彤", "female", 31),
    (200000010, "铁路老吴", "吴铁军", "male", 60),
    (200000011, "向阳花", "郑向阳", "female", 52),
    (UNBOUND, "云淡风轻", "", "unknown", 0),
    (ROBOT, "群管家", "", "unknown", 0),
)

_POSTS = {
    SECRETARY: "书记",
    PROPAGANDIST: "宣传委员",
    ORGANISER: "组织委员",
    UNBOUND: "未绑定的人",
    ROBOT: "机器人账号",
}

MEMBERS = tuple(row[0] for row in _PEOPLE[:11])
"""The 11 party members: three of the committee and eight others."""


def world(self_id: int = SELF_ID, shelf: Shelf | None = None) -> World:
    """A fresh sample world. Nobody has said anything yet."""
    sample = World(self_id, shelf)
    fill(sample)
    return sample


def fill(sample: World) -> None:
    """Put the sample people and their group into a world."""
    sample.add_person(Person(sample.self_id, "学习助手"))
    joined = sample.stamp() - 200 * 86400
    members = [Member(sample.self_id, role="admin", joined_at=joined)]
    for user_id, name, card, sex, age in _PEOPLE:
        robot = user_id == ROBOT
        post = _POSTS.get(user_id, "党员")
        sample.add_person(Person(user_id, name, sex, age, friend=not robot, is_robot=robot, post=post))
        members.append(Member(user_id, "owner" if user_id == SECRETARY else "member", card, joined_at=joined))
    sample.add_group(GROUP_ID, GROUP_NAME, members)
    sample.groups[GROUP_ID].members[PROPAGANDIST].role = "admin"
