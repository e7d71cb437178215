"""A clerk as a process of his own, through the workflows alone: ``python -m tests.faults.clerk DIR WINDOW STAFF SEED``.

Prints the id of every fact after its commit, one a line. Works until it is killed, or with ``drain`` until nobody waits.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.presence import open_window
from hallterm.workflows.ticketing import issue
from storage import clock, views
from storage.errors import StorageBusy
from storage.facts import HoldReason, Moment, PauseReason, WindowState
from storage.journal import Journal, Write
from storage.local import Board

HALL = "360600001"
KIOSK = "kiosk"


class SayingJournal(Journal):
    """Says on standard output what was committed."""

    @contextmanager
    def write(self, actor: str, now: Moment) -> Iterator[Write]:
        with super().write(actor, now) as tx:
            yield tx
        for fact in tx.recorded:
            sys.stdout.write(f"{fact}\n")
        sys.stdout.flush()


T = TypeVar("T")


def patiently(action: Callable[[], T]) -> T | None:
    """Press again while the file is locked; None when a rule says no."""
    while True:
        try:
            return action()
        except StorageBusy:
            continue
        except Refused:
            return None


class Clerk:
    """One window; goes on wherever the process before it was killed."""

    def __init__(self, folder: Path, window: str, staff: str, seed: int) -> None:
        self.desk = Desk(SayingJournal.open(folder / "hall.db"), Board(folder / "local.db"), HALL, window, staff)
        self.random = random.Random(seed)

    def sit_down(self) -> None:
        patiently(self._sit_down)

    def _sit_down(self) -> None:
        now = clock.now()
        with self.desk.journal.write(self.desk.staff, now) as tx:
            open_window(tx, self.desk, views.last_day(tx.database, HALL), now)

    def step(self) -> bool:
        """One press; False when nobody waits."""
        desk, chance = self.desk, self.random.random()
        window = views.window(desk.journal.database, desk.window)
        state = window.state if window is not None else WindowState.CLOSED
        patiently(lambda: desk.board.beat(desk.window, window.service if window else "", clock.now()))
        if state is WindowState.IDLE:
            return patiently(lambda: counter.call(desk, clock.now())) is not None or self._held()
        if state is WindowState.CALLED:
            patiently(lambda: counter.start(desk, clock.now(), "B02", 1 + int(chance * 5)))
        elif state is WindowState.PAUSED:
            patiently(lambda: counter.resume(desk, clock.now()))
        elif chance < 0.1:
            patiently(lambda: counter.pause(desk, clock.now(), PauseReason.TAXPAYER_LEFT))
        elif chance < 0.15:
            patiently(lambda: counter.hold(desk, clock.now(), HoldReason.PAPERS))
        else:
            patiently(lambda: counter.finish(desk, clock.now()))
        return True

    def _held(self) -> bool:
        held = views.held(self.desk.journal.database, HALL, self.desk.staff)
        if not held:
            return False
        return patiently(lambda: counter.take_back(self.desk, clock.now(), held[0].id)) is not None


def serve(folder: Path, window: str, staff: str, seed: int, *, drain: bool) -> None:
    clerk = Clerk(folder, window, staff, seed)
    clerk.sit_down()
    while clerk.step() or not drain:
        pass


def hand_out(folder: Path) -> None:
    """A kiosk that keeps five people waiting."""
    desk = Desk(SayingJournal.open(folder / "hall.db"), Board(folder / "local.db"), HALL)
    while True:
        day = views.last_day(desk.journal.database, HALL)
        if len(views.waiting(desk.journal.database, HALL, day)) < 5:
            patiently(lambda: issue(desk, clock.now(), "B"))


def main(arguments: list[str]) -> None:
    folder, window, staff, seed, *more = arguments
    if window == KIOSK:
        hand_out(Path(folder))
    serve(Path(folder), window, staff, int(seed), drain=bool(more))


if __name__ == "__main__":
    main(sys.argv[1:])
