"""T16: the chain names every line that is not what was written; SQLite alone does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import doctor
from storage.database import Database, Row
from storage.doctor import Break, Fault, flush_ms, integrity, verify_chain
from storage.journal import Journal
from tests.storage.conftest import HALL, issue_tickets

COUNT = 12
NODE = "3606-01"


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Twelve lines; each test changes them inside a transaction that is rolled back."""
    journal = Journal.open(tmp_path_factory.mktemp("chain") / "hall.db")
    journal.found(NODE, HALL)
    issue_tickets(journal, COUNT)
    yield journal.database
    journal.close()


@pytest.fixture
def database(twelve: Database) -> Iterator[Database]:
    twelve.execute("BEGIN IMMEDIATE")
    yield twelve
    twelve.execute("ROLLBACK")


def test_an_untouched_log_holds(database: Database) -> None:
    report = verify_chain(database)
    assert (report.events, report.logs, report.breaks) == (COUNT, 1, ())


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_of_any_line_is_found_and_named(twelve: Database, data: st.DataObject) -> None:
    seq = data.draw(st.integers(1, COUNT))
    line = bytearray(twelve.value("SELECT line FROM event WHERE seq = ?", (seq,)))
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] ^= 1 << data.draw(st.integers(0, 7))
    twelve.execute("BEGIN IMMEDIATE")
    try:
        twelve.execute("UPDATE event SET line = ? WHERE seq = ?", (bytes(line), seq))
        report = verify_chain(twelve)
    finally:
        twelve.execute("ROLLBACK")
    assert report.breaks == (Break(NODE, 0, seq, seq, Fault.CHANGED),)


@pytest.mark.parametrize("seq", [1, 5, COUNT - 1])
def test_a_removed_line_is_found(database: Database, seq: int) -> None:
    database.execute("DELETE FROM event WHERE seq = ?", (seq,))
    assert verify_chain(database).breaks[0] == Break(NODE, 0, seq + 1, seq + 1, Fault.GAP)


def test_swapped_lines_are_found(database: Database) -> None:
    (third,), (fourth,) = database.rows("SELECT line FROM event WHERE seq IN (3, 4) ORDER BY seq")
    database.execute("UPDATE event SET line = ? WHERE seq = 3", (fourth,))
    database.execute("UPDATE event SET line = ? WHERE seq = 4", (third,))
    assert [one.seq for one in verify_chain(database).breaks] == [3, 4]


def test_a_forged_line_with_its_own_fitting_hash_is_found_at_the_next_one(database: Database) -> None:
    from storage.chain import next_hash

    before = database.value("SELECT hash FROM event WHERE seq = 4")
    forged = b'{"s":5,"k":"ticket.issued"}'
    database.execute("UPDATE event SET line = ?, hash = ? WHERE seq = 5", (forged, next_hash(before, forged)))
    assert [one.seq for one in verify_chain(database).breaks] == [6]


def test_a_cut_tail_is_found_by_the_mark(database: Database) -> None:
    database.execute("DELETE FROM event WHERE seq > 9")
    assert verify_chain(database).breaks == (Break(NODE, 0, 10, 0, Fault.TAIL),)


def test_a_line_of_no_known_log_is_found(database: Database) -> None:
    database.execute("INSERT INTO event VALUES (99, 'x', 0, 1, ?, ?)", (b"{}", b"0" * 32))
    assert verify_chain(database).breaks == (Break("x", 0, 1, 99, Fault.NO_LOG),)


def test_the_bit_that_sqlite_does_not_miss_is_found(folder: Path) -> None:
    journal = Journal.open(folder / "hall.db")
    journal.found(NODE, HALL)
    issue_tickets(journal, 3)
    journal.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()
    content = bytearray((folder / "hall.db").read_bytes())
    at = content.index(b'"number":"A001"') + 12
    content[at] ^= 1
    (folder / "hall.db").write_bytes(content)
    journal = Journal.open(folder / "hall.db")
    assert integrity(journal.database) == []
    assert [one.seq for one in verify_chain(journal.database).breaks] == [2]
    journal.close()


def test_the_flush_time_is_measured_and_leaves_nothing(folder: Path) -> None:
    assert flush_ms(folder) > 0
    assert list(folder.iterdir()) == []


def test_lines_that_others_write_meanwhile_are_no_break(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A station begins to verify while terminals serve: heads and lines must be of one moment."""
    issue_tickets(journal, 5)
    other = Journal.open(Path(journal.database.where))
    read = doctor.stored_lines

    def while_written(database: Database, pos: int = 0) -> Iterator[list[Row]]:
        issue_tickets(other, 5)
        return read(database, pos)

    monkeypatch.setattr(doctor, "stored_lines", while_written)
    assert verify_chain(journal.database).holds
    other.close()
