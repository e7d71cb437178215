"""Midnight passes at an open window: the clock goes on, and figures and rating stay together on the day of the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from hallterm.rules.day import midnight_t
from hallterm.station.keeping import Keeping
from hallterm.workflows import counter, rating
from hallterm.workflows.desk import Desk
from storage import views
from storage.facts import HallKind, HallSet, PauseReason, TicketState, UnratedReason, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift

DAY, NEXT = "2026-11-24", "2026-11-25"
SUMS = ("services", "counted_s", "rated", "unrated", "tickets", "called", "no_shows", "transferred")


@pytest.fixture
def desk(shift: Shift) -> Desk:
    """A clerk in a hall that is open at night."""
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(HallSet(HALL, "厅", HallKind.HALL, open_always=True))
    return shift.open()


@pytest.fixture
def keeping(shift: Shift, tmp_path: Path) -> Keeping:
    return Keeping(shift.stores.journal, tmp_path / "data", shift.clock())


def to_midnight(shift: Shift, before_s: float) -> None:
    """Time passes until so many seconds before the day ends."""
    shift.clock.after((midnight_t(NEXT) - shift.clock.t) / 1000 - before_s)


def of_day(shift: Shift, day: str) -> dict[str, int]:
    """The sums of a day that are not 0."""
    listed = ", ".join(f"coalesce(sum({name}), 0)" for name in SUMS)
    [row] = shift.db.rows(f"SELECT {listed} FROM figure WHERE period = ?", (day,))
    return {name: value for name, value in zip(SUMS, row, strict=True) if value}


def test_a_service_over_midnight_keeps_counting_and_its_rating_lands_with_it(
    shift: Shift, desk: Desk, keeping: Keeping
) -> None:
    shift.call(desk)
    to_midnight(shift, 100)
    shift.do(counter.start, desk)
    service = shift.serving(desk).id
    for _ in range(4):
        keeping.minute(shift.clock.after(60))
    assert views.last_day(shift.db, HALL) == NEXT
    assert shift.window(desk).state is WindowState.SERVING
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT, after_s=0)
    shift.do(counter.resume, desk, after_s=50)
    shift.do(counter.finish, desk, after_s=10)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s) == (250, 50)
    assert rating.ask(shift.stores.journal, service, "HT25A0000001", 30, shift.clock.after(1))
    assert shift.rate(service, 4)
    assert of_day(shift, DAY) == {"services": 1, "counted_s": 250, "rated": 1, "tickets": 1, "called": 1}
    assert of_day(shift, NEXT) == {}
    shift.check()


@pytest.mark.parametrize("pressed", [True, False])
def test_a_rating_whose_window_spans_midnight_lands_at_its_service(
    shift: Shift, desk: Desk, keeping: Keeping, pressed: bool
) -> None:
    to_midnight(shift, 75)
    service = shift.await_rating(desk)
    waiting = shift.issue()
    for _ in range(2):
        keeping.minute(shift.clock.after(10))
    assert views.last_day(shift.db, HALL) == NEXT
    assert shift.ticket(waiting).state is TicketState.CLOSED
    assert shift.window(desk).state is WindowState.AWAITING_RATING
    if pressed:
        assert shift.rate(service, 5)
    else:
        assert rating.miss(shift.stores.journal, service, UnratedReason.NO_RESPONSE, shift.clock.after(20))
    assert shift.db.rows("SELECT service, day FROM rating") == ([(service, DAY)] if pressed else [])
    assert of_day(shift, DAY)["rated" if pressed else "unrated"] == 1
    assert of_day(shift, NEXT) == {}
    assert shift.window(desk).state is WindowState.IDLE
    shift.check()


def test_no_number_of_a_pads_window_is_one_of_the_day_before(
    shift: Shift, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pad still knows yesterday's numbers: the first of a new day is drawn among the others."""
    to_midnight(shift, 600)
    before = shift.await_rating(desk)
    wid = views.ask_of_service(shift.db, before)
    assert wid is not None
    rating.miss(shift.stores.journal, before, UnratedReason.NO_RESPONSE, shift.clock.after(30))
    to_midnight(shift, -60)
    monkeypatch.setattr("secrets.randbelow", lambda most: wid.wid - 1)
    after = views.ask_of_service(shift.db, shift.await_rating(desk))
    assert after is not None
    assert (after.day, after.wid) == (NEXT, wid.wid % 0xFFFF + 1)


def test_who_did_not_come_is_missed_on_the_day_of_the_ticket(shift: Shift, desk: Desk) -> None:
    to_midnight(shift, 70)
    shift.call(desk)
    for _ in range(2):
        shift.do(counter.recall, desk, after_s=25)
    done = shift.do(counter.no_show, desk, after_s=25)
    assert of_day(shift, DAY) == {"tickets": 1, "called": 1, "no_shows": 1}
    shift.undo(desk, done)
    shift.do(counter.start, desk)
    shift.do(counter.transfer, desk, "A")
    assert of_day(shift, DAY) == {"tickets": 1, "called": 1}
    assert of_day(shift, NEXT) == {"transferred": 1}
