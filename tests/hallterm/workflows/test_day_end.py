"""T26: what becomes of tickets that wait when the hall closes."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter
from hallterm.workflows.day import close_day
from hallterm.workflows.day_end import settle_tickets, undecided
from hallterm.workflows.desk import Refused
from storage.facts import GrantSet, HoldReason, Role, StaffSet, TicketResult
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift

DAY, LEADER = "2026-11-24", "0301"


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
        settle_tickets(desk, shift.clock.after(1), [first], TicketResult.REBOOKED, "power")
    for result, words in ((TicketResult.DONE, "x"), (TicketResult.REBOOKED, " ")):
        with pytest.raises(Refused):
            settle_tickets(leader, shift.clock.after(1), [first], result, words)
    with pytest.raises(Refused):
        settle_tickets(leader, shift.clock.after(1), [first, "n1/0/1/00000000"], TicketResult.REBOOKED, "power")
    settle_tickets(leader, shift.clock.after(1), [first, held], TicketResult.REBOOKED, "the power is off")
    assert [row.id for row in undecided(shift.db, HALL, DAY)] == [second]
    with pytest.raises(Refused, match="neither waits"):
        settle_tickets(leader, shift.clock.after(1), [first], TicketResult.ABANDONED, "again")
    with shift.stores.journal.write("-", shift.clock.after(1)) as tx:
        close_day(tx, DAY)
    assert {shift.ticket(one).result for one in (first, held)} == {TicketResult.REBOOKED}
    assert shift.ticket(second).result == TicketResult.ABANDONED
    shift.check()
