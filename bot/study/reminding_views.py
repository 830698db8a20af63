"""What is read about reminders before and after they are sent."""

from datetime import datetime

from bot.scheduling.words import say_moment
from bot.study.reminding import Outlook, Reminded


def preview(found: Outlook, now: datetime, *, named: bool) -> str:
    """The question; with ``named`` the names of who can't be reached, which are for private chats."""
    no = found.assignment.no
    unreached = _unreached(found.without_account, named=named)
    if not found.reachable and not found.before:
        return f"学习 {no} 还差 {len(found.without_account)} 人,都没有绑定账号,提醒不到。{unreached}"
    if not found.reachable:
        return _before(found.before) + unreached
    when = f",{say_moment(found.leaves_at, now)}发出(避开安静时段)" if found.leaves_at > now else ""
    return (
        f"将私下提醒 {len(found.reachable)} 人学习 {no}{when},每人每天最多 {found.a_day} 次。"
        f"{_before(found.before)}{unreached}\n"
        "回复「确认」发送,「取消」放弃。"
    )


def done(found: Reminded, now: datetime, *, named: bool) -> str:
    before = _before(found.before)
    if not found.told:
        return before + _unreached(found.without_account, named=named)
    when = f",{say_moment(found.leaves_at, now)}发出" if found.leaves_at > now else ""
    return f"已安排私下提醒 {found.told} 人{when}。{before}{_unreached(found.without_account, named=named)}"


def _before(people: int) -> str:
    return f"{people} 人今天已经提醒过,不再发。" if people else ""


def _unreached(names: tuple[str, ...], *, named: bool) -> str:
    if not names:
        return ""
    who = f":{'、'.join(names)}" if named else ""
    return f"没绑定账号的 {len(names)} 人请当面说一声{who}。"
