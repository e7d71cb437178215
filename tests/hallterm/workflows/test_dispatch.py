"""Dispatch on real journals: each step is recorded with its reason, shows at the counter, and can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from hallterm.rules.words import Reason
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.dispatch import (
    CLOSED_NOW,
    HOST_MOVES,
    IN_THE_WAY,
    NO_GROUP,
    NO_WINDOW,
    NOBODY_THERE,
    NOT_AWAY,
    NOT_WAITING,
    NOWHERE,
    SAY_WHY,
    Dispatched,
    Order,
    dispatch,
    toggled,
)
from hallterm.workflows.dispatch_effect import effect_of
from hallterm.workflows.dispatch_rights import ONLY_THERE
from hallterm.workflows.dispatch_undo import undo_dispatch
from hallterm.workflows.hall_look import hall_board
from hallterm.workflows.look import look
from hallterm.workflows.reference import reference_view
from storage import views
from storage.facts import DayOpened, DispatchKind, DispatchReason, TicketState, WindowSet, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.leaders import DIRECTOR, LEADER, led
from tests.hallterm.workflows.shift import FANG, MEI, W1, W2, W3, WEI, Shift

WHY = DispatchReason.LONG_QUEUE


def order(kind: DispatchKind, window: str = W2, **more: Any) -> Order:
    return Order(dispatch=kind, window=window, **{"reason": WHY, **more})


def send(shift: Shift, desk: Desk, wanted: Order, after_s: float = 1) -> Dispatched:
    return dispatch(desk, shift.clock.after(after_s), wanted)


def refused(shift: Shift, desk: Desk, wanted: Order) -> Reason:
    with pytest.raises(Refused) as refusal:
        send(shift, desk, wanted)
    return refusal.value.reason


def groups(shift: Shift, code: str = W2) -> tuple[str, str]:
    row = views.window(shift.db, code)
    assert row is not None
    return row.primary, row.secondary


@pytest.fixture
def leader(shift: Shift) -> Desk:
    return led(shift)


def test_a_window_gets_another_group_and_its_counter_calls_it(shift: Shift, leader: Desk) -> None:
    desk = shift.open(2, WEI)
    shift.issue("C")
    assert look(desk, shift.clock()).waiting_here == 0
    done = send(shift, leader, order(DispatchKind.GROUPS, prefixes=("C",)))
    assert done.words.text() == "09:00 window 2 李伟: B C now, because: long queue"
    assert groups(shift) == ("B", "C")
    assert look(desk, shift.clock()).waiting_here == 1
    assert shift.do(counter.call, desk).number == "C001"
    fact = shift.stores.facts("dispatch.done")[0]
    assert (fact["reason"], fact["secondary"], fact["primary_before"]) == ("long_queue", ["C"], ["B"])
    shift.check()


def test_a_group_that_the_window_has_is_taken_away_but_never_the_last(shift: Shift, leader: Desk) -> None:
    assert toggled(("A", "B"), ("C",), ("A", "B")) == (("C",), ())
    assert toggled((), (), ("L", "K")) == (("L",), ("K",))
    assert refused(shift, leader, order(DispatchKind.GROUPS, prefixes=("B",))) == NO_GROUP
    assert refused(shift, leader, order(DispatchKind.GROUPS)) == NO_GROUP
    assert shift.stores.facts("dispatch.done") == []


def test_the_next_day_the_window_has_its_own_groups_again(shift: Shift, leader: Desk) -> None:
    send(shift, leader, order(DispatchKind.GROUPS, prefixes=("C",)))
    standing = next(one for one in views.standing_windows(shift.db, HALL) if one.code == W2)
    assert (standing.primary, standing.secondary) == ("B", "")
    with shift.stores.journal.write("-", shift.clock.after(86_400)) as tx:
        tx.record(DayOpened("2026-11-25"))
    assert groups(shift) == ("B", "")
    shift.check()


def test_who_sets_the_groups_for_good_ends_those_of_today(shift: Shift, leader: Desk) -> None:
    send(shift, leader, order(DispatchKind.GROUPS, prefixes=("C",)))
    with shift.stores.journal.write("0001", shift.clock.after(1)) as tx:
        tx.record(WindowSet(W2, "2", ("A",)))
    assert groups(shift) == ("A", "")
    assert next(one for one in reference_view(leader, shift.clock()).windows if one.code == W2).primary == "A"
    shift.check()


def test_a_break_begins_at_an_idle_window_and_is_planned_at_a_busy_one(shift: Shift, leader: Desk) -> None:
    idle, busy = shift.open(2, WEI), shift.open(3, FANG)
    shift.serve(busy, "B01")
    done = send(shift, leader, order(DispatchKind.BREAK, minutes=15))
    assert done.words.text() == "09:00 window 2 李伟: break until 09:15, because: long queue"
    send(shift, leader, order(DispatchKind.BREAK, W3, minutes=15))
    assert (shift.window(idle).state, shift.window(busy).state) == (WindowState.BREAK, WindowState.SERVING)
    lines = {one.row.code: one for one in hall_board(leader, shift.clock()).windows}
    assert lines[W2].ordered is None
    assert lines[W3].ordered is DispatchKind.BREAK
    assert lines[W3].until_t
    assert refused(shift, leader, order(DispatchKind.BREAK, W1, minutes=15)) == NOBODY_THERE
    shift.check()


def test_who_is_called_back_is_on_duty_again(shift: Shift, leader: Desk) -> None:
    desk = shift.open(2, WEI)
    assert refused(shift, leader, order(DispatchKind.CALL_BACK)) == NOT_AWAY
    send(shift, leader, order(DispatchKind.BREAK, minutes=15))
    back = send(shift, leader, order(DispatchKind.CALL_BACK), after_s=60)
    assert shift.window(desk).state is WindowState.IDLE
    undo_dispatch(leader, shift.clock.after(5), back.step)
    assert shift.window(desk).state is WindowState.BREAK
    shift.check()


def test_a_closed_window_takes_no_more_tickets_and_is_called_back(shift: Shift, leader: Desk) -> None:
    desk = shift.open(2, WEI)
    shift.serve(desk, "B01")
    shift.issue("B")
    send(shift, leader, order(DispatchKind.CLOSE))
    assert shift.window(desk).state is WindowState.SERVING, "who is being served is served to the end"
    shift.do(counter.finish, desk, after_s=60)
    assert look(desk, shift.clock()).waiting_here == 0
    assert hall_board(leader, shift.clock()).windows[1].ordered is DispatchKind.CLOSE
    assert refused(shift, leader, order(DispatchKind.CLOSE)) == CLOSED_NOW
    send(shift, leader, order(DispatchKind.CALL_BACK))
    assert groups(shift) == ("B", "")


def test_a_reserve_window_is_opened_for_the_groups_that_are_needed(shift: Shift, leader: Desk) -> None:
    send(shift, leader, order(DispatchKind.OPEN_RESERVE, W3, prefixes=("C", "B")))
    assert groups(shift, W3) == ("C", "B")
    assert hall_board(leader, shift.clock()).windows[2].ordered is DispatchKind.OPEN_RESERVE
    shift.open(3, FANG)
    assert hall_board(leader, shift.clock()).windows[2].ordered is None


def test_somebody_stands_in(shift: Shift, leader: Desk) -> None:
    send(shift, leader, order(DispatchKind.SUBSTITUTE, W1, staff=WEI))
    assert shift.stores.facts("substitution.began")[0]["staff"] == WEI
    shift.open(1, WEI)
    assert hall_board(leader, shift.clock()).windows[0].stands_in
    shift.serve(shift.desk(1, WEI), "B01")
    assert refused(shift, leader, order(DispatchKind.SUBSTITUTE, W1, staff=MEI)) == IN_THE_WAY
    assert "serves at window 1" in str(refused(shift, leader, order(DispatchKind.SUBSTITUTE, staff=WEI)).text())
    assert "may not serve" in str(refused(shift, leader, order(DispatchKind.SUBSTITUTE, staff=LEADER + "9")).text())


def test_a_ticket_waits_elsewhere_and_keeps_its_place_in_time(shift: Shift, leader: Desk) -> None:
    desk = shift.open(2, WEI)
    first = shift.issue("A")
    shift.issue("B")
    done = send(shift, leader, order(DispatchKind.MOVE_TICKET, ticket=first, to=W2))
    assert done.words.text() == "09:00 A001 waits for Window 2 now, because: long queue"
    assert shift.do(counter.call, desk).number == "A001"
    assert refused(shift, leader, order(DispatchKind.MOVE_TICKET, ticket=first, to="C")) == NOT_WAITING
    with pytest.raises(Refused) as refusal:
        undo_dispatch(leader, shift.clock.after(1), done.step)
    assert refusal.value.reason == NOT_WAITING
    shift.check()


def test_a_moved_ticket_goes_back_by_undo(shift: Shift, leader: Desk) -> None:
    ticket = shift.issue("A")
    assert refused(shift, leader, order(DispatchKind.MOVE_TICKET, ticket=ticket, to=W2)) == NOWHERE, "it is closed"
    done = send(shift, leader, order(DispatchKind.MOVE_TICKET, ticket=ticket, to="C"))
    assert shift.ticket(ticket).target == "C"
    undo_dispatch(leader, shift.clock.after(5), done.step)
    assert (shift.ticket(ticket).target, shift.ticket(ticket).state) == ("", TicketState.WAITING)
    shift.check()


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (DispatchKind.GROUPS, {"prefixes": ("C",)}),
        (DispatchKind.CLOSE, {}),
        (DispatchKind.BREAK, {"minutes": 10}),
        (DispatchKind.SUBSTITUTE, {"staff": FANG}),
    ],
)
def test_backspace_brings_back_what_was(shift: Shift, leader: Desk, kind: DispatchKind, more: dict[str, Any]) -> None:
    desk = shift.open(2, WEI)
    before = (groups(shift), shift.window(desk).state)
    done = send(shift, leader, order(kind, **more))
    undo_dispatch(leader, shift.clock.after(9), done.step)
    assert (groups(shift), shift.window(desk).state) == before
    line = hall_board(leader, shift.clock()).windows[1]
    assert (line.ordered, line.step, line.stands_in) == (None, "", False)
    shift.check()


def test_only_the_own_step_and_only_for_ten_seconds(shift: Shift, leader: Desk) -> None:
    done = send(shift, leader, order(DispatchKind.GROUPS, prefixes=("C",)))
    with pytest.raises(Refused):
        undo_dispatch(shift.stores.desk(staff=DIRECTOR), shift.clock.after(1), done.step)
    with pytest.raises(Refused):
        undo_dispatch(leader, shift.clock.after(11), done.step)
    assert groups(shift) == ("B", "C")


def test_the_second_of_two_leaders_is_told_what_the_first_did(shift: Shift, leader: Desk) -> None:
    director = shift.stores.desk(staff=DIRECTOR)
    seen = hall_board(director, shift.clock()).windows[1].step
    send(shift, leader, order(DispatchKind.GROUPS, prefixes=("C",)))
    wanted = order(DispatchKind.GROUPS, prefixes=("A",), seen=seen)
    reason = refused(shift, director, wanted)
    assert reason.text() == ("window 2 was changed by 周磊 at 09:00: now B C. Look at it, then press again")
    now_seen = hall_board(director, shift.clock()).windows[1].step
    send(shift, director, order(DispatchKind.GROUPS, prefixes=("A",), seen=now_seen))
    assert groups(shift) == ("B", "C,A")


def test_only_leaders_of_this_hall_dispatch(shift: Shift, leader: Desk) -> None:
    wanted = order(DispatchKind.GROUPS, prefixes=("C",))
    assert "duty leader" in refused(shift, shift.stores.desk(staff=MEI), wanted).text()
    elsewhere = Desk(leader.journal, leader.board, "360600002", staff=LEADER)
    assert refused(shift, elsewhere, wanted) == ONLY_THERE
    with pytest.raises(Refused):
        hall_board(shift.stores.desk(staff=MEI), shift.clock())
    assert refused(shift, leader, order(DispatchKind.CLOSE, "360600001-77")) == NO_WINDOW
    assert refused(shift, leader, order(DispatchKind.CLOSE, reason=DispatchReason.OTHER, note=" ")) == SAY_WHY
    assert shift.stores.facts("dispatch.done") == []


def test_the_effect_of_a_group_is_told_before(shift: Shift, leader: Desk) -> None:
    shift.open(2, WEI)
    for _nth in range(4):
        shift.issue("C")
    (effect,) = effect_of(leader, shift.clock(), W2, (("B",), ("C",)))
    assert (effect.prefix, effect.waiting, effect.before) == ("C", 4, None)
    assert effect.after
    assert groups(shift) == ("B", "")


def test_a_pc_that_is_not_the_number_host_moves_no_ticket(
    shift: Shift, leader: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = shift.issue("A")
    monkeypatch.setattr("hallterm.workflows.dispatch.claims.number_host", lambda _db, _hall: "other-node")
    assert refused(shift, leader, order(DispatchKind.MOVE_TICKET, ticket=ticket, to="C")) == HOST_MOVES
