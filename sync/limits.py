"""How often somebody may come: token buckets by node and by address. Who comes too often is told when to come again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

MOST_KEYS = 20_000


class Rate(NamedTuple):
    """So many at once, and so many a second after that."""

    burst: float
    per_s: float


class Limits(NamedTuple):
    """``node``: segments of one enrolled node; ``faults``: refused requests of one address; ``guesses``: wrong codes and
    passwords of one address. Good segments of one address are not limited: a city may stand behind one.
    """

    node: Rate = Rate(400, 100)
    faults: Rate = Rate(120, 1)
    guesses: Rate = Rate(10, 0.1)


class Buckets:
    """One rate for many keys; the least lately seen are forgotten first."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """How long until one more is taken; 0: now. Takes nothing."""
        left = self._left(key)
        return 0.0 if left >= 1 else (1 - left) / self._rate.per_s

    def take(self, key: str) -> None:
        """Count one."""
        self._kept[key] = (max(0.0, self._left(key) - 1), self._clock())
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEYS:
            self._kept.popitem(last=False)

    def _left(self, key: str) -> float:
        left, at = self._kept.get(key, (self._rate.burst, self._clock()))
        return min(self._rate.burst, left + (self._clock() - at) * self._rate.per_s)
