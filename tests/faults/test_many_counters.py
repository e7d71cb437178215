"""Twenty counters and five hundred people at one file: everybody is called exactly once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from storage.journal import Journal
from tests.faults.clerk import HALL
from tests.faults.halls import assert_whole, facts, make_hall

COUNTERS, TICKETS = 20, 500
LIMIT_S = 1200
"""Ten times what it should take: nothing hangs."""


@pytest.mark.faults
def test_twenty_counters_call_everybody_exactly_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_hall(folder, COUNTERS, TICKETS)
    command = [sys.executable, "-m", "tests.faults.many_counters", str(folder), str(COUNTERS)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], timeout=LIMIT_S, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    journal = Journal.open(folder / "hall.db")
    try:
        called = Counter(data["ticket"] for kind, data in facts(journal) if kind == "ticket.called")
        assert len(called) == TICKETS
        assert set(called.values()) == {1}
        states = journal.database.rows("SELECT result, count(*) FROM ticket GROUP BY result")
        assert states == [("done", TICKETS)]
        day = journal.database.value("SELECT max(day) FROM day")
        sums = journal.database.rows("SELECT sum(services), sum(called) FROM figure WHERE period = ?", (day,))
        assert sums == [(TICKETS, TICKETS)]
        by_window = journal.database.rows("SELECT window, count(*) FROM service GROUP BY window")
        assert {window for window, _ in by_window} <= {f"{HALL}-{number:02d}" for number in range(1, COUNTERS + 1)}
        assert_whole(journal)
    finally:
        journal.close()
