"""A hall of twelve windows with people at work, and its duty leader at the other end of a line, near or far."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TypeVar

from hallterm.workflows.setup import FirstRun, WindowSpec
from hallterm.workflows.ticketing import issue
from storage import clock, views
from storage.facts import BreakEnded, BreakReason, BreakStarted, GrantSet, Role, StaffSet, WindowOpened
from tests.end_to_end.hall import ADMIN, HALL, NAME, PASSWORD, PROGRAM, Hall, sign_on, window
from tests.end_to_end.terminal import Terminal

LEADER = "0201"
WINDOWS = 12
GROUPS = "ABCDEFGHJKL"
CLERKS = {f"05{number:02d}": f"办税员{number:02d}" for number in range(1, WINDOWS + 1)}
RUN = FirstRun(
    NAME,
    HALL,
    tuple(WindowSpec(number, (GROUPS[(number - 1) % 11],), ("B",) if number > 2 else ()) for number in range(1, 13)),
    ADMIN,
    "王建国",
    PASSWORD,
    open_always=True,
)
T = TypeVar("T", bound=Terminal)


class FarTerminal(Terminal):
    """A terminal behind a line of 64 kbit/s: what the program writes arrives in its time, piece by piece."""

    bits_per_s = 64_000
    piece_bytes = 80

    def _read_now(self) -> bytes | None:
        data = super()._read_now()
        if data:
            time.sleep(len(data) * 8 / self.bits_per_s)
        return data


def led_hall(folder: Path) -> Hall:
    """Twelve open windows, twenty people waiting, a duty leader."""
    hall = Hall(folder).make(RUN, {**CLERKS, LEADER: "周磊"})
    hall.record(GrantSet(LEADER, Role.DUTY_LEADER, HALL), *(StaffSet(no, name, HALL) for no, name in CLERKS.items()))
    take(hall, "A")
    day = hall.read(lambda desk: views.last_day(desk.journal.database, HALL))
    hall.record(*(WindowOpened(window(place), staff, day) for place, staff in enumerate(CLERKS, 1)))
    for number in range(20):
        take(hall, GROUPS[number % 11])
    return hall


def take(hall: Hall, prefix: str) -> None:
    """Somebody takes a ticket of a group."""
    hall.read(lambda desk: issue(desk, clock.now(), prefix))


def all_rest(hall: Hall) -> None:
    """Every window begins a break: every row of the board changes."""
    places = enumerate(CLERKS, 1)
    hall.record(*(BreakStarted(window(place), staff, BreakReason.MEETING) for place, staff in places))


def all_back(hall: Hall) -> None:
    hall.record(*(BreakEnded(window(place), staff) for place, staff in enumerate(CLERKS, 1)))


def leader_at(hall: Hall, kind: type[T], *, remote: bool = True, size: tuple[int, int] = (80, 24)) -> T:
    """The leader's terminal, signed on without a window, with the board on it."""
    env = {"HOME": str(hall.folder), "HALLTERM_NO_STATION": "1"}
    if remote:
        env["SSH_CONNECTION"] = "192.0.2.7 50022 192.0.2.1 22"
    terminal = kind([*PROGRAM, "--config", str(hall.config), "--lang", "zh_CN"], env=env, size=size)
    try:
        sign_on(terminal, LEADER)
        terminal.wait_for("不占窗口")
        terminal.press("0")
        wait_board(terminal)
    except BaseException:
        terminal.close()
        raise
    return terminal


def wait_board(terminal: Terminal) -> None:
    """The board is whole on the screen: its first row and its last."""
    terminal.wait_for(lambda rows: ">1大厅" in rows[0] and "今日" in rows[-4] + rows[20] and "菜单" in rows[-1])
