"""What a branch may set for itself: every default with its source and its date, so that no rule is a constant in code."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bot.core.errors import NotFound, UserError


class Kind(StrEnum):
    """What a value looks like on disk: ``HH:MM``, 开 or 关, a whole number."""

    TIME = "时间"
    SWITCH = "开关"
    NUMBER = "数字"


@dataclass(frozen=True)
class Setting:
    """A setting that a branch may change. ``source`` and ``date`` say where the default comes from; a number lies
    between ``least`` and ``most``, both included, in ``unit``."""

    label: str
    default: str
    source: str
    date: date
    kind: Kind
    meaning: str
    unit: str = ""
    least: int = 0
    most: int = 0

    def shown(self, value: str) -> str:
        """A stored value as people read it: 「3 天」."""
        return f"{value} {self.unit}" if self.unit else value

    def read(self, text: str) -> str:
        """What is stored for ``text``. Raises ``UserError`` that says what would be right."""
        text = unicodedata.normalize("NFKC", text).strip()
        match self.kind:
            case Kind.TIME:
                return self._time(text)
            case Kind.SWITCH:
                if text in ("开", "开启", "打开", "是", "关", "关闭", "否"):
                    return "开" if text in ("开", "开启", "打开", "是") else "关"
                raise UserError(f"「{self.label}」只能是开或关,如「设置 {self.label} 开」。")
            case Kind.NUMBER:
                number = re.fullmatch(r"(\d{1,6})\s*\D{0,3}", text)
                if number is None or not self.least <= int(number[1]) <= self.most:
                    raise UserError(
                        f"「{self.label}」要填 {self.least} 到 {self.most} 之间的整数,如「设置 {self.label} {self.default}」。"
                    )
                return str(int(number[1]))

    def _time(self, text: str) -> str:
        found = re.fullmatch(r"(\d{1,2})(?:[::]|点)(\d{1,2})?分?|(\d{1,2})点半", text)
        try:
            if found is None:
                raise ValueError(text)
            at = time(int(found[3]), 30) if found[3] else time(int(found[1]), int(found[2] or 0))
        except ValueError:
            raise UserError(f"没看懂这个时间。请写成「设置 {self.label} {self.default}」。") from None
        return f"{at:%H:%M}"


_LESS_BURDEN = "减负约定:《关于解决形式主义突出问题为基层减负的通知》精神"
_EDUCATION = "《中国共产党党员教育管理工作条例》"
_AGREED = "本产品约定"
_AUTUMN = date(2026, 11, 1)

SETTINGS: dict[str, Setting] = {
    "quiet_start": Setting("安静开始", "21:30", _LESS_BURDEN, _AUTUMN, Kind.TIME, "从几点起不主动发消息"),
    "quiet_end": Setting("安静结束", "07:30", _LESS_BURDEN, _AUTUMN, Kind.TIME, "到几点恢复发消息"),
    "name_unfinished_in_group": Setting(
        "群里点名", "关", _LESS_BURDEN, _AUTUMN, Kind.SWITCH, "群里可否列出未完成的名字"
    ),
    "quiet_ack": Setting("安静应答", "开", _LESS_BURDEN, _AUTUMN, Kind.SWITCH, "打卡只回表情或合并一行"),
    "grace_minutes": Setting("补发时限", "60", _AGREED, _AUTUMN, Kind.NUMBER, "错过时刻多久内仍推送", "分钟", 0, 1440),
    "deadline_days": Setting("学习期限", "3", _AGREED, _AUTUMN, Kind.NUMBER, "推送后几天内学完", "天", 1, 60),
    "reminds_per_day": Setting("催学上限", "1", _LESS_BURDEN, _AUTUMN, Kind.NUMBER, "每人每天最多催几次", "次", 0, 3),
    "hours_member": Setting(
        "党员学时", "32", _EDUCATION, date(2019, 5, 6), Kind.NUMBER, "党员一年学时", "学时", 0, 500
    ),
    "hours_committee": Setting(
        "支委学时", "56", _EDUCATION, date(2019, 5, 6), Kind.NUMBER, "书记和支委一年学时", "学时", 0, 500
    ),
}


def key_of(label: str) -> str:
    """The key of the setting that people call ``label``, or a part of it that fits only one. Raises ``NotFound``."""
    label = label.strip()
    exact = [key for key, setting in SETTINGS.items() if setting.label == label]
    near = exact or [key for key, setting in SETTINGS.items() if label and label in setting.label]
    if len(near) != 1:
        labels = "、".join(setting.label for setting in SETTINGS.values())
        raise NotFound(f"没有叫「{label[:12]}」的设置。可以改的有:{labels}。")
    return near[0]
