"""A segment in line at a centre, and how many of a crowd may wait there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from storage.nodes import Registered
from storage.prepared import Prepared, prepared
from storage.speech import UPSTREAM_ONLY
from sync import segment
from sync.keys import holds
from sync.segment import Segment

IDLE_S = 0.1
NEWS = 0.2
"""How much the last group counts."""
FIRST_S = 0.01
"""What a segment is thought to take before one was served."""


@dataclass(eq=False, slots=True)
class Waiting:
    """A segment in line, what is known of it before its turn, and what became of it."""

    body: bytes
    received: Segment | None = None
    key: str = ""
    """The key its signature holds with."""
    prepared: Prepared | None = None
    answer: bytes | None = None
    fault: Exception | None = None
    is_served: bool = False
    """It came over the line: what it says is worked out before anything is asked of the store."""

    def prepare(self, known: Mapping[str, Registered]) -> None:
        """Do what needs no store. ``known`` are nodes that wrote before: work and memory are for nobody else, so what
        does not hold with such a key is left to be looked at in its turn.
        """
        with suppress(Exception):  # whatever is wrong with it is said in its turn
            received = segment.read(self.body)
            sender = known.get(received.header.node)
            if sender is None or sender.revoked_t or not holds(sender.key, received.covered, received.signature):
                return
            self.received, self.key = received, sender.key
            self.prepared = prepared(received.batch)

    def may_follow(self, before: Waiting) -> bool:
        """Whether it may share a commit with one that its node sent before."""
        if before.prepared is None or self.prepared is None or before.key != self.key:
            return False
        return before.prepared.kinds.isdisjoint(UPSTREAM_ONLY)

    def read(self) -> Segment:
        """The segment; raises WireError."""
        if self.received is None:
            self.received = segment.read(self.body)
        return self.received


class Pace:
    """How long a segment takes of late, while others wait behind it; written by one thread, read by another."""

    def __init__(self) -> None:
        self._each_s = FIRST_S
        self._ended = 0.0

    def served(self, count: int, began: float) -> None:
        """So many were served just now; ``began`` by the clock of :func:`time.perf_counter`. Where the group before ended a
        moment ago, the time since then belongs to it: its segments were being read.
        """
        ended = time.perf_counter()
        since = self._ended if began - self._ended < IDLE_S else began
        each_s = (ended - since) / max(1, count)
        self._each_s += (each_s - self._each_s) * NEWS
        self._ended = ended

    def served_in(self, seconds: float) -> int:
        """About how many are served in this time."""
        return int(seconds / self._each_s)
