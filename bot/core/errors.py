"""The errors that people see. Anything else that is raised is a defect and is logged as one.

The sentence is written where the error is raised, because only there it is known what the person should do instead
(``docs/adr/0002-errors-carry-their-sentence.md``); the chat layer delivers it, and nothing has been changed by then:
raising inside a unit of work rolls it back.
"""


class UserError(Exception):
    """The request can't be met. ``str(error)`` is one clear line of Chinese that says what to do instead."""


class NotAllowed(UserError):
    """The person has no right to do this. The chat layer writes it to the audit log."""


class NotFound(UserError):
    """There is no such thing in the branch that the person may see."""


class DatabaseBusy(Exception):
    """The database could not take the write just now (locked, full, gone). Nothing was written."""
