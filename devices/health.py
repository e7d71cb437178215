"""How well a line works: the link score of the last minutes, the byte budget, and what is counted per device."""

from collections import deque
from typing import Final

import msgspec

SCORE_WINDOW_MS: Final = 300_000
SCORE_BUCKET_MS: Final = 5_000
SCORE_LEAST_EVENTS: Final = 20
SCORE_DEGRADED_BELOW: Final = 0.99

BUDGET_SHARE: Final = 1.5
BUDGET_BURST_BYTES: Final = 16_384
FLOOD_AFTER_MS: Final = 2_000


class Counters(msgspec.Struct):
    """Counted since the manager started; a snapshot of it is handed out."""

    frames: int = 0
    crc_errors: int = 0
    length_errors: int = 0
    escape_errors: int = 0
    noise_bytes: int = 0
    strays: int = 0
    timeouts: int = 0
    retries: int = 0
    naks: int = 0
    connections: int = 0
    open_failures: int = 0
    boots: int = 0
    dropped_bytes: int = 0
    windows_opened: int = 0
    ratings: int = 0
    jobs_printed: int = 0
    jobs_failed: int = 0


class LinkScore:
    """ok / (ok + bad) over five minutes, in buckets of five seconds; 1.0 while too little was seen."""

    def __init__(self) -> None:
        self._buckets: deque[list[int]] = deque()

    def add(self, now_ms: int, ok: int, bad: int) -> None:
        slot = now_ms // SCORE_BUCKET_MS
        if not self._buckets or self._buckets[-1][0] != slot:
            self._buckets.append([slot, 0, 0])
        self._buckets[-1][1] += ok
        self._buckets[-1][2] += bad
        while self._buckets[0][0] * SCORE_BUCKET_MS < now_ms - SCORE_WINDOW_MS:
            self._buckets.popleft()

    @property
    def value(self) -> float:
        ok, bad = sum(bucket[1] for bucket in self._buckets), sum(bucket[2] for bucket in self._buckets)
        return ok / (ok + bad) if ok + bad >= SCORE_LEAST_EVENTS else 1.0

    @property
    def degraded(self) -> bool:
        return self.value < SCORE_DEGRADED_BELOW


class LineBudget:
    """A token bucket of 1.5 times the line rate; only an adapter gone mad exceeds it."""

    def __init__(self, bytes_per_s: float, now_ms: int) -> None:
        self._rate = bytes_per_s * BUDGET_SHARE
        self._tokens = float(BUDGET_BURST_BYTES)
        self._at_ms = now_ms
        self._over_since_ms: int | None = None
        self.dropped_bytes = 0

    def admit(self, size_bytes: int, now_ms: int) -> bool:
        """Whether these bytes may be decoded; the others are dropped and counted."""
        earned = (now_ms - self._at_ms) / 1000 * self._rate
        self._tokens, self._at_ms = min(float(BUDGET_BURST_BYTES), self._tokens + earned), now_ms
        if size_bytes > self._tokens:
            self.dropped_bytes += size_bytes
            self._over_since_ms = now_ms if self._over_since_ms is None else self._over_since_ms
            return False
        self._tokens -= size_bytes
        if self._tokens > BUDGET_BURST_BYTES / 2:
            self._over_since_ms = None
        return True

    def flooding(self, now_ms: int) -> bool:
        """Over the budget for two seconds."""
        return self._over_since_ms is not None and now_ms - self._over_since_ms >= FLOOD_AFTER_MS
