"""A fault that a clerk declares: only one that may be true, and a long or frequent one is for the leader (rule 7.4)."""

from __future__ import annotations

import pytest

from hallterm.rules.day import local
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import look
from storage import views
from storage.facts import HoldReason, PauseReason, SettingSet
from storage.local import SyncWord
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift

FAULT = PauseReason.SYSTEM_FAULT


def pause(shift: Shift, desk: Desk, length_s: float, reason: PauseReason = FAULT) -> str:
    """A pause and the words of its end."""
    shift.do(counter.pause, desk, reason)
    return shift.do(counter.resume, desk, after_s=length_s).words.text()


def flagged(shift: Shift) -> list[int]:
    """Lengths in s of the pauses that the leader must confirm."""
    return [one.length_ms // 1000 for one in views.unconfirmed_pauses(shift.db, HALL, 0)]


def test_more_than_600_seconds_need_the_leader(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    assert "duty leader" not in pause(shift, desk, 600.9)
    assert flagged(shift) == []
    assert "until 11-25 18:00" in pause(shift, desk, 601)
    assert flagged(shift) == [601]
    assert [one.get("needs_confirmation", False) for one in shift.stores.facts("service.resumed")] == [False, True]
    shift.check()


def test_the_fourth_of_a_day_needs_the_leader_and_yesterdays_are_not_counted(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    for length_s in (1, 2, 3):
        pause(shift, desk, length_s)
    undone = shift.do(counter.pause, desk, FAULT)
    shift.undo(desk, undone)
    pause(shift, desk, 50, PauseReason.TAXPAYER_LEFT)
    assert flagged(shift) == []
    pause(shift, desk, 4)
    assert flagged(shift) == [4]
    shift.clock.after(86_400)
    pause(shift, desk, 5)
    assert flagged(shift) == [4]


@pytest.mark.parametrize("end", ["finish", "hold", "transfer"])
def test_however_it_ends_it_is_flagged(shift: Shift, end: str) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.pause, desk, FAULT)
    shift.clock.after(700)
    if end == "finish":
        shift.do(counter.finish, desk)
    elif end == "hold":
        shift.do(counter.hold, desk, HoldReason.PAPERS)
    else:
        shift.do(counter.transfer, desk, "A")
    assert flagged(shift) == [701]
    shift.check()


def test_an_undo_of_the_end_takes_the_flag_back(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.pause, desk, FAULT)
    done = shift.do(counter.resume, desk, after_s=601)
    shift.undo(desk, done)
    assert flagged(shift) == []
    shift.do(counter.resume, desk)
    assert flagged(shift) == [603]
    shift.check()


def test_a_reason_that_is_no_fault_is_never_flagged(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    for reason in (PauseReason.TAXPAYER_LEFT, PauseReason.INTERNAL_CONSULT):
        pause(shift, desk, 3000, reason)
    assert flagged(shift) == []


def test_the_counter_knows_when_an_open_pause_becomes_one_for_the_leader(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.pause, desk, FAULT)
    assert look(desk, shift.clock.after(600)).confirm_until_t == 0
    until = local(look(desk, shift.clock.after(1)).confirm_until_t)
    assert f"{until:%Y-%m-%d %H:%M}" == "2026-11-25 18:00"


@pytest.mark.parametrize(("works_every_day", "day"), [(False, "2026-11-30"), (True, "2026-11-28")])
def test_the_leader_has_until_the_end_of_the_next_working_day(shift: Shift, works_every_day: bool, day: str) -> None:
    if works_every_day:
        with shift.stores.journal.write("0001", shift.clock()) as tx:
            tx.record(SettingSet("works_every_day", "true", HALL))
    desk = shift.open()
    shift.clock.after(3 * 86_400)  # Friday
    shift.serve(desk)
    shift.do(counter.pause, desk, FAULT)
    until = local(look(desk, shift.clock.after(900)).confirm_until_t)
    assert f"{until:%Y-%m-%d %H:%M}" == f"{day} 18:00"


def test_a_fault_that_the_program_does_not_see_is_refused_in_words(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.stores.board.set_sync(SyncWord(online=True))
    for reason, words in (
        (PauseReason.NETWORK_FAULT, "Network is down: not now, the network is up"),
        (PauseReason.DEVICE_FAULT, "Device fault: not now, all devices work"),
    ):
        with pytest.raises(Refused) as refused:
            shift.do(counter.pause, desk, reason)
        assert refused.value.reason.text() == words
    assert shift.serving(desk).run_boot
    shift.stores.board.set_sync(SyncWord(online=False))
    shift.do(counter.pause, desk, PauseReason.NETWORK_FAULT)
    shift.do(counter.resume, desk)
    shift.pads = False
    shift.show_pad(desk.window, "lost")
    shift.do(counter.pause, desk, PauseReason.DEVICE_FAULT)
