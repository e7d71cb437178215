"""The line of a PC to the number host of its hall: the hall's logs down as they grow, claims for its terminals.

Two things run here: a thread that asks for news and keeps it, and a socket at which the terminals of this PC ask for
tickets and numbers. While the number host gives no answer this PC is alone: its terminals are told so at once. It is back
when the news are kept, what was recorded here meanwhile has arrived there, and own numbers are handed over.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from hallterm.station.hub_bringing import bring
from hallterm.station.hub_desk import serve
from hallterm.workflows.number_host import NUMBER_HOST, Answer, Wish
from storage import claims, clock, hall_logs, host_log, nodes, outbox, views
from storage.errors import StorageError
from storage.facts import ClaimDropped, Got, TicketsHandedOver, Want
from storage.journal import Journal
from storage.local import Board
from storage.receive import Verdict
from sync import answer, hub_wire
from sync.hub_wire import ClaimAnswer, ClaimQuestion, HallAnswer, HallQuestion, Taken
from sync.keys import NodeKey, load_or_make
from sync.post import NoAnswer, Post
from sync.wire import WireError

log = logging.getLogger(__name__)

WAIT_S = 5.0
"""How long the number host may hold an answer back while nothing is new."""
SLACK_S = 3.0
CLAIM_LIMIT_S = 2.5
PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0)
IN_HAND_S = 10.0
"""A ticket that was given is called within this time, or given up."""
REMEMBERED_S = 600.0
ROW_LIMIT_S = 0.8
"""How long a claim waits for the ticket's own line."""
HANDED_A_FACT = 300
JOIN_S = 1.0


class HubLine:
    """Of one data folder; ``start`` it, ``end`` it. ``ring`` asks the sender for an exchange now."""

    def __init__(self, folder: Path, url: str, ca: Path | None = None, ring: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._ring = ring
        self._key: NodeKey = load_or_make(folder)
        self._post = Post(url, ca=ca, pause_limit_s=WAIT_S + SLACK_S)
        self._claims = Post(url, ca=ca, pause_limit_s=CLAIM_LIMIT_S)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="number-host", daemon=True)
        self._lock = threading.Lock()
        self._held: dict[str, float] = {}
        """Until when (monotonic s) a claim may still be called."""
        self.online = False
        self._since_t = 0
        self._failures = 0
        self._turn = ""
        self._taken: tuple[Taken, ...] = ()
        self._owed: int | None = None
        """Own lines up to here must be there before this PC is back."""
        self._told: object = None
        self._told_m = -1

    def start(self) -> Callable[[], None]:
        """Begin; what ends it."""
        end_desk = serve(self._folder, self.answer)
        self._thread.start()

        def end() -> None:
            self._stop.set()
            end_desk()
            self._thread.join(JOIN_S)
            self._claims.close()

        return end

    # claims, on threads of the socket

    def answer(self, wish: Wish) -> Answer:
        """What the number host gives; ``away`` at once while it is."""
        if not self.online:
            return Answer(Got.AWAY)
        with self._lock:
            self._held[wish.claim] = math.inf
        journal = Journal.open(self._folder / "hall.db")
        try:
            found = self._claimed(journal, wish)
            if found.got is Got.GIVEN and wish.want is Want.CALL:
                _await_row(journal, found.ticket)
        except (NoAnswer, WireError, StorageError) as error:
            log.warning("claim not answered: %s", getattr(error, "code", type(error).__name__))
            self._let_go(wish.claim)
            self._lost()
            return Answer(Got.AWAY)
        finally:
            journal.close()
        with self._lock:
            self._held[wish.claim] = time.monotonic() + IN_HAND_S
        got = Got.AWAY if found.got is Got.NOT_NOW else found.got
        return Answer(got, found.claim, found.ticket, found.number, found.order)

    def _claimed(self, journal: Journal, wish: Wish) -> ClaimAnswer:
        upstream = nodes.upstream(journal.database)
        if upstream is None:
            raise NoAnswer("not-enrolled")
        asked = ClaimQuestion(node=journal.identity.node, **msgspec.structs.asdict(wish))
        body = self._claims.send(hub_wire.write(asked, self._key.sign), hub_wire.CLAIM_PATH)
        found, _pieces = hub_wire.answer(body, upstream.key, ClaimAnswer)
        if found.claim != wish.claim:
            raise NoAnswer("not-an-answer")
        return found

    def _let_go(self, claim: str) -> None:
        """Nobody waits for it any more; should it have been given all the same, it is given up as soon as that is known."""
        with self._lock:
            self._held[claim] = time.monotonic()

    # news, on the thread

    def _run(self) -> None:
        """Follow until told to stop; whatever ends it is noted, and it begins again."""
        while not self._stop.is_set():
            journal, board = Journal.open(self._folder / "hall.db"), Board(self._folder / "local.db")
            try:
                while not self._stop.is_set():
                    self._step(journal, board)
            except Exception as error:
                log.error("following the hall began again after %s", type(error).__name__)
                self._lost()
                self._stop.wait(1.0)
            finally:
                journal.close()
                board.close()
        self._post.close()

    def _step(self, journal: Journal, board: Board) -> None:
        """One exchange, and what follows from it."""
        try:
            found = self._exchange(journal, board)
        except (NoAnswer, WireError) as error:
            self._failures += 1
            if self._failures == 1:
                log.warning("number host away: %s", getattr(error, "code", type(error).__name__))
            self._lost()
            self._owed = None
            self._tell(board)
            self._stop.wait(PAUSES_S[min(self._failures, len(PAUSES_S)) - 1])
            return
        if self._failures or self._owed is None:
            self._failures = 0
            self._owed = journal.own_seq()
            self._ring()
        if not found.more:
            self._settle(journal)
            self._come_back(journal, found)
        self._tell(board)

    def _exchange(self, journal: Journal, board: Board) -> HallAnswer:
        """Ask, and keep what came. Raises NoAnswer, WireError, StorageError."""
        upstream = nodes.upstream(journal.database)
        if upstream is None:
            raise NoAnswer("not-enrolled")
        asked = HallQuestion(
            node=journal.identity.node,
            turn=self._turn,
            known=hall_logs.known(journal),
            unsent=self._unsent(journal),
            taken=tuple(Taken(one.window, one.staff, one.since_t) for one in board.windows_taken()),
            wait_s=WAIT_S if self.online else 0.0,
            yours=hub_wire.known_logs(host_log.as_known(journal.database, upstream.node)) if self._owed is None else (),
        )
        body = self._post.send(hub_wire.write(asked, self._key.sign), hub_wire.HALL_PATH)
        found, pieces, to_keep = hub_wire.answer_to_keep(body, upstream.key, HallAnswer)
        self._turn, self._taken = found.turn, found.taken
        for piece in pieces:
            word = answer.text_of(to_keep) if piece.node == upstream.node and found.heads else ""
            kept = hall_logs.keep(journal, upstream.node, piece, clock.now().t, word)
            if kept.verdict is not Verdict.STORED:
                log.error("log %s/%s of the number host does not follow: %s", piece.node, piece.epoch, kept.verdict)
        bring(journal, upstream, self._post, self._key, found.lost, compared=bool(asked.yours))
        return found

    def _unsent(self, journal: Journal) -> int:
        """Own lines that must arrive before this PC is back."""
        own = outbox.standing(journal)
        return max(0, (own.have if self._owed is None else min(own.have, self._owed)) - own.acked)

    def _settle(self, journal: Journal) -> None:
        """Tickets that are kept for this PC and that nobody here will call wait again."""
        now_s, node = time.monotonic(), journal.identity.node
        left = claims.open_claims(journal.database, node)
        with self._lock:
            for one in left:  # one that this process did not ask for may be in the hands of a terminal
                self._held.setdefault(one.id, now_s + IN_HAND_S)
            self._held = {id: until_s for id, until_s in self._held.items() if until_s > now_s - REMEMBERED_S}
            over = [one for one in left if self._held.get(one.id, 0.0) <= now_s]
        if not over:
            return
        with journal.write("-", clock.now()) as tx:
            still = {one.id for one in claims.open_claims(tx.database, node)}
            for one in over:
                if one.id in still:
                    tx.record(ClaimDropped(claim=one.id, ticket=one.ticket, target=one.target))

    def _come_back(self, journal: Journal, found: HallAnswer) -> None:
        """Claims are asked again from here on; numbers this PC gave itself are the number host's now."""
        if self.online:
            return
        if not found.gives or self._unsent(journal):
            self._ring()
            self._stop.wait(PAUSES_S[0])
            return
        own = claims.unhanded(journal.database, journal.identity.node)
        if own:
            with journal.write("-", clock.now()) as tx:
                for at in range(0, len(own), HANDED_A_FACT):
                    tx.record(TicketsHandedOver(tickets=tuple(own[at : at + HANDED_A_FACT])))
        self.online, self._since_t = True, clock.now().t
        log.info("the number host is there")

    def _lost(self) -> None:
        if self.online or not self._since_t:
            self.online, self._since_t = False, clock.now().t

    def _tell(self, board: Board) -> None:
        """On the board: how the number host is, and which windows have terminals elsewhere."""
        values = {
            "online": self.online,
            "since_t": self._since_t,
            "taken": [[one.window, one.staff, one.since_t] for one in self._taken],
        }
        now = clock.now()
        if values != self._told or now.m // 5_000 != self._told_m:
            self._told, self._told_m = values, now.m // 5_000
            board.process_beat(NUMBER_HOST, os.getpid(), now, values)


def _await_row(journal: Journal, ticket: str) -> None:
    """The ticket's own line comes by the other way, nearly always before."""
    until_s = time.monotonic() + ROW_LIMIT_S
    while time.monotonic() < until_s:
        row = views.ticket(journal.database, ticket)
        if row is not None and row.number:
            return
        time.sleep(0.02)
