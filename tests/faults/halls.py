"""Halls for the fault runs, and what must be true of one afterwards."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hallterm.workflows.setup import FirstRun, WindowSpec, first_run
from storage import clock, views
from storage.doctor import verify_chain
from storage.facts import StaffSet, TicketIssued
from storage.journal import Journal
from storage.rebuild import compare
from storage.vault import Vault
from tests.faults.clerk import HALL


def make_hall(folder: Path, windows: int, tickets: int = 0) -> None:
    """A hall open at all hours with a clerk for every window, and people waiting."""
    folder.mkdir(parents=True)
    journal, vault = Journal.open(folder / "hall.db"), Vault.open(folder)
    now = clock.now()
    specs = tuple(WindowSpec(number) for number in range(1, windows + 1))
    first_run(
        journal, vault, FirstRun("市办税厅", HALL, specs, "0001", "王建国", "correct horse", open_always=True), now
    )
    with journal.write("0001", now) as tx:
        for number in range(1, windows + 1):
            tx.record(StaffSet(staff_of(number), f"办税员{number}", HALL))
        for number in range(1, tickets + 1):
            tx.record(TicketIssued(views.last_day(tx.database, HALL), f"B{number:03d}", "B", service_code="B02"))
    journal.close()
    vault.close()


def staff_of(number: int) -> str:
    return f"03{number:02d}"


def window_of(number: int) -> str:
    return f"{HALL}-{number:02d}"


def facts(journal: Journal) -> list[tuple[str, dict[str, str]]]:
    """``(kind, data)`` of every line."""
    rows = journal.database.rows("SELECT line FROM event ORDER BY pos")
    lines = [msgspec.json.decode(bytes(row[0])) for row in rows]
    return [(line["k"], line["d"]) for line in lines]


def ids(journal: Journal) -> list[str]:
    """The id of every fact, from what is in the file."""
    rows = journal.database.rows("SELECT node, epoch, seq, hash FROM event ORDER BY pos")
    return [f"{node}/{epoch}/{seq}/{bytes(digest).hex()[:8]}" for node, epoch, seq, digest in rows]


def assert_whole(journal: Journal) -> None:
    """The chain holds, the tables are what the journal says, and nobody was called, finished or rated twice."""
    assert verify_chain(journal.database).holds
    assert compare(journal.database) == []
    once = {
        "ticket.called": "ticket",
        "service.finished": "service",
        "rating.missing": "service",
        "rating.given": "service",
    }
    for kind, key in once.items():
        found = [data[key] for one, data in facts(journal) if one == kind]
        assert len(found) == len(set(found)), kind
    busy = "SELECT ticket FROM \"window\" WHERE state IN ('called', 'serving', 'paused', 'awaiting_rating')"
    at = [row[0] for row in journal.database.rows(busy)]
    assert len(at) == len(set(at))
    assert journal.database.value("SELECT min(min(counted_ms), min(excluded_ms)) FROM service") in (0, None)
