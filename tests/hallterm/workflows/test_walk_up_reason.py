"""Why somebody is served without a number: derived, corrected by ^R, taken back (rule T7)."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Refused
from hallterm.workflows.look import look
from storage.facts import PauseReason, WalkUpReason
from tests.hallterm.workflows.shift import Shift, changed, tables


def test_the_reason_is_corrected_and_taken_back(shift: Shift) -> None:
    desk = shift.open()
    shift.do(counter.walk_up, desk, "B02")
    service = shift.serving(desk)
    assert service.walk_up_reason == WalkUpReason.NO_QUEUE
    before = tables(shift)
    done = shift.do(counter.change_walk_up_reason, desk, WalkUpReason.LAN_DOWN)
    assert done.words.text().startswith("without a number, reason: number host away")
    assert changed(before, tables(shift)) == {"service": [(service.id, service.hall)]}
    assert shift.serving(desk).walk_up_reason == WalkUpReason.LAN_DOWN
    shift.undo(desk, done, after_s=9)
    assert changed(before, tables(shift)) == {}
    shift.check()


def test_it_may_be_corrected_in_a_pause_and_the_clock_does_not_notice(shift: Shift) -> None:
    desk = shift.open()
    shift.do(counter.walk_up, desk, "B02")
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT, after_s=10)
    done = shift.do(counter.change_walk_up_reason, desk, WalkUpReason.LAN_DOWN, after_s=5)
    shift.undo(desk, done, after_s=5)
    shift.do(counter.resume, desk, after_s=10)
    shift.do(counter.finish, desk, after_s=30)
    [row] = shift.db.rows("SELECT counted_s, excluded_s, walk_up_reason FROM service")
    assert row == (40, 20, "no_queue")


def test_what_the_program_sees_is_not_argued_away(shift: Shift) -> None:
    desk = shift.open()
    shift.do(counter.walk_up, desk, "B02")
    shift.issue()
    refused = {
        WalkUpReason.POINT: "service point: not now, this hall is no service point",
        WalkUpReason.NO_QUEUE: "nobody waiting: not now, people are waiting",
        WalkUpReason.CONSULT: "consultation: not now, this matter is no consultation (L)",
    }
    for reason, words in refused.items():
        with pytest.raises(Refused) as why:
            shift.do(counter.change_walk_up_reason, desk, reason)
        assert why.value.reason.text() == words
    shown = [(reason, why is None) for reason, why in look(desk, shift.clock()).walk_up_choices]
    assert [reason for reason, may in shown if may] == [WalkUpReason.LAN_DOWN]


def test_a_person_with_a_number_has_no_such_reason(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    assert look(desk, shift.clock()).walk_up_choices == ()
    with pytest.raises(Refused) as why:
        shift.do(counter.change_walk_up_reason, desk, WalkUpReason.LAN_DOWN)
    assert why.value.reason.text() == "after F8"
    shift.do(counter.finish, desk)
    with pytest.raises(Refused):
        shift.do(counter.change_walk_up_reason, desk, WalkUpReason.LAN_DOWN)


def test_the_next_walk_ups_reason_is_its_own(shift: Shift) -> None:
    desk = shift.open()
    shift.do(counter.walk_up, desk, "B02")
    done = shift.do(counter.change_walk_up_reason, desk, WalkUpReason.LAN_DOWN)
    shift.pads = False
    shift.show_pad(desk.window, "lost")
    shift.do(counter.finish, desk)
    shift.do(counter.walk_up, desk, "B02")
    assert shift.serving(desk).walk_up_reason == WalkUpReason.NO_QUEUE
    with pytest.raises(Refused):
        shift.undo(desk, done)
