"""A pad whose port another program holds, and one whose port is forbidden: said in one word, served all the same."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from devices.bindings import load
from devices.events import Role, Timing
from hallterm.config import DEVICES_FILE
from hallterm.station.main import SIMULATORS
from tests.end_to_end.hall import MEI, WEI, Hall, called_number, state_row, window
from tests.end_to_end.rights import ORDINARY_PROGRAM
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

BUSY, DENIED = 1, 2
WINDOWS = (BUSY, DENIED)
SERVICES = 3

# Another program has the port, as modem managers and terminal programs do: until its standard input ends.
HOLDING = (
    "import fcntl, os, sys, termios\n"
    "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
    "fcntl.ioctl(port, termios.TIOCEXCL)\n"
    "fcntl.flock(port, fcntl.LOCK_EX)\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
    "fcntl.ioctl(port, termios.TIOCNXCL)\n"
)


class Obstacle(Struct, frozen=True):
    """What stands in the way of one window's pad: its state, the word in row 2, and what takes it away."""

    state: str
    word: str
    remove: Callable[[], None]


@contextmanager
def child(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process that says one line when it is up, and ends when its input ends."""
    process = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline()
        yield process
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def let_go(holder: subprocess.Popen[str]) -> None:
    if holder.stdin is not None:
        holder.stdin.close()
    holder.wait(20)


def pad_ports(bindings: str) -> dict[int, Path]:
    """The terminal line behind the pad of each window."""
    pads = [one for one in load(bindings) if one.role is Role.RATING_DEVICE]
    return {int(pad.window): Path(pad.port.name).resolve() for pad in pads}


@pytest.fixture(scope="module")
def hindered(
    founded_hall: Hall, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hall, dict[int, Obstacle]]]:
    """A station whose two pads cannot be opened, each for another reason."""
    hall = Hall(tmp_path_factory.mktemp("ports") / "hall").copy_of(founded_hall)
    folder = hall.folder / "simulators"
    numbers = [option for number in WINDOWS for option in ("--window", str(number))]
    with ExitStack() as stack:
        stack.enter_context(child("-m", "devices.sim", "--run", str(folder), "--until-eof", *numbers))
        bindings = (folder / DEVICES_FILE).read_text(encoding="utf-8")
        (hall.folder / "hallterm.d").mkdir()
        (hall.folder / "hallterm.d" / DEVICES_FILE).write_text(bindings, encoding="utf-8")
        ports = pad_ports(bindings)
        holder = stack.enter_context(child("-c", HOLDING, str(ports[BUSY])))
        ports[DENIED].chmod(0)
        stack.enter_context(hall.station(ORDINARY_PROGRAM, **{SIMULATORS: str(folder / "by-id")}))
        yield (
            hall,
            {
                BUSY: Obstacle("busy", "占", lambda: let_go(holder)),
                DENIED: Obstacle("denied", "禁", lambda: ports[DENIED].chmod(0o600)),
            },
        )


@pytest.mark.parametrize(("number", "staff"), [(BUSY, MEI), (DENIED, WEI)], ids=["busy", "denied"])
def test_a_pad_that_cannot_be_opened_is_named_and_comes_when_it_can(
    hindered: tuple[Hall, dict[int, Obstacle]], number: int, staff: str
) -> None:
    hall, obstacle = hindered[0], hindered[1][number]
    tickets = [hall.issue("B02") for _service in range(SERVICES)]
    with hall.counter(number, staff) as terminal:
        terminal.wait_for(lambda rows: f"评价器 {obstacle.word}" in rows[1])
        began_s, tries = time.monotonic(), set[int]()
        served = [serve(terminal, lambda: tries.add(last_try(hall, number))) for _service in range(SERVICES)]
        assert len(tries) <= 2 + (time.monotonic() - began_s) / Timing().backoff_most_s, "it storms the port"
        obstacle.remove()
        terminal.wait_for(lambda rows: "评价器 好" in rows[1])
    assert sorted(served) == sorted(tickets)
    assert pad_states(hall, number) == [obstacle.state, "ready"]
    assert hall.chain_holds()


def serve(terminal: Terminal, look: Callable[[], None]) -> str:
    """One whole service without a pad; the number. Looks at the pad all the while."""
    terminal.press("f5")
    number = called_number(terminal)
    for key, state in (("f6", "办理中"), ("f8", "空闲")):
        terminal.press(key)
        terminal.wait_until(looking(terminal, state, look))
    return number


def looking(terminal: Terminal, state: str, look: Callable[[], None]) -> Callable[[], bool]:
    """Whether the state is on the screen; looks at the pad each time."""

    def looked_and_there() -> bool:
        look()
        return state_row(state)(terminal.screen())

    return looked_and_there


def last_try(hall: Hall, number: int) -> int:
    """When the station last found the pad as it is, wall ms: each try to open its port sets it anew."""
    devices = hall.read(lambda desk: desk.board.devices())
    return next(one.since_t for one in devices if (one.role, one.window) == (Role.RATING_DEVICE, window(number)))


def pad_states(hall: Hall, number: int) -> list[str]:
    """What of the pad was worth a fact."""
    changes = [one for one in hall.facts("device.changed") if one["role"] == Role.RATING_DEVICE]
    return [one["state"] for one in changes if one["window"] == window(number)]
