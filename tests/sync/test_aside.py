"""T7: work goes on at once after a damage, and what was set aside comes in beside it; or there was no backup at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage import aside, outbox, salvage
from storage.backup import list_backups, make_backup, restore
from storage.doctor import verify_chain
from storage.journal import Journal
from storage.own_numbers import gives_own_numbers
from storage.rebuild import compare
from sync.spool import EVERY_MS, Spool
from tests.sync.facts import at, serve_visits
from tests.sync.trust import DEVICE_KEY

DAY = "2026-11-24"


def damage(path: Path) -> None:
    """The first page is gone: SQLite reads nothing of it any more."""
    with path.open("r+b") as file:
        file.write(os.urandom(4096))


def written(device: Journal) -> list[tuple[object, ...]]:
    rows = device.database.rows("SELECT seq, line, hash FROM event WHERE epoch = 0 ORDER BY seq")
    return [(seq, bytes(line), bytes(digest)) for seq, line, digest in rows]


def left(device: Journal) -> None:
    """Everything is in the one file, and nobody has it open."""
    device.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    device.close()


@pytest.mark.parametrize("from_spool", [False, True], ids=["damaged file", "second copy"])
def test_work_goes_on_at_once_and_the_rest_comes_in_beside_it(
    device: Journal, tmp_path: Path, from_spool: bool
) -> None:
    serve_visits(device, 2)
    make_backup(tmp_path, at(0))
    serve_visits(device, 6, start=2)
    truth = written(device)
    if from_spool:
        late = at(0).__class__(at(0).t, 2 * EVERY_MS, "b0")
        Spool(device, tmp_path / "spool", DEVICE_KEY, at(0)).tick(late)
    left(device)
    damage(tmp_path / "hall.db")
    opened = aside.open_at_once(tmp_path, list_backups(tmp_path)[0], at(1), DAY)
    assert (opened.events, len(opened.set_aside)) == (10, 1)
    if from_spool:
        (tmp_path / opened.set_aside[0]).unlink()
    again = Journal.open(tmp_path / "hall.db")
    assert gives_own_numbers(again.database, DAY)
    assert not gives_own_numbers(again.database, "2026-11-25")
    serve_visits(again, 1, start=20)
    assert aside.waits(again.database)
    assert aside.merge(again, tmp_path) == 30
    assert not aside.waits(again.database)
    assert written(again) == truth
    assert again.database.value("SELECT count(*) FROM service") == 9
    assert verify_chain(again.database).holds
    assert compare(again.database) == []
    sending = [(one.epoch, one.waiting) for one in outbox.logs(again)]
    assert sending == [(0, 40), (again.identity.epoch, 5)], (
        "what is not upstream yet is sent, under the log it was born in"
    )
    again.close()


def test_without_a_backup_the_damaged_file_alone_gives_what_it_has(device: Journal, tmp_path: Path) -> None:
    serve_visits(device, 4)
    truth, who = written(device), device.identity
    left(device)
    path = tmp_path / "hall.db"
    content = path.read_bytes()
    path.write_bytes(content.replace(b'{"s":18,"k"', b'{"s":18,"x"'))
    base = aside.alone(tmp_path)
    assert base is not None
    report = restore(tmp_path, base, at(1))
    aside.forget(tmp_path)
    assert (report.in_backup, report.salvaged, report.missing) == (0, 17, 3)
    again = Journal.open(path)
    assert again.identity == who
    assert written(again) == truth[:17]
    assert verify_chain(again.database).holds
    assert compare(again.database) == []
    again.close()
    assert list(tmp_path.glob(".*")) == []


def test_nobody_knows_whose_a_file_is_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_bytes(os.urandom(9000))
    assert aside.alone(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == ["hall.db"]


def test_a_restore_that_is_cut_off_has_touched_nothing_and_is_done_again(
    device: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power goes while lines are taken over: the damaged file stands where it stood."""
    serve_visits(device, 2)
    make_backup(tmp_path, at(0))
    serve_visits(device, 4, start=2)
    truth = written(device)
    left(device)
    damage(tmp_path / "hall.db")
    before = (tmp_path / "hall.db").read_bytes()
    monkeypatch.setattr(salvage, "TOLD_EVERY", 5)

    def cut(seq: int, last: int) -> None:
        assert last == 30
        if seq == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path, list_backups(tmp_path)[0], at(1), told=cut)
    assert (tmp_path / "hall.db").read_bytes() == before
    assert list(tmp_path.glob("bad-*")) == []
    told: list[tuple[int, int]] = []
    report = restore(tmp_path, list_backups(tmp_path)[0], at(2), told=lambda *step: told.append(step))
    assert (report.salvaged, report.missing) == (20, 0)
    assert told == [(15, 30), (20, 30), (25, 30), (30, 30)]
    again = Journal.open(tmp_path / "hall.db")
    assert written(again) == truth
    again.close()
