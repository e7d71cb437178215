"""T5: the reserve (``ballast``) that a full disk gives back lets the day be closed and sent.

Mutant: a reserve that gives nothing back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hallterm.locale import use
from hallterm.store import Store
from hallterm.widgets.health import health_row
from hallterm.widgets.writing import FAILURES, RESERVE, failure
from hallterm.workflows import counter
from hallterm.workflows.day import close_day
from hallterm.workflows.desk import Done
from hallterm.workflows.look import health, look
from storage import ballast, nodes, views
from storage.errors import StorageFull
from storage.facts import NodeEnrolled
from storage.journal import Journal
from storage.nodes import Upstream
from storage.rebuild import compare
from sync.client import Result, SyncClient
from tests.faults.full_disk import MOST, SmallDisk, file_system
from tests.hallterm.workflows.founded import HALL, Stores
from tests.hallterm.workflows.shift import MEI, W1, Shift, make_hall
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import at, has
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

__all__ = ["file_system"]

pytestmark = pytest.mark.faults
PATIENCE_S = 120


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
    use("zh_CN")
    made = Counter(file_system, tmp_path / "founded")
    yield made
    made.close()
    use("en")


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
