"""From the command to a usable sign-on, beside a minimal Textual application in the same run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from hallterm.demo_hall import DemoHall
from tests.bench.apps.minimal import READY
from tests.bench.figure import Figure, percentile
from tests.bench.processes import cpu_s, resident_mb
from tests.end_to_end.terminal import Terminal
from tests.walk.counter import open_terminal, sign_on_shown

TIMES = 7
BUDGET = 1.5
Taken = tuple[float, float, float]


def run() -> list[Figure]:
    """Both programs in turns; wall time, processor time, memory when the first screen stands."""
    house: list[Taken] = []
    minimal: list[Taken] = []
    with DemoHall(pad_presses=False) as hall:
        for _ in range(TIMES):
            minimal.append(taken(lambda: Terminal([sys.executable, "-m", "tests.bench.apps.minimal"]), minimal_usable))
            house.append(taken(lambda: open_terminal(hall, Terminal), sign_on_usable))
    figures = []
    for place, (name, unit) in enumerate((("start", "s"), ("start, processor time", "s"), ("memory at start", "MB"))):
        ours, least = (percentile([one[place] for one in program], 0.5) for program in (house, minimal))
        budget = f"<= {BUDGET}" if place == 1 else ""
        figures += [
            Figure(f"{name}, sign-on", round(ours, 3), unit, note=f"median of {TIMES}"),
            Figure(f"{name}, minimal application", round(least, 3), unit),
            Figure(f"{name}, ratio", round(ours / least, 2), "", budget),
        ]
    return figures


def taken(open_it: Callable[[], Terminal], usable: Callable[[Terminal], None]) -> Taken:
    """Wall seconds, processor seconds and resident MB until it takes keys."""
    start = time.monotonic()
    with open_it() as terminal:
        usable(terminal)
        return time.monotonic() - start, cpu_s(terminal.pid), resident_mb(terminal.pid)


def minimal_usable(terminal: Terminal) -> None:
    """Its line stands."""
    terminal.wait_for(READY)


def sign_on_usable(terminal: Terminal) -> None:
    """The fields stand."""
    terminal.wait_for(sign_on_shown)
