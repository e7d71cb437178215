"""Ports that the station has lent come back, also from a process that was killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hallterm.workflows.technician.station import borrower
from storage import clock
from tests.hallterm.station.line import Line, StationThread, wait_until

PAD = "rating_device"
BORROW = """
import sys
from pathlib import Path
from hallterm.workflows.technician.station import borrower
from storage import clock
from storage.local import Board
board = Board(Path(sys.argv[1]))
board.request("let_go", {"role": "rating_device", "window": "1", **borrower()}, clock.now())
sys.stdin.read()
"""


@pytest.fixture
def running(line: Line) -> Iterator[StationThread]:
    station = StationThread(line.folder, line.bench)
    line.await_pad()
    yield station
    station.stop()


@contextmanager
def terminal(line: Line) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that borrows the pad's port and keeps it."""
    child = subprocess.Popen([sys.executable, "-c", BORROW, str(line.board.path)], stdin=subprocess.PIPE)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def ask(line: Line, kind: str, **who: Any) -> dict[str, Any]:
    number = line.board.request(kind, {"role": PAD, "window": "1", **who}, clock.now())
    wait_until(lambda: line.board.answer_of(number) is not None, "the answer")
    return line.board.answer_of(number) or {}


def beat(line: Line) -> None:
    """The station has looked after its loans once more."""
    before = line.board.process("station")
    wait_until(lambda: line.board.process("station") != before, "a beat")


def test_a_terminal_killed_during_a_test_gives_its_port_back_and_nobody_else_does(
    line: Line, running: StationThread
) -> None:
    with terminal(line) as child:
        wait_until(lambda: line.device(PAD) == "disabled", "the free port")
        assert ask(line, "let_go", **borrower()) == {"ok": True}
        assert ask(line, "take_back", **borrower()) == {"ok": True}
        beat(line)
        assert line.device(PAD) == "disabled"
        child.kill()
        child.wait()
        line.await_pad()
