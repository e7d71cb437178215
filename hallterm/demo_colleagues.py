"""The other windows of the demonstration hall at work: three clerks call, start and finish by themselves, people come.

A child of the demonstration (:mod:`hallterm.demo_child`); everything goes through the workflows of the counter.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from random import Random

from hallterm.demo_people import AT_WINDOWS, CLERK, HALL, PLACES
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.presence import open_window
from hallterm.workflows.sign_on import take_lease
from hallterm.workflows.ticketing import issue
from storage import views
from storage.clock import now
from storage.errors import StorageBusy
from storage.facts import PauseReason, SignOnDone, WindowState
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault

TURN_S = 1.0
SEED = 11
LONGEST_QUEUE = 14
COMES_EVERY_S = 25
"""How often somebody takes a number, on average."""
CODES = ("B02", "C01", "B03", "A04", "C10", "D01", "E02", "L01", "B07")
LASTS_S = {
    WindowState.IDLE: (2, 10),
    WindowState.CALLED: (5, 20),
    WindowState.SERVING: (25, 100),
    WindowState.PAUSED: (15, 40),
    WindowState.BREAK: (60, 120),
}
"""How long a window stays as it is, at least and at most."""
PAUSED_SHARE = 0.2


class Colleague:
    """One clerk at a window of his own."""

    def __init__(self, desk: Desk, random: Random) -> None:
        self.desk, self.random = desk, random
        self._seen: tuple[WindowState, int] | None = None
        self._until = 0.0
        self._may_pause = True

    def sign_on(self) -> None:
        """Take the window, as a terminal would."""
        moment = now()
        take_lease(self.desk, moment)
        with self.desk.journal.write(self.desk.staff, moment) as tx:
            day = views.last_day(tx.database, self.desk.hall)
            tx.record(SignOnDone(self.desk.staff, day, self.desk.window, punch=True))
            open_window(tx, self.desk, day, moment)

    def turn(self) -> None:
        """Do the next thing once its time has come."""
        row = views.window(self.desk.journal.database, self.desk.window)
        if row is None or row.state not in LASTS_S:
            return
        if (row.state, row.since_t) != self._seen:
            self._seen = (row.state, row.since_t)
            self._until = time.monotonic() + self.random.uniform(*LASTS_S[row.state])
        elif time.monotonic() >= self._until:
            with suppress(Refused):  # nobody waits, or somebody dispatched meanwhile
                self._next(row.state)

    def _next(self, state: WindowState) -> None:
        if state is WindowState.IDLE:
            self._may_pause = self.random.random() < PAUSED_SHARE
            counter.call(self.desk, now())
        elif state is WindowState.CALLED:
            counter.start(self.desk, now())
        elif state is WindowState.PAUSED:
            counter.resume(self.desk, now())
        elif state is WindowState.BREAK:
            counter.end_break(self.desk, now())
        elif self._may_pause:
            self._may_pause = False
            counter.pause(self.desk, now(), PauseReason.MATERIAL_SUPPLEMENT)
        else:
            counter.finish(self.desk, now())


class Street:
    """People who come in."""

    def __init__(self, desk: Desk, random: Random) -> None:
        self.desk, self.random = desk, random

    def turn(self) -> None:
        db = self.desk.journal.database
        waiting = len(views.waiting(db, self.desk.hall, views.last_day(db, self.desk.hall)))
        if waiting < LONGEST_QUEUE and self.random.random() < TURN_S / COMES_EVERY_S:
            code = self.random.choice(CODES)
            with suppress(Refused):
                issue(self.desk, now(), code[0], service_code=code)


def work(folder: Path) -> None:
    """Until the process is ended."""
    journal, board, vault = Journal.open(folder / "hall.db"), Board(folder / "local.db"), Vault.open(folder)
    random = Random(SEED)
    colleagues = [
        Colleague(Desk(journal, board, HALL, PLACES[one.number], one.number, vault=vault), random)
        for one in AT_WINDOWS
        if one.number != CLERK
    ]
    for one in colleagues:
        one.sign_on()
    turns = [*(one.turn for one in colleagues), Street(Desk(journal, board, HALL), random).turn]
    while True:
        for turn in turns:
            with suppress(StorageBusy):
                turn()
        time.sleep(TURN_S)
