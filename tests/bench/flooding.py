"""Whether a device that floods its line is felt at the counter: the same keys with and without it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from devices.sim.bench import serial_of
from devices.sim.control import send_command
from hallterm.demo_hall import HALL, WINDOWS, DemoHall
from hallterm.locale import use
from storage.facts import WindowState
from storage.local import Board
from tests.bench.counter import changed
from tests.bench.figure import Figure, percentile, spread
from tests.bench.processes import cpu_s
from tests.bench.stopwatch import Stopwatch
from tests.walk.counter import PAD, more_people, open_terminal, sign_on, wait_for_state

PATIENCE_S = 30.0
POLL_S = 0.02
FLOODING, ON_THE_LINE = "flooding", frozenset({"listening", "identifying"})
RATIO_MOST = 2.0
ROLE, KIND = "window_display", "display"
STATION = 2
"""Its place among the children of a demonstration hall."""


def run() -> list[Figure]:
    """The station reads two seconds of a flood before it lets the port go; so each display of the hall floods in turn."""
    use("zh_CN")
    quiet: list[float] = []
    flooded: list[float] = []
    station = Share()
    with DemoHall(pad_presses=False) as hall:
        more_people(hall, ["B02"])
        board = Board(hall.folder / "local.db")
        with open_terminal(hall, Stopwatch) as terminal:
            sign_on(terminal)
            terminal.press("f5")
            wait_for_state(terminal, WindowState.CALLED)
            terminal.press("f6")
            wait_for_state(terminal, WindowState.SERVING)
            for window in (one.number for one in WINDOWS if str(one.number) != PAD):
                before = len(flooded)
                with flooding(hall, window):
                    wait(board, window, ON_THE_LINE)
                    with station.measured(hall.children[STATION].pid):
                        while state_of(board, window) != FLOODING:
                            flooded += pair_ms(terminal)
                send_command(hall.simulators, f"replug {KIND} {window}")
                for _ in range((len(flooded) - before) // 2):
                    quiet += pair_ms(terminal)
        board.close()
    ratio = percentile(flooded, 0.5) / percentile(quiet, 0.5)
    worst = percentile(flooded, 0.95) / percentile(quiet, 0.95)
    return [
        *spread("key to paint", "ms", quiet),
        *spread("key to paint while a device floods", "ms", flooded, "<= 50"),
        Figure("ratio of the medians", round(ratio, 2), "", f"<= {RATIO_MOST:g}", "1 MB/s on one line"),
        Figure("ratio of the 95th percentiles", round(worst, 2), "", note="1 MB/s on one line"),
        Figure("station's processor during a flood", round(station.percent, 1), "%", note="of one core, 2 s in 32 s"),
    ]


class Share:
    """Processor time of a process over several spans, in percent of one core."""

    def __init__(self) -> None:
        self._used_s = self._gone_s = 0.0

    @property
    def percent(self) -> float:
        return 100 * self._used_s / self._gone_s

    @contextmanager
    def measured(self, pid: int) -> Iterator[None]:
        used_s, start_s = cpu_s(pid), time.monotonic()
        yield
        self._used_s += cpu_s(pid) - used_s
        self._gone_s += time.monotonic() - start_s


def pair_ms(terminal: Stopwatch) -> list[float]:
    """The list of pauses, and back: from each key to its first byte."""
    keys = ("f4", "escape")
    return [terminal.cost(partial(terminal.press, key), changed(terminal, key)).echo_ms for key in keys]


@contextmanager
def flooding(hall: DemoHall, window: int) -> Iterator[None]:
    """In place of a window's display there is a device that never stops."""
    send_command(hall.simulators, f"unplug {KIND} {window}")
    link: Path = hall.simulators / "by-id" / f"usb-SIM_{KIND}_{serial_of(KIND, str(window))}-if00"
    command = [sys.executable, "-m", "tests.bench.flooder", str(link)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            if process.stdout.readline().strip() != b"ready":
                raise AssertionError("the flood did not begin")
            yield
        finally:
            process.stdin.close()
            process.wait(PATIENCE_S)


def state_of(board: Board, window: int) -> str:
    code = f"{HALL}-{window:02d}"
    return next((one.state for one in board.devices() if (one.role, one.window) == (ROLE, code)), "")


def wait(board: Board, window: int, states: frozenset[str]) -> None:
    """Until the station has the port open."""
    deadline = time.monotonic() + PATIENCE_S
    while state_of(board, window) not in states:
        if time.monotonic() > deadline:
            raise AssertionError(f"the display of window {window} stays {state_of(board, window)}")
        time.sleep(POLL_S)
