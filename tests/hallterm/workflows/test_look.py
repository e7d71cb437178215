"""The counter's view: what is read is what is true, in every state."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Refused
from hallterm.workflows.look import look
from storage.facts import CounterAction, HoldReason, UnratedReason, WindowState
from tests.hallterm.workflows.shift import MEI, W1, W2, WEI, Shift


def test_an_idle_window_shows_who_is_next_and_why(shift: Shift) -> None:
    desk = shift.open()
    shift.issue("A")
    shift.issue("B")
    view = look(desk, shift.clock.after(61))
    assert view.next is not None
    assert (view.next.number, view.waiting_here, view.waiting_all) == ("A001", 2, 2)
    assert "own group" in view.next.why.text()
    assert [line.prefix for line in view.groups][:2] == ["A", "B"]
    assert view.refusals[CounterAction.CALL] is None
    assert (view.ticket, view.service, view.walk_up_only) == (None, None, "L")
    assert shift.do(counter.call, desk).number == view.next.number


def test_a_ticket_for_another_window_is_nobody_elses_next(shift: Shift) -> None:
    desk, other = shift.open(), shift.open(2, WEI)
    shift.call(desk)
    shift.do(counter.transfer, desk, W2)
    assert look(desk, shift.clock()).next is None
    assert look(desk, shift.clock()).waiting_all == 1
    following = look(other, shift.clock()).next
    assert following is not None
    assert following.number == "B001"


def test_a_served_matter_its_held_neighbours_and_its_targets(shift: Shift) -> None:
    desk = shift.open()
    shift.open(2, WEI)
    shift.serve(desk)
    shift.do(counter.hold, desk, HoldReason.PAYMENT)
    shift.serve(desk, "B02")
    view = look(desk, shift.clock.after(5))
    assert view.service is not None
    assert view.matter is not None
    assert (view.service.code, view.matter.limit_min, view.leg, view.first_inquiry) == ("B02", 2, 1, "张晓梅")
    assert [(line.number, line.reason) for line in view.held] == [("B001", HoldReason.PAYMENT)]
    by_code = {target.to: target for target in view.targets}
    assert W1 not in by_code
    assert by_code[W2].refusal is None
    closed = by_code[W2[:-1] + "3"].refusal
    assert closed is not None
    with pytest.raises(Refused) as caught:
        shift.do(counter.transfer, desk, W2[:-1] + "3")
    assert caught.value.reason == closed


def test_the_figures_of_today_and_the_last_line(shift: Shift) -> None:
    desk = shift.open()
    shift.rate(shift.await_rating(desk, "B02", serving_s=200))
    service = shift.await_rating(desk, "B01")
    shift.do(counter.give_unrated_reason, desk, UnratedReason.LEFT, after_s=10)
    view = look(desk, shift.clock())
    assert (view.today.services, view.today.overtime, view.today.rated, view.today.unrated) == (2, 1, 1, 1)
    assert view.evaluation_rate == "50.00"
    assert view.last is not None
    assert (view.last.service, view.last.rating, view.last.unrated_reason) == (service, "unrated", "left")
    assert view.refusals[CounterAction.UNRATED] is None
    assert view.most[0].code in ("B01", "B02")


def test_the_countdown_runs_from_the_pads_window(shift: Shift) -> None:
    desk = shift.open()
    shift.await_rating(desk)
    asked_t = shift.clock.t
    view = look(desk, shift.clock.after(3))
    assert view.window.state is WindowState.AWAITING_RATING
    assert view.rating_until_t == asked_t + 30_000


def test_an_unknown_window_or_a_stranger_gets_a_sentence(shift: Shift) -> None:
    with pytest.raises(Refused) as caught:
        look(shift.desk(9, MEI), shift.clock())
    assert "administrator" in caught.value.reason.text()
    view = look(shift.desk(1, "9999"), shift.clock())
    assert view.staff.name == "9999"
