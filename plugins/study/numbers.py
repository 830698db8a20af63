"""Numbers that people type behind a command word."""

from bot.core.errors import UserError


def number(text: str) -> int | None:
    """The number that was given; None if there is none. Raises ``UserError`` for anything else."""
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6:
        raise UserError(f"「{text[:10]}」不是编号,请写数字,比如「已学 7」。")
    return int(text)
