"""Of the sample branch: a hot list to choose from, and a discussion with a dozen voices that waits to be ended."""

import shutil
from datetime import timedelta

from bot.app import App
from bot.branch import service as branch
from bot.branch.actor import Actor, Speaker
from bot.core.db import UnitOfWork
from bot.core.settings import SHIPPED
from bot.delivery import outbox
from bot.discussion import opening, speaking, views
from bot.discussion.offering import Offer
from bot.discussion.opening import Draft
from bot.discussion.speaking import Said
from bot.simulator import sample
from bot.sources.hot.reading import Kind, Spec
from bot.subscription import subscribing

HOT_LIST = SHIPPED / "samples" / "hot-list.json"
TOPIC = "社区充电棚该怎么建"
ABOUT = "电动自行车不进楼道,充电棚建在哪里、谁来管、收多少钱,各家想法不同。"

_VOICES: tuple[tuple[int, str, int], ...] = (
    # user id, words, reactions
    (200000004, "我修过好几年电路,充电棚一定要离住宅远一点,线路单独走,消防器材放在伸手就够得着的地方。", 4),
    (200000005, "年轻人下班晚,回来充电棚经常没位置,能不能按楼栋多分几个点,手机上看得到空位。", 2),
    (200000006, "我年纪大了不会扫码,收费能刷卡最好,旁边有人教一教,别让老人为了充电着急。", 5),
    (200000007, "收费不能比在家里贵太多,否则大家又偷偷拎电瓶上楼,安全隐患还是没有解决。", 3),
    (200000008, "支持!", 0),
    (200000009, "物业说没有地方,其实车棚后面那块空地堆的是旧家具,清理出来就能建充电棚。", 1),
    (200000010, "单位以前的办法是党员轮流值班巡查,发现飞线充电当面劝,三个月就没有人乱拉线了。", 3),
    (200000011, "收费标准要公示,电费多少、服务费多少写清楚,钱怎么用的每季度贴出来给居民看。", 2),
    (200000004, "补一句,消防通道不能占,棚顶要用不燃材料,烟感报警要接到值班室,夜里也有人听见。", 1),
    (200000005, "👍👍", 0),
    (sample.ORGANISER, "选址先开居民议事会,楼下的住户最有发言权,议定了再动工,不要建好了才来吵。", 2),
    (200000007, "议事会可以把物业和供电的师傅都请来,空地、线路、收费一次说清楚,省得来回跑。", 1),
)


async def load(uow: UnitOfWork, app: App, actor: Actor) -> None:
    """As if ``actor`` had subscribed to the list and opened the discussion: nothing of it is said in the chat again."""
    app.settings.hot_dir.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HOT_LIST, app.settings.hot_dir / HOT_LIST.name)
    await subscribing.add(uow, actor, Spec(Kind.FILE, HOT_LIST.name), "样例热榜", None)
    offer = Offer(TOPIC, "", ABOUT, "样例热榜", "livelihood", "")
    end = await opening.plan_end(uow, actor.branch, uow.now + timedelta(hours=10))
    discussion = await opening.open_one(uow, actor, Draft(offer, views.prompts_for("livelihood"), end))
    await outbox.cancel(uow, f"discussion:{discussion.id}:{actor.group_id}")
    for at, (user, text, likes) in enumerate(_VOICES):
        speaker = Speaker(actor.platform, actor.account, str(user), actor.group_id)
        person = await branch.resolve_actor(uow, speaker, frozenset())
        said = Said(person, f"sample-{at}", text, None)
        await speaking.keep(uow, await speaking.judge_in(uow, discussion, said))
        await outbox.cancel(uow, f"discussion:{discussion.id}:why:{person.member_id}")
        for _ in range(likes):
            await speaking.like(uow, actor.platform, str(actor.group_id), said.message_id, 1)
