"""Office files are zip archives: what would blow up is refused by its directory alone, before anything is unpacked."""

import io
import zipfile

from bot.core.errors import UserError

LARGEST_UNPACKED = 50 * 2**20
HIGHEST_RATIO = 100
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check(data: bytes, suffix: str, instead: str) -> None:
    """Raises ``UserError`` unless it is an Office archive of a bearable size; ``instead`` says what to do then."""
    if data.startswith(_OLE):
        raise UserError(f"这个文件有密码,或者是旧格式。请去掉密码,另存为 {suffix} 再发。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, RuntimeError, OSError) as error:
        raise UserError(f"这不是完好的 {suffix} 文件。{instead}") from error
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise UserError(f"这不是完好的 {suffix} 文件。{instead}")
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise UserError(f"这个文件里有宏,没有打开。请另存为不带宏的 {suffix} 再发。")
    unpacked = sum(part.file_size for part in parts)
    dense = any(part.file_size > HIGHEST_RATIO * max(part.compress_size, 1) for part in parts)
    if dense or unpacked > LARGEST_UNPACKED or unpacked > HIGHEST_RATIO * len(data):
        raise UserError(f"这个文件解开后大得不正常,没有读取。{instead}")
