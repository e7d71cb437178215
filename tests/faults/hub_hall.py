"""A hall of several PCs as processes on loopback: the number host, which can be killed, and its counters."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from storage import clock, views
from storage.facts import GrantSet, Role
from storage.journal import Journal
from storage.tables import DERIVED_MODELS
from sync.enrol import make_offer
from sync.join import join
from sync.keys import load_or_make
from tests.faults.clerk import HALL
from tests.faults.halls import make_hall, staff_of
from tests.sync.centres import CentreProcess

ROOT = Path(__file__).parents[2]
DEADLINE_S = 600.0
LOOK_S = 0.05
FIRST = 2
"""The number host itself is 01; counters are numbered from here."""


def until(true: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait for a state."""
    end_s = time.monotonic() + deadline_s
    while not true():
        assert time.monotonic() < end_s, what
        time.sleep(LOOK_S)


class HubHall:
    """``counters`` PCs around one number host, all on this machine."""

    def __init__(self, folder: Path, counters: int, tickets: int, seed: int) -> None:
        self.folder, self.counters, self.seed = folder, counters, seed
        make_hall(folder / "hub", counters + 1, tickets)
        self.journal = Journal.open(folder / "hub" / "hall.db")
        with self.journal.write("0001", clock.now()) as tx:
            for number in self.numbers:
                tx.record(GrantSet(staff_of(number), Role.CLERK, HALL))
        self.hub = CentreProcess(folder / "hub")
        self.hub.start()
        self.pcs: dict[int, subprocess.Popen[str]] = {}
        for number in self.numbers:
            self._enrol(number)

    @property
    def numbers(self) -> range:
        return range(FIRST, FIRST + self.counters)

    def path(self, number: int) -> Path:
        return self.folder / f"pc{number:02d}"

    def _enrol(self, number: int) -> None:
        """An empty PC joins with a one-time code made at the number host."""
        self.path(number).mkdir()
        journal = Journal.open(self.path(number) / "hall.db")
        journal.found(f"{HALL}-{number:02d}", HALL)
        code = make_offer(self.journal, HALL, clock.now())
        join(journal, load_or_make(self.path(number)), self.hub.url, code, "test")
        journal.close()

    def open(self) -> None:
        """All counters sit down."""
        for number in self.numbers:
            arguments = [str(self.path(number)), self.hub.url, str(number), str(self.counters), str(self.seed + number)]
            self.pcs[number] = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.hub_counter", *arguments],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
        for number, pc in self.pcs.items():
            assert pc.stdout is not None
            line = pc.stdout.readline()
            assert line == "open\n", (number, line, pc.stderr.read() if pc.stderr and pc.poll() is not None else "")

    def left(self) -> int:
        """Tickets of the day that are not closed at the number host."""
        return int(self.journal.database.value("SELECT count(*) FROM ticket WHERE state <> 'closed'"))

    def has_closed(self, tickets: int) -> bool:
        return int(self.journal.database.value("SELECT count(*) FROM ticket WHERE state = 'closed'")) >= tickets

    def served_alone(self) -> int:
        """How many people the counters have begun to serve by a number that they could not call."""
        return sum(self._served_alone(number) for number in self.numbers)

    def have_served_alone(self, people: int) -> bool:
        return self.served_alone() >= people

    def _served_alone(self, number: int) -> int:
        journal = Journal.open(self.path(number) / "hall.db")
        try:
            sql = "SELECT count(*) FROM lan_down WHERE service LIKE ? || '/%'"
            return int(journal.database.value(sql, (journal.identity.node,)))
        finally:
            journal.close()

    def is_quiet(self) -> bool:
        """Nobody waits, nobody is served, and every file knows every line."""
        return not self.left() and len({self.known(number) for number in [0, *self.numbers]}) == 1

    def known(self, number: int) -> tuple[tuple[str, int], ...]:
        """How far every log is known at a PC (0: at the number host)."""
        journal = self.journal if number == 0 else Journal.open(self.path(number) / "hall.db")
        try:
            rows = journal.database.rows("SELECT node, have FROM log ORDER BY node, epoch")
            return tuple((str(node), int(have)) for node, have in rows)
        finally:
            if number:
                journal.close()

    def end(self) -> list[str]:
        """End the counters as they end by themselves; what they complained about."""
        said = []
        for pc in self.pcs.values():
            if pc.poll() is None:
                _out, err = pc.communicate(timeout=DEADLINE_S)
                said.append(err)
            else:
                said.append(pc.stderr.read() if pc.stderr else "")
        self.pcs.clear()
        return [one for one in said if one]

    def stop(self) -> None:
        """Whatever still runs."""
        for pc in self.pcs.values():
            pc.kill()
            pc.communicate()
        self.hub.stop()
        self.journal.close()


def tables(journal: Journal) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that follows from facts."""
    names = [model._meta.table_name for model in DERIVED_MODELS if model._meta.table_name != "quarantine"]
    return {name: sorted(journal.database.rows(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def day_of(journal: Journal) -> str:
    return views.last_day(journal.database, HALL)
