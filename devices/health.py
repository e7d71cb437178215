"""How well a line works: what is counted per device, the link score of the last minutes, round trips, the byte budget."""

import math
from collections import deque
from enum import StrEnum
from typing import Final

import msgspec

SCORE_WINDOW_MS: Final = 300_000
SCORE_BUCKET_MS: Final = 5_000
SCORE_LEAST_EVENTS: Final = 20
SCORE_GOOD: Final = 0.995
SCORE_POOR: Final = 0.95
ROUND_TRIPS_KEPT: Final = 256

BUDGET_SHARE: Final = 1.5
BUDGET_BURST_BYTES: Final = 16_384
FLOOD_AFTER_MS: Final = 2_000


class Grade(StrEnum):
    """What a link score means to a technician."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Counters(msgspec.Struct):
    """Counted since the manager started; a snapshot of it is handed out. `port_*` are ports that failed, by reason."""

    frames: int = 0
    crc_errors: int = 0
    length_errors: int = 0
    escape_errors: int = 0
    noise_bytes: int = 0
    strays: int = 0
    echoes: int = 0
    timeouts: int = 0
    retries: int = 0
    naks: int = 0
    nak_length: int = 0
    nak_unknown: int = 0
    nak_busy: int = 0
    nak_wrong_state: int = 0
    nak_range: int = 0
    nak_locked: int = 0
    connections: int = 0
    open_failures: int = 0
    port_absent: int = 0
    port_denied: int = 0
    port_busy: int = 0
    port_refused: int = 0
    port_gone: int = 0
    port_stuck: int = 0
    port_flooding: int = 0
    boots: int = 0
    dropped_bytes: int = 0
    windows_opened: int = 0
    windows_not_opened: int = 0
    ratings: int = 0
    jobs_printed: int = 0
    jobs_failed: int = 0
    spoken: int = 0
    speech_dropped: int = 0
    cards_read: int = 0
    scans: int = 0
    scans_repeated: int = 0
    scans_refused: int = 0
    supply_mv: int = -1
    """The last measure a device told, no count; -1 before the first."""
    uptime_s: int = -1
    """The same: since its last reset."""

    def failed(self, reason: str) -> None:
        """A port failed for the reason of a PortError."""
        self._one_more(f"port_{reason}")

    def refused(self, reason: str) -> None:
        """A device refused a request for the reason of a NAK code."""
        self.naks += 1
        self._one_more(f"nak_{reason}")

    def _one_more(self, name: str) -> None:
        """Nothing for a reason that has no counter of its own."""
        if name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + 1)


MEASURES: Final = frozenset({"supply_mv", "uptime_s"})
"""Counters that are no sums."""


def grade(score: float) -> Grade:
    """99.5 % and better is good, below 95 % poor."""
    if score >= SCORE_GOOD:
        return Grade.GOOD
    return Grade.FAIR if score >= SCORE_POOR else Grade.POOR


class RoundTrips:
    """The times from a request to its answer, in ms; the last few hundred."""

    def __init__(self) -> None:
        self._kept_ms: deque[int] = deque(maxlen=ROUND_TRIPS_KEPT)

    def add(self, ms: int) -> None:
        self._kept_ms.append(ms)

    def percentile(self, share: float) -> int | None:
        """The smallest time that `share` of them do not exceed; None before the first."""
        ordered = sorted(self._kept_ms)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


class LinkScore:
    """ok / (ok + bad) over five minutes, in buckets of five seconds; 1.0 while too little was seen.

    `ok` and `bad` are the sums since the manager started, `heard_ms` is the last good frame, -1 before the first.
    """

    def __init__(self) -> None:
        self.ok = self.bad = 0
        self.heard_ms = -1
        self.trips = RoundTrips()
        self._buckets: deque[list[int]] = deque()

    def add(self, now_ms: int, ok: int, bad: int) -> None:
        if not ok and not bad:
            return
        self.ok, self.bad = self.ok + ok, self.bad + bad
        if ok:
            self.heard_ms = now_ms
        slot = now_ms // SCORE_BUCKET_MS
        if not self._buckets or self._buckets[-1][0] != slot:
            self._buckets.append([slot, 0, 0])
        self._buckets[-1][1] += ok
        self._buckets[-1][2] += bad
        while self._buckets[0][0] * SCORE_BUCKET_MS < now_ms - SCORE_WINDOW_MS:
            self._buckets.popleft()

    @property
    def value(self) -> float:
        buckets = tuple(self._buckets)
        ok, bad = sum(bucket[1] for bucket in buckets), sum(bucket[2] for bucket in buckets)
        return ok / (ok + bad) if ok + bad >= SCORE_LEAST_EVENTS else 1.0

    @property
    def degraded(self) -> bool:
        return grade(self.value) is not Grade.GOOD


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
            self.refuse(size_bytes, now_ms)
            return False
        self._tokens -= size_bytes
        if self._tokens > BUDGET_BURST_BYTES / 2:
            self._over_since_ms = None
        return True

    def refuse(self, size_bytes: int, now_ms: int) -> None:
        """These were too many and are dropped."""
        self.dropped_bytes += size_bytes
        self._over_since_ms = now_ms if self._over_since_ms is None else self._over_since_ms

    def flooding(self, now_ms: int) -> bool:
        """Over the budget for two seconds."""
        return self._over_since_ms is not None and now_ms - self._over_since_ms >= FLOOD_AFTER_MS
