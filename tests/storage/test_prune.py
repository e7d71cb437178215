"""Lines make room only when they are in a backup upstream; what is left proves itself, and the tables can be made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import outbox
from storage.backup import list_backups, make_backup, restore
from storage.doctor import Break, Fault, verify_chain
from storage.errors import StorageDamaged
from storage.facts import Moment
from storage.journal import Journal
from storage.prune import OLDER_MS, prune_lines
from storage.rebuild import compare, rebuild_in_place
from storage.tables import DERIVED_MODELS
from tests.storage.conftest import NOW, issue_tickets

LATER = Moment(NOW.t + OLDER_MS + 1, NOW.m, NOW.boot)


def durable(journal: Journal, seq: int) -> None:
    outbox.acknowledge(journal, outbox.standing(journal), seq, seq)


def tables(journal: Journal) -> dict[str, list[object]]:
    names = [str(model._meta.table_name) for model in DERIVED_MODELS]
    return {name: sorted(journal.database.rows(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def blank(journal: Journal) -> list[int]:
    return [row[0] for row in journal.database.rows("SELECT seq FROM event WHERE length(line) = 0 ORDER BY seq")]


@pytest.fixture
def pruned(journal: Journal) -> Journal:
    """Twelve lines, eight of them durable and old, pruned; three more after that."""
    issue_tickets(journal, 12)
    durable(journal, 8)
    assert prune_lines(journal, LATER, worth=1).lines == 8
    issue_tickets(journal, 3)
    return journal


def test_only_durable_lines_make_room_and_their_hashes_stay(pruned: Journal) -> None:
    assert blank(pruned) == list(range(1, 9))
    assert pruned.database.value("SELECT count(*) FROM event WHERE length(hash) = 32") == 16
    assert outbox.standing(pruned).pruned == 8
    report = verify_chain(pruned.database)
    assert (report.events, report.breaks) == (16, ())


def test_the_tables_are_what_snapshot_and_journal_say(pruned: Journal) -> None:
    assert compare(pruned.database) == []
    before = tables(pruned)
    done = rebuild_in_place(pruned.database)
    assert (done.lines, done.quarantined) == (4, 0)
    assert tables(pruned) == before
    assert pruned.database.value("SELECT count(*) FROM ticket") == 15


def test_a_second_pruning_goes_on_from_the_first(pruned: Journal) -> None:
    durable(pruned, 14)
    assert prune_lines(pruned, LATER, worth=1).lines == 4  # no. 13 is the fact of the first pruning and not old
    assert blank(pruned) == list(range(1, 13))
    assert compare(pruned.database) == []
    assert verify_chain(pruned.database).holds


@pytest.mark.parametrize(
    ("seq", "now", "worth"), [(0, LATER, 1), (8, NOW, 1), (8, LATER, 9)], ids=["not durable", "not old", "too few"]
)
def test_nothing_else_makes_room(journal: Journal, seq: int, now: Moment, worth: int) -> None:
    issue_tickets(journal, 12)
    durable(journal, seq)
    assert prune_lines(journal, now, worth=worth).lines == 0
    assert blank(journal) == []
    assert journal.own_seq() == 12


def test_a_line_that_is_not_understood_yet_stays(journal: Journal) -> None:
    issue_tickets(journal, 5)
    durable(journal, 5)
    journal.database.execute("INSERT INTO quarantine VALUES ('3606-01', 0, 3, 'unknown_kind')")
    with pytest.raises(StorageDamaged):  # the journal says otherwise
        prune_lines(journal, LATER, worth=1)
    assert blank(journal) == []


def test_tables_that_differ_from_the_journal_are_not_made_the_truth(journal: Journal) -> None:
    issue_tickets(journal, 5)
    durable(journal, 5)
    journal.database.execute("UPDATE ticket SET prefix = 'Z' WHERE number = 'A001'")
    with pytest.raises(StorageDamaged):
        prune_lines(journal, LATER, worth=1)
    assert blank(journal) == []
    assert verify_chain(journal.database).holds


def test_a_changed_snapshot_is_found(pruned: Journal) -> None:
    body = bytes(pruned.database.value("SELECT body FROM snapshot WHERE name = 'ticket'"))
    pruned.database.execute("UPDATE snapshot SET body = ? WHERE name = 'ticket'", (body[:-1] + b"\0",))
    with pytest.raises(StorageDamaged):
        compare(pruned.database)


def test_a_line_blanked_by_hand_is_no_pruned_line(pruned: Journal) -> None:
    pruned.database.execute("UPDATE event SET line = ? WHERE seq = 10", (b"",))
    assert verify_chain(pruned.database).breaks == (Break("3606-01", 0, 10, 10, Fault.CHANGED),)


def test_a_pruned_hash_changed_by_hand_is_found_at_the_first_line_that_is_left(pruned: Journal) -> None:
    pruned.database.execute("UPDATE event SET hash = ? WHERE seq = 8", (bytes(32),))
    assert [one.seq for one in verify_chain(pruned.database).breaks] == [9]


def test_a_backup_of_a_pruned_file_is_whole(pruned: Journal, folder: Path) -> None:
    before = tables(pruned)
    make_backup(folder, NOW)
    pruned.close()
    report = restore(folder, list_backups(folder)[0], LATER)
    assert (report.in_backup, report.salvaged, report.missing) == (16, 0, 0)
    again = Journal.open(folder / "hall.db")
    assert tables(again) == before
    assert compare(again.database) == []
    again.close()
