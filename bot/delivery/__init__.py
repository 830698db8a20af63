"""Every message that nobody waits for goes through here: on disk before it leaves, never lost, never doubled.

``outbox`` is what features use; ``worker`` claims, sends and records; ``reconcile`` settles what is unknown.
"""
