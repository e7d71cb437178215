"""Tickets that are held, taken back, returned and transferred, on a real journal (business rule 7.2, T11-T13)."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Refused
from storage import views
from storage.facts import HoldReason, PauseReason, ServiceState, TicketClass, TicketState, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, W2, WEI, Shift


def test_t11_t12a_a_held_ticket_frees_the_window_and_its_clock_goes_on(shift: Shift) -> None:
    desk = shift.open()
    id = shift.serve(desk)
    service = shift.serving(desk).id
    shift.do(counter.hold, desk, HoldReason.PAPERS, after_s=40)
    assert (shift.window(desk).state, shift.ticket(id).state) == (WindowState.IDLE, TicketState.HELD)
    assert shift.service(service).state is ServiceState.HELD
    other = shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAYMENT)
    assert shift.window(desk).state is WindowState.IDLE
    shift.do(counter.take_back, desk, id, after_s=400)
    shift.do(counter.finish, desk, after_s=20)
    row = shift.service(service)
    held_ms = shift.intervals(service)[0][3]
    assert shift.intervals(service) == [("held", "", 1, held_ms)]
    assert row.counted_s == 60
    assert row.excluded_s == held_ms // 1000
    assert shift.ticket(other).state is TicketState.HELD
    assert shift.stores.facts("rating.asked") == []


def test_t11_a_pause_ends_with_the_hold(shift: Shift) -> None:
    desk = shift.open()
    id = shift.serve(desk)
    service = shift.serving(desk).id
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT, after_s=10)
    shift.do(counter.hold, desk, HoldReason.PAPERS, after_s=30)
    shift.do(counter.take_back, desk, id, after_s=60)
    shift.do(counter.finish, desk, after_s=10)
    row = shift.service(service)
    assert [one[3] for one in shift.intervals(service)] == [30_000, 60_000]
    assert (row.counted_s, row.excluded_s, row.wall_s) == (20, 90, 110)


def test_t11_a_walk_up_cannot_be_held_or_moved(shift: Shift) -> None:
    desk = shift.open()
    shift.do(counter.walk_up, desk, "B02")
    for action, value in ((counter.hold, HoldReason.PAPERS), (counter.transfer, "B")):
        with pytest.raises(Refused):
            shift.do(action, desk, value)


def test_t12a_only_the_own_held_ticket(shift: Shift) -> None:
    mine, other = shift.open(1, MEI), shift.open(2, WEI)
    id = shift.serve(mine)
    shift.do(counter.hold, mine, HoldReason.PAPERS)
    with pytest.raises(Refused):
        shift.do(counter.take_back, other, id)
    shift.serve(other)
    shift.do(counter.hold, other, HoldReason.PAPERS)
    with pytest.raises(Refused):
        shift.do(counter.take_back, other, id)


def test_t12_a_returned_ticket_is_first_and_its_clock_goes_on_at_the_same_clerk(shift: Shift) -> None:
    desk = shift.open()
    id = shift.serve(desk, "B01")
    service = shift.serving(desk).id
    shift.do(counter.hold, desk, HoldReason.PAPERS, after_s=30)
    shift.issue()
    shift.do(counter.return_held, shift.stores.desk(), id, after_s=100)
    ticket = shift.ticket(id)
    assert (ticket.state, ticket.cls, ticket.calls) == (TicketState.WAITING, TicketClass.RETURNED, 0)
    assert ticket.waiting_since_t == shift.clock.t
    assert shift.do(counter.call, desk, after_s=10).ticket == id
    shift.do(counter.start, desk, after_s=10)
    shift.do(counter.finish, desk, after_s=30)
    row = shift.service(service)
    assert (row.state, row.counted_s, row.excluded_s) == (ServiceState.FINISHED, 60, 121)
    with pytest.raises(Refused):
        shift.do(counter.return_held, shift.stores.desk(), id)


def test_t12_another_clerk_begins_a_leg_of_his_own(shift: Shift) -> None:
    mine, other = shift.open(1, MEI), shift.open(2, WEI)
    id = shift.serve(mine)
    visit = shift.serving(mine).visit
    shift.do(counter.hold, mine, HoldReason.PAPERS)
    shift.do(counter.return_held, shift.stores.desk(), id)
    shift.do(counter.call, other)
    shift.do(counter.start, other)
    service = shift.serving(other)
    assert (service.leg, service.visit, service.counted_ms, service.staff) == (2, visit, 0, WEI)


def test_t13_the_first_clerk_keeps_his_seconds_and_the_taxpayer_his_place(shift: Shift) -> None:
    mine, other = shift.open(1, MEI), shift.open(2, WEI)
    id = shift.serve(mine)
    issued_t, first = shift.ticket(id).issued_t, shift.serving(mine)
    shift.issue()
    shift.do(counter.transfer, mine, W2, after_s=47)
    assert (shift.ticket(id).state, shift.ticket(id).target) == (TicketState.WAITING, W2)
    assert shift.service(first.id).state is ServiceState.TRANSFERRED
    assert shift.service(first.id).counted_ms == 48_000
    assert (shift.figure("transferred"), shift.figure("transferred_s")) == (1, 48)
    assert (shift.figure("services"), shift.figure("std_milliminutes")) == (0, 0)
    assert shift.do(counter.call, other).ticket == id
    shift.do(counter.start, other)
    second = shift.serving(other)
    assert (second.leg, second.visit, second.counted_ms) == (2, first.visit, 0)
    assert shift.ticket(id).issued_t == issued_t
    visit = views.visit(shift.db, second.visit)
    assert visit is not None
    assert visit.first_inquiry_staff == MEI


def test_t13_a_called_ticket_and_a_paused_one_may_be_moved_to_a_group(shift: Shift) -> None:
    desk = shift.open(1, MEI)
    id = shift.call(desk, "B01")
    shift.do(counter.transfer, desk, "A")
    assert (shift.ticket(id).target, shift.window(desk).state) == ("A", WindowState.IDLE)
    assert shift.do(counter.call, desk).ticket == id
    shift.do(counter.start, desk)
    service = shift.serving(desk).id
    shift.do(counter.pause, desk, PauseReason.SYSTEM_FAULT, after_s=5)
    shift.do(counter.transfer, desk, "C", after_s=100)
    assert (shift.service(service).counted_ms, shift.service(service).excluded_ms) == (5_000, 100_000)
    assert shift.intervals(service) == [("paused", "system_fault", 1, 100_000)]


@pytest.mark.parametrize("to", [f"{HALL}-01", f"{HALL}-02", f"{HALL}-77", "360600002-01", "Z", "", "BB"])
def test_t13_a_ticket_goes_nowhere_where_nobody_calls_it(shift: Shift, to: str) -> None:
    """Its own window, a closed one, unknown ones, one of another hall, groups that nobody serves."""
    desk = shift.open()
    id = shift.call(desk)
    with pytest.raises(Refused):
        shift.do(counter.transfer, desk, to)
    assert shift.ticket(id).state is TicketState.CALLED
