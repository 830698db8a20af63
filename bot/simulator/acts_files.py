"""Actions on files: upload, fetch, the shelf of a group."""

import base64
import uuid
from typing import Any

from bot.simulator import segments as seg
from bot.simulator.actions import Context, action
from bot.simulator.acts_messages import chat_of
from bot.simulator.entities import Group
from bot.simulator.errors import refused
from bot.simulator.params import Params
from bot.simulator.shelf import StoredFile
from bot.simulator.world import World


async def _upload(context: Context, params: Params, kind: str) -> Any:
    world = context.world
    chat = chat_of(params, kind)
    file, name = params.text("file"), params.text("name")
    world.check_may_speak(chat, world.self_id)
    stored = await seg.fetch(world, {"file": file, "name": name}, name)
    put_in_chat(world, chat, world.self_id, stored, reported=context.reported)
    return {"file_id": f"/{stored.file_id}"}


def put_in_chat(world: World, chat: str, user_id: int, stored: StoredFile, *, reported: bool = True) -> int:
    """Deliver a stored file as a message; in a group it lies among the group's files too. Its message id."""
    message = world.say(chat, user_id, [seg.media(world, "file", stored)], reported=reported)
    return message.message_id


@action("upload_group_file", sends=True)
async def upload_group_file(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id")) if params.has("folder_id") else None
    folder = _folder(group, params.text("folder_id")) if group is not None else None
    uploaded = await _upload(context, params, "group")
    if group is not None and folder is not None:
        group.files[-1]["folder_id"] = folder["folder_id"]
    return uploaded


@action("upload_private_file", sends=True)
async def upload_private_file(context: Context, params: Params) -> Any:
    return await _upload(context, params, "private")


def _find(context: Context, params: Params) -> StoredFile:
    key = params.text("file_id", "") or params.text("file", "")
    stored = context.world.shelf.find(key) if key else None
    if stored is None:
        raise refused("file not found")
    return stored


def _told(context: Context, stored: StoredFile) -> dict[str, Any]:
    base = context.world.file_base
    url = f"{base}/sim/file/{stored.file_id}" if base else ""
    return {
        "file": stored.name,
        "url": url,
        "file_size": str(stored.size),
        "file_name": stored.name,
        "base64": base64.b64encode(context.world.shelf.read(stored.file_id)).decode(),
    }


@action("get_file", "get_image", "get_record")
async def get_file(context: Context, params: Params) -> Any:
    return _told(context, _find(context, params))


@action("get_group_file_url", "get_private_file_url")
async def get_file_url(context: Context, params: Params) -> Any:
    stored = _find(context, params)
    return {"url": _told(context, stored)["url"]}


@action("download_file")
async def download_file(context: Context, params: Params) -> Any:
    source = params.text("url", "") or "base64://" + params.text("base64").removeprefix("base64://")
    stored = await seg.fetch(context.world, {"file": source, "name": params.text("name", "")}, "文件")
    return {"file": stored.file_id}


def _folder(group: Group, folder_id: str) -> dict[str, Any]:
    """Raises a refusal where there is no such folder."""
    found = next((folder for folder in group.folders if folder["folder_id"] == folder_id), None)
    if found is None:
        raise refused("文件夹不存在")
    return found


def _entry(group: Group, file_id: str) -> dict[str, Any]:
    found = next((entry for entry in group.files if entry["file_id"] == file_id.lstrip("/")), None)
    if found is None:
        raise refused("文件不存在")
    return found


def _rows(context: Context, group_id: int, folder_id: str | None = None) -> list[dict[str, Any]]:
    world = context.world
    rows = []
    for entry in world.group(group_id).files:
        stored = world.shelf.find(entry["file_id"])
        if stored is not None and entry["folder_id"] == folder_id:
            rows.append(
                {
                    "group_id": group_id,
                    "file_id": f"/{stored.file_id}",
                    "file_name": entry["name"],
                    "busid": 102,
                    "size": stored.size,
                    "file_size": stored.size,
                    "upload_time": entry["upload_time"],
                    "dead_time": 0,
                    "modify_time": entry["upload_time"],
                    "download_times": 0,
                    "uploader": entry["uploader"],
                    "uploader_name": world.display_name(entry["uploader"], group_id),
                }
            )
    return rows


@action("get_group_root_files")
async def get_group_root_files(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    folders = [
        {**folder, "total_file_count": sum(entry["folder_id"] == folder["folder_id"] for entry in group.files)}
        for folder in group.folders
    ]
    return {"files": _rows(context, group.group_id), "folders": folders}


@action("get_group_files_by_folder")
async def get_group_files_by_folder(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    folder = _folder(group, params.text("folder_id") if params.has("folder_id") else params.text("folder"))
    return {"files": _rows(context, group.group_id, folder["folder_id"]), "folders": []}


@action("create_group_file_folder")
async def create_group_file_folder(context: Context, params: Params) -> Any:
    world, group = context.world, context.world.group(params.number("group_id"))
    name = params.text("name") if params.has("name") else params.text("folder_name")
    if not name.strip() or any(folder["folder_name"] == name for folder in group.folders):
        raise refused("文件夹没有名称,或已有同名的文件夹")
    folder = {
        "group_id": group.group_id,
        "folder_id": f"/{uuid.uuid4()}",
        "folder_name": name,
        "create_time": world.stamp(),
        "creator": world.self_id,
        "creator_name": world.display_name(world.self_id, group.group_id),
    }
    group.folders.append(folder)
    return {"folder_id": folder["folder_id"]}


@action("delete_group_folder")
async def delete_group_folder(context: Context, params: Params) -> None:
    group = context.world.group(params.number("group_id"))
    folder = _folder(group, params.text("folder_id"))
    context.world.require_admin(group.group_id, context.world.self_id)
    group.folders.remove(folder)
    group.files = [entry for entry in group.files if entry["folder_id"] != folder["folder_id"]]


@action("rename_group_file")
async def rename_group_file(context: Context, params: Params) -> None:
    entry = _entry(context.world.group(params.number("group_id")), params.text("file_id"))
    entry["name"] = params.text("new_name")


@action("get_group_file_system_info")
async def get_group_file_system_info(context: Context, params: Params) -> Any:
    stored = [context.world.shelf.find(one["file_id"]) for one in context.world.group(params.number("group_id")).files]
    used = sum(one.size for one in stored if one is not None)
    return {"file_count": len(stored), "limit_count": 10000, "used_space": used, "total_space": 10 * 2**30}


@action("delete_group_file")
async def delete_group_file(context: Context, params: Params) -> Any:
    world, group = context.world, context.world.group(params.number("group_id"))
    entry = _entry(group, params.text("file_id"))
    if entry["uploader"] != world.self_id:
        world.require_admin(group.group_id, world.self_id)
    group.files.remove(entry)
    return {"result": 0, "errMsg": ""}
