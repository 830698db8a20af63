"""What the statistics ask of notices. A notice belongs to the day on which it was published; whoever has confirmed its
newest version has confirmed it. One that was withdrawn isn't counted."""

from bot.notice.figures_repository import by_branch, by_member, listed, published

__all__ = ["by_branch", "by_member", "listed", "published"]
