"""What a driver is given, what it must do, and what the house wishes its device to be doing.

A driver lives as long as one connection; the wishes live as long as the binding, so a new connection finds them.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import ClassVar, Final, Protocol

import msgspec

from devices.codecs.htp1_messages import AckCode, CloseReason
from devices.events import DeviceState, Event, Identity, Role, Timing
from devices.health import Counters, LinkScore
from devices.link import Link
from devices.ticket import PrintResult, TicketDoc

PENDING_PRESSES: Final = 8


class WindowWish(msgspec.Struct, frozen=True):
    """The rating window that should be open."""

    wid: int
    deadline_ms: int


class Wishes:
    """What the device should be doing; changed in the loop's thread only."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.window: WindowWish | None = None
        self.close: tuple[int, int] | None = None
        self.idle: tuple[int, str] | None = None
        self.text: str | None = None
        self.jobs: deque[tuple[TicketDoc, Callable[[PrintResult], None]]] = deque()
        self.presses: dict[int, int] = {}
        self.quarantined = False

    def open_window(self, window: WindowWish) -> None:
        self.window, self.close = window, None
        self.changed.set()

    def close_window(self, wid: int, reason: int) -> None:
        self.close = (wid, reason)
        self.forget_window(wid)
        self.changed.set()

    def forget_window(self, wid: int) -> None:
        """The window is over: a reconnected pad must not open it again."""
        if self.window is not None and self.window.wid == wid:
            self.window = None

    def pressed(self, seq: int, wid: int) -> None:
        """A press waits for its acknowledgement."""
        self.presses.pop(seq, None)
        self.presses[seq] = wid
        while len(self.presses) > PENDING_PRESSES:
            del self.presses[next(iter(self.presses))]

    def acknowledged(self, seq: int, code: int) -> None:
        """A counted press ends its window, also while the pad is away or was reset meanwhile."""
        wid = self.presses.get(seq)
        if wid is not None and code in (AckCode.COUNTED, AckCode.DUPLICATE):
            self.close_window(wid, CloseReason.RATED)

    def show_idle(self, stars: int, clerk: str) -> None:
        self.idle = (stars, clerk)
        self.changed.set()

    def show_text(self, text: str) -> None:
        self.text = text
        self.changed.set()

    def print_ticket(self, doc: TicketDoc, done: Callable[[PrintResult], None]) -> None:
        self.jobs.append((doc, done))
        self.changed.set()


class DriverContext(msgspec.Struct, frozen=True):
    """What one connection offers its driver. `report` sets the device's state, `emit` tells the house."""

    link: Link
    role: Role
    window: str
    address: int
    keys: Mapping[int, int]
    timing: Timing
    clock: Callable[[], int]
    counters: Counters
    score: LinkScore
    wishes: Wishes
    emit: Callable[[Event], None]
    report: Callable[[DeviceState, str], None]


class Driver(Protocol):
    """One device on one connection."""

    roles: ClassVar[frozenset[Role]]

    def __init__(self, context: DriverContext) -> None: ...

    def received(self, data: bytes) -> None:
        """Bytes from the line; never raises."""

    async def identify(self) -> Identity | None:
        """Asks who is there; None if nobody answers."""

    def misfit(self, identity: Identity) -> str:
        """Why a device of this identity cannot serve here, "" if it can."""

    async def run(self) -> None:
        """Serves the wishes and supervises; returns when the identity must be proven again."""

    def acknowledge(self, seq: int, code: int) -> None:
        """Tells a pad what became of a press."""
