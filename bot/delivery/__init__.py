"""Every message that nobody is waiting for goes through here, is on disk before it leaves, and is never lost or doubled.

``outbox`` is what features use; ``worker`` claims, sends and records; ``reconcile`` settles what is unknown.
"""
