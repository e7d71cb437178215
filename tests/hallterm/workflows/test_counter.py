"""Each transition of the counter on a real journal: the facts it records and the rows afterwards (business rule 7.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hallterm.workflows import counter, rating
from hallterm.workflows.desk import Done, Refused
from hallterm.workflows.ticketing import cancel
from storage import views
from storage.facts import (
    BreakReason,
    EntryMode,
    HoldReason,
    PauseReason,
    ServiceState,
    TicketState,
    UnratedReason,
    WalkUpReason,
    WindowState,
)
from tests.hallterm.workflows.shift import FANG, MEI, Shift


def new_facts(shift: Shift, before: list[str]) -> list[str]:
    return shift.stores.kinds()[len(before) :]


def test_t0_a_window_opens_idle_for_its_clerk(shift: Shift) -> None:
    before = shift.stores.kinds()
    desk = shift.open()
    assert new_facts(shift, before) == ["window.opened"]
    assert (shift.window(desk).state, shift.window(desk).staff) == (WindowState.IDLE, MEI)


def test_t1_a_ticket_waits_with_its_number(shift: Shift) -> None:
    ticket = shift.ticket(shift.issue("B", "B01"))
    assert (ticket.state, ticket.number, ticket.service_code) == (TicketState.WAITING, "B001", "B01")
    assert ticket.waiting_since_t == ticket.issued_t == shift.clock.t
    assert shift.figure("tickets") == 1


def test_t2_the_first_call_freezes_the_waiting_time(shift: Shift) -> None:
    desk = shift.open()
    id = shift.issue()
    before = shift.stores.kinds()
    done = shift.do(counter.call, desk, after_s=125.9)
    ticket, window = shift.ticket(id), shift.window(desk)
    assert new_facts(shift, before) == ["ticket.called"]
    assert (ticket.state, ticket.window, ticket.staff, ticket.calls) == (TicketState.CALLED, desk.window, MEI, 1)
    assert (ticket.wait_s, ticket.first_called_t) == (125, shift.clock.t)
    assert (window.state, window.ticket) == (WindowState.CALLED, id)
    assert (done.ticket, done.number) == (id, "B001")
    assert (shift.figure("called"), shift.figure("wait_s")) == (1, 125)


def test_t3_a_recall_is_the_next_call_and_changes_no_waiting_time(shift: Shift) -> None:
    desk = shift.open()
    id = shift.call(desk)
    frozen = shift.ticket(id).wait_s
    for nth in (2, 3):
        shift.do(counter.recall, desk, after_s=20)
        assert shift.ticket(id).calls == nth
    assert (shift.ticket(id).wait_s, shift.figure("called")) == (frozen, 1)
    with pytest.raises(Refused):
        shift.do(counter.recall, desk, after_s=20)


def test_t3_a_recall_needs_20_seconds_of_the_running_clock(shift: Shift) -> None:
    desk = shift.open()
    shift.call(desk)
    shift.clock.jump(3600)
    with pytest.raises(Refused):
        shift.do(counter.recall, desk, after_s=19.9)
    shift.clock.jump(-7200)
    shift.do(counter.recall, desk, after_s=0.1)


def test_t4_a_no_show_after_three_calls_is_no_service(shift: Shift) -> None:
    desk = shift.open()
    id = shift.call(desk)
    for _ in range(2):
        with pytest.raises(Refused):
            shift.do(counter.no_show, desk, after_s=20)
        shift.do(counter.recall, desk)
    with pytest.raises(Refused):
        shift.do(counter.no_show, desk, after_s=19)
    before = shift.stores.kinds()
    shift.do(counter.no_show, desk)
    assert new_facts(shift, before) == ["ticket.no_show"]
    assert (shift.ticket(id).state, shift.ticket(id).result) == (TicketState.CLOSED, "no_show")
    assert shift.window(desk).state is WindowState.IDLE
    assert (shift.figure("no_shows"), shift.figure("services")) == (1, 0)


def test_t6_a_start_runs_the_clock_with_the_tickets_matter(shift: Shift) -> None:
    desk = shift.open()
    id = shift.call(desk, "B01")
    before = shift.stores.kinds()
    shift.do(counter.start, desk, after_s=33.7)
    service, window = shift.serving(desk), shift.window(desk)
    assert new_facts(shift, before) == ["service.started"]
    assert (service.code, service.limit_s, service.leg, service.state) == ("B01", 480, 1, ServiceState.SERVING)
    assert (service.run_m, service.run_boot, service.counted_ms) == (shift.clock.m, shift.clock.boot, 0)
    assert (window.state, window.ticket, window.visit) == (WindowState.SERVING, id, service.visit)
    assert shift.ticket(id).state is TicketState.SERVING
    assert shift.db.value('SELECT "move_s" FROM service') == 33
    visit = views.visit(shift.db, service.visit)
    assert visit is not None
    assert (visit.first_inquiry_staff, visit.ticket) == (MEI, id)


def test_t6_another_matter_may_be_started_and_one_must_be_named(shift: Shift) -> None:
    desk = shift.open()
    shift.issue("B")
    shift.do(counter.call, desk)
    with pytest.raises(Refused):
        shift.do(counter.start, desk)
    with pytest.raises(Refused):
        shift.do(counter.start, desk, "B99")
    shift.do(counter.start, desk, "B02", 5)
    assert (shift.serving(desk).code, shift.serving(desk).limit_s) == ("B02", 216)


@pytest.mark.parametrize(("code", "quantity"), [("B01", 2), ("B02", 0), ("B02", -1)])
def test_t6_a_quantity_that_cannot_be_is_refused(shift: Shift, code: str, quantity: int) -> None:
    desk = shift.open()
    shift.call(desk)
    with pytest.raises(Refused):
        shift.do(counter.start, desk, code, quantity)
    assert shift.window(desk).state is WindowState.CALLED


def test_t7_a_walk_up_has_no_ticket_and_no_waiting_time(shift: Shift) -> None:
    desk = shift.open()
    shift.do(counter.walk_up, desk, "B02")
    service = shift.serving(desk)
    assert (service.ticket, service.entry_mode) == ("", EntryMode.WALK_UP)
    assert service.walk_up_reason == WalkUpReason.NO_QUEUE
    assert shift.figure("called") == 0


def test_t7_while_people_wait_only_consulting_is_started_without_a_number(shift: Shift) -> None:
    desk = shift.open()
    shift.issue()
    with pytest.raises(Refused):
        shift.do(counter.walk_up, desk, "B02")
    shift.do(counter.walk_up, desk, "L01")
    assert shift.serving(desk).walk_up_reason == WalkUpReason.CONSULT


def test_t8_t9_an_excluded_pause_stops_the_clock_and_a_counted_one_does_not(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_PAYMENT, after_s=10)
    assert shift.window(desk).state is WindowState.PAUSED
    shift.do(counter.resume, desk, after_s=100)
    shift.do(counter.pause, desk, PauseReason.INTERNAL_CONSULT, after_s=5)
    shift.do(counter.resume, desk, after_s=50)
    service = shift.serving(desk)
    assert (service.counted_ms, service.excluded_ms) == (65_000, 100_000)
    assert shift.intervals(service.id) == [
        ("paused", "taxpayer_payment", 1, 100_000),
        ("paused", "internal_consult", 0, 50_000),
    ]


def test_t8_other_needs_a_word_and_the_programs_reasons_are_not_a_clerks(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    for reason in (PauseReason.OTHER, PauseReason.UI_BLOCKED, PauseReason.APP_RESTART):
        with pytest.raises(Refused):
            shift.do(counter.pause, desk, reason)
    shift.do(counter.pause, desk, PauseReason.OTHER, "looks for the stamp")
    assert shift.stores.facts("service.paused")[-1]["note"] == "looks for the stamp"


def test_t14_another_matter_has_its_limit_and_the_clock_goes_on(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk, "B01")
    started = shift.serving(desk)
    shift.do(counter.change_service, desk, "B02", 3, after_s=30)
    service = shift.serving(desk)
    assert (service.code, service.quantity, service.limit_s) == ("B02", 3, 168)
    assert (service.run_m, service.counted_ms) == (started.run_m, 0)
    shift.do(counter.set_quantity, desk, 6, after_s=30)
    assert (shift.serving(desk).quantity, shift.serving(desk).limit_s) == (6, 240)
    shift.do(counter.change_service, desk, "B01")
    assert (shift.serving(desk).quantity, shift.serving(desk).limit_s) == (1, 480)
    assert [fact["limit_s"] for fact in shift.stores.facts("service.changed")] == [168, 240, 480]


@pytest.mark.parametrize("quantity", [0, -3])
def test_t14_a_quantity_below_one_is_refused(shift: Shift, quantity: int) -> None:
    desk = shift.open()
    shift.serve(desk, "B02")
    with pytest.raises(Refused) as caught:
        shift.do(counter.set_quantity, desk, quantity)
    assert "at least 1" in caught.value.reason.text()
    if quantity:
        with pytest.raises(Refused):
            shift.do(counter.change_service, desk, "B02", quantity)


def test_t15_a_finish_freezes_everything_and_waits_for_the_pad(shift: Shift) -> None:
    desk = shift.open()
    id = shift.serve(desk, "B01")
    service = shift.serving(desk).id
    before = shift.stores.kinds()
    shift.do(counter.finish, desk, after_s=481)
    row = shift.service(service)
    assert new_facts(shift, before) == ["service.finished"]
    assert (row.state, row.counted_s, row.limit_s, row.overtime) == (ServiceState.FINISHED, 481, 480, True)
    assert (row.end_t, row.run_boot, row.std_milliminutes) == (shift.clock.t, "", 4800)
    assert (shift.window(desk).state, shift.ticket(id).state) == (
        WindowState.AWAITING_RATING,
        TicketState.AWAITING_RATING,
    )
    assert (shift.figure("services"), shift.figure("overtime"), shift.figure("counted_s")) == (1, 1, 481)


@pytest.mark.parametrize(("served_s", "std_minutes"), [(14, 0), (15, 4800)])
def test_t15_what_took_too_little_time_says_that_it_is_not_credited_yet(
    shift: Shift, served_s: int, std_minutes: int
) -> None:
    desk = shift.open()
    shift.serve(desk, "B01")
    said = shift.do(counter.finish, desk, after_s=served_s).words.text()
    assert ("credited once verified" in said) is (std_minutes == 0)
    assert shift.figure("std_milliminutes") == std_minutes


def test_t15_equal_to_the_limit_is_not_overtime_and_is_floored_once(shift: Shift) -> None:
    desk = shift.open(3)
    shift.serve(desk, "E01")
    shift.do(counter.pause, desk, PauseReason.OTHER, "x", after_s=20.45)
    shift.do(counter.resume, desk, after_s=20.45)
    service = shift.serving(desk)
    shift.do(counter.finish, desk, after_s=19.99)
    assert (shift.service(service.id).counted_s, shift.service(service.id).overtime) == (60, False)


def test_t15_without_a_pad_the_service_is_unrated_and_exempt_at_once(shift: Shift) -> None:
    desk = shift.open()
    id = shift.serve(desk)
    shift.pads = False
    shift.show_pad(desk.window, "lost")
    done = shift.do(counter.finish, desk, after_s=60)
    assert done.undo is None
    assert (shift.window(desk).state, shift.ticket(id).result) == (WindowState.IDLE, "done")
    assert (shift.figure("unrated"), shift.figure("exempt"), shift.figure("rated")) == (1, 1, 0)
    assert shift.stores.facts("rating.missing")[0]["reason"] == UnratedReason.DEVICE_FAULT


def test_t15_a_station_that_is_silent_asks_nobody(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.pads = False
    shift.do(counter.finish, desk, after_s=60)
    assert shift.window(desk).state is WindowState.IDLE


def test_t16_a_press_frees_the_window_and_keeps_the_visit_open(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    assert shift.rate(service, 4) is not None
    window = shift.window(desk)
    assert (window.state, window.visit) == (WindowState.IDLE, shift.service(service).visit)
    assert shift.ticket(window.ticket).result == "done"
    assert shift.service(service).rating == "rated"
    assert (shift.figure("rated"), shift.figure("level_4"), shift.figure("unrated")) == (1, 1, 0)


def test_t17_nobody_pressed(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    shift.clock.after(30)
    assert rating.miss(shift.stores.journal, service, UnratedReason.NO_RESPONSE, shift.clock())
    assert not rating.miss(shift.stores.journal, service, UnratedReason.NO_RESPONSE, shift.clock())
    assert (shift.window(desk).state, shift.service(service).rating) == (WindowState.IDLE, "unrated")
    assert (shift.figure("unrated"), shift.figure("exempt"), shift.figure("rated")) == (1, 0, 0)


def test_t21_another_matter_of_the_same_visit_needs_no_call(shift: Shift) -> None:
    desk = shift.open()
    first = shift.await_rating(desk)
    shift.rate(first)
    shift.do(counter.next_service, desk, "B02", 2, after_s=299)
    service = shift.serving(desk)
    assert (service.leg, service.visit, service.ticket) == (
        2,
        shift.service(first).visit,
        shift.service(first).ticket,
    )
    assert shift.figure("called") == 1
    shift.do(counter.finish, desk, after_s=30)
    assert shift.figure("services") == 2


def test_t21_is_over_after_five_minutes_and_after_the_next_person(shift: Shift) -> None:
    desk = shift.open()
    shift.rate(shift.await_rating(desk))
    with pytest.raises(Refused):
        shift.do(counter.next_service, desk, "B02", after_s=300)
    shift.rate(shift.await_rating(desk))
    shift.call(desk)
    shift.do(counter.transfer, desk, "C")
    with pytest.raises(Refused):
        shift.do(counter.next_service, desk, "B02")


@pytest.mark.parametrize(
    ("action", "values"),
    [
        (counter.call, ()),
        (counter.walk_up, ("L01",)),
        (counter.start_break, (BreakReason.LUNCH,)),
        (counter.sign_off, ()),
    ],
)
def test_t22_a_visit_ends_with_the_next_call_walk_up_break_or_sign_off(
    shift: Shift, action: Callable[..., Done], values: tuple[str, ...]
) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    shift.rate(service)
    shift.issue()
    shift.do(action, desk, *values)
    visit = views.visit(shift.db, shift.service(service).visit)
    assert visit is not None
    assert visit.closed_t == shift.clock.t


def test_t22_taking_back_a_held_ticket_ends_the_visit_too(shift: Shift) -> None:
    desk = shift.open()
    held = shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    service = shift.await_rating(desk)
    shift.rate(service)
    shift.do(counter.take_back, desk, held)
    visit = views.visit(shift.db, shift.service(service).visit)
    assert visit is not None
    assert visit.closed_t == shift.clock.t


def test_t23_a_waiting_ticket_is_cancelled_and_a_called_one_is_not(shift: Shift) -> None:
    desk = shift.open()
    id = shift.issue()
    cancel(shift.stores.desk(), shift.clock.after(1), shift.ticket(id).number)
    assert (shift.ticket(id).state, shift.ticket(id).result) == (TicketState.CLOSED, "cancelled")
    called = shift.call(desk)
    with pytest.raises(Refused):
        cancel(shift.stores.desk(), shift.clock.after(1), shift.ticket(called).number)


def test_a_clerk_acts_at_his_own_window_only(shift: Shift) -> None:
    shift.open(1, MEI)
    shift.issue()
    for desk in (shift.desk(1, FANG), shift.desk(2, MEI), shift.desk(9, MEI)):
        with pytest.raises(Refused):
            shift.do(counter.call, desk)
