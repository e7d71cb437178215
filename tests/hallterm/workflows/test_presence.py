"""Breaks, sign-off, and coming back to what was left open (rules T0, T24, T25, T27)."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Refused
from storage import views
from storage.facts import BreakReason, HoldReason, PauseReason, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, W1, W2, Shift


def test_t24_a_break_and_back(shift: Shift) -> None:
    desk = shift.open()
    shift.do(counter.start_break, desk, BreakReason.TRAINING)
    window = shift.window(desk)
    assert (window.state, window.reason, window.staff) == (WindowState.BREAK, "training", MEI)
    shift.issue()
    with pytest.raises(Refused):
        shift.do(counter.call, desk)
    shift.do(counter.end_break, desk)
    assert shift.window(desk).state is WindowState.IDLE
    assert [row[0] for row in shift.db.rows("SELECT kind FROM punch ORDER BY at_t")] == ["break", "back"]


def test_t24_with_more_than_three_waiting_the_leader_is_asked_once_and_work_goes_on(shift: Shift) -> None:
    desk = shift.open()
    for _ in range(4):
        shift.issue()
    before = shift.stores.kinds()
    done = shift.do(counter.start_break, desk, BreakReason.LUNCH)
    assert "4 are waiting" in done.words.text()
    shift.do(counter.start_break, desk, BreakReason.LUNCH)
    assert shift.stores.kinds() == [*before, "break.asked"]
    assert shift.window(desk).state is WindowState.IDLE
    shift.do(counter.call, desk)
    shift.do(counter.transfer, desk, "C")
    assert shift.window(desk).state is WindowState.IDLE


def test_t24_other_groups_do_not_count(shift: Shift) -> None:
    desk = shift.open(2, MEI)
    for _ in range(5):
        shift.issue("A")
    shift.do(counter.start_break, desk, BreakReason.LUNCH)
    assert shift.window(desk).state is WindowState.BREAK


def test_t12a_a_held_ticket_may_be_taken_back_from_a_break(shift: Shift) -> None:
    desk = shift.open()
    id = shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    shift.do(counter.start_break, desk, BreakReason.ROTATE)
    done = shift.do(counter.take_back, desk, id)
    assert shift.window(desk).state is WindowState.SERVING
    shift.undo(desk, done)
    assert (shift.window(desk).state, shift.window(desk).reason) == (WindowState.BREAK, "rotate")


def test_t25_signing_off_closes_the_window_and_frees_its_lease(shift: Shift) -> None:
    desk = shift.open()
    shift.stores.board.take_window(W1, "terminal", MEI, 1, "boot", 1)
    before = len(shift.stores.kinds())
    shift.do(counter.sign_off, desk)
    assert shift.stores.kinds()[before:] == ["window.closed", "sign_off.done"]
    window = shift.window(desk)
    assert (window.state, window.staff) == (WindowState.CLOSED, "")
    assert shift.stores.board.windows_taken() == []


@pytest.mark.parametrize("state", ["held", "called", "serving", "paused", "awaiting"])
def test_t25_not_with_a_case_open(shift: Shift, state: str) -> None:
    desk = shift.open()
    if state == "called":
        shift.call(desk)
    elif state == "awaiting":
        shift.await_rating(desk)
    else:
        shift.serve(desk)
    if state == "paused":
        shift.do(counter.pause, desk, PauseReason.SYSTEM_FAULT)
    if state == "held":
        shift.do(counter.hold, desk, HoldReason.PAPERS)
    with pytest.raises(Refused):
        shift.do(counter.sign_off, desk)
    assert shift.window(desk).staff == MEI


def test_t0_an_idle_window_and_a_called_ticket_stay_as_they_are(shift: Shift) -> None:
    desk = shift.open()
    before = shift.stores.kinds()
    shift.open()
    assert shift.stores.kinds() == before
    shift.call(desk)
    shift.open()
    assert shift.window(desk).state is WindowState.CALLED


def test_t27_an_excluded_pause_goes_on_at_the_same_window(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.pause, desk, PauseReason.SYSTEM_FAULT, after_s=10)
    before = shift.stores.kinds()
    shift.open()
    assert shift.stores.kinds() == before
    assert shift.serving(desk).pause_reason == PauseReason.SYSTEM_FAULT


def test_t27_a_pause_moves_with_its_clerk_to_another_window(shift: Shift) -> None:
    desk = shift.open()
    id = shift.serve(desk)
    service = shift.serving(desk).id
    shift.do(counter.pause, desk, PauseReason.SYSTEM_FAULT, after_s=10)
    shift.clock.after(100)
    other = shift.open(2, MEI)
    assert (shift.window(desk).state, shift.window(other).state) == (WindowState.CLOSED, WindowState.PAUSED)
    assert (shift.ticket(id).window, shift.serving(other).pause_reason) == (W2, PauseReason.SYSTEM_FAULT)
    shift.do(counter.resume, other, after_s=20)
    shift.do(counter.finish, other, after_s=5)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.window) == (15, 121, W2)
    assert sum(ms for *_, ms in shift.intervals(service)) == 121_000
    shift.check()


def test_awaiting_survives_a_crash_of_the_terminal(shift: Shift) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    counter.leave(desk, shift.clock.after(1))
    shift.open()
    assert shift.window(desk).state is WindowState.AWAITING_RATING
    assert shift.rate(service) is not None
    assert views.last_day(shift.db, HALL) == "2026-11-24"
