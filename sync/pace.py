"""How much to send at once, and how long to wait after a failure."""

from __future__ import annotations

import random

START = 50
FLOOR = 5
CEILING = 500
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 15 * 60.0


class BatchSize:
    """Events of the next segment: doubled by success, halved by a broken transport, so that a bad line still moves."""

    def __init__(self) -> None:
        self.events = START

    def succeeded(self) -> None:
        self.events = min(CEILING, self.events * 2)

    def failed(self) -> None:
        self.events = max(FLOOR, self.events // 2)


class Backoff:
    """Pauses with full jitter: random(0, min(15 min, 5 s · 2ⁿ)), so that many nodes never come back at one moment."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self.failures = 0

    def succeeded(self) -> None:
        self.failures = 0

    def pause_s(self, at_least_s: float = 0.0) -> float:
        """The pause after one more failure; ``at_least_s`` is what the other side asked for."""
        ceiling_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self.failures, 20))
        self.failures += 1
        return max(at_least_s, self._random.uniform(0, ceiling_s))
