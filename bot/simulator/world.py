"""The simulated world: people, groups, and everything that was said. It knows the rules of a chat, not of a wire.

Every change goes through a method here and is told to all listeners as a ``Happening``.
"""

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.simulator import happenings as h
from bot.simulator.cq import Segment
from bot.simulator.entities import Group, Member, Message, Person
from bot.simulator.errors import checker_failed, refused
from bot.simulator.shelf import Shelf

__all__ = ["FOREVER", "RECALL_SECONDS", "Group", "Listener", "Member", "Message", "Person", "World"]

RECALL_SECONDS = 120
"""For so long an ordinary member may take a message back; admins have no limit."""

FOREVER = -1


Listener = Callable[[h.Happening], None]


class World:
    """``self_id`` is the bot's own account. ``now`` is the clock by which messages get their time."""

    def __init__(self, self_id: int = 10001, shelf: Shelf | None = None) -> None:
        self.self_id = self_id
        self.shelf = shelf or Shelf()
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[int, Message] = {}
        self.forwards: dict[str, list[dict[str, Any]]] = {}
        self.requests: dict[str, h.Requested] = {}
        self.likes: dict[int, int] = {}
        self.file_base = ""
        """Address under which ``/sim/file/ID`` is served; empty if nothing serves files."""
        self.local_files = False
        """Whether paths of this machine may be sent, as NapCat lets those who share its disk."""
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._seq = itertools.count(1)
        self._listeners: list[Listener] = []
        self._random = random.SystemRandom()

    # -- telling

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` told of everything; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, happening: h.Happening) -> None:
        for listener in tuple(self._listeners):
            listener(happening)

    def stamp(self) -> int:
        return int(self.now().timestamp())

    def clear(self) -> None:
        """Nobody, nothing. The message numbers go on, so that old ones never mean something new."""
        for part in (self.people, self.groups, self.messages, self.forwards, self.requests, self.likes):
            part.clear()
        self.shelf.clear()

    # -- who is there

    def add_person(self, person: Person) -> Person:
        self.people[person.user_id] = person
        return person

    def add_group(self, group_id: int, name: str, members: list[Member]) -> Group:
        group = Group(group_id, name, {member.user_id: member for member in members})
        self.groups[group_id] = group
        return group

    def person(self, user_id: int) -> Person:
        found = self.people.get(user_id)
        if found is None:
            raise refused("无法获取用户信息")
        return found

    def group(self, group_id: int) -> Group:
        """A group the bot is in. Raises the refusal with which NapCat answers otherwise."""
        found = self.groups.get(group_id)
        if found is None or self.self_id not in found.members:
            raise refused(f"群 {group_id} 不存在或机器人不在群中")
        return found

    def member(self, group_id: int, user_id: int) -> Member:
        found = self.group(group_id).members.get(user_id)
        if found is None:
            raise refused(f"群({group_id})成员{user_id}不存在")
        return found

    def message(self, message_id: int) -> Message:
        found = self.messages.get(message_id)
        if found is None or found.recalled:
            raise refused("消息不存在或已被撤回")
        return found

    def display_name(self, user_id: int, group_id: int | None = None) -> str:
        group = self.groups.get(group_id or 0)
        member = group.members.get(user_id) if group is not None else None
        person = self.people.get(user_id)
        return (member.card if member is not None else "") or (person.name if person is not None else str(user_id))

    def partner(self, message: Message) -> int | None:
        """Whom a private message is exchanged with; None in a group."""
        return message.peer_id

    def in_chat(self, chat: str) -> list[Message]:
        """The messages of a chat that can still be read, oldest first."""
        return [message for message in self.messages.values() if message.chat == chat and not message.recalled]

    # -- talking

    def check_may_speak(self, chat: str, user_id: int) -> None:
        """Raises the platform's refusal: 110 out of the group, 120 muted."""
        kind, _, number = chat.partition(":")
        if kind == "private":
            self.person(int(number))
            return
        group = self.groups.get(int(number))
        member = group.members.get(user_id) if group is not None else None
        if group is None or member is None:
            raise checker_failed(110)
        muted = member.muted_until > self.stamp() or member.muted_until == FOREVER
        if muted or (group.whole_ban and member.role == "member"):
            raise checker_failed(120)

    def say(self, chat: str, user_id: int, segments: list[Segment], *, reported: bool = True) -> Message:
        """Deliver a message. Raises a refusal if the person may not speak there."""
        self.check_may_speak(chat, user_id)
        message = Message(self._new_id(), chat, user_id, self.stamp(), next(self._seq), segments)
        self.messages[message.message_id] = message
        if message.group_id is not None:
            self.groups[message.group_id].members[user_id].last_sent_at = message.time
        self.tell(h.Said(message, reported))
        self._shelve_files(message)
        return message

    def _shelve_files(self, message: Message) -> None:
        """Files of a group message lie among the group's files."""
        if message.group_id is None:
            return
        for segment in message.segments:
            stored = self.shelf.find(segment["data"]["file_id"]) if segment["type"] == "file" else None
            if stored is None:
                continue
            self.groups[message.group_id].files.append(
                {
                    "file_id": stored.file_id,
                    "name": stored.name,
                    "uploader": message.user_id,
                    "upload_time": message.time,
                    "folder_id": None,
                }
            )
            self.tell(h.Uploaded(message.group_id, message.user_id, f"/{stored.file_id}", stored.name, stored.size))

    def recall(self, message_id: int, operator_id: int) -> None:
        message = self.message(message_id)
        group = self.groups.get(message.group_id or 0)
        member = group.members.get(operator_id) if group is not None else None
        powerful = member is not None and member.role != "member"
        own_and_fresh = message.user_id == operator_id and self.stamp() - message.time <= RECALL_SECONDS
        if not powerful and not own_and_fresh:
            raise refused("撤回失败:只能撤回自己两分钟内的消息")
        message.recalled = True
        self.tell(h.Recalled(message, operator_id))

    def react(self, message_id: int, user_id: int, emoji_id: str, is_add: bool = True) -> None:
        """Doing it twice is the same as once."""
        message = self.message(message_id)
        who = message.reactions.setdefault(emoji_id, [])
        if is_add == (user_id in who):
            return
        if is_add:
            who.append(user_id)
        else:
            who.remove(user_id)
            if not who:
                del message.reactions[emoji_id]
        self.tell(h.Reacted(message, user_id, emoji_id, is_add))

    def set_essence(self, message_id: int, operator_id: int, is_add: bool = True) -> None:
        message = self.message(message_id)
        if message.group_id is None:
            raise refused("只有群消息能设为精华")
        self.require_admin(message.group_id, operator_id)
        if is_add == (message.essence is not None):
            return
        message.essence = {"operator_id": operator_id, "operator_time": self.stamp()} if is_add else None
        self.tell(h.EssenceSet(message, operator_id, is_add))

    def poke(self, user_id: int, target_id: int, group_id: int | None = None) -> None:
        if group_id is not None:
            self.member(group_id, target_id)
        else:
            self.person(target_id)
        self.tell(h.Poked(user_id, target_id, group_id))

    # -- running a group

    def require_admin(self, group_id: int, user_id: int, *, owner: bool = False) -> None:
        role = self.member(group_id, user_id).role
        if role != "owner" and (owner or role != "admin"):
            raise refused("权限不足:需要" + ("群主" if owner else "管理员"))

    def join(self, group_id: int, user_id: int, *, card: str = "", operator_id: int = 0, invited: bool = False) -> None:
        group = self.groups[group_id]
        if user_id in group.members:
            return
        self.people.setdefault(user_id, Person(user_id, f"新成员{user_id % 1000}", friend=False))
        group.members[user_id] = Member(user_id, card=card, joined_at=self.stamp())
        self.tell(h.Joined(group_id, user_id, operator_id or self.owner(group), "invite" if invited else "approve"))

    def leave(self, group_id: int, user_id: int, *, operator_id: int | None = None) -> None:
        """Leave, or be removed by ``operator_id``."""
        group = self.groups[group_id]
        if group.members.pop(user_id, None) is None:
            raise refused(f"群({group_id})成员{user_id}不存在")
        if operator_id is None or operator_id == user_id:
            self.tell(h.Left(group_id, user_id, 0, "leave"))
        else:
            self.tell(h.Left(group_id, user_id, operator_id, "kick"))

    def ban(self, group_id: int, user_id: int, duration: int, operator_id: int) -> None:
        """``duration`` in seconds; 0 lifts the ban."""
        member = self.groups[group_id].members[user_id]
        member.muted_until = self.stamp() + duration if duration > 0 else 0
        self.tell(h.Banned(group_id, user_id, operator_id, duration))

    def ban_all(self, group_id: int, enable: bool, operator_id: int) -> None:
        self.groups[group_id].whole_ban = enable
        self.tell(h.Banned(group_id, 0, operator_id, FOREVER if enable else 0))

    def set_card(self, group_id: int, user_id: int, card: str) -> None:
        member = self.member(group_id, user_id)
        old, member.card = member.card, card
        if old != card:
            self.tell(h.CardChanged(group_id, user_id, old, card))

    def set_admin(self, group_id: int, user_id: int, enable: bool) -> None:
        self.member(group_id, user_id).role = "admin" if enable else "member"
        self.tell(h.AdminChanged(group_id, user_id, enable))

    def set_title(self, group_id: int, user_id: int, title: str) -> None:
        self.member(group_id, user_id).title = title
        self.tell(h.TitleChanged(group_id, user_id, title))

    def rename(self, group_id: int, name: str, operator_id: int) -> None:
        self.group(group_id).name = name
        self.tell(h.Renamed(group_id, operator_id, name))

    def announce(self, group_id: int, sender_id: int, text: str, settings: dict[str, Any]) -> dict[str, Any]:
        self.require_admin(group_id, sender_id)
        notice = {
            "notice_id": f"{self._new_id():032x}",
            "sender_id": sender_id,
            "publish_time": self.stamp(),
            "message": {"text": text, "image": [], "images": []},
            "settings": settings,
            "read_num": 0,
        }
        self.group(group_id).notices.insert(0, notice)
        self.tell(h.Announced(group_id, notice))
        return notice

    def take_down(self, group_id: int, notice_id: str) -> None:
        group = self.group(group_id)
        notice = next((n for n in group.notices if n["notice_id"] == notice_id), None)
        if notice is None:
            raise refused("公告不存在")
        group.notices.remove(notice)
        self.tell(h.Announced(group_id, notice, is_add=False))

    # -- requests

    def ask(
        self, user_id: int, comment: str = "", group_id: int | None = None, *, inviting: bool = False
    ) -> h.Requested:
        """Somebody asks to be a friend, to join a group, or invites the bot to one."""
        flag = str(self._new_id())
        request = h.Requested(flag, user_id, comment, group_id, "invite" if inviting else "add")
        self.requests[flag] = request
        self.tell(request)
        return request

    def befriend(self, user_id: int) -> None:
        self.person(user_id).friend = True
        self.tell(h.Befriended(user_id))

    # -- helpers

    def forward(self, nodes: list[dict[str, Any]]) -> str:
        """Keep a merged forward; its id."""
        forward_id = f"{self._random.getrandbits(96):024x}res"
        self.forwards[forward_id] = nodes
        return forward_id

    def owner(self, group: Group) -> int:
        """The owner's id; 0 if there is none."""
        return next((member.user_id for member in group.members.values() if member.role == "owner"), 0)

    def _new_id(self) -> int:
        while (number := self._random.randrange(1, 2**31 - 1)) in self.messages:
            pass
        return number

    def continue_after(self, seq: int) -> None:
        """Number further messages from ``seq`` + 1."""
        self._seq = itertools.count(seq + 1)
