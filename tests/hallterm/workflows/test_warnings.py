"""Warnings, proposals and breaks on real journals: recorded once, answered by a leader, never carried out by themselves."""

from __future__ import annotations

import pytest

from hallterm.rules.settings_table import SettingName
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.hall_look import hall_board
from hallterm.workflows.proposing import ANSWERED, NOT_NEEDED, accept, answer_break, decline, key_of
from hallterm.workflows.warnings import SAY_WHAT, acknowledge, watch
from storage.facts import (
    BreakReason,
    PostSet,
    SettingSet,
    WarningKind,
    WarningLevel,
    WindowState,
)
from storage.views.dispatch import warnings
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.leaders import DAY, led, signed_on
from tests.hallterm.workflows.shift import MEI, W2, W3, WEI, Shift


@pytest.fixture
def leader(shift: Shift) -> Desk:
    return led(shift)


def rounds(shift: Shift, minutes: int) -> int:
    """The station looks once a minute."""
    return sum(watch(shift.stores.journal, shift.clock.after(60)) for _nth in range(minutes))


def kinds(shift: Shift) -> list[tuple[WarningKind, WarningLevel, int]]:
    return [(one.warning, one.level, one.nth) for one in warnings(shift.db, HALL, DAY)]


def test_a_long_wait_rises_through_its_levels_once_each(shift: Shift, leader: Desk) -> None:
    signed_on(shift, 2, WEI)
    shift.issue("B")
    assert rounds(shift, 20) == 0, "twenty minutes are not more than twenty"
    assert rounds(shift, 1) == 1
    rounds(shift, 25)
    waits = [(level, nth) for kind, level, nth in kinds(shift) if kind is WarningKind.SINGLE_WAIT]
    assert waits == [(WarningLevel.YELLOW, 1), (WarningLevel.ORANGE, 1), (WarningLevel.RED, 1)]
    (line,) = hall_board(leader, shift.clock()).warnings
    assert (line.row.level, line.subject, line.row.above_milli) == (WarningLevel.RED, "B001", 45_000)
    shift.check()


def test_looking_twice_records_nothing_twice(shift: Shift, leader: Desk) -> None:
    shift.issue("B")
    assert watch(shift.stores.journal, shift.clock.after(60)) == 1, "somebody waits and no window is open"
    assert watch(shift.stores.journal, shift.clock()) == 0
    assert rounds(shift, 14) == 0
    assert rounds(shift, 1) == 1, "it lasts, and nobody has answered for it"
    assert kinds(shift)[-1] == (WarningKind.NO_OPEN_WINDOW, WarningLevel.RED, 2)


def test_what_is_over_is_ended(shift: Shift, leader: Desk) -> None:
    shift.issue("B")
    rounds(shift, 1)
    signed_on(shift, 2, WEI)
    assert rounds(shift, 1) == 1
    assert shift.stores.facts("warning.ended")[0]["warning"] == "no_open_window"
    assert hall_board(leader, shift.clock()).warnings == ()
    assert rounds(shift, 3) == 0
    shift.check()


def test_a_leader_says_what_was_done_and_it_does_not_come_again(shift: Shift, leader: Desk) -> None:
    shift.issue("B")
    rounds(shift, 1)
    (line,) = hall_board(leader, shift.clock()).warnings
    with pytest.raises(Refused) as refusal:
        acknowledge(leader, shift.clock.after(1), line.row.id, "  ")
    assert refusal.value.reason == SAY_WHAT
    with pytest.raises(Refused):
        acknowledge(shift.stores.desk(staff=MEI), shift.clock.after(1), line.row.id, "opened")
    acknowledge(leader, shift.clock.after(1), line.row.id, " opened  window 3 ")
    board = hall_board(leader, shift.clock())
    assert board.warnings == ()
    assert [(one.by, one.row.did) for one in board.handled] == [("周磊", "opened window 3")]
    rounds(shift, 40)
    again = [nth for kind, _level, nth in kinds(shift) if kind is WarningKind.NO_OPEN_WINDOW]
    assert again == [1], "a long wait is another warning, this one was answered for"
    shift.check()


def test_too_many_people_for_the_seats(shift: Shift, leader: Desk) -> None:
    signed_on(shift, 2, WEI)
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(SettingSet(SettingName.HALL_SEATS, "2", HALL, DAY))
    shift.issue("B")
    assert rounds(shift, 1) == 0
    shift.issue("B")
    assert rounds(shift, 1) == 1
    assert kinds(shift) == [(WarningKind.HALL_SATURATION, WarningLevel.YELLOW, 1)]


def test_an_empty_post_is_red_a_quarter_of_an_hour_after_opening(shift: Shift, leader: Desk) -> None:
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(PostSet(W3, MEI, WEI))
    rounds(shift, 1)
    assert kinds(shift) == [(WarningKind.EMPTY_POST, WarningLevel.RED, 1)]
    signed_on(shift, 2, WEI)
    board = hall_board(leader, shift.clock())
    assert board.missing == 1
    assert [(one.name, one.here) for one in board.windows[2].post] == [("张晓梅", False), ("李伟", True)]
    (proposal,) = board.proposals
    accept(leader, shift.clock.after(1), key_of(proposal))
    assert shift.stores.facts("substitution.began")[0]["staff"] == WEI


def busy_group(shift: Shift) -> None:
    """Window 2 has had nothing to do for twelve minutes, six people wait for group A at window 1."""
    one, _two = signed_on(shift, 1, MEI), signed_on(shift, 2, WEI)
    shift.serve(one, "B01")
    for _nth in range(6):
        shift.issue("A")
    shift.clock.after(12 * 60)


def test_a_proposal_is_explained_and_done_by_the_leader_alone(shift: Shift, leader: Desk) -> None:
    busy_group(shift)
    (proposal,) = hall_board(leader, shift.clock()).proposals
    assert proposal.why.text().startswith(f"window {W2} is idle for 12 min, 6 wait in group A")
    assert shift.stores.facts("dispatch.done") == []
    accept(leader, shift.clock.after(1), key_of(proposal))
    assert shift.window(shift.desk(2, WEI)).secondary == "A"
    assert shift.stores.facts("proposal.answered")[0]["answer"] == "done"
    assert shift.stores.facts("dispatch.done")[0]["proposal"] == "add_group"
    assert hall_board(leader, shift.clock()).proposals == ()
    with pytest.raises(Refused) as refusal:
        accept(leader, shift.clock.after(1), key_of(proposal))
    assert refusal.value.reason == NOT_NEEDED
    shift.check()


def test_what_was_declined_does_not_come_back_today(shift: Shift, leader: Desk) -> None:
    busy_group(shift)
    (proposal,) = hall_board(leader, shift.clock()).proposals
    decline(leader, shift.clock.after(1), key_of(proposal))
    assert hall_board(leader, shift.clock.after(60)).proposals == ()
    assert shift.window(shift.desk(2, WEI)).secondary == ""
    shift.check()


def asked_for_a_break(shift: Shift) -> Desk:
    desk = signed_on(shift, 2, WEI)
    for _nth in range(4):
        shift.issue("B")
    shift.do(counter.start_break, desk, BreakReason.ROTATE)
    return desk


def test_a_break_with_many_waiting_begins_when_the_leader_allows_it(shift: Shift, leader: Desk) -> None:
    desk = asked_for_a_break(shift)
    (ask,) = hall_board(leader, shift.clock()).asks
    assert (ask.window, ask.name, ask.waiting) == (W2, "李伟", 4)
    answer_break(leader, shift.clock.after(5), ask.id, True)
    assert shift.window(desk).state is WindowState.BREAK
    assert hall_board(leader, shift.clock()).asks == ()
    with pytest.raises(Refused) as refusal:
        answer_break(leader, shift.clock.after(5), ask.id, False)
    assert refusal.value.reason == ANSWERED
    shift.check()


def test_who_serves_when_it_is_allowed_rests_afterwards(shift: Shift, leader: Desk) -> None:
    desk = asked_for_a_break(shift)
    shift.do(counter.call, desk)
    (ask,) = hall_board(leader, shift.clock()).asks
    answer_break(leader, shift.clock.after(5), ask.id, True)
    assert shift.window(desk).state is WindowState.CALLED
    shift.do(counter.start, desk, "B01")
    shift.pads = False
    shift.show_pad(W2, "lost")
    shift.do(counter.finish, desk, after_s=60)
    shift.issue("B")
    shift.do(counter.start_break, desk, BreakReason.ROTATE)
    assert shift.window(desk).state is WindowState.BREAK


def test_a_break_that_was_not_allowed_can_be_asked_for_again(shift: Shift, leader: Desk) -> None:
    desk = asked_for_a_break(shift)
    (ask,) = hall_board(leader, shift.clock()).asks
    answer_break(leader, shift.clock.after(5), ask.id, False)
    assert shift.window(desk).state is WindowState.IDLE
    shift.do(counter.start_break, desk, BreakReason.ROTATE)
    assert len(shift.stores.facts("break.asked")) == 2
