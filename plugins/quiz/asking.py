"""How a question is put to whoever answers, in the group or in private."""

from bot.chat.call import Ask, Call
from bot.quiz import said, views
from bot.quiz.answering import Asked
from bot.quiz.kinds import Kind
from bot.rendering.content import Content, Mention

PATIENCE = 12 * 60.0
PATIENCE_IN_GROUP = 30.0
"""Minutes for which an answer is waited for."""


def question(call: Call, asked: Asked) -> Ask:
    return ask(call, asked, views.asked(asked, in_group=call.actor.group_id is not None, resumed=True))


def ask(call: Call, asked: Asked, text: str) -> Ask:
    """Wait for the answer to this question. In private whatever is no command is one; in a group only what looks like
    an answer, and only from who was asked."""
    item, in_group = asked.item, call.actor.group_id is not None
    shown = item.answer if item.kind is Kind.BLANK else item.options
    return Ask(
        addressed(call, text),
        "quiz.answered",
        {"sitting": asked.sitting.id, "position": asked.position},
        said.asked_for(item.kind, shown) if in_group else (),
        PATIENCE_IN_GROUP if in_group else PATIENCE,
    )


def addressed(call: Call, text: str) -> Content:
    """In a group several may be answering: each question bears the name of whose it is."""
    if call.actor.group_id is None:
        return Content.of(text)
    return Content.of(Mention(user_id=call.actor.user_id, name=call.actor.name), text)
