"""Segments on their way upstream: one that is waited for, and, where much waits and the line is fast, those behind it.

Each begins where the one before it ends, so nothing has to come back before it is cut and sent: sender and centre work at
the same time. What is on its way is only believed in its turn: if the answer before it says anything but "stored", it is
forgotten, and its lines are sent again from the mark.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from storage.outbox import Standing
from sync.outgoing import Outgoing
from sync.pace import CEILING
from sync.post import Post
from sync.segment import Cursor

BEHIND = 2
"""While the first is written there, the second is read there and the third on its way."""
FAST_S = 1.0
"""An answer that took longer came over a line, or from a centre, that gains nothing from a second segment."""
LANDING_S = 5.0
"""How long a segment whose answer nobody waits for may still use the connection when it is closed."""


class Flight:
    """One segment and the answer to it. ``cursor``: the place in the feed that it named."""

    def __init__(self, own: Standing, going: Outgoing, cursor: Cursor, post: Post) -> None:
        self.own, self.sent, self.cursor = own, going.sent, cursor
        self._body, self._post = going.body, post
        self._packed: bytes | None = None
        self._fault: Exception | None = None
        self._thread: threading.Thread | None = None
        self._left = threading.Event()
        self.took_s = 0.0

    def start(self) -> None:
        """Send it in a thread of its own, once."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._go, name="sync-flight", daemon=True)
        self._thread.start()

    def answer(self) -> bytes:
        """The packed answer; raises NoAnswer. Sends first what was not started."""
        if self._thread is None:
            self._go()
        else:
            self._thread.join()
        if self._fault is not None:
            raise self._fault
        assert self._packed is not None
        return self._packed

    def has_left(self) -> bool:
        """Whether it is on the line: what is sent now arrives after it."""
        return self._left.wait(FAST_S) and self._fault is None

    def land(self) -> None:
        """Let it end, if it does soon."""
        if self._thread is not None:
            self._thread.join(LANDING_S)

    def _go(self) -> None:
        began = time.monotonic()
        try:
            if self._thread is None:
                self._packed = self._post.send(self._body)
            else:
                self._packed = self._post.send_told(self._body, self._left.set)
        except Exception as fault:
            self._fault = fault
        self.took_s = time.monotonic() - began
        self._left.set()


class Flights:
    """What is on its way, in order. ``is_allowed``: whether more than one may ever be."""

    def __init__(self, *, is_allowed: bool) -> None:
        self._is_allowed = is_allowed
        self._is_fast = False
        self._behind: deque[Flight] = deque()

    def expected(self, own: Standing) -> Flight | None:
        """The one that is on its way with what this log has to send now."""
        found = self._behind.popleft() if self._behind else None
        if found is None or (found.own.node, found.own.epoch, found.sent.first - 1) != (*own[:2], own.acked):
            self._behind.clear()
            return None
        return found

    def last(self, first: Flight) -> Flight:
        """The one behind all others."""
        return self._behind[-1] if self._behind else first

    def may_follow(self, own: Standing, first: Flight) -> bool:
        """Whether a whole segment waits behind those on their way, on a line that is fast."""
        if not (self._is_allowed and self._is_fast and len(self._behind) < BEHIND):
            return False
        return own.end - self.last(first).sent.last >= CEILING

    def follow(self, first: Flight, one: Flight) -> None:
        """Send it behind the others, once they are on the line."""
        if self.last(first).has_left():
            one.start()
            self._behind.append(one)
        else:
            self._is_fast = False

    def answered(self, one: Flight, size: int) -> None:
        """An answer came to a segment of so many lines at most."""
        self._is_fast = size >= CEILING and one.took_s < FAST_S

    def forget(self) -> None:
        """Whatever else is on its way is not waited for."""
        self._is_fast = False
        self._behind.clear()

    def close(self) -> None:
        """Before the connection goes."""
        for one in self._behind:
            one.land()
        self.forget()
