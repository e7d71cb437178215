"""Several PCs in one hall: every ticket is called exactly once or matched, whatever becomes of the number host.

The long version: ``HALLTERM_HUB=full pytest tests/faults/test_hub.py`` (10 counters, 500 tickets, 3 kills).
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from storage import claims
from storage.doctor import verify_chain
from storage.journal import Journal
from storage.rebuild import compare
from tests.faults.clerk import HALL
from tests.faults.halls import facts
from tests.faults.hub_hall import HubHall, day_of, tables, until

FULL = os.environ.get("HALLTERM_HUB") == "full"
COUNTERS, TICKETS, KILLS = (10, 500, 3) if FULL else (4, 60, 1)
DEADLINE_S = 900.0 if FULL else 600.0


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HubHall]:
    seed = int(os.environ.get("HALLTERM_SEED") or random.randrange(10**6))
    print(f"HALLTERM_SEED={seed}")
    made = HubHall(tmp_path, COUNTERS, TICKETS, seed)
    yield made
    made.stop()


@pytest.mark.faults
def test_every_ticket_is_called_once_or_matched_though_the_number_host_is_killed(hall: HubHall) -> None:
    chance = random.Random(hall.seed)
    hall.open()
    for kill in range(1, KILLS + 1):
        share = TICKETS * kill // (KILLS + 1)
        until(partial(hall.has_closed, share), f"{share} closed", DEADLINE_S)
        hall.hub.signal(signal.SIGKILL)
        hall.hub.ended()
        until(
            partial(hall.have_served_alone, hall.served_alone() + chance.randint(2, 2 * COUNTERS)), "alone", DEADLINE_S
        )
        hall.hub.start()
    until(lambda: hall.is_quiet() and twice(hall.journal) == reported(hall.journal), "all closed and known", DEADLINE_S)
    until(hall.is_quiet, "the reports are known", DEADLINE_S)
    assert hall.end() == []
    assert_called_once_or_matched(hall.journal)
    union = tables(hall.journal)
    for number in hall.numbers:
        journal = Journal.open(hall.path(number) / "hall.db")
        assert tables(journal) == union
        assert compare(journal.database) == []
        assert verify_chain(journal.database).holds
        journal.close()
    assert compare(hall.journal.database) == []


def served(journal: Journal) -> Counter[str]:
    """How often each number was called, or served without a call."""
    db = journal.database
    numbers = {str(id): str(number) for id, number in db.rows("SELECT id, number FROM ticket")}
    called = Counter(numbers[data["ticket"]] for kind, data in facts(journal) if kind == "ticket.called")
    return called + Counter(str(number) for (number,) in db.rows("SELECT number FROM lan_down"))


def twice(journal: Journal) -> set[str]:
    return {number for number, times in served(journal).items() if times > 1}


def reported(journal: Journal) -> set[str]:
    return {row.subject for row in claims.doubles(journal.database, HALL, day_of(journal))}


def assert_called_once_or_matched(journal: Journal) -> None:
    """Nobody twice, nobody not at all: no ticket has two calls, and a number with a call and a service is reported."""
    called = Counter(data["ticket"] for kind, data in facts(journal) if kind == "ticket.called")
    assert set(called.values()) == {1}
    numbers = [str(number) for (number,) in journal.database.rows("SELECT number FROM ticket")]
    assert len(set(numbers)) == len(numbers)
    assert set(served(journal)) == set(numbers)
    assert journal.database.value("SELECT count(*) FROM lan_down"), "nobody was served alone: nothing was tested"
