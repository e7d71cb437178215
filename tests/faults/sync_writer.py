"""One of many processes on one file: ``python -m tests.faults.sync_writer FILE NAME VISITS SECONDS SEED [MUTANT]``.

Writes visits, reads, and copies the log into the file in every way SQLite has, until it wrote so many and so long. Prints
the id of every fact after its commit.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from storage.doctor import verify_chain
from storage.errors import StorageBusy
from storage.facts import TicketIssued
from storage.journal import Head, Journal
from tests.sync.facts import DAY, at

CHECKPOINTS = ("PASSIVE", "FULL", "RESTART", "TRUNCATE")


def stale_head(journal: Journal) -> None:
    """Mutant: where the log stands is read before the transaction."""
    found: list[tuple[Head, int]] = [journal.head()]
    journal.head = lambda: found[0]  # type: ignore[method-assign]


def write(journal: Journal, name: str, visit: int) -> None:
    with journal.write(name, at(visit)) as tx:
        for part in range(3):
            tx.record(TicketIssued(day=DAY, number=f"{name}{visit:05d}{part}", prefix="A"))
    sys.stdout.write("".join(f"{fact}\n" for fact in tx.recorded))
    sys.stdout.flush()


def work(path: Path, name: str, visits: int, seconds: float, seed: int, mutant: str = "") -> None:
    source = random.Random(seed)
    journal = Journal.open(path)
    until = time.monotonic() + seconds
    visit = 0
    while visit < visits or time.monotonic() < until:
        if mutant:
            stale_head(journal)
        chance = source.random()
        try:
            if chance < 0.7:
                write(journal, name, visit)
                visit += 1
            elif chance < 0.9:
                journal.database.execute(f"PRAGMA wal_checkpoint({source.choice(CHECKPOINTS)})")
            elif chance < 0.92:
                assert verify_chain(journal.database).holds
            else:
                assert journal.database.value("SELECT count(*) FROM ticket") >= visit
        except StorageBusy:
            continue
    journal.close()


if __name__ == "__main__":
    file, who, count, seconds_text, seed_text, *more = sys.argv[1:]
    work(Path(file), who, int(count), float(seconds_text), int(seed_text), *more)
