"""A pad whose port another program holds, and one whose port is forbidden: said in one word, served all the same."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
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
    """What stands in the way of one window's pad: who sits there, its state, the word in row 2, what takes it away."""

    number: int
    staff: str
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
        process.wait(120)
        process.stdout.close()


def let_go(holder: subprocess.Popen[str]) -> None:
    if holder.stdin is not None:
        holder.stdin.close()
    holder.wait(120)


def pad_ports(bindings: str) -> dict[int, Path]:
    """The terminal line behind the pad of each window."""
    pads = [one for one in load(bindings) if one.role is Role.RATING_DEVICE]
    return {int(pad.window): Path(pad.port.name).resolve() for pad in pads}


@pytest.fixture
def hindered(hall: Hall) -> Iterator[tuple[Obstacle, ...]]:
    """A station whose two pads cannot be opened, each for another reason."""
    folder = hall.folder / "simulators"
    numbers = [option for number in (BUSY, DENIED) for option in ("--window", str(number))]
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
            Obstacle(BUSY, MEI, "busy", "占", lambda: let_go(holder)),
            Obstacle(DENIED, WEI, "denied", "禁", lambda: ports[DENIED].chmod(0o600)),
        )


def test_pads_that_cannot_be_opened_are_named_and_come_when_they_can(
    hall: Hall, hindered: tuple[Obstacle, ...]
) -> None:
    tickets = [hall.issue("B02") for _service in range(SERVICES * len(hindered))]
    served: list[str] = []
    with ExitStack() as stack:
        terminals = [stack.enter_context(hall.counter(one.number, one.staff)) for one in hindered]
        for one, terminal in zip(hindered, terminals, strict=True):
            terminal.wait_for(pad(one.word))
            began_s, tries = time.monotonic(), set[int]()
            look = partial(note_last_try, hall, one, tries)
            served += [serve(terminal, look) for _service in range(SERVICES)]
            assert len(tries) <= 2 + (time.monotonic() - began_s) / Timing().backoff_most_s, "it storms the port"
        for one in hindered:
            one.remove()
        for terminal in terminals:
            terminal.wait_for(pad("好"))
    assert sorted(served) == sorted(tickets)
    for one in hindered:
        assert pad_states(hall, one.number) == [one.state, "ready"]
    assert hall.chain_holds()


def pad(word: str) -> Callable[[list[str]], bool]:
    """What row 2 says of the rating device."""
    return lambda rows: f"评价器 {word}" in rows[1]


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


def note_last_try(hall: Hall, obstacle: Obstacle, tries: set[int]) -> None:
    """When the station last failed to open the port, wall ms: each try sets it anew."""
    place = (Role.RATING_DEVICE, window(obstacle.number), obstacle.state)
    devices = hall.read(lambda desk: desk.board.devices())
    tries.update(one.since_t for one in devices if (one.role, one.window, one.state) == place)


def pad_states(hall: Hall, number: int) -> list[str]:
    """What of the pad was worth a fact."""
    changes = [one for one in hall.facts("device.changed") if one["role"] == Role.RATING_DEVICE]
    return [one["state"] for one in changes if one["window"] == window(number)]
