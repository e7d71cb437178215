"""The sending side: the own log goes upstream, each fact once, in order, and goes on after any break.

One number says what is upstream (``log.acked``). Only a checked answer moves it: signed by the node this one enrolled
with, well formed, with the hash that this node itself has at the place the answer names. So a captive portal, a proxy's
page or a cut answer can do nothing.
"""

from __future__ import annotations

import logging
import random
import shutil
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from storage import nodes, outbox
from storage.clock import now as read_clock
from storage.errors import StorageError
from storage.facts import Moment
from storage.journal import Journal
from storage.outbox import Standing
from sync import answer, segment
from sync.answer import Ack
from sync.keys import NodeKey
from sync.pace import Backoff, BatchSize
from sync.post import Busy, NoAnswer, NotAnAnswer, Post, Refused
from sync.segment import Header, Line
from sync.wire import Clock, WireError

if TYPE_CHECKING:
    import httpx

AT_ONCE = 50
"""So many waiting facts are sent without waiting for the next turn."""
REFUSED_PAUSE_S = 3600.0
LOOK_S = 1.0
"""How often a waiting loop looks whether facts have gathered or somebody asked."""

log = logging.getLogger("sync.client")


class Result(StrEnum):
    """What one exchange came to. Only ``stored`` and ``rewound`` move the mark; nothing ever loses a fact."""

    STORED = "stored"
    REWOUND = "rewound"
    FORKED = "forked"
    WENT_BACK = "went_back"
    BUSY = "busy"
    REFUSED = "refused"
    NOT_ENROLLED = "not_enrolled"
    NOT_AN_ANSWER = "not_an_answer"
    UNREACHABLE = "unreachable"
    STORE_FAULT = "store_fault"


ANSWERED = frozenset({Result.STORED, Result.REWOUND})
NEEDS_SOMEBODY = frozenset({Result.FORKED, Result.WENT_BACK, Result.REFUSED, Result.NOT_ENROLLED})


class Outcome(Struct, frozen=True):
    """One step: what came of it, facts sent, facts upstream and waiting now, s until the next step, code of a fault."""

    result: Result
    sent: int
    acked: int
    waiting: int
    wait_s: float
    code: str = ""


class SyncState(Struct, frozen=True):
    """For a status bar: ``since_t`` wall ms of the last change between online and offline; ``skew_ms`` this PC's wall
    clock minus the centre's; ``reason`` the result and code while offline.
    """

    online: bool
    since_t: int
    waiting: int
    acked: int
    skew_ms: int = 0
    reason: str = ""


class SyncClient:
    """Sends one file's own log to one upstream address; use it from one thread (``wake`` from any).

    ``open_journal`` is called by that thread at the first step; ``on_state`` is called by it whenever the state differs.
    """

    def __init__(
        self,
        open_journal: Callable[[], Journal],
        url: str,
        key: NodeKey,
        transport: httpx.BaseTransport | None = None,
        on_state: Callable[[SyncState], None] | None = None,
        source: random.Random | None = None,
    ) -> None:
        self._open = open_journal
        self._key = key
        self._post = Post(url, transport)
        self._on_state = on_state
        self._journal: Journal | None = None
        self._size = BatchSize()
        self._backoff = Backoff(source or random.Random())
        self._woken = threading.Event()
        self.state: SyncState | None = None
        self._fault = ""
        self._skew_ms = 0
        self._store = segment.Cursor()

    @property
    def journal(self) -> Journal:
        """This thread's connection."""
        if self._journal is None:
            self._journal = self._open()
        return self._journal

    def step(self, now: Moment) -> Outcome:
        """One exchange. Never raises for what a network, a centre or a full disk can do."""
        own: Standing | None = None
        try:
            own = outbox.standing(self.journal)
            outcome = self._exchange(own, now)
        except StorageError as error:
            outcome = self._failed(Result.STORE_FAULT, own, type(error).__name__)
        self._tell(outcome, now)
        return outcome

    def run(self, stop: threading.Event, clock: Callable[[], Moment] = read_clock) -> None:
        """Exchange until ``stop`` is set, at the centre's pace, at once when many facts wait or after :meth:`wake`."""
        try:
            while not stop.is_set():
                self._wait(stop, self.step(clock()))
        finally:
            self.close()

    def wake(self) -> None:
        """Ask for an exchange now, also in the middle of a pause."""
        self._woken.set()

    def close(self) -> None:
        """Let connection and file go."""
        self._post.close()
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _exchange(self, own: Standing, now: Moment) -> Outcome:
        upstream = nodes.upstream(self.journal.database)
        if upstream is None:
            return self._failed(Result.NOT_ENROLLED, own, "")
        rows = [Line(*row) for row in outbox.unsent(self.journal, own, self._size.events)]
        lines = segment.fitting(rows, self._size.events)
        prev = outbox.hash_at(self.journal, own, own.acked) or b""
        last = own.acked + len(lines)
        header = Header(
            node=own.node,
            epoch=own.epoch,
            first=own.acked + 1,
            n=len(lines),
            prev=prev.hex(),
            head=(lines[-1].digest if lines else prev).hex(),
            now=Clock(now.t, now.m, now.boot),
            cursor=self._store,
            st=segment.Status(own.waiting, self._free_bytes(), self._fault),
        )
        try:
            packed = self._post.send(segment.write(header, [one.line for one in lines], self._key.sign))
            try:
                ack = answer.read(packed, upstream.key)
            except WireError as error:
                raise NotAnAnswer(error.code) from error
            result = self._judge(own, ack, last)
        except NoAnswer as failure:
            return self._unanswered(own, failure)
        self._skew_ms = now.t - ack.now
        if result in NEEDS_SOMEBODY:
            return self._failed(result, own, "")
        return self._moved(own, ack, result, len(lines))

    def _judge(self, own: Standing, ack: Ack, last: int) -> Result:
        """What a well-formed answer means; raises NotAnAnswer when it cannot be about this log."""
        if ack.have >= own.acked and ack.common < last:
            return Result.FORKED
        if ack.have > own.have:
            return Result.WENT_BACK
        if outbox.hash_at(self.journal, own, ack.have) != bytes.fromhex(ack.head):
            raise NotAnAnswer("other-log")
        if ack.have < own.acked:
            return Result.REWOUND
        if ack.have < last:
            raise NotAnAnswer("contradiction")
        return Result.STORED

    def _moved(self, own: Standing, ack: Ack, result: Result, sent: int) -> Outcome:
        left = own.have > own.acked + sent
        own = outbox.acknowledge(self.journal, own, ack.have, ack.durable)
        self._size.succeeded()
        self._backoff.succeeded()
        self._fault = ""
        if ack.quarantined:
            log.warning("%s facts are stored upstream but not understood there", len(ack.quarantined))
        more = left or result is Result.REWOUND or own.waiting >= AT_ONCE
        return Outcome(result, sent, own.acked, own.waiting, 0.0 if more else ack.next)

    def _unanswered(self, own: Standing, failure: NoAnswer) -> Outcome:
        if failure.transport:
            self._size.failed()
        if isinstance(failure, Refused):
            return self._failed(Result.REFUSED, own, failure.code)
        known = {Busy: Result.BUSY, NotAnAnswer: Result.NOT_AN_ANSWER}
        return self._failed(known.get(type(failure), Result.UNREACHABLE), own, failure.code, failure.retry_after_s)

    def _failed(self, result: Result, own: Standing | None, code: str, at_least_s: float = 0.0) -> Outcome:
        """Nothing moved; try again later."""
        pause_s = self._backoff.pause_s(REFUSED_PAUSE_S if result in NEEDS_SOMEBODY else at_least_s)
        fault = f"{result} {code}".strip()
        if fault != self._fault:
            log.warning("not sent: %s", fault)
        self._fault = fault
        return Outcome(result, 0, own.acked if own else 0, own.waiting if own else 0, pause_s, code)

    def _tell(self, outcome: Outcome, now: Moment) -> None:
        online, before = outcome.result in ANSWERED, self.state
        since_t = before.since_t if before and before.online == online else now.t
        state = SyncState(online, since_t, outcome.waiting, outcome.acked, self._skew_ms, "" if online else self._fault)
        if state != before:
            self.state = state
            if self._on_state is not None:
                self._on_state(state)

    def _wait(self, stop: threading.Event, outcome: Outcome) -> None:
        until = time.monotonic() + outcome.wait_s
        while (left_s := until - time.monotonic()) > 0 and not self._woken.is_set():
            if stop.wait(min(left_s, LOOK_S)) or (outcome.result in ANSWERED and self._many_wait()):
                break
        self._woken.clear()

    def _many_wait(self) -> bool:
        try:
            return outbox.standing(self.journal).waiting >= AT_ONCE
        except StorageError:
            return False

    def _free_bytes(self) -> int:
        try:
            return shutil.disk_usage(Path(self.journal.database.where).parent).free
        except OSError:
            return 0
