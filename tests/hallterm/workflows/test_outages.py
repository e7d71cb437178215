"""Faults of the hall: declared, confirmed, withdrawn, over; and the pauses that a leader has a word on."""

from __future__ import annotations

import pytest

from hallterm.station import faults
from hallterm.workflows import counter, hall_tv
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.outages import confirm, declare, end, withdraw
from hallterm.workflows.pause_words import confirm_pause, count_again, refuse_pause, waiting_pauses
from storage import views
from storage.facts import FaultKind, GrantSet, PauseReason, Role, StaffSet, WindowState
from storage.views.outages import open_outages, outages
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, WEI, Shift

LEADER, OTHER_LEADER, TECH = "0301", "0302", "0401"
DAY = "2026-11-24"


@pytest.fixture
def led(shift: Shift) -> Shift:
    """A shift with two duty leaders, a technician, and clerks who may serve."""
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        for number, role in (
            *((LEADER, Role.DUTY_LEADER), (OTHER_LEADER, Role.DUTY_LEADER), (TECH, Role.TECHNICIAN)),
            *((MEI, Role.CLERK), (WEI, Role.CLERK)),
        ):
            tx.record(StaffSet(number, f"n{number}", HALL))
            tx.record(GrantSet(number, role, HALL if role is not Role.CLERK else f"{HALL}-01"))
        tx.record(GrantSet(WEI, Role.CLERK, f"{HALL}-02"))
    return shift


def leader(shift: Shift, staff: str = LEADER) -> Desk:
    return shift.stores.desk(0, staff)


def only(shift: Shift) -> str:
    (row,) = open_outages(shift.db, HALL)
    return row.id


def refusal(work: object, *args: object, **more: object) -> str:
    with pytest.raises(Refused) as refused:
        work(*args, **more)  # type: ignore[operator]
    return refused.value.reason.text()


def two_serving(shift: Shift) -> tuple[Desk, Desk]:
    mei, wei = shift.open(1, MEI), shift.open(2, WEI)
    shift.serve(mei)
    shift.serve(wei)
    return mei, wei


def test_a_leaders_fault_pauses_all_windows_at_once_and_confirms_the_pauses(led: Shift) -> None:
    mei, wei = two_serving(led)
    said = declare(leader(led), led.clock.after(60), FaultKind.TAX_CORE).words.text()
    assert said.endswith("Tax system: confirmed. 2 windows are paused")
    assert {led.window(one).state for one in (mei, wei)} == {WindowState.PAUSED}
    led.clock.after(1800)
    assert "2 windows go on" in end(leader(led), led.clock(), only(led)).words.text()
    assert {led.window(one).state for one in (mei, wei)} == {WindowState.SERVING}
    assert waiting_pauses(led.db, HALL, led.clock().t) == []
    led.do(counter.finish, mei, after_s=30)
    row = led.db.rows("SELECT counted_s, excluded_s FROM service WHERE end_t > 0")
    assert row == [(93, 1800)]
    assert count_again(led.stores.journal, led.clock.after(5 * 86_400)) == 0
    led.check()


def test_a_clerks_fault_pauses_his_window_until_a_leader_confirms_it_for_all(led: Shift) -> None:
    mei, wei = two_serving(led)
    assert "1 windows" in declare(mei, led.clock.after(1), FaultKind.NETWORK).words.text()
    assert (led.window(mei).state, led.window(wei).state) == (WindowState.PAUSED, WindowState.SERVING)
    assert refusal(declare, mei, led.clock.after(1), FaultKind.NETWORK).startswith("Network is reported already")
    assert "duty leader" in refusal(confirm, mei, led.clock.after(1), only(led))
    told = confirm(leader(led), led.clock.after(60), only(led), expected_t=led.clock().t + 1_800_000)
    assert "expected back at" in told.words.text()
    assert led.window(wei).state is WindowState.PAUSED
    assert open_outages(led.db, HALL)[0].back_t == led.clock().t + 1_800_000
    led.check()


def test_a_clerk_may_end_only_what_he_reported_and_nobody_confirmed(led: Shift) -> None:
    mei, wei = two_serving(led)
    declare(mei, led.clock.after(1), FaultKind.DEVICE)
    assert "who reported" in refusal(end, wei, led.clock.after(1), only(led))
    end(mei, led.clock.after(1), only(led))
    assert led.window(mei).state is WindowState.SERVING
    assert open_outages(led.db, HALL) == []


def test_a_clerk_who_goes_on_by_hand_is_not_paused_again(led: Shift) -> None:
    mei, _wei = two_serving(led)
    declare(leader(led), led.clock.after(1), FaultKind.TAX_CORE)
    led.do(counter.resume, mei)
    faults.each_second(led.stores.journal, led.stores.board, led.clock.after(1))
    assert led.window(mei).state is WindowState.SERVING
    confirm(leader(led), led.clock.after(1), only(led))
    assert led.window(mei).state is WindowState.SERVING


def test_a_withdrawn_fault_counts_its_pauses_again(led: Shift) -> None:
    mei, _wei = two_serving(led)
    declare(mei, led.clock.after(10), FaultKind.TAX_CORE)
    led.clock.after(900)
    assert refusal(withdraw, leader(led), led.clock(), only(led), " ") == "say in a few words why"
    withdraw(leader(led), led.clock(), only(led), "it was the plug")
    assert led.window(mei).state is WindowState.SERVING
    led.do(counter.finish, mei, after_s=10)
    before = (led.figure("counted_s"), led.figure("excluded_s"), led.figure("overtime"))
    assert before == (23, 900, 0)
    faults.each_minute(led.stores.journal, led.clock.after(60))
    faults.each_minute(led.stores.journal, led.clock.after(60))
    assert len(led.stores.facts("service.recounted")) == 1
    now = (led.figure("counted_s"), led.figure("timed_counted_s"), led.figure("excluded_s"), led.figure("overtime"))
    assert now == (923, 923, 0, 1)
    assert led.db.rows("SELECT counted_s, excluded_s, overtime FROM service WHERE end_t > 0") == [(923, 0, 1)]
    led.check()


def long_pause(shift: Shift, desk: Desk, seconds: int = 700) -> str:
    """A fault pause that a clerk began by himself; its id."""
    shift.serve(desk)
    shift.do(counter.pause, desk, PauseReason.SYSTEM_FAULT, after_s=30)
    shift.do(counter.resume, desk, after_s=seconds)
    shift.do(counter.finish, desk, after_s=29)
    (row,) = waiting_pauses(shift.db, HALL, shift.clock().t)
    return row.id


def test_a_pause_that_nobody_confirmed_counts_after_the_next_working_day_once(led: Shift) -> None:
    mei = led.open(1, MEI)
    long_pause(led, mei)
    journal = led.stores.journal
    assert count_again(journal, led.clock.after(86_400)) == 0
    assert count_again(journal, led.clock.after(12 * 3600)) == 1
    assert count_again(journal, led.clock.after(60)) == 0
    assert led.db.rows("SELECT counted_s, excluded_s FROM service") == [(759, 0)]
    month = led.db.rows(
        "SELECT counted_s, timed_counted_s, excluded_s FROM figure WHERE period = '2026-11' AND code = 'B01'"
    )
    assert month == [(759, 759, 0)]
    led.check()


def test_a_confirmed_pause_stays_and_a_refused_one_counts_at_once(led: Shift) -> None:
    mei, wei = led.open(1, MEI), led.open(2, WEI)
    kept = long_pause(led, mei)
    assert "duty leader" in refusal(confirm_pause, wei, led.clock(), kept)
    confirm_pause(leader(led), led.clock.after(1), kept)
    assert refusal(refuse_pause, leader(led), led.clock(), kept, "no").startswith("this pause waits")
    refused = long_pause(led, wei)
    assert refusal(refuse_pause, leader(led), led.clock(), refused, "") == "say in a few words why"
    refuse_pause(leader(led), led.clock.after(1), refused, "nobody else had one")
    assert count_again(led.stores.journal, led.clock.after(5 * 86_400)) == 0
    rows = led.db.rows("SELECT staff, counted_s, excluded_s FROM service ORDER BY staff")
    assert rows == [(MEI, 59, 700), (WEI, 759, 0)]
    led.check()


def test_a_leader_does_not_confirm_his_own_pause_nor_one_that_lapsed(led: Shift) -> None:
    with led.stores.journal.write("0001", led.clock()) as tx:
        tx.record(GrantSet(MEI, Role.DUTY_LEADER, HALL))
    mei = led.open(1, MEI)
    own = long_pause(led, mei)
    assert refusal(confirm_pause, mei, led.clock(), own) == "another leader confirms your own pause"
    led.clock.after(2 * 86_400)
    assert refusal(confirm_pause, leader(led), led.clock(), own).startswith("the term was until 11-25 18:00")


def test_a_fault_that_is_over_may_be_confirmed_afterwards(led: Shift) -> None:
    mei = led.open(1, MEI)
    led.serve(mei)
    declare(mei, led.clock.after(30), FaultKind.TAX_CORE)
    end(mei, led.clock.after(900), only(led))
    led.do(counter.finish, mei, after_s=10)
    assert len(waiting_pauses(led.db, HALL, led.clock().t)) == 1
    (row,) = outages(led.db, (HALL, DAY, DAY))
    confirm(leader(led), led.clock.after(1), row.id)
    assert waiting_pauses(led.db, HALL, led.clock().t) == []
    assert "over already" in refusal(end, leader(led), led.clock(), row.id)


def test_a_technician_declares_and_a_fault_from_tomorrow_is_refused(led: Shift) -> None:
    _mei, _wei = two_serving(led)
    tech = led.stores.desk(0, TECH)
    assert "in the future" in refusal(declare, tech, led.clock(), FaultKind.POWER, from_t=led.clock().t + 1)
    assert "2 windows" in declare(tech, led.clock.after(1), FaultKind.POWER).words.text()
    assert "duty leader" in refusal(confirm, tech, led.clock(), only(led))


def test_the_hall_screen_tells_a_confirmed_fault_and_when_it_ends(led: Shift) -> None:
    declare(leader(led), led.clock.after(1), FaultKind.TAX_CORE, expected_t=led.clock().t + 3_600_000)
    notice = hall_tv.board_view(led.db, HALL, led.clock()).notice
    assert notice == "Tax system down since 09:00, back about 10:00. Wait, or get a card at the guide's desk"
    end(leader(led), led.clock.after(1), only(led))
    assert hall_tv.board_view(led.db, HALL, led.clock()).notice == ""


def test_a_window_of_another_pc_is_paused_by_its_own_station(led: Shift) -> None:
    """The leader's PC records the fault only; the fact arrives, and the station here does the rest."""
    mei = led.open(1, MEI)
    led.serve(mei)
    with led.stores.journal.write(LEADER, led.clock.after(5)) as tx:
        from storage.facts import OutageConfirmed, OutageDeclared, OutageEnded

        id = tx.record(OutageDeclared(FaultKind.TAX_CORE, DAY, led.clock().t))
        tx.record(OutageConfirmed(id, DAY))
    for _ in range(2):
        faults.each_second(led.stores.journal, led.stores.board, led.clock.after(1))
    assert led.window(mei).state is WindowState.PAUSED
    assert len(led.stores.facts("service.paused")) == len(led.stores.facts("pause.confirmed")) == 1
    with led.stores.journal.write(LEADER, led.clock.after(700)) as tx:
        tx.record(OutageEnded(id, DAY, led.clock().t))
    for _ in range(2):
        faults.each_second(led.stores.journal, led.stores.board, led.clock.after(1))
    assert led.window(mei).state is WindowState.SERVING
    assert len(led.stores.facts("service.resumed")) == 1
    assert waiting_pauses(led.db, HALL, led.clock().t) == []
    assert views.last_day(led.db, HALL) == DAY
