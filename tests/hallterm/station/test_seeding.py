"""A station that starts shows what is true now, without waiting for the next fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hallterm.workflows import counter
from hallterm.workflows.presence import start_break
from hallterm.workflows.ticketing import issue
from storage import clock
from storage.facts import BreakReason, PauseReason
from tests.hallterm.station.line import Line, StationThread, wait_until

State = Callable[[Line], object]


def called(line: Line) -> None:
    issue(line.desk, clock.now(), "B", service_code="B02")
    line.do(counter.call)


def paused(line: Line) -> None:
    line.serve()
    line.do(counter.pause, PauseReason.TAXPAYER_LEFT)


def on_a_break(line: Line) -> None:
    line.do(start_break, BreakReason.LUNCH)


STATES: dict[str, tuple[State, tuple[str, ...]]] = {
    "called": (called, ("B001", "window 1")),
    "serving": (Line.serve, ("serving B001",)),
    "paused": (paused, ("serving B001",)),
    "idle": (lambda line: None, ("window 1",)),
    "break": (on_a_break, ("closed",)),
    "signed off": (lambda line: line.do(counter.sign_off), ("closed",)),
}


@pytest.mark.parametrize("state", STATES)
def test_a_station_that_starts_shows_the_window_as_it_is(line: Line, state: str) -> None:
    prepare, parts = STATES[state]
    line.open()
    prepare(line)
    station = StationThread(line.folder, line.bench)
    try:
        wait_until(lambda: line.display.shown and all(part in line.display.shown for part in parts), f"{parts} shown")
    finally:
        station.stop()


def test_an_undo_shows_what_holds_again(line: Line, station: StationThread) -> None:
    wait_until(lambda: line.device("window_display") == "ready", "the display")
    called(line)
    done = line.do(counter.start)
    wait_until(lambda: line.display.shown == "serving B001", "the number")
    assert done.undo is not None
    line.undo(done.undo)
    wait_until(lambda: "B001" in line.display.shown and "go to window 1" in line.display.shown, "the call again")
