"""Questions of the bot that wait for a person's answer. They survive a restart."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class Question(Base):
    """What one person is being asked in one scene (``group:ID`` or ``private``). A new question replaces the old."""

    __tablename__ = "chat_question"

    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    scene: Mapped[str] = mapped_column(String(60), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    then: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text)
    choices: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
