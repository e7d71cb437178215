"""Ratings: one press a service, in time, and never a default (rules T16-T19, 7.5.4, 7.5.5, 8.1)."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter, rating
from hallterm.workflows.case import read_case
from hallterm.workflows.desk import Refused
from storage import views
from storage.facts import BreakReason, UnratedReason, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift


def missed(shift: Shift, service: str, reason: UnratedReason = UnratedReason.NO_RESPONSE) -> bool:
    return rating.miss(shift.stores.journal, service, reason, shift.clock.after(30))


def test_a_rating_is_counted_once(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    assert shift.rate(service, 5) is not None
    assert shift.rate(service, 5) is None
    assert shift.rate(service, 1) is None
    assert shift.db.rows("SELECT level FROM rating") == [(5,)]
    assert shift.figure("rated") == 1


def test_a_press_within_the_grace_replaces_the_missing_rating(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    missed(shift, service)
    assert shift.rate(service, 3) is not None
    assert shift.service(service).rating == "rated"
    assert (shift.figure("rated"), shift.figure("unrated"), shift.figure("level_3")) == (1, 0, 1)
    row = views.unrated(shift.db, service)
    assert row is not None
    assert row.undone
    with pytest.raises(Refused):
        shift.do(counter.give_unrated_reason, desk, UnratedReason.LEFT)
    shift.check()


def test_the_exemption_of_a_fault_is_withdrawn_with_a_late_press(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    missed(shift, service, UnratedReason.DEVICE_FAULT)
    assert (shift.figure("unrated"), shift.figure("exempt")) == (1, 1)
    shift.rate(service)
    assert (shift.figure("unrated"), shift.figure("exempt"), shift.figure("rated")) == (0, 0, 1)


def test_a_press_after_the_next_call_is_not_counted(shift: Shift) -> None:
    """Also when the station had not seen the call yet: the window's row decides, inside the transaction."""
    desk = shift.open()
    for go_on in ("call", "walk-up", "next", "break"):
        service = shift.await_rating(desk)
        missed(shift, service)
        if go_on == "call":
            shift.call(desk)
        elif go_on == "walk-up":
            shift.do(counter.walk_up, desk, "B02")
        elif go_on == "next":
            shift.do(counter.next_service, desk, "B02")
        else:
            shift.do(counter.start_break, desk, BreakReason.LUNCH)
        state = shift.window(desk).state
        assert shift.rate(service) is None, go_on
        assert shift.window(desk).state is state
        if state is WindowState.CALLED:
            shift.do(counter.start, desk)
        if state in (WindowState.CALLED, WindowState.SERVING):
            shift.do(counter.finish, desk)
            missed(shift, shift.window(desk).service)
    assert shift.figure("rated") == 0


def test_a_pads_window_is_asked_for_once(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    journal = shift.stores.journal
    first = views.ask_of_service(shift.db, service)
    assert rating.ask(journal, service, "HT25A0000001", 30, shift.clock.after(1)) == first
    assert len(shift.stores.facts("rating.asked")) == 1


def test_after_an_undo_the_newer_window_counts_whatever_the_wall_clock_says(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    journal = shift.stores.journal
    done = shift.do(counter.finish, desk)
    first = rating.ask(journal, service, "HT25A0000001", 30, shift.clock.after(1))
    shift.undo(desk, done)
    shift.clock.jump(-7200)
    shift.do(counter.finish, desk)
    second = rating.ask(journal, service, "HT25A0000001", 30, shift.clock.after(1))
    assert first is not None
    assert second is not None
    assert second.wid != first.wid
    assert views.ask_of_service(shift.db, service) == second
    case = read_case(shift.db, desk, views.last_day(shift.db, HALL))
    assert case.ask == second
    assert shift.rate(service) is not None


def test_no_number_of_a_pads_window_is_used_twice_a_day(shift: Shift) -> None:
    desk = shift.open()
    for _ in range(20):
        missed(shift, shift.await_rating(desk))
    wids = [fact["wid"] for fact in shift.stores.facts("rating.asked")]
    assert len(set(wids)) == 20
    assert all(1 <= int(str(wid)) <= 0xFFFF for wid in wids)


def test_t18_the_clerk_gives_a_reason_after_ten_seconds_and_never_an_exempt_one(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    with pytest.raises(Refused):
        shift.do(counter.give_unrated_reason, desk, UnratedReason.LEFT, after_s=9.9)
    for reason in (UnratedReason.DEVICE_FAULT, UnratedReason.POWER_FAILURE, UnratedReason.BACK_ENTRY):
        with pytest.raises(Refused):
            shift.do(counter.give_unrated_reason, desk, reason, "words")
    with pytest.raises(Refused):
        shift.do(counter.give_unrated_reason, desk, UnratedReason.OTHER, " ")
    shift.do(counter.give_unrated_reason, desk, UnratedReason.OTHER, "had to run")
    row = views.unrated(shift.db, service)
    assert row is not None
    assert (row.reason, row.exempt, row.note) == ("other", False, "had to run")
    assert shift.window(desk).state is WindowState.IDLE


def test_t19_the_reason_is_corrected_the_same_day_and_both_stay(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    missed(shift, service)
    shift.do(counter.give_unrated_reason, desk, UnratedReason.LEFT)
    row = shift.db.rows("SELECT reason, first_reason, exempt FROM unrated WHERE service = ?", (service,))
    assert row == [("left", "no_response", 0)]
    with pytest.raises(Refused):
        shift.do(counter.give_unrated_reason, desk, UnratedReason.DEVICE_FAULT)
    shift.clock.after(86_400)
    with pytest.raises(Refused):
        shift.do(counter.give_unrated_reason, desk, UnratedReason.REFUSED)


def test_t19_an_exemption_that_is_given_up_is_counted(shift: Shift) -> None:
    desk = shift.open()
    missed(shift, shift.await_rating(desk), UnratedReason.DEVICE_FAULT)
    shift.do(counter.give_unrated_reason, desk, UnratedReason.REFUSED)
    assert (shift.figure("unrated"), shift.figure("exempt")) == (1, 0)
    shift.check()


def test_asking_again_is_asked_of_the_station_for_the_same_window(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    shift.do(counter.ask_again, desk, after_s=10)
    ask = views.ask_of_service(shift.db, service)
    requests = shift.stores.board.take_requests(shift.clock())
    assert ask is not None
    assert [(one.kind, one.data) for one in requests] == [("ask_again", {"window": desk.window, "wid": ask.wid})]
