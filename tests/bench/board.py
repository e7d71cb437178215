"""What the hall board costs: bytes of a change, of a tick, of a key; and how it is over a line of 64 kbit/s."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.stopwatch import Cost, Stopwatch
from tests.end_to_end.hall import Hall
from tests.end_to_end.led_hall import FarTerminal, all_back, all_rest, leader_at, led_hall, wait_board
from tests.end_to_end.terminal import Terminal

FULL_BYTES, TICK_BYTES = 7000, 150
TICK_S = 65.0
MOVES = 8
BOARD_S, KEY_S = 2.0, 0.5


class FarStopwatch(FarTerminal, Stopwatch):
    """The same watch at the far end."""


def run() -> list[Figure]:
    """Near for the bytes, far for the seconds."""
    with tempfile.TemporaryDirectory(prefix="hallterm-bench-") as folder:
        hall = led_hall(Path(folder))
        with leader_at(hall, Stopwatch) as near:
            figures = [*changes(hall, near), *ticking(near)]
        with leader_at(hall, FarStopwatch) as far:
            figures += seconds(hall, far)
    return figures


def rows_say(terminal: Terminal, word: str) -> Callable[[], None]:
    """All eight windows on the screen are in this state."""

    def said() -> None:
        terminal.wait_for(lambda rows: all(word in row for row in rows[4:12]))

    return said


def shows(terminal: Terminal, place: int, start: str) -> Callable[[], None]:
    """A row of the screen begins like this."""

    def shown() -> None:
        terminal.wait_for(lambda rows: rows[place].startswith(start))

    return shown


def whole(terminal: Stopwatch) -> Cost:
    """The board in place of the menu: every row of the body changes."""
    terminal.press("escape")
    terminal.wait_for("输两位数")
    terminal.wait_quiet()
    return terminal.cost(partial(terminal.press, "4", "0"), partial(wait_board, terminal))


def moves(terminal: Stopwatch) -> list[Cost]:
    """The cursor down from window to window."""
    terminal.wait_quiet()
    found = []
    for place in range(1, MOVES):
        found.append(terminal.cost(partial(terminal.press, "down"), shows(terminal, 4 + place, f"> {place + 1}")))
    return found


def changes(hall: Hall, terminal: Stopwatch) -> list[Figure]:
    """Bytes that cross the line."""
    down = moves(terminal)
    page = whole(terminal)
    rest = terminal.cost(partial(all_rest, hall), rows_say(terminal, "小休"))
    back = terminal.cost(partial(all_back, hall), rows_say(terminal, "空闲"))
    dispatch = terminal.cost(partial(terminal.press, "f6"), shows(terminal, 13, ">做什么"))
    terminal.press("escape")
    terminal.wait_for("今日")
    return [
        Figure("the whole board", page.size, "B", f"<= {FULL_BYTES}", "in place of the menu"),
        Figure("every window changes", max(rest.size, back.size), "B", f"<= {FULL_BYTES}", "twelve windows at once"),
        Figure("cursor to the next window", max(one.size for one in down), "B", note=f"largest of {len(down)}"),
        Figure("dispatch opens", dispatch.size, "B", f"<= {FULL_BYTES}"),
    ]


def ticking(terminal: Stopwatch) -> list[Figure]:
    """Nothing happens for a minute: the clocks of twelve windows go on."""
    terminal.wait_quiet(1.0)
    seen = len(terminal.arrivals)
    terminal.wait_for(lambda rows: all("闲  1" in row for row in rows[4:12]), deadline_s=TICK_S)
    terminal.wait_quiet(1.5)
    bursts: list[list[tuple[float, int]]] = []
    for at, size in terminal.arrivals[seen:]:
        if bursts and at - bursts[-1][-1][0] < 0.5:
            bursts[-1].append((at, size))
        else:
            bursts.append([(at, size)])
    sizes = [sum(size for _at, size in burst) for burst in bursts]
    return [Figure("a tick of the clocks", max(sizes), "B", f"<= {TICK_BYTES}", f"largest of {len(sizes)}")]


def seconds(hall: Hall, terminal: Stopwatch) -> list[Figure]:
    """The same over 64 kbit/s."""
    page, down = whole(terminal), moves(terminal)
    rest = terminal.cost(partial(all_rest, hall), rows_say(terminal, "小休"))
    slowest = max(one.settled_ms for one in down) / 1000
    return [
        Figure("64 kbit/s: the whole board", round(page.settled_ms / 1000, 2), "s", f"< {BOARD_S:.0f}"),
        Figure("64 kbit/s: a key answered", round(slowest, 2), "s", f"< {KEY_S}", f"slowest of {len(down)}"),
        Figure("64 kbit/s: every window changes", round(rest.settled_ms / 1000, 2), "s", f"< {BOARD_S:.0f}"),
    ]
