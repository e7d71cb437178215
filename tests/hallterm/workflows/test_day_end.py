"""T26: what becomes of tickets that wait when the hall closes."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter
from hallterm.workflows.day import close_day
from hallterm.workflows.day_end import settle_tickets, undecided
from hallterm.workflows.desk import Refused
from hallterm.workflows.dispatch_undo import undo_dispatch
from storage.facts import DispatchReason, GrantSet, HoldReason, Role, StaffSet, TicketResult, TicketState
from storage.views.dispatch import dispatches
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.leaders import led
from tests.hallterm.workflows.shift import Shift

DAY, LEADER = "2026-11-24", "0301"
OTHER, CLOSING = DispatchReason.OTHER, DispatchReason.CLOSING


def test_a_leader_decides_and_the_rest_is_abandoned_at_the_days_end(shift: Shift) -> None:
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(StaffSet(LEADER, "周磊", HALL))
        tx.record(GrantSet(LEADER, Role.DUTY_LEADER, HALL))
    leader, desk = shift.stores.desk(0, LEADER), shift.open()
    held = shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    first, second = shift.issue(), shift.issue()
    assert {row.id for row in undecided(shift.db, HALL, DAY)} == {held, first, second}
    with pytest.raises(Refused, match="needs"):
        settle_tickets(desk, shift.clock.after(1), [first], TicketResult.REBOOKED, CLOSING)
    for result, words in ((TicketResult.DONE, "x"), (TicketResult.REBOOKED, " ")):
        with pytest.raises(Refused):
            settle_tickets(leader, shift.clock.after(1), [first], result, OTHER, words)
    for wrong in ([first, "n1/0/1/00000000"], []):
        with pytest.raises(Refused):
            settle_tickets(leader, shift.clock.after(1), wrong, TicketResult.REBOOKED, CLOSING)
    settle_tickets(leader, shift.clock.after(1), [first, held], TicketResult.REBOOKED, OTHER, "the power is off")
    assert [one["reason"] for one in shift.stores.facts("ticket.ended")] == ["the power is off"] * 2
    assert [row.id for row in undecided(shift.db, HALL, DAY)] == [second]
    with pytest.raises(Refused, match="neither waits"):
        settle_tickets(leader, shift.clock.after(1), [first], TicketResult.ABANDONED, CLOSING)
    with shift.stores.journal.write("-", shift.clock.after(1)) as tx:
        close_day(tx, DAY)
    assert {shift.ticket(one).result for one in (first, held)} == {TicketResult.REBOOKED}
    assert shift.ticket(second).result == TicketResult.ABANDONED
    shift.check()


def test_a_leader_takes_it_back_within_ten_seconds(shift: Shift) -> None:
    leader, desk = led(shift), shift.open()
    held = shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    waiting = shift.issue()
    before = {one: shift.ticket(one) for one in (held, waiting)}
    done = settle_tickets(leader, shift.clock.after(1), [held, waiting], TicketResult.ABANDONED, CLOSING)
    assert {shift.ticket(one).state for one in before} == {TicketState.CLOSED}
    assert [(row.dispatch, row.to, row.reason) for row in dispatches(shift.db, HALL, DAY)] == [
        ("day_end", "abandoned", "closing")
    ]
    with pytest.raises(Refused):
        undo_dispatch(leader, shift.clock.after(1), done.step)
    undo_dispatch(leader, shift.clock.after(1), done.step, done.before)
    assert {one: shift.ticket(one) for one in before} == before, "as they were, held by whom and why"
    with pytest.raises(Refused):
        undo_dispatch(leader, shift.clock.after(1), done.step, done.before)
    late = settle_tickets(leader, shift.clock.after(1), [waiting], TicketResult.ABANDONED, CLOSING)
    with pytest.raises(Refused):
        undo_dispatch(leader, shift.clock.after(11), late.step, late.before)
    shift.check()
