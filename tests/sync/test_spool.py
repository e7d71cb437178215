"""T7: the second copy: what is in no backup upstream is in the spool, and comes back from there."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from storage import outbox, spooled
from storage.backup import list_backups, make_backup, restore
from storage.doctor import verify_chain
from storage.epochs import Cause, part
from storage.facts import Moment
from storage.journal import Journal
from storage.rebuild import compare
from sync import segment
from sync.keys import holds
from sync.spool import EVERY_MS, Spool
from tests.sync.facts import at, serve_visits
from tests.sync.trust import DEVICE_KEY

SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
LATE = Moment(at(0).t, 2 * EVERY_MS, "b0")


@pytest.fixture
def spool(device: Journal, tmp_path: Path) -> Spool:
    return Spool(device, tmp_path / "spool", DEVICE_KEY, at(0))


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "spool").iterdir())


def lines_of(journal: Journal) -> list[tuple[object, ...]]:
    rows = journal.database.rows("SELECT epoch, seq, line, hash FROM event ORDER BY epoch, seq")
    return [(epoch, seq, bytes(line), bytes(digest)) for epoch, seq, line, digest in rows]


def test_it_writes_when_there_is_enough_or_when_it_was_long_ago(device: Journal, spool: Spool, tmp_path: Path) -> None:
    serve_visits(device, 99)
    assert spool.tick(at(1)) == 0
    serve_visits(device, 21, start=99)
    assert spool.tick(at(1)) == 2
    serve_visits(device, 1, start=200)
    assert spool.tick(at(2)) == 0
    assert spool.tick(LATE) == 1
    assert names(tmp_path) == [f"3301-0310-07-0-{span}.seg" for span in ("1-500", "501-600", "601-605")]
    assert spool.tick(LATE) == 0


def test_each_file_is_a_signed_segment(device: Journal, spool: Spool, tmp_path: Path) -> None:
    serve_visits(device, 4)
    spool.tick(LATE)
    (path,) = (tmp_path / "spool").iterdir()
    found = segment.read(path.read_bytes())
    assert (found.header.first, found.header.n) == (1, 20)
    assert holds(DEVICE_KEY.public, found.covered, found.signature)


def test_what_is_durable_upstream_has_no_second_copy(device: Journal, spool: Spool, tmp_path: Path) -> None:
    serve_visits(device, 4)
    spool.tick(LATE)
    outbox.acknowledge(device, outbox.standing(device), 20, 19)
    spool.tick(at(0))
    assert len(names(tmp_path)) == 1
    outbox.acknowledge(device, outbox.standing(device), 20, 20)
    spool.tick(at(0))
    assert names(tmp_path) == []


def test_a_lost_file_comes_back_from_backup_and_spool(device: Journal, spool: Spool, tmp_path: Path) -> None:
    """Two epochs, and the disk with hall.db is gone."""
    serve_visits(device, 2)
    make_backup(tmp_path, at(0))
    serve_visits(device, 2, start=2)
    parted = part(device, 0, 15, Cause.FORKED, at(0).t)
    serve_visits(device, 1, start=4)
    assert spool.tick(LATE) == 2
    before = lines_of(device)
    device.close()
    for path in tmp_path.glob("hall.db*"):
        path.unlink()
    report = restore(tmp_path, list_backups(tmp_path)[0], at(0))
    assert (report.in_backup, report.salvaged, report.missing) == (10, 15, 0)
    again = Journal.open(tmp_path / "hall.db")
    there = lines_of(again)
    assert set(there) <= set(before)
    assert [one for one in before if one not in there] == [
        one for one in before if one[0] == 0 and int(str(one[1])) > 15
    ]
    assert again.identity.epoch == parted.epoch
    assert again.database.value("SELECT count(*) FROM service") == 5
    assert verify_chain(again.database).holds
    assert compare(again.database) == []
    again.close()


@pytest.mark.faults
def test_whatever_is_damaged_in_database_and_spool_nothing_false_comes_back(device: Journal, tmp_path: Path) -> None:
    """Bits flipped, sectors zeroed, files cut: all lines that any copy still has come back, byte for byte, or the count
    says what is missing.
    """
    source = random.Random(SEED)
    spool = Spool(device, tmp_path / "spool", DEVICE_KEY, at(0))
    serve_visits(device, 2)
    make_backup(tmp_path, at(0))
    for visits in range(2, 10):
        serve_visits(device, 1, start=visits)
        if visits < 8:
            spool._written_m = at(0).m
            spool.tick(LATE)
    truth = lines_of(device)
    device.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    device.close()
    sound = {path: path.read_bytes() for path in [tmp_path / "hall.db", *(tmp_path / "spool").iterdir()]}
    for turn in range(12):
        for path, content in sound.items():
            path.write_bytes(content)
        damage(source, tmp_path / "hall.db", times=3)
        if turn % 2:
            damage(source, source.choice([path for path in sound if path.suffix == ".seg"]), times=1)
        report = restore(tmp_path, list_backups(tmp_path)[0], at(turn))
        again = Journal.open(tmp_path / "hall.db")
        found = lines_of(again)
        assert found == truth[: len(found)], f"HALLTERM_SEED={SEED}, turn {turn}"
        assert report.in_backup + report.salvaged == len(found)
        assert len(found) + report.missing >= (40 if turn % 2 == 0 else 10)
        assert turn % 2 or len(found) >= 40, "all that the spool has comes back"
        assert verify_chain(again.database).holds
        assert compare(again.database) == []
        again.close()


def damage(source: random.Random, path: Path, times: int) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(times):
        place = source.randrange(len(content))
        how = source.randrange(3)
        if how == 0:
            content[place] ^= 1 << source.randrange(8)
        elif how == 1:
            content[place : place + 512] = bytes(len(content[place : place + 512]))
        elif place > 0:
            del content[max(place, len(content) // 2) :]
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x1f\x8b" + bytes(30)])
def test_what_is_no_segment_is_passed_over(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "n-0-1-2.seg").write_bytes(content)
    assert list(spooled.files_in(tmp_path)) == []
    assert list(spooled.files_in(tmp_path / "nowhere")) == []
