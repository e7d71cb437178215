"""T5: a disk that is full, wherever something is written: said, no half fact, nothing acknowledged, and the same works later.

On a small file system of its own where one may be mounted, else under a limit on the pages of the file. Mutants: a fact
that is committed before what follows from it, a checkpoint that drops the log, a cursor before its facts, an upgrade step by
step, a centre that acknowledges what it could not store.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from peewee import IntegrityError, sqlite3  # type: ignore[attr-defined]

from storage import feed, nodes, receive, schema
from storage.database import Database
from storage.errors import StorageError, StorageFull, translated
from storage.facts import SettingSet
from storage.feed import Cursor, Origin, apply, cursor
from storage.journal import Journal, Write
from storage.nodes import Upstream
from storage.receive import Batch, Exchange, Receipt, Verdict, accept
from storage.schema import SCHEMA
from sync.client import Outcome, Result, SyncClient
from tests.faults.full_disk import MOST, PageLimit, SmallDisk, file_system, is_whole, small
from tests.faults.test_sync_power import state_of
from tests.storage.test_migrations import made_by
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, has, serve_visits
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

__all__ = ["file_system"]

pytestmark = pytest.mark.faults
SETTINGS = 600
SHAPE = "SELECT name, sql FROM sqlite_master ORDER BY name"

Disk = SmallDisk | PageLimit


@pytest.fixture(params=["file_system", "page_limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "page_limit":
        yield PageLimit(tmp_path / "small")
        return
    with small(tmp_path / "small") as found:
        yield found


@pytest.fixture
def hall(disk: Disk) -> Iterator[Journal]:
    """A joined hall PC whose file is on the small disk."""
    journal = Journal.open(disk.folder / "hall.db")
    journal.found("3301-0310-07", "3301")
    nodes.enrolled_with(journal, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
    yield journal
    journal.close()


def record_until_full(journal: Journal, start: int = 0) -> int:
    """Visits that were recorded before one was refused."""
    for n in range(MOST):
        try:
            serve_visits(journal, 1, start=start + n)
        except StorageFull:
            return n
    raise AssertionError("it is never full")


def refused(disk: Disk, hall: Journal) -> bool:
    """Fill the disk, record until it is said; whether nothing of the refused visit is there."""
    start = hall.own_seq()
    serve_visits(hall, 2, start=start)
    disk.fill(hall)
    record_until_full(hall, start + 2)
    before = state_of(hall.database)
    for n in range(5):
        with pytest.raises(StorageFull):
            serve_visits(hall, 1 + n, start=50_000)
    same = state_of(hall.database) == before
    disk.free(hall)
    return same and is_whole(hall)


def test_what_does_not_fit_leaves_nothing_and_fits_later(disk: Disk, hall: Journal) -> None:
    assert refused(disk, hall)
    serve_visits(hall, 3, start=60_000)
    assert is_whole(hall)


@pytest.mark.parametrize("disk", ["page_limit"], indirect=True)
def test_the_comparison_can_fail_a_fact_without_what_follows(
    disk: Disk, hall: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: each fact is committed by itself, so that a visit can end in the middle."""
    record = Write.record

    def hasty(tx: Write, fact: Any) -> str:
        found = record(tx, fact)
        tx.database.execute("COMMIT")
        tx.database.execute("BEGIN IMMEDIATE")
        return found

    monkeypatch.setattr(Write, "record", hasty)
    assert any(not well_refused(disk, hall) for _ in range(20))


def well_refused(disk: Disk, hall: Journal) -> bool:
    try:
        return refused(disk, hall)
    except IntegrityError:  # what was left of a visit stands in the way of the next
        return False


def checkpointed(file_system: SmallDisk) -> None:
    """The log cannot be copied into the file: what it holds stays readable, and is copied when there is room."""
    journal = Journal.open(file_system.folder / "hall.db")
    journal.found("n1", "3301")
    journal.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.database.execute("PRAGMA wal_autocheckpoint = 0")
    serve_visits(journal, 150)
    before = state_of(journal.database)
    file_system.fill(journal)
    for mode in ("PASSIVE", "FULL", "TRUNCATE"):
        copied_into_file(journal, mode)
    assert still(journal) == before, "lost"
    file_system.free(journal)
    assert copied_into_file(journal, "TRUNCATE"), "lost"
    journal.close()
    journal = Journal.open(file_system.folder / "hall.db")
    assert still(journal) == before, "lost"
    assert is_whole(journal)
    journal.close()


def copied_into_file(journal: Journal, mode: str) -> bool:
    """Whether what the log holds could be copied."""
    try:
        journal.database.execute(f"PRAGMA wal_checkpoint({mode})")
    except StorageFull:
        return False
    return True


def still(journal: Journal) -> str:
    """What can be read."""
    try:
        return state_of(journal.database)
    except StorageError:
        return ""


def test_a_checkpoint_without_room_loses_nothing(file_system: SmallDisk) -> None:
    checkpointed(file_system)


def test_the_comparison_can_fail_a_checkpoint_that_makes_room(
    file_system: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: where a checkpoint finds no room, the log goes."""
    execute = Database.execute

    def hasty(database: Database, sql: str, params: Sequence[object] = ()) -> Any:
        try:
            return execute(database, sql, params)
        except StorageFull:
            if "wal_checkpoint" in sql:
                Path(f"{database.where}-wal").write_bytes(b"")
            raise

    monkeypatch.setattr(Database, "execute", hasty)
    with pytest.raises(AssertionError, match="lost"):
        checkpointed(file_system)


def fed(disk: Disk, hall: Journal, centre: Journal, open_centre: Opener) -> None:
    """Reference data that do not fit move no cursor, and all of them are there when there is room."""
    with centre.write("-", at(0)) as tx:
        for n in range(SETTINGS):
            tx.record(SettingSet(name=f"value_{n}", value='"' + "x" * 500 + '"', scope="3301"))
    with centre_in_thread(open_centre) as url, closing(SyncClient(lambda: hall, url, DEVICE_KEY)) as client:
        disk.fill(hall)
        outcome = step_until(client, Result.STORE_FAULT)
        before = cursor(hall.database)
        assert (outcome.code, client.step(at(1)).result) == ("StorageFull", Result.STORE_FAULT)
        assert cursor(hall.database) == before, "moved"
        assert is_whole(hall)
        disk.free(hall)
        while client.step(at(2)).wait_s == 0:
            assert client.state is not None
            assert client.state.online
        assert hall.database.value("SELECT count(*) FROM feed WHERE above = 1") >= SETTINGS
        assert is_whole(hall)


def test_reference_data_that_do_not_fit_move_no_cursor(
    disk: Disk, hall: Journal, centre: Journal, open_centre: Opener
) -> None:
    fed(disk, hall, centre, open_centre)


@pytest.mark.parametrize("disk", ["page_limit"], indirect=True)
def test_the_comparison_can_fail_a_cursor_before_its_facts(
    disk: Disk, hall: Journal, centre: Journal, open_centre: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: how far the feed was taken is committed first."""

    def hasty(database: Database, own: str, given: Sequence[Origin], upto: Cursor) -> int:
        apply(database, own, [], upto)
        database.execute("COMMIT")
        database.execute("BEGIN IMMEDIATE")
        return apply(database, own, given, upto)

    monkeypatch.setattr(feed, "apply", hasty)
    with pytest.raises(AssertionError, match="moved"):
        fed(disk, hall, centre, open_centre)


def step_until(client: SyncClient, result: Result) -> Outcome:
    for second in range(MOST):
        outcome = client.step(at(second))
        if outcome.result is result:
            return outcome
    raise AssertionError(f"never {result}")


def upgraded_late(path: Path, fill: Callable[[], None], free: Callable[[], None]) -> None:
    """An upgrade without room changes nothing, and works when there is room."""
    made_by(1, path)
    with closing(sqlite3.connect(path)) as file:
        before, rows = list(file.execute(SHAPE)), list(file.execute("SELECT * FROM event"))
    fill()
    with pytest.raises(StorageFull):
        Journal.open(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (1,), "half"
        assert list(file.execute(SHAPE)) == before, "half"
        assert list(file.execute("SELECT * FROM event")) == rows
    free()
    upgraded = Journal.open(path)
    assert upgraded.database.value("PRAGMA user_version") == SCHEMA
    assert upgraded.database.rows("SELECT * FROM event") == rows
    assert is_whole(upgraded)
    upgraded.close()


def test_an_upgrade_without_room_changes_nothing_and_works_later(file_system: SmallDisk) -> None:
    journal = Journal.__new__(Journal)
    path = file_system.folder / "hall.db"
    upgraded_late(path, lambda: file_system.fill(journal), lambda: file_system.free(journal))


def in_the_midst(patch: pytest.MonkeyPatch) -> None:
    """There was room for the copy; of the upgrade itself the first tables fit and the others do not."""
    copy_first = schema._copy_first

    def filling(database: Database, found: int) -> None:
        copy_first(database, found)
        pages = int(database.value("PRAGMA page_count"))
        database.execute(f"PRAGMA max_page_count = {pages + 2}")

    patch.setattr(schema, "_copy_first", filling)


def test_an_upgrade_that_runs_out_of_room_changes_nothing_and_works_later(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        upgraded_late(tmp_path / "hall.db", lambda: in_the_midst(patch), patch.undo)


def test_the_comparison_can_fail_an_upgrade_step_by_step(tmp_path: Path) -> None:
    """Mutant: an upgrade that is called done in another transaction than its steps."""

    def hasty(database: Database) -> None:
        database.execute(f"PRAGMA user_version = {SCHEMA}")
        with translated(database.where):
            schema._run(database)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_run_once", hasty)
        with pytest.raises(AssertionError, match="half"):
            upgraded_late(tmp_path / "hall.db", lambda: in_the_midst(patch), patch.undo)


@pytest.fixture
def full_centre(file_system: SmallDisk, open_centre: Opener) -> Opener:
    """How a centre is opened whose file is on the small disk."""
    path = Path(open_centre().database.where)
    shutil.copy(path, file_system.folder / "centre.db")
    return lambda: Journal.open(file_system.folder / "centre.db")


def through_a_full_centre(device: Journal, full_centre: Opener, disk: SmallDisk) -> list[Outcome]:
    """The answers while the centre was full; afterwards it has everything."""
    centre = full_centre()
    with centre_in_thread(full_centre) as url, closing(SyncClient(lambda: device, url, DEVICE_KEY)) as client:
        serve_visits(device, 300)
        client.step(at(0))
        disk.fill(centre)
        outcomes = [client.step(at(n)) for n in range(20)]
        there = has(centre, device)
        assert all(outcome.acked <= there for outcome in outcomes), "acknowledged, but not there"
        disk.free(centre)
        while client.step(at(30)).waiting:
            pass
        assert_same_facts(device, centre)
    centre.close()
    return outcomes


def test_a_full_centre_says_503_acknowledges_nothing_and_goes_on_later(
    device: Journal, full_centre: Opener, file_system: SmallDisk
) -> None:
    assert through_a_full_centre(device, full_centre, file_system)[-1].result is Result.BUSY


def test_the_comparison_can_fail_a_full_centre_that_acknowledges(
    device: Journal, full_centre: Opener, file_system: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: what could not be stored is acknowledged."""

    def hasty(journal: Journal, batch: Batch, received_t: int, exchange: Exchange | None = None) -> Receipt:
        try:
            return accept(journal, batch, received_t, exchange)
        except StorageFull:
            log = (batch.node, batch.epoch, Verdict.STORED, batch.last, batch.head, batch.last, 0)
            store = str(journal.database.value("SELECT value FROM meta WHERE name = 'store'"))
            return Receipt(*log, store, 1, asked=batch.head)

    monkeypatch.setattr(receive, "accept", hasty)
    with pytest.raises(AssertionError, match="not there"):
        through_a_full_centre(device, full_centre, file_system)
