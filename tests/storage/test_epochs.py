"""A log that parts: the facts keep their names, every process of the PC goes on under the new epoch, nothing is dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from storage import epochs, nodes, outbox, tail
from storage.backup import list_backups, make_backup, restore
from storage.doctor import verify_chain
from storage.epochs import Cause, part, settle
from storage.facts import NodeEnrolled, RatingRefused
from storage.journal import MAX_LINE, Journal
from storage.machine import fingerprint
from storage.promises import prepare_store
from storage.rebuild import compare, rebuild_in_place
from storage.receive import Batch, Parent, Verdict, accept
from sync.client import Result, SyncClient
from tests.storage.conftest import HALL, NOW, W1, issue_tickets
from tests.sync.centres import centre_in_thread
from tests.sync.facts import batch_of
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

TICKETS = "SELECT * FROM ticket ORDER BY id"


@pytest.fixture
def centre(tmp_path: Path) -> Journal:
    journal = Journal.open(tmp_path / "centre.db")
    journal.found("centre-1", "")
    prepare_store(journal)
    return journal


def lines(journal: Journal, epoch: int) -> list[dict[str, Any]]:
    rows = journal.database.rows("SELECT line FROM event WHERE epoch = ? ORDER BY seq", (epoch,))
    return [msgspec.json.decode(bytes(row[0])) for row in rows]


def whole(journal: Journal, first: int = 1) -> Batch:
    own = outbox.standing(journal)
    parent = Parent(own.parent_epoch, own.parent_seq, own.parent, own.why) if own.parent else None
    return msgspec.structs.replace(batch_of(journal, first, 500), parent=parent)


def test_what_stands_after_the_parting_is_carried_with_its_birth_identity(journal: Journal) -> None:
    ids = issue_tickets(journal, 5)
    before = journal.database.rows(TICKETS)
    parted = part(journal, 0, 3, Cause.FORKED, NOW.t)
    assert (parted.carried, parted.lost) == (2, 0)
    carried = lines(journal, parted.epoch)
    hashes = [bytes(row[0]).hex() for row in journal.database.rows("SELECT hash FROM event WHERE epoch = 0")]
    assert [(one["s"], one["n"], one["of"]) for one in carried] == [
        (1, 4, [0, 4, hashes[3]]),
        (2, 5, [0, 5, hashes[4]]),
    ]
    assert [one["d"] for one in carried] == [one["d"] for one in lines(journal, 0)[3:]]
    assert journal.database.rows(TICKETS) == before
    (newer,) = issue_tickets(journal, 1)
    assert newer.startswith(f"3606-01/{parted.epoch}/3/")
    assert verify_chain(journal.database).holds
    assert compare(journal.database) == []
    assert {one.id for one in tail.after(journal, 0).facts} == {*ids, newer}


def test_the_tables_of_carried_facts_equal_those_of_the_originals(journal: Journal, centre: Journal) -> None:
    """The centre sees the carried lines only; the ids, the order and the sums are those of the PC."""
    issue_tickets(journal, 6)
    part(journal, 0, 0, Cause.FORKED, NOW.t)
    issue_tickets(journal, 1)
    receipt = accept(centre, whole(journal), 7)
    assert (receipt.verdict, receipt.have, receipt.quarantined) == (Verdict.STORED, 7, ())
    assert centre.database.rows(TICKETS) == journal.database.rows(TICKETS)
    sums = "SELECT * FROM figure ORDER BY period"
    assert centre.database.rows(sums) == journal.database.rows(sums)
    assert compare(centre.database) == []


def test_another_process_of_the_pc_goes_on_in_the_new_epoch(journal: Journal, folder: Path) -> None:
    other = Journal.open(folder / "hall.db")
    issue_tickets(other, 2)
    parted = part(journal, 0, 2, Cause.WENT_BACK, NOW.t)
    (ticket,) = issue_tickets(other, 1)
    assert ticket.startswith(f"3606-01/{parted.epoch}/1/")
    assert other.identity.epoch == parted.epoch
    other.close()


def test_a_fact_is_carried_twice_under_one_name(journal: Journal, centre: Journal) -> None:
    issue_tickets(journal, 4)
    first = part(journal, 0, 1, Cause.FORKED, NOW.t)
    issue_tickets(journal, 1)
    second = part(journal, first.epoch, 2, Cause.FORKED, NOW.t)
    assert second.carried == 2
    assert [one.get("of", [first.epoch])[0] for one in lines(journal, second.epoch)] == [0, first.epoch]
    accept(centre, whole(journal), 7)
    assert compare(journal.database) == []
    assert compare(centre.database) == []
    names = set(journal.database.rows("SELECT id FROM ticket"))
    assert set(centre.database.rows("SELECT id FROM ticket")) < names


def test_an_older_log_gives_its_rest_to_the_one_that_is_written(journal: Journal) -> None:
    issue_tickets(journal, 4)
    moved = part(journal, 0, 4, Cause.MOVED, NOW.t)
    issue_tickets(journal, 1)
    later = part(journal, 0, 2, Cause.FORKED, NOW.t)
    assert (later.epoch, later.carried) == (moved.epoch, 2)
    assert [one.get("of", [None])[0] for one in lines(journal, moved.epoch)] == [None, 0, 0]
    assert part(journal, 0, 2, Cause.FORKED, NOW.t).carried == 0
    assert compare(journal.database) == []


def test_a_line_of_the_largest_size_can_be_carried(journal: Journal, centre: Journal) -> None:
    with journal.write("1001", NOW) as tx:
        tx.record(RatingRefused(why="x" * (MAX_LINE - 200), window=W1, pad="p"))
    part(journal, 0, 0, Cause.FORKED, NOW.t)
    assert accept(centre, whole(journal), 7).quarantined == ()


def test_fields_of_a_newer_program_are_carried_as_they_are(journal: Journal) -> None:
    from storage.chain import next_hash

    line = (
        b'{"s":1,"k":"dragon.seen","v":9,"t":1,"m":2,"b":"b","a":"-","h":"1","d":{"x":1.50},"after":["a/b"],"q":[1, 2]}'
    )
    head = outbox.hash_at(journal, outbox.standing(journal), 0)
    assert head is not None
    digest = next_hash(head, line)
    journal.database.execute("INSERT INTO event VALUES (1, '3606-01', 0, 1, ?, ?)", (line, digest))
    journal.database.execute("UPDATE log SET have = 1, head = ?", (digest.hex(),))
    parted = part(journal, 0, 0, Cause.FORKED, NOW.t)
    carried = bytes(journal.database.value("SELECT line FROM event WHERE epoch = ?", (parted.epoch,)))
    assert carried.startswith(line[:-1])
    assert b'"n":1,"of":[0,1,"' in carried


def test_a_disk_in_another_machine_begins_an_epoch(journal: Journal, tmp_path: Path) -> None:
    issue_tickets(journal, 2)
    here = fingerprint(tmp_path)
    assert settle(journal, here, NOW.t) is None
    assert settle(journal, fingerprint(tmp_path), NOW.t) is None
    (tmp_path / "id").write_text("0123")
    elsewhere = fingerprint(tmp_path, tmp_path / "id")
    assert elsewhere != here
    parted = settle(journal, elsewhere, NOW.t)
    assert parted is not None
    assert (parted.carried, journal.identity.epoch) == (0, parted.epoch)
    assert [(one.epoch, one.waiting) for one in outbox.logs(journal)] == [(0, 2), (parted.epoch, 0)]


def test_an_interrupted_parting_leaves_everything_as_it_was(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_tickets(journal, 3)
    before = journal.database.rows("SELECT * FROM log"), journal.database.rows("SELECT * FROM meta")

    def broken(*_values: object) -> object:
        raise OSError("pulled")

    monkeypatch.setattr(epochs, "_carry", broken)
    with pytest.raises(OSError, match="pulled"):
        part(journal, 0, 1, Cause.FORKED, NOW.t)
    assert (journal.database.rows("SELECT * FROM log"), journal.database.rows("SELECT * FROM meta")) == before


def test_an_epoch_after_the_backup_is_salvaged_and_written_on(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 5)
    make_backup(folder, NOW)
    parted = part(journal, 0, 3, Cause.FORKED, NOW.t)
    issue_tickets(journal, 4)
    tickets = set(journal.database.rows("SELECT id FROM ticket"))
    journal.close()
    report = restore(folder, list_backups(folder)[0], NOW)
    assert (report.in_backup, report.salvaged, report.missing, report.last_seq) == (5, 6, 0, 6)
    again = Journal.open(folder / "hall.db")
    assert again.identity.epoch == parted.epoch
    assert set(again.database.rows("SELECT id FROM ticket")) == tickets
    issue_tickets(again, 1)
    assert verify_chain(again.database).holds
    assert compare(again.database) == []
    rebuild_in_place(again.database)
    again.close()


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ("UPDATE event SET line = replace(line, 'A003', 'A009') WHERE seq = 4", {4}),
        ("UPDATE event SET line = zeroblob(90) WHERE seq IN (4, 5)", {4, 5}),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 4", set()),
        ("UPDATE event SET line = zeroblob(9) WHERE seq = 8", {8}),
    ],
    ids=["a line", "two lines", "a hash", "the last line"],
)
def test_a_damaged_line_holds_up_nobody(
    journal: Journal, centre: Journal, tmp_path: Path, change: str, lost: set[int]
) -> None:
    """Never sent and damaged here: the lines around it reach the centre, each under its own name."""
    ids = issue_tickets(journal, 8)
    journal.database.execute(change)
    nodes.enrolled_with(journal, nodes.Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, HALL))
    with centre.write("-", NOW) as tx:
        tx.record(NodeEnrolled(node="3606-01", scope=HALL, key=DEVICE_KEY.public))
    with centre_in_thread(lambda: Journal.open(tmp_path / "centre.db")) as url:
        client = SyncClient(lambda: Journal.open(tmp_path / "hall.db"), url, DEVICE_KEY)
        results = [client.step(NOW).result for _ in range(8)]
        client.close()
    assert Result.FORKED in results
    assert results[-1] is Result.STORED
    wanted = {name for seq, name in enumerate(ids, 1) if seq not in lost}
    assert {row[0] for row in centre.database.rows("SELECT id FROM ticket")} == wanted
    assert compare(centre.database) == []
