"""A hall of several PCs: how long a claim takes, and until the others see what it came to."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hallterm.station import syncing
from hallterm.station.hub_line import HubLine
from hallterm.station.syncing import Bell
from hallterm.workflows import counter
from hallterm.workflows.number_host import host_state
from storage import clock, views
from storage.journal import Journal
from tests.bench.figure import Figure, spread
from tests.faults.hub_counter import HubClerk
from tests.faults.hub_hall import HubHall, until

PCS = 4
TIMES = 30
LOOK_S = 0.002


def run() -> list[Figure]:
    """One PC calls, another one and the number host look."""
    with tempfile.TemporaryDirectory() as scratch:
        hall = HubHall(Path(scratch), PCS, TIMES + 5, seed=1)
        try:
            with ExitStack() as lines:
                for number in hall.numbers:
                    lines.enter_context(line(hall, number))
                return measured(hall)
        finally:
            hall.stop()


@contextmanager
def line(hall: HubHall, number: int) -> Iterator[None]:
    """A PC's own threads, without its station's devices."""
    bell = Bell()
    end_sync = syncing.start(hall.path(number), hall.hub.url, None, bell)
    end_line = HubLine(hall.path(number), hall.hub.url, ring=lambda: bell.ring()).start()
    try:
        yield
    finally:
        end_line()
        end_sync()


def measured(hall: HubHall) -> list[Figure]:
    first, second = (HubClerk(hall.path(number), number, PCS, 1) for number in list(hall.numbers)[:2])
    until(lambda: _is_there(first) and _is_there(second), "the number host is followed")
    first.sit_down()
    claims, there, elsewhere = [], [], []
    for _time in range(TIMES):
        began = time.monotonic()
        ticket = counter.call(first.desk, clock.now()).ticket
        claims.append(time.monotonic() - began)
        done = time.monotonic()
        there.append(_seen(hall.journal, ticket) - done)
        elsewhere.append(_seen(second.desk.journal, ticket) - done)
        counter.start(first.desk, clock.now(), "B02")
        counter.finish(first.desk, clock.now())
    return [
        *spread("call from a PC, by claim", "s", claims, "<= 1"),
        *spread("seen at the number host", "s", there, "<= 1"),
        *spread("seen at another PC", "s", elsewhere, "<= 1"),
    ]


def _is_there(clerk: HubClerk) -> bool:
    state = host_state(clerk.desk)
    return (
        state is not None and state.online and views.window(clerk.desk.journal.database, clerk.desk.window) is not None
    )


def _seen(journal: Journal, ticket: str) -> float:
    """When the call of this ticket is in the tables of a file."""
    return _when(lambda: bool(journal.database.value("SELECT calls FROM ticket WHERE id = ?", (ticket,))))


def _when(true: Callable[[], bool]) -> float:
    while not true():
        time.sleep(LOOK_S)
    return time.monotonic()
