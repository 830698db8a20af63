"""When a question that was answered wrong comes back: FSRS, in whole days, until it sits. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fsrs import Card, Rating, Scheduler, State

from bot.core.clock import to_local

SITS = 30
"""Days: a question that would come back later than that is known, and forgotten about."""

_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


@dataclass(frozen=True)
class Memory:
    """What FSRS knows of one question and one person; ``stability`` in days."""

    due_on: date
    stability: float
    difficulty: float
    reviewed_at: datetime


def after(known: Memory | None, now: datetime, *, correct: bool) -> Memory | None:
    """What is known after another answer; None once it sits, and for what was right at the first time."""
    if known is None and correct:
        return None
    card = Card(card_id=0, due=now)
    if known is not None:
        card = Card(0, State.Review, None, known.stability, known.difficulty, now, known.reviewed_at)
    card, _ = _SCHEDULER.review_card(card, Rating.Good if correct else Rating.Again, now)
    if correct and card.due - now > timedelta(days=SITS):
        return None
    assert card.stability is not None and card.difficulty is not None
    return Memory(to_local(card.due).date(), card.stability, card.difficulty, now)
