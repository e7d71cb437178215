"""The one way to write facts: all or nothing, one gap-free chain whoever writes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import storage.database
from storage import facts as f
from storage.chain import fact_id, first_hash, next_hash
from storage.database import open_sqlite
from storage.doctor import verify_chain
from storage.errors import FactTooLarge, NewerVersion, NotSetUp, OldLibrary, StorageBusy, StorageFull
from storage.journal import MAX_LINE, Journal
from storage.schema import SCHEMA
from tests.storage.conftest import DAY, HALL, NOW, W1, issue_tickets

WRITE_MANY = """
import sys
from pathlib import Path
from storage.journal import Journal
from tests.storage.conftest import issue_tickets
journal = Journal.open(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
issue_tickets(journal, int(sys.argv[2]))
"""
TICKET = f.TicketIssued(day=DAY, number="A001", prefix="A")


def write(journal: Journal, *facts: Any) -> None:
    """One block; what is no fact makes it fail in the middle."""
    with journal.write("1001", NOW) as tx:
        for fact in facts:
            tx.record(fact)


def fill(journal: Journal) -> None:
    """Write until the disk is full."""
    for _ in range(1000):
        write(journal, TICKET, f.RatingRefused(why="x" * 5000, window=W1, pad="p"))


def test_a_fact_becomes_a_line_of_the_chain_and_a_row_in_one_transaction(journal: Journal) -> None:
    with journal.write("1001", NOW) as tx:
        ticket = tx.record(f.TicketIssued(day=DAY, number="A001", prefix="A"))
    ((line, digest),) = journal.database.rows("SELECT line, hash FROM event")
    assert bytes(digest) == next_hash(first_hash("3606-01", 0), bytes(line))
    assert ticket == fact_id("3606-01", 0, 1, bytes(digest))
    assert journal.database.rows("SELECT id, state, hall, issued_by FROM ticket") == [(ticket, "waiting", HALL, "1001")]
    assert journal.database.rows("SELECT have, head FROM log") == [(1, bytes(digest).hex())]


def test_a_block_that_fails_leaves_nothing(journal: Journal) -> None:
    before = journal.database.rows("SELECT have, head FROM log")
    with pytest.raises(AttributeError):
        write(journal, TICKET, object())
    assert journal.last_pos() == 0
    assert journal.database.rows("SELECT * FROM ticket") == []
    assert journal.database.rows("SELECT * FROM figure") == []
    assert journal.database.rows("SELECT have, head FROM log") == before
    issue_tickets(journal, 1)
    assert verify_chain(journal.database).holds


def test_processes_writing_one_file_at_once_keep_one_gap_free_chain(journal: Journal, folder: Path) -> None:
    count = 60
    command = [sys.executable, "-c", WRITE_MANY, str(folder / "hall.db"), str(count)]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for child in children:
            child.communicate("go\n", timeout=120)
    finally:
        for child in children:
            child.kill()
            child.wait()
    assert [child.returncode for child in children] == [0, 0, 0]
    assert journal.database.rows("SELECT min(seq), max(seq), count(*) FROM event") == [(1, 3 * count, 3 * count)]
    assert journal.database.value("SELECT count(*) FROM ticket") == 3 * count
    assert verify_chain(journal.database).holds


def test_a_line_over_16_kib_is_refused_and_nothing_of_its_block_stays(journal: Journal) -> None:
    with pytest.raises(FactTooLarge) as refused:
        write(journal, TICKET, f.RatingRefused(why="字" * MAX_LINE, window=W1, pad="p"))
    assert refused.value.values["kind"] == "rating.refused"
    assert journal.last_pos() == 0


def test_the_largest_line_that_fits_is_kept_whole(journal: Journal) -> None:
    with journal.write("1001", NOW) as tx:
        tx.record(f.RatingRefused(why="x" * (MAX_LINE - 200), window=W1, pad="p"))
    assert journal.database.value("SELECT length(line) FROM event") > MAX_LINE - 200
    assert verify_chain(journal.database).holds


def test_an_open_program_stops_writing_when_a_newer_one_has_migrated_the_file(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 1)
    newer = open_sqlite(folder / "hall.db")
    newer.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    newer.close()
    with pytest.raises(NewerVersion), journal.write("1001", NOW) as tx:
        tx.record(f.TicketIssued(day=DAY, number="A002", prefix="A"))
    assert journal.last_pos() == 1
    with pytest.raises(NewerVersion):
        Journal.open(folder / "hall.db")


def test_a_file_locked_for_too_long_is_said_to_be_busy(journal: Journal, folder: Path) -> None:
    other = open_sqlite(folder / "hall.db")
    other.execute("BEGIN IMMEDIATE")
    journal.database.execute("PRAGMA busy_timeout = 20")
    with pytest.raises(StorageBusy):
        issue_tickets(journal, 1)
    other.execute("ROLLBACK")
    other.close()
    assert len(issue_tickets(journal, 1)) == 1


def test_a_full_disk_is_said_and_no_half_fact_stays(journal: Journal) -> None:
    issue_tickets(journal, 3)
    pages = journal.database.value("PRAGMA page_count")
    journal.database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageFull):
        fill(journal)
    lines = journal.last_pos()
    assert journal.database.value("SELECT have FROM log") == lines
    assert journal.database.value("SELECT count(*) FROM ticket") == 3 + (lines - 3) // 2
    journal.database.execute("PRAGMA max_page_count = 100000")
    issue_tickets(journal, 1)
    assert verify_chain(journal.database).holds


def test_an_sqlite_that_can_lose_pages_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database, "MIN_SQLITE", (99, 0, 0))
    with pytest.raises(OldLibrary) as refused:
        Journal.open(folder / "hall.db")
    assert refused.value.values["needed"] == "99.0.0"


def test_the_library_in_use_is_new_enough(journal: Journal) -> None:
    found = tuple(map(int, journal.database.value("SELECT sqlite_version()").split(".")))
    assert found >= (3, 51, 3)


def test_a_file_without_a_node_takes_no_fact(folder: Path) -> None:
    journal = Journal.open(folder / "hall.db")
    assert not journal.is_set_up
    with pytest.raises(NotSetUp), journal.write("-", NOW):
        pass
    journal.close()


def test_what_was_recorded_is_on_the_disk_when_the_block_ends(
    journal: Journal, folder: Path, issue: Callable[[int], list[str]]
) -> None:
    ids = issue(2)
    assert journal.database.value("PRAGMA synchronous") == 2
    other = open_sqlite(folder / "hall.db")
    assert [row[0] for row in other.rows("SELECT id FROM ticket ORDER BY ord")] == ids
    other.close()
