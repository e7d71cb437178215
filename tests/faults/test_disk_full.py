"""A full disk at the moment of a finish: refused in words, nothing recorded, nothing counted, and the next try works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hallterm.store import Store
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Done
from hallterm.workflows.look import look
from storage.errors import StorageFull
from storage.facts import WindowState
from tests.hallterm.workflows.shift import MEI, W1, Shift, changed, make_hall, on_copy, tables

PATIENCE_S = 120


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    make_hall(tmp_path / "founded")
    with on_copy(tmp_path / "founded", tmp_path / "data") as made:
        yield made


@pytest.fixture
def store(shift: Shift, tmp_path: Path) -> Iterator[Store]:
    shift.open()
    made = Store(tmp_path / "data", lambda view: None, clock=shift.clock)
    made.start()
    made.watch(look)
    made.sit(window=W1, staff=MEI)
    yield made
    made.close(PATIENCE_S)


MOST_PAGES = 1_073_741_823


def allow(desk: Desk, pages: int) -> None:
    """So many pages and no more, also for connections that come after an error: SQLite says what it says on a full disk."""
    sqlite: Any = desk.journal.database.peewee
    sqlite.pragma("max_page_count", pages, permanent=True)


def fill(desk: Desk) -> None:
    desk.journal.database.execute("VACUUM")
    allow(desk, int(desk.journal.database.value("PRAGMA page_count")))


def make_room(desk: Desk) -> None:
    allow(desk, MOST_PAGES)


def press(store: Store, action: Callable[..., Done], *values: object) -> Done:
    return store.submit(lambda desk, now: action(desk, now, *values)).result(PATIENCE_S)


def wait(store: Store, work: Callable[[Desk], None]) -> None:
    store.submit(lambda desk, now: work(desk), writes=False).result(PATIENCE_S)


def fill_to_the_brim(shift: Shift, store: Store) -> None:
    """Changes of the matter take the last free bytes of the last pages; the last of them finds none and records nothing."""
    wait(store, fill)
    while True:
        before, count = tables(shift), len(shift.stores.kinds())
        try:
            press(store, counter.change_service, "B02")
        except StorageFull:
            break
    assert changed(before, tables(shift)) == {}
    assert len(shift.stores.kinds()) == count


@pytest.mark.faults
def test_a_finish_on_a_full_disk_is_refused_and_works_later(shift: Shift, store: Store) -> None:
    desk = shift.desk()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.clock.after(30)
    fill_to_the_brim(shift, store)
    shift.clock.after(10)
    with pytest.raises(StorageFull):
        press(store, counter.finish)
    assert shift.window(desk).state is WindowState.SERVING
    shift.clock.after(50)
    wait(store, make_room)
    press(store, counter.finish)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s) == (30, 60)
    assert shift.stores.kinds().count("service.finished") == 1
    shift.check()
