"""The technician's mode over simulated devices on real ptys and a real store; and fixed ports for golden screens."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from textual.pilot import Pilot

from devices.bindings import Binding, ExpectedIdentity, dump
from devices.errors import LineSettings
from devices.events import Role
from devices.ports import PortInfo, PortMatch
from devices.sim.bench import KEYS, Bench
from devices.technician.listing import Bound, Chip, Holder, PortRow
from hallterm.config import DEVICES_FILE
from hallterm.screens.technician import TechnicianScreen
from hallterm.workflows.technician.look import Place, Ports
from storage.facts import GrantSet, Moment, StaffSet
from storage.facts import Role as Job
from storage.local import Board
from tests.hallterm.screens.pages import House, shown, until
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded

TECHNICIAN, CLERK = "T017", "0317"
W3 = f"{HALL}-03"


def found_with_technician(folder: Path) -> Path:
    """The files of a hall with a technician and a clerk; nobody signs on, so nobody has a password."""
    with founded(folder) as stores, stores.journal.write(ADMIN, at("08:05")) as tx:
        for number, name, role in ((TECHNICIAN, "王工", Job.TECHNICIAN), (CLERK, "张晓梅", Job.CLERK)):
            tx.record(StaffSet(number, name, HALL))
            tx.record(GrantSet(number, role, HALL))
    return folder


@contextmanager
def hall_with_technician(folder: Path, made: Path) -> Iterator[Stores]:
    """A copy of such a hall."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    stores = Stores(folder)
    try:
        yield stores
    finally:
        stores.close()


def machine(folder: Path) -> Path:
    """The folder of the machine's files."""
    made = folder / "hallterm.d"
    made.mkdir(exist_ok=True)
    return made


def bound(folder: Path, bindings: tuple[Binding, ...]) -> Path:
    """devices.toml with these bindings."""
    path = machine(folder) / DEVICES_FILE
    path.write_text(dump(bindings), "utf-8")
    return path


def place(folder: Path, bench: Bench | None = None, window: str = W3) -> Place:
    return Place(machine(folder), folder, bench.by_id if bench is not None else None, window)


@asynccontextmanager
async def technician(
    folder: Path, bench: Bench | None = None, *, window: str = W3, staff: str = TECHNICIAN, language: str = "zh_CN",
    when: Moment | None = None,
) -> AsyncIterator[tuple[House, Pilot[None], TechnicianScreen]]:  # fmt: skip
    """The mode, once it has looked at files and ports."""
    screen = TechnicianScreen(place(folder, bench, window))
    async with shown(screen, folder, when or at("10:45"), language=language, staff=staff) as (house, pilot):
        await until(pilot, lambda: screen.look is not None)
        if bench is not None:
            await until(pilot, lambda: screen.ports.rows)
        yield house, pilot, screen


# Ports as a hall has them, for screens that are compared cell by cell.

PAD = Binding(
    Role.RATING_DEVICE, "pad_htp1", "3", PortMatch(location="1-1.3"), LineSettings(9600),
    ExpectedIdentity("PJ5-A", "HT25A0000317"), 3, KEYS,
)  # fmt: skip
DISPLAY = Binding(Role.WINDOW_DISPLAY, "window_aabb", "3", PortMatch(location="1-1.4"), address=0x13)
PRINTER = Binding(Role.TICKET_PRINTER, "printer_escpos", "", PortMatch(usb_serial="A9K2Q7"))
LAMP = Binding(Role.OVERTIME_LAMP, "lamp_lcus", "3", PortMatch(location="1-1.1"))


def _bound(binding: Binding) -> tuple[Bound, ...]:
    return (Bound(binding.role, binding.window, binding.driver, binding.identity.serial, binding.address),)


def port(number: int, **values: object) -> PortRow:
    """A USB port."""
    name = f"/dev/ttyUSB{number}"
    return PortRow(name, Chip.CH340, device=name, **values)  # type: ignore[arg-type]


ROWS = (
    port(0, location="1-1.3", bound=_bound(PAD)),
    port(1, location="1-1.4", bound=_bound(DISPLAY)),
    PortRow("/dev/ttyUSB2", Chip.FTDI, "A9K2Q7", "1-1.2", bound=_bound(PRINTER), device="/dev/ttyUSB2"),
    PortRow("/dev/ttyS0", Chip.UART, device="/dev/ttyS0", holder=Holder(812, "brltty")),
    PortRow(
        "/dev/ttyACM0",
        Chip.CDC,
        "HT25B0041",
        "1-2",
        device="/dev/ttyACM0",
        since_s=at("10:46").t // 1000,
        description="USB serial",
    ),
    PortRow("", Chip.CH340, location="1-1.1", bound=_bound(LAMP), absent=True),
)
FIXED = Ports(ROWS, (PAD, DISPLAY, PRINTER, LAMP), (PortInfo("/dev/ttyUSB0", "/dev/ttyUSB0", location="1-1.3"),))
PAD_COUNTERS = {
    "link_ok": 10412, "link_bad": 9, "frames": 10412, "crc_errors": 3, "timeouts": 6, "retries": 4, "rtt_p95_ms": 41,
    "today_windows_opened": 41, "today_ratings": 36, "today_connections": 1, "today_boots": 0, "link_permille": 999,
}  # fmt: skip


def on_the_board(board: Board, moment: Moment) -> None:
    """What a station of this PC would have said."""
    board.process_beat("station", 4711, moment, {"chain_holds": True})
    lost = at("10:41").t
    for role, window, state, since in (
        (Role.RATING_DEVICE, W3, "ready", 0),
        (Role.WINDOW_DISPLAY, W3, "ready", 0),
        (Role.TICKET_PRINTER, "", "ready", 0),
        (Role.OVERTIME_LAMP, W3, "absent", lost),
    ):
        board.set_device(role, window, state, since)
    board.set_counters(Role.RATING_DEVICE, W3, PAD_COUNTERS)
    board.set_counters(Role.WINDOW_DISPLAY, W3, {"link_ok": 997, "link_bad": 3})
