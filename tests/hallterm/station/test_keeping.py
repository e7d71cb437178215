"""What the station does because time passed: once, however often it looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.station.keeping import Keeping
from hallterm.workflows import counter
from storage import views
from storage.facts import HoldReason
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift, make_hall, on_copy

DAY = "2026-11-24"


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    make_hall(tmp_path / "founded")
    with on_copy(tmp_path / "founded", tmp_path / "data") as made:
        yield made


@pytest.fixture
def keeping(shift: Shift, tmp_path: Path) -> Keeping:
    return Keeping(shift.stores.journal, tmp_path / "data", shift.clock())


def to_hour(shift: Shift, hour: float) -> None:
    """Time passes until an hour of the day."""
    shift.clock.after(hour * 3600 - (shift.clock.t / 1000 + 8 * 3600) % 86_400)


def test_a_visit_lapses_after_five_minutes(shift: Shift, keeping: Keeping) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    shift.rate(service)
    for seconds, closed in ((299, 0), (1, 1), (60, 1)):
        keeping.minute(shift.clock.after(seconds))
        assert len(shift.stores.facts("visit.closed")) == closed
    visit = views.visit(shift.db, shift.service(service).visit)
    assert visit is not None
    assert visit.closed_t


def test_a_jump_of_the_wall_clock_is_recorded_with_its_size_and_once(shift: Shift, keeping: Keeping) -> None:
    keeping.second(shift.clock.after(1))
    shift.clock.jump(1.9)
    keeping.second(shift.clock.after(1))
    shift.clock.jump(-3600)
    for _ in range(3):
        keeping.second(shift.clock.after(1))
    assert shift.stores.facts("clock.jumped") == [{"jump_ms": -3_600_000}]


def test_the_day_ends_late_in_the_evening_when_nobody_is_at_a_window(shift: Shift, keeping: Keeping) -> None:
    desk = shift.open()
    held = shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    waiting = shift.issue()
    to_hour(shift, 21.9)
    keeping.minute(shift.clock())
    assert shift.stores.facts("day.closed") == []
    shift.db.execute("UPDATE \"window\" SET state = 'closed'")
    to_hour(shift, 22.1)
    for _ in range(2):
        keeping.minute(shift.clock.after(60))
    assert len(shift.stores.facts("day.closed")) == 1
    assert views.day_closed(shift.db, HALL, DAY)
    assert {shift.ticket(held).result, shift.ticket(waiting).result} == {"abandoned"}


def test_a_new_day_is_opened_at_midnight_by_the_station_too(shift: Shift, keeping: Keeping) -> None:
    shift.serve(shift.open())
    shift.issue()
    to_hour(shift, 24.1)
    for kept in range(2):
        keeping.minute(shift.clock.after(60))
        assert shift.db.value("SELECT count(*) FROM kept_month") == kept + 1, "a month of the hall a minute"
    assert [fact["day"] for fact in shift.stores.facts("day.opened")] == [DAY, "2026-11-25"]
    assert views.waiting(shift.db, HALL, DAY) == []
