"""A line that nobody reads stops nothing: not the clock, not the keys, not the station, not the others."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from hallterm.demo_hall import PASSWORD, DemoHall
from storage.local import Beat
from tests.end_to_end.hall import Hall, called_number, press_pad_until, state_row
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

WINDOW, STAFF = 5, "0308"
CAUGHT_UP_BYTES = 80 * 1024
"""More than a line may still get from before: the kernel's buffer, the app's backlog, and a screen or two."""
PAINTS_OF_A_STALL = 60
"""Of some 2.5 KB each: three times what kernel and app hold."""


def test_a_stalled_terminal_stops_nothing(demo: DemoHall) -> None:
    hall = Hall(demo.folder, demo.folder)
    with hall.counter(WINDOW, STAFF, PASSWORD, station=True) as terminal:
        terminal.wait_for("评价器 好")
        terminal.press("f5")
        number = called_number(terminal)
        terminal.press("f6")
        terminal.wait_for(state_row("办理中"))
        terminal.stop_reading()
        paint_until(terminal, beats(hall, 2))
        issued = hall.issue("D01")
        terminal.press("f8")
        terminal.wait_until(lambda: of_ticket(hall, "service.finished", number), what="F8 was not taken")
        press_pad_until(terminal, demo, WINDOW, lambda: of_ticket(hall, "rating.given", number))
        read_before = terminal.bytes_seen
        terminal.resume_reading()
        terminal.wait_for(lambda rows: is_whole(rows) and any(number in row and "已评价" in row for row in rows[4:10]))
        assert terminal.bytes_seen - read_before < CAUGHT_UP_BYTES
    assert issued in [one["number"] for one in hall.facts("ticket.issued")]
    finished = of_ticket(hall, "service.finished", number)
    assert len(finished) == 1
    assert finished[0]["counted_ms"] != 0
    assert "service.blocked" not in hall.kinds()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stalled_terminal_ends_in_good_order(hall: Hall, number: signal.Signals) -> None:
    hall.issue()
    with hall.counter() as terminal:
        terminal.press("f5")
        terminal.wait_for(state_row("已叫号"))
        terminal.press("f6")
        terminal.wait_for(state_row("办理中"))
        terminal.stop_reading()
        paint_until(terminal, countdown(PAINTS_OF_A_STALL))
        terminal.signal(number)
        assert terminal.wait_exit() == 128 + number
        assert hall.state(1) == "paused"
        terminal.resume_reading()
        terminal.wait_until(lambda: not terminal.in_alternate_screen)
        assert terminal.echoes
    assert [one["reason"] for one in hall.facts("service.paused")] == ["app_restart"]


def is_whole(rows: list[str]) -> bool:
    """The idle counter from the first row to the last, nothing of another screen in between."""
    return (
        "柜台" in rows[0]
        and rows[2] == "-" * 80
        and state_row("空闲")(rows)
        and all("|" in row for row in rows[3:21])
        and rows[23].rstrip().endswith("^P菜单")
    )


def paint_until(terminal: Terminal, done: Callable[[], bool]) -> None:
    """Make it paint whole screens that nobody reads (the keys of help, in turn), until the condition holds."""
    keys = ["f1", "escape"]

    def painted_and_done() -> bool:
        keys.reverse()
        terminal.press(keys[0])
        return done()

    terminal.wait_until(painted_and_done, what="the terminal stands still")
    terminal.press("f1")


def beats(hall: Hall, count: int) -> Callable[[], bool]:
    """So many more beats of the window's heart on the board of the PC."""
    seen: set[Beat | None] = set()

    def beaten() -> bool:
        seen.add(hall.beat(WINDOW))
        return len(seen) > count

    return beaten


def countdown(count: int) -> Callable[[], bool]:
    """So many times."""
    left = iter(range(count))
    return lambda: next(left, None) is None


def of_ticket(hall: Hall, kind: str, number: str) -> list[dict[str, object]]:
    """Facts of a kind about the ticket with this number."""
    tickets = {one["ticket"] for one in hall.facts("ticket.called") if one["number"] == number}
    return [one for one in hall.facts(kind) if one["ticket"] in tickets]
