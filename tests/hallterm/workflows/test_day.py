"""The business day: opened once, never back, and what waited yesterday is closed (rules 0 and T26)."""

from __future__ import annotations

from hallterm.workflows import counter
from hallterm.workflows.day import TICKETS_A_FACT, close_day, ensure_day
from storage import views
from storage.facts import HallKind, HallSet, HoldReason, TicketIssued, TicketState, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift

DAY, NEXT = "2026-11-24", "2026-11-25"


def open_at_night(shift: Shift) -> None:
    with shift.stores.journal.write("-", shift.clock()) as tx:
        tx.record(HallSet(HALL, "厅", HallKind.HALL, open_always=True))


def midnight(shift: Shift) -> None:
    """To the first second of the next day."""
    shift.clock.after(15 * 3600 - (shift.clock.t // 1000 + 8 * 3600) % 86_400 + 9 * 3600)


def test_what_waits_or_is_held_at_midnight_is_abandoned_and_what_is_served_goes_on(shift: Shift) -> None:
    open_at_night(shift)
    desk = shift.open()
    held = shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    serving = shift.serve(desk)
    service = shift.serving(desk).id
    waiting = shift.issue()
    midnight(shift)
    first = shift.issue()
    for id in (held, waiting):
        assert (shift.ticket(id).state, shift.ticket(id).result) == (TicketState.CLOSED, "abandoned")
    assert (shift.ticket(serving).state, shift.ticket(first).number) == (TicketState.SERVING, "B001")
    assert [fact["day"] for fact in shift.stores.facts("day.opened")] == [DAY, NEXT]
    shift.do(counter.finish, desk)
    assert (shift.service(service).state, shift.window(desk).state) == ("finished", WindowState.AWAITING_RATING)
    shift.check()


def test_a_called_ticket_of_yesterday_may_be_served(shift: Shift) -> None:
    open_at_night(shift)
    desk = shift.open()
    shift.call(desk)
    midnight(shift)
    shift.issue()
    shift.do(counter.start, desk)
    assert shift.window(desk).state is WindowState.SERVING


def test_the_day_never_goes_back(shift: Shift) -> None:
    open_at_night(shift)
    midnight(shift)
    shift.issue()
    shift.clock.jump(-30 * 3600)
    with shift.stores.journal.write("-", shift.clock()) as tx:
        assert ensure_day(tx) == NEXT
    assert len(shift.stores.facts("day.opened")) == 2


def test_a_day_is_closed_once_with_all_that_waits(shift: Shift) -> None:
    shift.issue()
    for _ in range(2):
        with shift.stores.journal.write("-", shift.clock.after(1)) as tx:
            close_day(tx, DAY)
    assert len(shift.stores.facts("day.closed")) == 1
    assert views.day_closed(shift.db, HALL, DAY)
    assert views.waiting(shift.db, HALL, DAY) == []


def test_a_day_with_very_many_left_is_closed_too(shift: Shift) -> None:
    """One line of the journal has 16 KiB: the first write of the next day must not fail for good."""
    count = 2 * TICKETS_A_FACT + 1
    with shift.stores.journal.write("-", shift.clock()) as tx:
        for number in range(count):
            tx.record(TicketIssued(DAY, f"B{number:03d}", "B"))
    open_at_night(shift)
    midnight(shift)
    shift.issue()
    abandoned = shift.db.value("SELECT count(*) FROM ticket WHERE result = 'abandoned'")
    assert abandoned == count
    assert len(shift.stores.facts("day.opened")) == 4
    assert shift.db.rows("SELECT day FROM day ORDER BY day") == [(DAY,), (NEXT,)]
    shift.check()
