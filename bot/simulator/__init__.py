"""A OneBot v11 implementation with a group chat of its own, for the demo and the tests. Never part of production."""

from bot.simulator.faults import Behaviour, Fault
from bot.simulator.simulator import Sent, Simulator
from bot.simulator.world import World

__all__ = ["Behaviour", "Fault", "Sent", "Simulator", "World"]
