"""A busy morning of a hall for the board: people at windows, tickets, an overtime, breaks, warnings, a proposal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from hallterm.screens.hall_board import HallBoardScreen
from hallterm.workflows import counter
from hallterm.workflows.hall_look import hall_board
from hallterm.workflows.presence import start_break
from hallterm.workflows.warnings import watch
from storage import facts as f
from storage.facts import BreakReason, Moment, PauseReason, Role
from tests.hallterm.screens.pages import SIZE, House, shown, until
from tests.hallterm.workflows.founded import ADMIN, HALL, at
from tests.hallterm.workflows.shift import Shift

LEADER, DIRECTOR = "0201", "0101"
PEOPLE = {
    "0311": "王芳",
    "0312": "李强",
    "0313": "张晓梅",
    "0314": "陈静",
    "0315": "刘洋",
    "0316": "赵敏",
    "0318": "孙丽",
    "0319": "徐峰",
}
LEADERS = {LEADER: ("周磊", Role.DUTY_LEADER), DIRECTOR: ("王建国", Role.HALL_DIRECTOR)}
GROUPS = {
    1: ("A",),
    2: ("C", "B"),
    3: ("B", "C"),
    4: ("D", "L"),
    5: ("D", "E"),
    6: ("C", "F"),
    7: ("B", "K"),
    8: ("G", "H"),
}


def window(number: int) -> str:
    return f"{HALL}-{number:02d}"


def people_the_hall(shift: Shift) -> None:
    """Eight windows, eight clerks, two leaders."""
    with shift.stores.journal.write(ADMIN, at("08:06")) as tx:
        for number, name in PEOPLE.items():
            tx.record(f.StaffSet(number, name, HALL))
            tx.record(f.GrantSet(number, Role.CLERK, HALL))
        for number, (name, role) in LEADERS.items():
            tx.record(f.StaffSet(number, name, HALL))
            tx.record(f.GrantSet(number, role, HALL))
        for place, groups in GROUPS.items():
            tx.record(f.WindowSet(window(place), str(place), groups[:1], groups[1:]))
        tx.record(f.PostSet(window(7), "0318", "0319"))


def sign_on(shift: Shift, number: int, staff: str) -> None:
    with shift.stores.journal.write(staff, shift.clock()) as tx:
        tx.record(f.SignOnDone(staff, "2026-11-24", window(number), punch=True))
    shift.open(number, staff)


def a_morning(shift: Shift) -> Moment:
    """Until 10:45; the moment at which it ends."""
    people_the_hall(shift)
    clock = shift.clock
    clock.after(at("08:25").t / 1000 - clock.t / 1000)
    for number, staff in enumerate(("0311", "0312", "0313", "0314", "0315", "0316"), 1):
        sign_on(shift, number, staff)
    one, two, three, four, six = (shift.desk(number, f"031{number}") for number in (1, 2, 3, 4, 6))
    rest = shift.desk(5, "0315")
    shift.do(start_break, rest, BreakReason.ROTATE, after_s=until_s(shift, "10:05"))
    service = shift.await_rating(two, "C11", serving_s=14 * 60)
    shift.rate(service)
    shift.do(counter.end_break, rest, after_s=60)
    shift.serve(six, "C10")
    shift.do(counter.pause, six, PauseReason.TAXPAYER_PAYMENT, after_s=20)
    clock.after(until_s(shift, "10:33"))
    shift.serve(two, "C11")
    for prefix, count in (("B", 7), ("C", 3), ("A", 2), ("L", 2)):
        for _nth in range(count):
            shift.issue(prefix)
    shift.do(counter.call, three, after_s=until_s(shift, "10:42"))
    shift.do(counter.start, three, "B07")
    shift.do(counter.call, one)
    shift.do(counter.start, one, "A04")
    shift.await_rating(four, "D01", serving_s=50)
    clock.after(until_s(shift, "10:45"))
    watch(shift.stores.journal, clock())
    return clock()


def until_s(shift: Shift, clock: str) -> float:
    """Seconds from the shift's clock to a time of the day."""
    return max(0.0, (at(clock).t - shift.clock.t) / 1000)


@asynccontextmanager
async def board(
    folder: Path, when: Moment, *, language: str = "zh_CN", size: tuple[int, int] = SIZE, staff: str = LEADER
) -> AsyncIterator[tuple[House, Pilot[None], HallBoardScreen]]:
    """The board of a leader over the files of a folder."""
    screen = HallBoardScreen()
    async with shown(screen, folder, when, language=language, staff=staff, size=size) as (house, pilot):
        house.store.watch(hall_board)
        await until(pilot, lambda: screen.board is not None)
        yield house, pilot, screen
