"""A counter PC of a hall with a number host, as a process: ``python -m tests.faults.hub_counter FOLDER URL NUMBER SEED``.

The station's own threads (sending, the line to the number host) and a clerk through the workflows, on real files. When it
is cut off, people with numbers of the number host come to it, and it gives some a number of its own. Ends at end of input.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
from pathlib import Path

from hallterm.station import syncing
from hallterm.station.hub_line import HubLine
from hallterm.station.syncing import Bell
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.number_host import host_state
from hallterm.workflows.presence import open_window
from hallterm.workflows.ticketing import issue
from hallterm.workflows.walking_up import walk_up
from storage import clock, views
from storage.errors import StorageError
from storage.facts import SignOnDone, WindowState
from storage.journal import Journal
from storage.local import Board
from tests.faults.clerk import HALL, patiently
from tests.faults.halls import staff_of, window_of

REST_S = 0.02
COMES = 0.05
"""How likely somebody comes between two looks while the number host is away."""


class HubClerk:
    """One window; ``counters`` of them share the people who come with a number while the number host is away."""

    def __init__(self, folder: Path, number: int, counters: int, seed: int) -> None:
        self.number, self.counters = number, counters
        self.desk = Desk(
            Journal.open(folder / "hall.db"), Board(folder / "local.db"), HALL, window_of(number), staff_of(number)
        )
        self.random = random.Random(seed)
        self.shown: set[str] = set()
        self.own = 0

    def sit_down(self) -> None:
        now = clock.now()
        with self.desk.journal.write(self.desk.staff, now) as tx:
            day = views.last_day(tx.database, HALL)
            open_window(tx, self.desk, day, now)
            tx.record(SignOnDone(self.desk.staff, day, self.desk.window, True))

    def step(self) -> bool:
        """One press; False when there is nothing to press."""
        desk = self.desk
        window = views.window(desk.journal.database, desk.window)
        state = window.state if window is not None else WindowState.CLOSED
        if state is WindowState.CALLED:
            return patiently(lambda: counter.start(desk, clock.now(), "B02")) is not None
        if state in (WindowState.SERVING, WindowState.PAUSED):
            return patiently(lambda: counter.finish(desk, clock.now())) is not None
        return patiently(lambda: counter.call(desk, clock.now())) is not None or self._alone()

    def _alone(self) -> bool:
        """Cut off: somebody with a number comes, or takes one here."""
        state = host_state(self.desk)
        if state is None or state.online or self.random.random() > COMES:
            return False
        if self.own < 5 and self.random.random() < 0.3:
            self.own += 1
            return patiently(lambda: issue(self.desk, clock.now(), "B")) is not None
        number = self._somebody()
        if not number:
            return False
        self.shown.add(number)
        return patiently(lambda: walk_up(self.desk, clock.now(), "B02", number=number)) is not None

    def _somebody(self) -> str:
        day = views.last_day(self.desk.journal.database, HALL)
        for row in views.waiting(self.desk.journal.database, HALL, day):
            mine = row.number[1:].isdigit() and int(row.number[1:]) % self.counters == self.number % self.counters
            if mine and row.number not in self.shown:
                return row.number
        return ""


def main(folder: Path, url: str, number: int, counters: int, seed: int) -> None:
    logging.basicConfig(filename=folder / "counter.log", format="%(asctime)s %(name)s %(message)s")
    bell = Bell()
    end_sync = syncing.start(folder, url, None, bell)
    end_line = HubLine(folder, url, ring=lambda: bell.ring()).start()
    over = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    clerk = HubClerk(folder, number, counters, seed)
    while not over.is_set() and views.window(clerk.desk.journal.database, clerk.desk.window) is None:
        time.sleep(REST_S)
    try:
        clerk.sit_down()
        print("open", flush=True)
        while not over.is_set():
            if not clerk.step():
                time.sleep(REST_S)
    except (Refused, StorageError) as error:
        print(type(error).__name__, error, file=sys.stderr)
        sys.exit(1)
    finally:
        end_line()
        end_sync()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
