"""Keeps months of halls before somebody asks for them: a little at a time, while nothing else is to be done.

Whoever reads a report then finds all past days worked out; without it the first reading does it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from hallterm import month_half_days, month_longest
from hallterm.kept_months import Ends, Keeping, kept_until, read_kept, stale
from hallterm.rules.day import business_day
from hallterm.rules.periods import run
from storage.access import Level, level
from storage.changes import Keeps
from storage.database import Database
from storage.facts import Moment
from storage.views import reporting
from storage.views.kept_months import HallMonth, first_day

if TYPE_CHECKING:
    from storage.journal import Journal

LOOKS_EVERY_MS: Final = 600_000
"""How often it is looked whether something is to be kept."""
YEARS_BEFORE: Final = 3
"""Two years, and the one before, with which the first is compared; older months are kept when they are read."""
PAUSE_S, JOIN_S = 0.05, 5.0
KEEPS: Final = (Keeps.HALF_DAYS, Keeps.LONGEST)
log = logging.getLogger(__name__)


class MonthKeeper:
    """What is still to be kept; ``hall`` "": of every hall there is."""

    def __init__(self, hall: str = "") -> None:
        self._hall = hall
        self._todo: list[tuple[Keeps, HallMonth]] = []
        self._next_m = 0

    def step(self, db: Database, now: Moment) -> bool:
        """Keep one month of a hall; False where nothing is to be done for now."""
        if not self._todo and now.m >= self._next_m:
            self._next_m = now.m + LOOKS_EVERY_MS
            self._todo = [*self._missing(db, now)]
        if not self._todo:
            return False
        what, (hall, month) = self._todo.pop()
        with db.one_moment():
            ends = kept_until([month], business_day(now.t))
            read_kept(db, keeping(db, what, [hall], ends, now), [hall], ends)
        return True

    def _missing(self, db: Database, now: Moment) -> Iterator[tuple[Keeps, HallMonth]]:
        """The newest months are kept first: they are at the end."""
        halls = [self._hall] if self._hall else _halls(db)
        today = business_day(now.t)
        for what in KEEPS:
            begin = min((day for hall in halls if (day := first_day(db, what, hall))), default="")
            ends = kept_until(_months(begin, today), today) if begin else {}
            if ends:
                with db.one_moment():
                    missing = stale(db, keeping(db, what, halls, ends, now), halls, ends)
                yield from ((what, one) for one in sorted(missing, key=lambda one: one[1]))


def keeping(db: Database, what: Keeps, halls: Sequence[str], ends: Ends, now: Moment) -> Keeping[Any]:
    """How one of the things is kept."""
    if what is Keeps.HALF_DAYS:
        return month_half_days.keeping(db, halls, ends, now)
    return month_longest.keeping(db, halls, ends)


def _halls(db: Database) -> list[str]:
    return [one.code for one in reporting.places(db) if one.name and level(one.code) is Level.HALL]


def _months(first: str, today: str) -> Sequence[str]:
    """From the January of the first day on, at most from that of so many years before."""
    return run(f"{max(int(first[:4]), int(today[:4]) - YEARS_BEFORE):04d}-01", today[:7])


@contextmanager
def months_kept(opener: Callable[[], Journal]) -> Iterator[None]:
    """Keep the months of a centre in a thread of its own until the block ends."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(opener, stop), name="months", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(JOIN_S)


def _keep(opener: Callable[[], Journal], stop: threading.Event) -> None:
    """Whatever ends it is noted, and it begins again: what is kept can be made at any time."""
    while not stop.is_set():
        try:
            _keep_on(opener, stop)
        except Exception as error:
            log.error("keeping months began again after %s", type(error).__name__)
            stop.wait(LOOKS_EVERY_MS / 1000)


def _keep_on(opener: Callable[[], Journal], stop: threading.Event) -> None:
    from storage.clock import now

    journal, keeper = opener(), MonthKeeper()
    try:
        while not stop.is_set():
            did = keeper.step(journal.database, now())
            stop.wait(PAUSE_S if did else LOOKS_EVERY_MS / 1000)
    finally:
        journal.close()
