"""What was sent by itself, so that it is sent once."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class Sent(Base):
    """``what`` (月报, 季报, 周日提醒) was seen to for a branch (0: for all) and the stretch that ends on ``day``."""

    __tablename__ = "stats_sent"

    what: Mapped[str] = mapped_column(String(12), primary_key=True)
    branch_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
