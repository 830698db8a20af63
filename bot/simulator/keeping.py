"""Keeping a world across restarts: one JSON file that can be deleted at any time, files beside it."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.simulator.entities import Group, Member, Message, Person
from bot.simulator.happenings import Requested
from bot.simulator.shelf import Shelf
from bot.simulator.world import World

FILE = "world.json"
SHELF = "files"


def save(world: World, folder: Path) -> None:
    """Write the world so that a crash leaves either the old or the new file."""
    folder.mkdir(parents=True, exist_ok=True)
    state: dict[str, Any] = {
        "self_id": world.self_id,
        "people": [asdict(person) for person in world.people.values()],
        "groups": [{**asdict(g), "members": [asdict(m) for m in g.members.values()]} for g in world.groups.values()],
        "messages": [asdict(message) for message in world.messages.values()],
        "forwards": world.forwards,
        "requests": [asdict(request) for request in world.requests.values()],
        "likes": list(world.likes.items()),
    }
    fresh = folder / f"{FILE}.new"
    fresh.write_text(json.dumps(state, ensure_ascii=False), "utf-8")
    os.replace(fresh, folder / FILE)


def load(folder: Path) -> World | None:
    """The world that was saved in ``folder``; None if there is none. A broken file counts as none."""
    try:
        state = json.loads((folder / FILE).read_text("utf-8"))
        world = World(int(state["self_id"]), Shelf(folder / SHELF))
        world.people = {row["user_id"]: Person(**row) for row in state["people"]}
        for row in state["groups"]:
            members = {member["user_id"]: Member(**member) for member in row["members"]}
            world.groups[row["group_id"]] = Group(**{**row, "members": members})
        world.messages = {row["message_id"]: Message(**row) for row in state["messages"]}
        world.forwards = dict(state["forwards"])
        world.requests = {row["flag"]: Requested(**row) for row in state["requests"]}
        world.likes = dict(state["likes"])
        world.continue_after(max((message.seq for message in world.messages.values()), default=0))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return world
