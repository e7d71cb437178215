"""What hangs on the walls: the last calls and breaks on a board, the overtime lamps at the windows."""

from __future__ import annotations

import msgspec
import pytest

from devices.bindings import Binding
from devices.events import LampPattern, Role
from devices.sim.lamp import SimRelays
from devices.sim.window import SimWindowDisplay
from hallterm.station.boards import Boards, board_lines
from hallterm.station.lamps import pattern
from hallterm.workflows import counter
from hallterm.workflows.ticketing import issue
from storage import clock
from storage.facts import BreakReason, Moment, PauseReason
from tests.hallterm.station.line import HALL, Line, StationThread, wait_until

LIMIT_S = 120


class BoardBench:
    """The bench with a display of its own as the hall's board of three rows."""

    def __init__(self, line: Line) -> None:
        self.shown: SimWindowDisplay = line.bench.add_display("99")
        self.by_id = line.bench.by_id
        self._line = line

    def bindings(self) -> tuple[object, ...]:
        return tuple(
            msgspec.structs.replace(one, role=Role.HALL_BOARD, window="", options={"rows": 3})
            if (one.role, one.window) == (Role.WINDOW_DISPLAY, "99")
            else one
            for one in self._line.bench.bindings()
        )


def called(line: Line) -> None:
    issue(line.desk, clock.now(), "B", service_code="B02")
    line.do(counter.call)


def test_the_board_shows_the_last_calls_and_who_is_away(line: Line) -> None:
    bench = BoardBench(line)
    running = StationThread(line.folder, bench)  # type: ignore[arg-type]
    try:
        line.open()
        line.await_pad()
        wait_until(lambda: line.device("hall_board", "") == "ready", "the board")
        called(line)
        wait_until(lambda: "B001 please go to window 1" in bench.shown.history, "the call")
        assert board_lines(line.db, HALL, clock.now(), 3) == ["B001 please go to window 1"]
        line.do(counter.start)
        line.do(counter.finish)
        wait_until(lambda: line.pad.window is not None, "the pad's window")
        line.bench.press("1", 1)
        line.await_idle()
        line.do(counter.start_break, BreakReason.LUNCH)
        wait_until(lambda: "window 1 paused" in bench.shown.history, "the break")
        assert board_lines(line.db, HALL, clock.now(), 3) == ["window 1 paused"]
        line.do(counter.end_break)
        called(line)
        lines = ["B002 please go to window 1", "B001 please go to window 1"]
        wait_until(lambda: board_lines(line.db, HALL, clock.now(), 3) == lines, "both calls")
        wait_until(lambda: lines[0] in bench.shown.history, "the second call")
    finally:
        running.stop()


class WrittenTo:
    """Keeps what would go to a board."""

    def __init__(self) -> None:
        self.writes: list[tuple[str, ...]] = []

    def show_board(self, lines: tuple[str, ...], window: str = "") -> None:
        self.writes.append(lines)


def test_a_board_is_written_twice_a_second_at_most_and_the_last_word_comes(line: Line) -> None:
    board, wall = Binding(Role.HALL_BOARD, "null", options={"rows": 2}), WrittenTo()
    boards = Boards(line.journal, wall, lambda: (board,))  # type: ignore[arg-type]
    line.open()
    begun = clock.now()

    def tick(after_ms: int) -> int:
        boards.tick(Moment(t=begun.t, m=begun.m + after_ms, boot=begun.boot))
        return len(wall.writes)

    assert tick(0) == 1
    called(line)
    assert [tick(100), tick(400), tick(500), tick(2000)] == [1, 1, 2, 2]
    assert wall.writes == [("", ""), ("B001 please go to window 1", "")]
    line.do(counter.start)
    assert tick(3000) == 2  # nothing to be seen has changed
    line.do(counter.pause, PauseReason.TAXPAYER_LEFT)
    assert tick(4000) == 3
    assert wall.writes[-1] == ("", "")


@pytest.mark.parametrize(
    ("counted_s", "limit_s", "expected"),
    [
        (0, LIMIT_S, LampPattern.OFF),
        (LIMIT_S, LIMIT_S, LampPattern.OFF),
        (LIMIT_S + 1, LIMIT_S, LampPattern.ON),
        (2 * LIMIT_S - 1, LIMIT_S, LampPattern.ON),
        (2 * LIMIT_S, LIMIT_S, LampPattern.BLINKING),
        (9 * LIMIT_S, LIMIT_S, LampPattern.BLINKING),
        (500, 0, LampPattern.OFF),
    ],
)
def test_the_lamp_follows_the_limit(counted_s: int, limit_s: int, expected: LampPattern) -> None:
    assert pattern(counted_s, limit_s) is expected


def served_since(line: Line, seconds: int) -> None:
    now = clock.now()
    past = Moment(t=now.t - seconds * 1000, m=now.m - seconds * 1000, boot=now.boot)
    issue(line.desk, now, "B", service_code="B02")
    line.do(counter.call)
    counter.start(line.desk, past)


@pytest.fixture
def lamp(line: Line) -> SimRelays:
    return line.bench.add_lamp("1", {"blink_ms": 100})


@pytest.fixture
def lit_station(line: Line, lamp: SimRelays, station: StationThread) -> StationThread:
    wait_until(lambda: line.device("overtime_lamp") == "ready", "the lamp")
    return station


def test_the_lamp_is_on_in_overtime_and_off_at_the_end(line: Line, lamp: SimRelays, lit_station: StationThread) -> None:
    served_since(line, LIMIT_S + 10)
    wait_until(lambda: lamp.lit == {1}, "the lamp")
    line.do(counter.finish)
    wait_until(lambda: not lamp.lit, "the lamp off")


def test_the_lamp_blinks_from_twice_the_limit_on(line: Line, lamp: SimRelays, lit_station: StationThread) -> None:
    served_since(line, 2 * LIMIT_S + 10)
    wait_until(lambda: len([on for _, on in lamp.switched if on]) >= 3, "blinking")
    line.do(counter.finish)
    wait_until(lambda: not lamp.lit and not lamp.switched[-1][1], "the lamp off")
