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
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from storage import epochs, nodes, outbox, own_tail
from storage.clock import now as read_clock
from storage.epochs import Cause
from storage.errors import StorageError
from storage.facts import Moment
from storage.feed import cursor as cursor_of
from storage.journal import Journal
from storage.outbox import Standing
from storage.vault import Vault
from sync import feed, segment, tail, taking
from sync.answer import Ack
from sync.flight import Flight, Flights
from sync.keys import NodeKey
from sync.outgoing import Outgoing, Sent, next_segment
from sync.pace import Backoff, BatchSize
from sync.post import Busy, NoAnswer, NotAnAnswer, Post, Refused
from sync.settle import Result as Result
from sync.settle import Search, Step
from sync.taking import Asked

if TYPE_CHECKING:
    import httpx

AT_ONCE = 50
"""So many waiting facts are sent without waiting for the next turn."""
REFUSED_PAUSE_S = 3600.0
LOOK_S = 1.0
"""How often a waiting loop looks whether facts have gathered or somebody asked."""

log = logging.getLogger("sync.client")


ANSWERED = frozenset({Result.STORED, Result.REWOUND, Result.FORKED, Result.WENT_BACK, Result.SEARCHING})
NEEDS_SOMEBODY = frozenset({Result.REFUSED, Result.NOT_ENROLLED})


class Outcome(Struct, frozen=True):
    """One step: what came of it, facts sent, facts of that log upstream, facts waiting in all logs, s until the next
    step, code of a fault.
    """

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
    ``at_once`` waiting facts are sent without waiting for the next turn, looked for every ``look_s``.
    """

    def __init__(
        self,
        open_journal: Callable[[], Journal],
        url: str,
        key: NodeKey,
        transport: httpx.BaseTransport | None = None,
        on_state: Callable[[SyncState], None] | None = None,
        source: random.Random | None = None,
        app: str = "",
        open_vault: Callable[[], Vault] | None = None,
        ca: Path | None = None,
        at_once: int = AT_ONCE,
        look_s: float = LOOK_S,
    ) -> None:
        self._open = open_journal
        self._key = key
        self._post = Post(url, transport, ca)
        self._flights = Flights(is_allowed=transport is None)
        self._feed = feed.Intake(key, open_vault)
        self._app = app
        self._at_once = at_once
        self._look_s = look_s
        self._on_state = on_state
        self._journal: Journal | None = None
        self._size = BatchSize()
        self._backoff = Backoff(source or random.Random())
        self._woken = threading.Event()
        self.state: SyncState | None = None
        self._fault = ""
        self._skew_ms = 0
        self._search: Search | None = None
        self._has_tail = False

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
            own = outbox.next_to_send(self.journal)
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
        self._flights.close()
        self._post.close()
        self._feed.close()
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _exchange(self, own: Standing, now: Moment) -> Outcome:
        upstream = nodes.upstream(self.journal.database)
        if upstream is None:
            return self._failed(Result.NOT_ENROLLED, own, "")
        search = self._search if self._search and self._search.epoch == own.epoch else None
        expected = self._flights.expected(own) if search is None else None
        flight = expected or self._flight(own, self._segment(own, now, search))
        sent = flight.sent
        if own.waiting and search is None and not sent.lines:
            return self._around_damage(own, now)
        try:
            while search is None and self._flights.may_follow(own, flight) and self._go_ahead(own, flight, now):
                pass
            found = taking.read(flight.answer(), upstream.key)
            if expected is not None and found.ack.have < sent.first - 1:
                return self._overtaken(own)
            with_feed = flight.cursor == self._cursor()
            step = taking.take(self.journal, self._feed, Asked(own, sent, search), found, now.t, with_feed=with_feed)
        except NoAnswer as failure:
            self._flights.forget()
            return self._unanswered(own, failure)
        if step.result is not Result.STORED:
            self._flights.forget()
        self._flights.answered(flight, self._size.events)
        self._skew_ms = now.t - found.ack.now
        self._search = step.search
        self._has_tail = self._has_tail and step.result is not Result.WENT_BACK
        if step.result in (Result.STORED, Result.WENT_BACK):
            self._take_back(now)
        return self._moved(own, step, found.ack, sent)

    def _go_ahead(self, own: Standing, first: Flight, now: Moment) -> bool:
        """Cut and send what follows while the answer is on its way; False: nothing can."""
        first.start()
        after = own._replace(acked=self._flights.last(first).sent.last)
        going = self._segment(after, now, None, with_receipt=False)
        if going.sent.lines:
            self._flights.follow(first, self._flight(after, going))
        return bool(going.sent.lines)

    def _flight(self, own: Standing, going: Outgoing) -> Flight:
        return Flight(own, going, self._cursor(), self._post)

    def _overtaken(self, own: Standing) -> Outcome:
        """The second of two segments came there first: its lines are sent again."""
        self._flights.forget()
        return Outcome(Result.STORED, 0, own.acked, outbox.all_waiting(self.journal), 0.0)

    def _cursor(self) -> segment.Cursor:
        return segment.Cursor(*cursor_of(self.journal.database))

    def _take_back(self, now: Moment) -> None:
        """A disk that was put back gets the lines again that it once sent; tried with every answer until it has them."""
        if self._has_tail:
            return
        epoch = own_tail.wanted(self.journal)
        try:
            if epoch:
                taken = tail.pull(self.journal, self._post, self._key, epoch, now.t)
                log.warning("%s own facts came back from upstream", taken)
            self._has_tail = True
        except NoAnswer as failure:
            log.warning("own facts not asked back: %s", failure.code)
        except OSError as error:
            log.warning("own facts not asked back: %s", type(error).__name__)

    def _around_damage(self, own: Standing, now: Moment) -> Outcome:
        """A line that is no longer what was written must not hold up those after it."""
        parted = epochs.part(self.journal, own.epoch, own.acked, Cause.DAMAGED, now.t)
        log.error(
            "line %s of epoch %s is damaged: %s carried on, %s lost",
            own.acked + 1,
            own.epoch,
            parted.carried,
            parted.lost,
        )
        return Outcome(Result.FORKED, 0, own.acked, outbox.all_waiting(self.journal), 0.0)

    def _segment(self, own: Standing, now: Moment, search: Search | None, *, with_receipt: bool = True) -> Outgoing:
        """What goes up next."""
        return next_segment(
            self.journal,
            own,
            self._key,
            now,
            self._size.events,
            cursor=self._cursor(),
            app=self._app,
            status=self._status(),
            probe=search.probe if search else None,
            with_receipt=with_receipt,
        )

    def _moved(self, own: Standing, step: Step, ack: Ack, sent: Sent) -> Outcome:
        self._size.succeeded()
        self._backoff.succeeded()
        self._fault = ""
        if ack.quarantined:
            log.warning("%s facts are stored upstream but not understood there", len(ack.quarantined))
        waiting = outbox.all_waiting(self.journal)
        more = (
            ack.more
            or step.result is not Result.STORED
            or own.is_closed
            or own.end > sent.last
            or waiting >= self._at_once
        )
        return Outcome(step.result, sent.lines, step.acked, waiting, 0.0 if more else ack.next)

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
        waiting = self._waiting() if own else 0
        return Outcome(result, 0, own.acked if own else 0, waiting, pause_s, code)

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
            if stop.wait(min(left_s, self._look_s)) or (
                outcome.result in ANSWERED and self._waiting() >= self._at_once
            ):
                break
        self._woken.clear()

    def _waiting(self) -> int:
        try:
            return outbox.all_waiting(self.journal)
        except StorageError:
            return 0

    def _status(self) -> segment.Status:
        try:
            disk = shutil.disk_usage(Path(self.journal.database.where).parent)
        except OSError:
            return segment.Status(outbox.all_waiting(self.journal), 0, self._fault)
        return segment.Status(outbox.all_waiting(self.journal), disk.free, self._fault, disk.total)
