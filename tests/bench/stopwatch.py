"""A terminal that knows when each byte arrived, and what one key costs."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

from tests.end_to_end.terminal import Terminal

BURST_S = 0.05
"""Bytes that follow the wanted state so closely still belong to it."""


class Cost(Struct, frozen=True):
    """From the key to the first byte, to the last byte of what it brought about, and how many bytes that were."""

    echo_ms: float
    settled_ms: float
    size: int


class Stopwatch(Terminal):
    """``arrivals`` are moments (``time.monotonic``) and byte counts."""

    arrivals: list[tuple[float, int]]

    def _read_now(self) -> bytes | None:
        data = super()._read_now()
        if data:
            if not hasattr(self, "arrivals"):
                self.arrivals = []
            self.arrivals.append((self._last_byte_at, len(data)))
        return data

    def cost(self, stimulus: Callable[[], None], arrived: Callable[[], None]) -> Cost:
        """Do something, wait until what it brings about is on the screen."""
        self.wait_quiet(0.1)
        seen = len(self.arrivals)
        start = time.monotonic()
        stimulus()
        arrived()
        end = time.monotonic()
        self.wait_quiet(BURST_S)
        if len(self.arrivals) == seen:
            raise AssertionError("the key painted nothing")
        burst = self.arrivals[seen:]
        while len(burst) > 1 and burst[-1][0] > end and burst[-1][0] - burst[-2][0] >= BURST_S:
            burst.pop()
        size = sum(count for _, count in burst)
        return Cost((burst[0][0] - start) * 1000, (burst[-1][0] - start) * 1000, size)
