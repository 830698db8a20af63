"""Use cases of a branch's settings: what is in force and where it comes from, and changing it."""

from dataclasses import dataclass

from bot.branch import audit, rights, rules, undo
from bot.branch import organisation_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.rules import Setting
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError


@dataclass(frozen=True)
class Line:
    """A setting in force. ``origin`` is the branch that set it, here or above; empty for the default."""

    setting: Setting
    value: str
    origin: str


@dataclass(frozen=True)
class Changed:
    setting: Setting
    before: str
    after: str


async def listed(uow: UnitOfWork, branch_id: int) -> list[Line]:
    """All settings with the value in force."""
    chain = branch.ids_on((await branch.get(uow, branch_id)).path)
    own = await repository.settings_of(uow, chain)
    names = {node.id: node.name for node in await repository.branches(uow, chain)}
    lines = []
    for key, setting in rules.SETTINGS.items():
        at = next((i for i in reversed(chain) if (i, key) in own), None)
        lines.append(Line(setting, own[at, key] if at else setting.default, names[at] if at else ""))
    return lines


async def change(uow: UnitOfWork, actor: Actor, text: str) -> Changed | Line:
    """Set a setting of the actor's branch: 「学习期限 5天」. Raises ``NotFound`` or ``UserError``.

    「学习期限 默认」 gives up its own value; 「学习期限」 alone changes nothing and gives the line that is in force.
    """
    found = rules.setting_in(text)
    if found is None:
        labels = "、".join(setting.label for setting in rules.SETTINGS.values())
        raise NotFound(f"没有这项设置。可以改的有:{labels}。")
    key, typed = found
    setting = rules.SETTINGS[key]
    if not typed:
        return next(line for line in await listed(uow, actor.branch) if line.setting is setting)
    before = await branch.setting(uow, actor.branch, key)
    own = (await repository.settings_of(uow, [actor.branch])).get((actor.branch, key))
    new = None if typed in ("默认", "恢复默认") else setting.read(typed)
    await repository.set_setting(uow, actor.branch, key, new)
    after = await branch.setting(uow, actor.branch, key)
    if own == new:
        raise UserError(f"{setting.label}已经是{setting.shown(after)}。")
    await audit.record(uow, actor, "setting", key, detail={"old": before, "new": after})
    payload = {"branch": actor.branch, "key": key, "own": own, "new": new}
    await undo.remember(uow, actor, "setting", payload, f"设置 {setting.label} {setting.shown(after)}")
    return Changed(setting, before, after)


async def change_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo a change. Raises ``UserError`` if it has been changed since."""
    here = await branch.get(uow, payload["branch"])
    await rights.need_leader(uow, actor, here)
    if (await repository.settings_of(uow, [here.id])).get((here.id, payload["key"])) != payload["new"]:
        raise UserError("这项设置后来又改过,撤销不了。发「设置」看现在的值。")
    await repository.set_setting(uow, here.id, payload["key"], payload["own"])
