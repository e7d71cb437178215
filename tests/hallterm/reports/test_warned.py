"""R15: each warning is a line with its value, its limit, and what a leader did when."""

from __future__ import annotations

from decimal import Decimal

from hallterm.reports.make import make
from hallterm.workflows.hall_look import hall_board
from hallterm.workflows.warnings import acknowledge, watch
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.leaders import DAY, led, signed_on
from tests.hallterm.workflows.shift import WEI, Shift


def test_a_day_of_warnings(shift: Shift) -> None:
    leader = led(shift)
    shift.issue("B")
    watch(shift.stores.journal, shift.clock.after(60))
    (line,) = hall_board(leader, shift.clock()).warnings
    acknowledge(leader, shift.clock.after(90), line.row.id, "opened window 2")
    signed_on(shift, 2, WEI)
    watch(shift.stores.journal, shift.clock.after(60))
    watch(shift.stores.journal, shift.clock.after(20 * 60))
    made = make(shift.db, "R15", DAY, HALL, shift.clock())
    assert made.values("kind") == ["People wait and no window is open", "Longest wait"]
    assert made.values("level") == ["red", "yellow"]
    assert made.values("about") == ["", "B001"]
    assert made.values("above") == [None, Decimal("20.00")]
    assert made.values("answered_after") == [90, None]
    assert made.values("did") == ["opened window 2", ""]
    assert made.values("answered_by") == ["周磊", ""]
    assert isinstance(made.values("lasted")[0], int)
    assert made.notes[0].text() == "2 warnings, 1 answered = 50.00 %"
    assert make(shift.db, "R15", "2026-11", HALL, shift.clock()).values("day") == [DAY, DAY]


def test_a_day_without_any(shift: Shift) -> None:
    made = make(shift.db, "R15", DAY, HALL, shift.clock())
    assert (made.rows, made.total) == ((), None)
