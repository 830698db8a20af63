"""The one file of a multipart upload, read with the standard library."""

from email import policy
from email.parser import BytesParser


def first_file(content_type: str, body: bytes) -> tuple[str, bytes] | None:
    """Name and content of the first file of a ``multipart/form-data`` body; None if there is none."""
    if not content_type.lower().startswith("multipart/form-data"):
        return None
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\nMIME-Version: 1.0\r\n\r\n"
    # the name's bytes are UTF-8 in browsers; HTTP's policy keeps lines of any length
    whole = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    for part in whole.iter_parts():
        name = part.get_filename()
        content = part.get_payload(decode=True)
        if name is not None and isinstance(content, bytes):
            return _readable(name), content
    return None


def _readable(name: str) -> str:
    try:
        name = name.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeError:
        name = name.encode("utf-8", "replace").decode("utf-8")
    return name.replace("\\", "/").rpartition("/")[2] or "文件"
