"""What the process measures of itself, for Prometheus (prometheus_client stays in here).

A part declares what it measures beside its own code; ``bot.chat.metrics`` shows all of it. Nothing about a person is
ever a label.
"""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)

_registry = CollectorRegistry()

Labels = tuple[str, ...]


def durations(name: str, told: str, *labels: str) -> Histogram:
    """A histogram of seconds, declared once a process."""
    return Histogram(f"xueban_{name}_seconds", told, labels, registry=_registry, buckets=SECONDS)


class Readings(Collector):
    """Figures that are looked up when somebody asks."""

    def __init__(self) -> None:
        self._read: list[tuple[bool, str, str, Labels, Callable[[], Mapping[Labels, float]]]] = []

    def gauge(self, name: str, told: str, read: Callable[[], Mapping[Labels, float]], *labels: str) -> None:
        """``read`` gives the values by their labels' values: ``{(): 3.0}`` where there are no labels."""
        self._read.append((False, f"xueban_{name}", told, labels, read))

    def counter(self, name: str, told: str, read: Callable[[], Mapping[Labels, float]], *labels: str) -> None:
        """The same for what only grows."""
        self._read.append((True, f"xueban_{name}", told, labels, read))

    def collect(self) -> Iterable[Metric]:
        for grows, name, told, labels, read in self._read:
            family = (CounterMetricFamily if grows else GaugeMetricFamily)(name, told, labels=labels)
            for values, value in read().items():
                family.add_metric(values, value)
            yield family

    def page(self) -> bytes:
        """These and what the process has measured so far, as Prometheus reads it."""
        own = CollectorRegistry()
        own.register(self)
        return bytes(generate_latest(_registry)) + bytes(generate_latest(own))
