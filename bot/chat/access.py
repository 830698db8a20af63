"""May this person type this here? Decided from the command table and our own roles, before the handler runs."""

from bot.branch.actor import Actor
from bot.chat.commands import Command, Where, Who
from bot.core.errors import NotAllowed, UserError


class Stranger(UserError):
    """Somebody who is on no roster. They are told how to get on it in their branch's group, and nothing elsewhere."""


def allowed(actor: Actor, command: Command) -> bool:
    """Whether ``actor`` has the right to ``command``, wherever they are."""
    match command.who:
        case Who.ANYONE:
            return True
        case Who.SUPERUSER:
            return actor.is_superuser
        case Who.MEMBER:
            return actor.is_superuser or actor.member_id is not None
    return actor.may(command.who.roles)


def check(actor: Actor, command: Command) -> None:
    """Raises ``Stranger``, ``NotAllowed`` or ``UserError`` with what to do instead."""
    if not allowed(actor, command):
        if actor.is_guest:
            raise NotAllowed("您不在这个支部的名册上。请在自己支部的群里发,或者私聊我。")
        if actor.member_id is None and not actor.is_superuser:
            raise Stranger("还不认识您。请发「绑定 您的姓名」,绑定后就可以用了。")
        raise NotAllowed(f"「{command.words[0]}」由{command.who.value}使用,您可以发「帮助」看看能做什么。")
    if command.where is Where.GROUP and actor.group_id is None:
        raise UserError(f"请在支部的群里发「{command.words[0]}」。")
    if command.where is Where.PRIVATE and actor.group_id is not None:
        raise UserError(f"「{command.words[0]}」请私聊我发,群里不方便。")
