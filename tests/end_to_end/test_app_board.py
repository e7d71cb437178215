"""A director at the far end of a slow line: the board comes whole, keys are answered, and little crosses the line."""

from __future__ import annotations

import pytest

from tests.end_to_end.hall import Hall, window
from tests.end_to_end.led_hall import FarTerminal, all_back, all_rest, leader_at, led_hall, wait_board
from tests.end_to_end.terminal import Terminal

FULL_BYTES = 7_000
TICK_BYTES = 150


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return led_hall(tmp_path_factory.mktemp("led"))


def test_the_board_over_a_line_of_64_kbit_s(hall: Hall) -> None:
    with leader_at(hall, FarTerminal) as terminal:
        assert terminal.row(2).rstrip().endswith("待批 0")
        terminal.press("down")
        terminal.wait_for(lambda rows: rows[5].startswith("> 2"))
        terminal.press("f6", "1")
        terminal.wait_for("改组       (")
        terminal.press("3", "1", "f8")
        terminal.wait_for("3 秒内再按一次 F8")
        assert hall.facts("dispatch.done") == [], "from afar it is asked twice"
        terminal.wait_quiet()
        terminal.press("f8")
        terminal.wait_for("现在 B C")
        assert hall.facts("dispatch.done")[0]["window"] == window(2)
        all_rest(hall)
        terminal.wait_for(lambda rows: all("小休" in row for row in rows[4:12]))
        all_back(hall)
        terminal.wait_for(lambda rows: all("空闲" in row for row in rows[4:12]))


def test_a_change_of_everything_fits_the_budget(hall: Hall) -> None:
    with leader_at(hall, Terminal, remote=False) as terminal:
        terminal.press("escape")
        terminal.wait_for("输两位数")
        terminal.wait_quiet()
        before = terminal.bytes_seen
        terminal.press("4", "0")
        wait_board(terminal)
        terminal.wait_quiet()
        assert terminal.bytes_seen - before <= FULL_BYTES
        before = terminal.bytes_seen
        all_rest(hall)
        terminal.wait_for(lambda rows: all("小休" in row for row in rows[4:12]))
        all_back(hall)
        terminal.wait_for(lambda rows: all("空闲" in row for row in rows[4:12]))
        terminal.wait_quiet()
        assert terminal.bytes_seen - before <= 2 * FULL_BYTES
