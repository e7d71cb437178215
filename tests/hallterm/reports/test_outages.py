"""R11 and R12 on a hall with faults: what waits for a word, what counted again, what was done by hand."""

from __future__ import annotations

from functools import partial

import pytest

from hallterm.reports.checks import check_place
from hallterm.reports.make import make
from hallterm.reports.model import By, Report
from hallterm.workflows import counter
from hallterm.workflows.back_entering import Slip, confirm_entry, enter
from hallterm.workflows.outage_cards import accept_papers, answer_last, issue_card, use_card
from hallterm.workflows.outages import declare, end, withdraw
from hallterm.workflows.pause_words import count_again
from storage.facts import FaultKind, GrantSet, LastTransaction, PauseReason, Role, StaffSet
from storage.views.outages import entries_waiting, open_outages
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, Shift

LEADER = "0301"


@pytest.fixture
def led(shift: Shift) -> Shift:
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(StaffSet(LEADER, "周磊", HALL))
        tx.record(GrantSet(LEADER, Role.DUTY_LEADER, HALL))
        tx.record(GrantSet(MEI, Role.CLERK, HALL))
    return shift


def report(shift: Shift, id: str) -> Report:
    return make(shift.db, id, "2026-11", HALL, shift.clock())


def by_rows(shift: Shift, id: str, by: By | None) -> Report:
    return make(shift.db, id, "2026-11", HALL, shift.clock(), by=by or "")


def test_a_fault_with_everything_done_by_hand_is_one_line(led: Shift) -> None:
    leader, mei = led.stores.desk(0, LEADER), led.open()
    led.serve(mei)
    declare(leader, led.clock.after(60), FaultKind.POWER)
    (outage,) = open_outages(led.db, HALL)
    accept_papers(mei, led.clock.after(1), "P1", "B01")
    card = issue_card(leader, led.clock.after(1), "B").number
    issue_card(leader, led.clock.after(1), "B")
    end(leader, led.clock.after(1800), outage.id)
    use_card(leader, led.clock.after(1), card)
    answer_last(mei, led.clock.after(1), outage.id, mei.window, LastTransaction.UNKNOWN)
    slip = Slip("S1", "B01", led.clock().t - 1200_000, led.clock().t - 600_000)
    enter(mei, led.clock.after(1), slip)
    confirm_entry(leader, led.clock.after(1), entries_waiting(led.db, HALL)[0].id)
    declare(mei, led.clock.after(60), FaultKind.NETWORK)
    made = report(led, "R12")
    first, second = (dict(zip((one.key for one in made.columns), row.cells, strict=True)) for row in made.rows)
    assert (first["fault"], first["state"], first["windows"], first["paused"]) == ("Power", "confirmed", 1, 1)
    assert first["paused_s"] == 1803
    assert [first[key] for key in ("papers", "entered", "confirmed", "cards", "cards_used")] == [1, 1, 1, 2, 1]
    assert [first[key] for key in ("completed", "not_completed", "unknown")] == [0, 0, 1]
    assert (second["state"], made.rows[1].mark) == ("not confirmed", "!")
    assert [note.text() for note in made.notes] == ["! 1 faults were confirmed by no leader"]
    assert made.sum_of("cards") == 2
    assert check_place(partial(by_rows, led)) == []
    withdraw(leader, led.clock.after(1), open_outages(led.db, HALL)[0].id, "none")
    assert report(led, "R12").values("state") == ["confirmed", "withdrawn"]


def test_excluded_time_says_what_waits_and_loses_what_counted_again(led: Shift) -> None:
    desk = led.open()
    led.serve(desk)
    led.do(counter.pause, desk, PauseReason.SYSTEM_FAULT, after_s=100)
    led.do(counter.resume, desk, after_s=700)
    led.do(counter.finish, desk, after_s=2000)
    made = report(led, "R11")
    assert (made.values("excluded"), made.values("unconfirmed")) == (["yes"], [1])
    assert [note.text() for note in made.notes] == [
        "! 1 fault pauses wait for a leader; those that nobody confirms in time count"
    ]
    led.clock.after(3 * 86_400)
    assert count_again(led.stores.journal, led.clock()) == 1
    made = report(led, "R11")
    assert (made.values("excluded"), made.values("unconfirmed"), made.notes) == (["no"], [0], ())
    assert made.sum_of("seconds") == 0
    assert report(led, "R04").sum_of("timed") == 1
    led.check()
