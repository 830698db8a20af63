"""支部学伴: a study bot that lives in the group chat of a party branch. Start at ``docs/architecture.md``."""

__version__ = "0.1.0"
