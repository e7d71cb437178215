"""The sums of a centre, told upwards: the difference between its figures and what was told, as facts of a log of its own.

That log rests in a data folder of its own beside the centre's (an ordinary node's: journal, tables, keys), whose figures
are what was told so far. Nothing is marked in the centre's database: whatever ends in between, the difference is what
is still to be told, so that each sum arrives once. Days are compared when a line that came in names them; all of them at
the start.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from storage import nodes
from storage.clocks import business_day
from storage.database import Database
from storage.facts import SUMS, FiguresAdded, Moment, SumsOfMatter
from storage.journal import Journal

FOLDER = "upwards"
FILE = "hall.db"
MATTERS_OF_A_FACT = 20
"""So that a line stays below 16 KiB with every sum there is."""
LINES = "SELECT pos, line FROM event WHERE pos > ? ORDER BY pos LIMIT 2000"
DAYS = "SELECT DISTINCT period FROM figure WHERE length(period) = 10"
_SUMMED = ", ".join(f'CAST(sum("{name}") AS BIGINT)' for name in SUMS)
OF_DAY = f"SELECT hall, code, {_SUMMED} FROM figure WHERE period = ? GROUP BY hall, code"
_DAY = re.compile(rb'"day":"(\d{4}-\d\d-\d\d)"')
_T = re.compile(rb'"t":(-?\d+)')

Sums = dict[tuple[str, str], tuple[int, ...]]
"""By hall and matter, in the order of SUMS."""


def open_folder(folder: Path, scope: str = "") -> Journal:
    """The log that a centre tells its sums in; with ``scope``, its place in the higher centre's tree, it is begun. One that
    was begun for another place and joined nobody is begun anew: the place was mistyped.
    """
    path = folder / FOLDER
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    journal = Journal.open(path / FILE)
    if scope and journal.is_set_up and journal.identity.hall != scope and nodes.upstream(journal.database) is None:
        journal.close()
        shutil.rmtree(path)
        return open_folder(folder, scope)
    if scope and not journal.is_set_up:
        journal.found(f"{scope}-centre", scope)
    return journal


def has_folder(folder: Path) -> bool:
    """Whether this centre tells its sums to a higher one."""
    return (folder / FOLDER / FILE).exists()


class Rollup:
    """Tells what the figures of ``centre`` gained in the log of ``told``; use it in one thread."""

    def __init__(self, centre: Journal, told: Journal) -> None:
        self._centre = centre
        self._told = told
        self._pos: int | None = None

    def tell(self, now: Moment) -> int:
        """Record what is not told yet, a fact for each hall's day; returns how many facts."""
        days, pos = self._days()
        facts = [fact for day in sorted(days) for fact in self._differences(day)]
        if facts:
            with self._told.write("-", now) as tx:
                for fact in facts:
                    tx.record(fact)
        self._pos = pos
        return len(facts)

    def _days(self) -> tuple[set[str], int]:
        """The days that lines since the last time can have changed, and the position up to which that is."""
        database = self._centre.database
        pos = self._centre.last_pos()
        if self._pos is None or pos < self._pos:  # the start, or the store was put back
            found = {str(day) for journal in (self._centre, self._told) for (day,) in journal.database.rows(DAYS)}
            return found, pos
        days: set[str] = set()
        seen = self._pos
        while rows := database.rows(LINES, (seen,)):
            for at, line in rows:
                days |= _days_in(bytes(line))
                seen = int(at)
        return days, seen

    def _differences(self, day: str) -> Iterator[FiguresAdded]:
        now, before = (_sums(journal.database, day) for journal in (self._centre, self._told))
        none = (0,) * len(SUMS)
        matters: dict[str, list[SumsOfMatter]] = {}
        for hall, code in sorted(now.keys() | before.keys()):
            pairs = zip(SUMS, now.get((hall, code), none), before.get((hall, code), none), strict=True)
            gained = {name: there - told for name, there, told in pairs if there != told}
            if gained:
                matters.setdefault(hall, []).append(SumsOfMatter(code, gained))
        for hall, found in matters.items():
            for first in range(0, len(found), MATTERS_OF_A_FACT):
                yield FiguresAdded(day=day, hall=hall, matters=tuple(found[first : first + MATTERS_OF_A_FACT]))


def _sums(database: Database, day: str) -> Sums:
    return {(str(hall), str(code)): tuple(map(int, sums)) for hall, code, *sums in database.rows(OF_DAY, (day,))}


def _days_in(line: bytes) -> set[str]:
    """Every day a line names, and the one its time is of: figures belong to one of them."""
    days = {found.decode() for found in _DAY.findall(line)}
    return days | {day for t in _T.findall(line) if (day := business_day(int(t)))}
