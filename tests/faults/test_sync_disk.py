"""T5: a disk that is full, wherever something is written: said, no half fact, nothing acknowledged, and the same works later.

On a small file system of its own where one may be mounted, else under a limit on the pages of the file. The reserve
(``ballast``) that is given back lets the day be closed and sent. Mutants: a fact that is committed before what follows
from it, a centre that acknowledges what it could not store, a reserve that gives nothing back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from peewee import IntegrityError, sqlite3  # type: ignore[attr-defined]

from hallterm.locale import use
from hallterm.store import Store
from hallterm.widgets.health import health_row
from hallterm.widgets.writing import FAILURES, RESERVE, failure
from hallterm.workflows import counter
from hallterm.workflows.day import close_day
from hallterm.workflows.desk import Done
from hallterm.workflows.look import health, look
from storage import ballast, nodes, receive, views
from storage.doctor import verify_chain
from storage.errors import StorageFull
from storage.facts import NodeEnrolled, SettingSet
from storage.feed import cursor
from storage.journal import Journal, Write
from storage.nodes import Upstream
from storage.rebuild import compare
from storage.receive import Batch, Exchange, Receipt, Verdict, accept
from storage.schema import SCHEMA
from sync.client import Outcome, Result, SyncClient
from tests.end_to_end import small_disk
from tests.end_to_end.small_disk import CannotMount, mounted
from tests.faults.test_sync_power import state_of
from tests.hallterm.workflows.founded import HALL, Stores
from tests.hallterm.workflows.shift import MEI, W1, Shift, make_hall
from tests.storage.test_migrations import made_by
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, has, serve_visits
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

pytestmark = pytest.mark.faults
SIZE = "6m"
PATIENCE_S = 30
MOST = 2_000
SETTINGS = 600


class SmallDisk:
    """A file system of a few megabytes; ``fill`` leaves not a byte."""

    def __init__(self, place: Path, disk: small_disk.SmallFileSystem) -> None:
        self.folder = place / "data"
        self.folder.mkdir()
        self._disk = disk

    def fill(self, _journal: Journal) -> None:
        self._disk.fill()

    def free(self, _journal: Journal) -> None:
        self._disk.free()


class PageLimit:
    """SQLite says what it says on a full disk when a file may not grow; for users who may mount nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def fill(self, journal: Journal) -> None:
        self._allow(journal, int(journal.database.value("PRAGMA page_count")))

    def free(self, journal: Journal) -> None:
        self._allow(journal, 2**30)

    @staticmethod
    def _allow(journal: Journal, pages: int) -> None:
        """Also for connections that come after an error."""
        sqlite: Any = journal.database.peewee
        sqlite.pragma("max_page_count", pages, permanent=True)


Disk = SmallDisk | PageLimit


@contextmanager
def small(place: Path) -> Iterator[SmallDisk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_disk, "SIZE", SIZE)
        try:
            with mounted(place) as found:
                yield SmallDisk(place, found)
        except CannotMount:
            pytest.skip("no file system may be mounted here; the limit of pages shows the same")


@pytest.fixture(params=["file_system", "page_limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "page_limit":
        yield PageLimit(tmp_path / "small")
        return
    with small(tmp_path / "small") as found:
        yield found


@pytest.fixture
def file_system(tmp_path: Path) -> Iterator[SmallDisk]:
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


def is_whole(journal: Journal) -> bool:
    """Every fact has all that follows from it, and nothing has less."""
    return verify_chain(journal.database).holds and compare(journal.database, Path("/tmp")) == []


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


def test_a_checkpoint_without_room_loses_nothing(file_system: SmallDisk) -> None:
    """The log cannot be copied into the file: what it holds stays readable, and is copied when there is room."""
    journal = Journal.open(file_system.folder / "hall.db")
    journal.found("n1", "3301")
    journal.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.database.execute("PRAGMA wal_autocheckpoint = 0")
    serve_visits(journal, 150)
    before = state_of(journal.database)
    file_system.fill(journal)
    for mode in ("PASSIVE", "FULL", "TRUNCATE"):
        try:
            journal.database.execute(f"PRAGMA wal_checkpoint({mode})")
        except StorageFull:
            continue
    assert state_of(journal.database) == before
    file_system.free(journal)
    journal.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()
    journal = Journal.open(file_system.folder / "hall.db")
    assert state_of(journal.database) == before
    assert is_whole(journal)
    journal.close()


def test_reference_data_that_do_not_fit_move_no_cursor(
    disk: Disk, hall: Journal, centre: Journal, open_centre: Opener
) -> None:
    with centre.write("-", at(0)) as tx:
        for n in range(SETTINGS):
            tx.record(SettingSet(name=f"value_{n}", value='"' + "x" * 500 + '"', scope="3301"))
    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: hall, url, DEVICE_KEY)
        disk.fill(hall)
        outcome = step_until(client, Result.STORE_FAULT)
        before = cursor(hall.database)
        assert (outcome.code, client.step(at(1)).result) == ("StorageFull", Result.STORE_FAULT)
        assert cursor(hall.database) == before
        assert is_whole(hall)
        disk.free(hall)
        while client.step(at(2)).wait_s == 0:
            assert client.state is not None
            assert client.state.online
        client.close()
        assert hall.database.value("SELECT count(*) FROM feed WHERE above = 1") >= SETTINGS
        assert is_whole(hall)


def step_until(client: SyncClient, result: Result) -> Outcome:
    for second in range(MOST):
        outcome = client.step(at(second))
        if outcome.result is result:
            return outcome
    raise AssertionError(f"never {result}")


def test_an_upgrade_without_room_changes_nothing_and_works_later(file_system: SmallDisk) -> None:
    path = file_system.folder / "hall.db"
    made_by(1, path)
    with closing(sqlite3.connect(path)) as file:
        rows = list(file.execute("SELECT * FROM event"))
    journal = Journal.__new__(Journal)
    file_system.fill(journal)
    with pytest.raises(StorageFull):
        Journal.open(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (1,)
        assert list(file.execute("SELECT * FROM event")) == rows
    file_system.free(journal)
    upgraded = Journal.open(path)
    assert upgraded.database.value("PRAGMA user_version") == SCHEMA
    assert upgraded.database.rows("SELECT * FROM event") == rows
    assert is_whole(upgraded)
    upgraded.close()


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


class Counter:
    """A counter on the small disk: one person is served, the reserve is kept, and then the disk is full."""

    def __init__(self, disk: SmallDisk, founded: Path) -> None:
        self.disk, self.folder = disk, disk.folder / "hall"
        shutil.copytree(founded, self.folder)
        self.shift = Shift(Stores(self.folder))
        self.shift.open()
        self.store = Store(self.folder, lambda view: None, clock=self.shift.clock)
        self.store.start()
        self.store.watch(look)
        self.store.sit(window=W1, staff=MEI)
        self.desk = self.shift.desk()
        self.shift.serve(self.desk)
        assert ballast.keep(self.folder, 0)

    def press(self, action: Callable[..., Done]) -> Done:
        self.shift.clock.after(5)
        return self.store.submit(lambda desk, now: action(desk, now)).result(PATIENCE_S)

    def finish_until_full(self) -> StorageFull:
        """Finish person after person until the disk says no."""
        for _ in range(MOST):
            try:
                self.press(counter.finish)
                self.shift.serve(self.desk)
            except StorageFull as error:
                return error
        raise AssertionError("it is never full")

    def close_the_day(self) -> None:
        """Everything that the evening needs, in the words of the workflows."""
        self.press(counter.finish)
        now = self.shift.clock.after(60)
        with self.desk.journal.write("-", now) as tx:
            close_day(tx, views.last_day(tx.database, HALL))

    def row(self) -> str:
        """Row 2 of the counter."""
        found = self.store.submit(lambda desk, now: health(desk, now), writes=False).result(PATIENCE_S)
        return repr(health_row(found, self.shift.clock().t, 80))

    def close(self) -> None:
        self.store.close(PATIENCE_S)
        self.shift.stores.close()


@pytest.fixture
def at_counter(file_system: SmallDisk, tmp_path: Path) -> Iterator[Counter]:
    make_hall(tmp_path / "founded")
    with use_chinese():
        made = Counter(file_system, tmp_path / "founded")
        yield made
        made.close()


@contextmanager
def use_chinese() -> Iterator[None]:
    use("zh_CN")
    yield


def filled(at_counter: Counter) -> StorageFull:
    """Only a reader keeps the log from beginning anew, as a report does."""
    reading = Journal.open(at_counter.folder / "hall.db")
    try:
        with reading.database.one_moment():
            reading.database.value("SELECT count(*) FROM event")
            at_counter.disk.fill(reading)
            return at_counter.finish_until_full()
    finally:
        reading.close()


def test_the_reserve_lets_the_day_be_closed_and_sent(at_counter: Counter, open_centre: Opener, centre: Journal) -> None:
    assert "磁盘" not in at_counter.row()
    error = filled(at_counter)
    assert (failure(error), FAILURES[StorageFull] == RESERVE) == (RESERVE, False)
    assert "X 磁盘满" in at_counter.row()
    at_counter.close_the_day()
    journal = at_counter.desk.journal
    assert views.day_closed(journal.database, HALL, views.last_day(journal.database, HALL))
    upstream = Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, HALL)
    nodes.enrolled_with(journal, upstream)
    with centre.write("-", at(0)) as tx:
        tx.record(NodeEnrolled(node=journal.identity.node, scope=HALL, key=DEVICE_KEY.public))
    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: journal, url, DEVICE_KEY)
        while (outcome := client.step(at(1))).waiting:
            assert outcome.result is Result.STORED
        client.close()
    assert has(centre, journal) == journal.own_seq()
    assert not ballast.keep(at_counter.folder, 0)
    at_counter.disk.free(journal)
    assert ballast.keep(at_counter.folder, 0)
    assert "磁盘" not in at_counter.row()
    assert compare(journal.database) == []


def test_the_comparison_can_fail_without_the_reserve_the_day_stays_open(
    at_counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ballast, "release", lambda folder: False)
    error = filled(at_counter)
    assert failure(error) == FAILURES[StorageFull]
    reading = Journal.open(at_counter.folder / "hall.db")
    with reading.database.one_moment():
        reading.database.value("SELECT count(*) FROM event")
        with pytest.raises(StorageFull):
            at_counter.close_the_day()
    reading.close()


def test_a_disk_that_is_almost_full_keeps_no_reserve(tmp_path: Path) -> None:
    assert not ballast.keep(tmp_path, comfort_bytes=2**60)
    assert not ballast.release(tmp_path)
    assert not ballast.is_in_use(tmp_path)
    assert ballast.keep(tmp_path, 0)
    assert (tmp_path / ballast.FILE).stat().st_size == ballast.SIZE_BYTES
    assert ballast.release(tmp_path)
    assert ballast.is_in_use(tmp_path)
