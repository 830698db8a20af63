"""The files of the simulated world: what people and the bot have sent, in memory or in a folder of its own."""

import hashlib
import json
import mimetypes
import shutil
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class StoredFile:
    file_id: str
    name: str
    size: int
    md5: str

    @property
    def media_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class Shelf:
    """Files by id. With ``folder`` they survive a restart; without it they live as long as the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._files: dict[str, StoredFile] = {}
        self._data: dict[str, bytes] = {}
        if folder is not None and (folder / "index.json").is_file():
            rows = json.loads((folder / "index.json").read_text("utf-8"))
            self._files = {row["file_id"]: StoredFile(**row) for row in rows}

    def put(self, data: bytes, name: str) -> StoredFile:
        """Keep ``data``. ``name`` is what people see; it never becomes a path."""
        stored = StoredFile(uuid.uuid4().hex, name, len(data), hashlib.md5(data, usedforsecurity=False).hexdigest())
        self._files[stored.file_id] = stored
        if self._folder is None:
            self._data[stored.file_id] = data
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / stored.file_id).write_bytes(data)
            index = json.dumps([asdict(file) for file in self._files.values()], ensure_ascii=False)
            (self._folder / "index.json").write_text(index, "utf-8")
        return stored

    def find(self, key: str) -> StoredFile | None:
        """By file id (with or without a leading slash), or the newest by name as it stands in a segment."""
        stored = self._files.get(key.lstrip("/"))
        if stored is not None:
            return stored
        return next((file for file in reversed(self._files.values()) if key in (file.name, image_name(file))), None)

    def read(self, file_id: str) -> bytes:
        """Raises ``KeyError`` if there is no such file."""
        if self._folder is None:
            return self._data[file_id]
        if file_id not in self._files:
            raise KeyError(file_id)
        return (self._folder / file_id).read_bytes()

    def clear(self) -> None:
        self._files.clear()
        self._data.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def image_name(file: StoredFile) -> str:
    """The name under which QQ knows a picture: its digest."""
    return f"{file.md5.upper()}{Path(file.name).suffix or '.png'}"
