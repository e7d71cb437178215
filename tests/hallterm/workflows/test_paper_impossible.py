"""What must be impossible (business rule 7.5), for what a fault adds: 3, 9, 10 and 11."""

from __future__ import annotations

import msgspec
import pytest

from hallterm.workflows import counter
from hallterm.workflows.back_entering import Slip, confirm_entry, enter
from hallterm.workflows.day import close_day
from hallterm.workflows.desk import Refused
from hallterm.workflows.outages import declare, end
from storage import facts as f
from storage.facts import FaultKind, GrantSet, Role, StaffSet
from storage.views.outages import entries_waiting, open_outages
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, Shift

DAY, LEADER, OTHER = "2026-11-24", "0301", "0302"


@pytest.fixture
def led(shift: Shift) -> Shift:
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        for number, role in ((LEADER, Role.DUTY_LEADER), (OTHER, Role.DUTY_LEADER), (MEI, Role.CLERK)):
            tx.record(StaffSet(number, number, HALL))
            tx.record(GrantSet(number, role, HALL))
    return shift


def slip_now(shift: Shift, number: str = "S1", minutes: int = 5) -> Slip:
    return Slip(number, "B01", shift.clock().t - minutes * 60_000, shift.clock().t)


def test_3_a_fault_opens_no_second_service_and_ends_none(led: Shift) -> None:
    desk = led.open()
    led.serve(desk)
    before = led.serving(desk).id
    declare(led.stores.desk(0, LEADER), led.clock.after(5), FaultKind.TAX_CORE)
    with pytest.raises(Refused):
        led.do(counter.walk_up, desk, "L01")
    with pytest.raises(Refused):
        led.do(counter.call, desk)
    end(led.stores.desk(0, LEADER), led.clock.after(5), open_outages(led.db, HALL)[0].id)
    assert led.serving(desk).id == before


def test_9_two_faults_at_once_leave_one_pause(led: Shift) -> None:
    """Overlapping intervals count once: what one fault has stopped, another does not stop again."""
    desk, leader = led.open(), led.stores.desk(0, LEADER)
    led.serve(desk)
    declare(leader, led.clock.after(60), FaultKind.TAX_CORE)
    declare(leader, led.clock.after(60), FaultKind.NETWORK)
    first, second = open_outages(led.db, HALL)
    end(leader, led.clock.after(60), second.id)
    assert led.window(desk).state == "paused"
    end(leader, led.clock.after(60), first.id)
    led.do(counter.finish, desk, after_s=60)
    assert led.db.rows("SELECT counted_s, excluded_s, wall_s FROM service") == [(120, 180, 300)]


def test_10_no_day_ends_with_somebody_left_in_the_queue(led: Shift) -> None:
    for _ in range(3):
        led.issue()
    with led.stores.journal.write("-", led.clock.after(1)) as tx:
        close_day(tx, DAY)
    assert led.db.value("SELECT count(*) FROM ticket WHERE state <> 'closed'") == 0
    assert led.db.rows("SELECT DISTINCT result FROM ticket") == [("abandoned",)]


def test_11_no_entry_without_an_outage_that_a_leader_confirmed(led: Shift) -> None:
    desk = led.open()
    led.clock.after(600)
    with pytest.raises(Refused, match="no power failure"):
        enter(desk, led.clock(), slip_now(led))
    declare(desk, led.clock.after(1), FaultKind.POWER)
    with pytest.raises(Refused, match="no power failure"):
        enter(desk, led.clock.after(60), slip_now(led, minutes=1))
    assert entries_waiting(led.db, HALL) == []


def test_11_an_entry_counts_once_whoever_presses_how_often(led: Shift) -> None:
    declare(led.stores.desk(0, LEADER), led.clock.after(1), FaultKind.POWER)
    enter(led.open(), led.clock.after(900), slip_now(led))
    (row,) = entries_waiting(led.db, HALL)
    confirm_entry(led.stores.desk(0, OTHER), led.clock.after(1), row.id)
    for staff in (LEADER, OTHER):
        with pytest.raises(Refused):
            confirm_entry(led.stores.desk(0, staff), led.clock.after(1), row.id)
    assert (led.figure("services"), led.figure("back_entries")) == (1, 1)


def test_11_an_entry_keeps_no_number_of_a_person() -> None:
    """A slip is known by its number; who it was rests in the vault, named by a reference."""
    fields = {field.name for kind in (f.BackEntryMade, f.CardIssued) for field in msgspec.structs.fields(kind)}
    assert not fields & {"name", "phone", "taxpayer", "contact"}
    assert "ref" in {field.name for field in msgspec.structs.fields(f.PaperAccepted)}
