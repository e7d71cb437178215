"""What a driver is given, what it must do, and what the house wishes its device to be doing.

A driver lives as long as one connection; the wishes live as long as the binding, so a new connection finds them.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import ClassVar, Final, Protocol

import msgspec

from devices.card import CardReading
from devices.codecs.htp1_messages import AckCode, CloseReason
from devices.events import DeviceState, Event, Identity, LampPattern, Role, Timing
from devices.health import Counters, LinkScore
from devices.link import Link
from devices.ticket import PrintResult, TicketDoc

PENDING_PRESSES: Final = 8

Option = str | int | bool
"""What a profile or a binding may set for a driver."""


class WindowWish(msgspec.Struct, frozen=True):
    """The rating window that should be open."""

    wid: int
    deadline_ms: int


class Speech(msgspec.Struct, frozen=True):
    """A sentence to be spoken once, dropped when it is not begun before `deadline_ms`; 1 = urgent comes first.

    `tag` names what it is about, for whoever withdraws it before it is begun; "" is never withdrawn.
    """

    text: str
    deadline_ms: int
    urgent: int = 0
    tag: str = ""


class Wishes:
    """What the device should be doing; changed in the loop's thread only."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.window: WindowWish | None = None
        self.close: tuple[int, int] | None = None
        self.idle: tuple[int, str] | None = None
        self.lines: tuple[str, ...] | None = None
        self.lamp = LampPattern.OFF
        self.lamp_told = asyncio.Event()
        """Set by the driver of a lamp once the line has taken the pattern that is wished now."""
        self.speech: deque[Speech] = deque()
        self.readings: deque[Callable[[CardReading], None]] = deque()
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

    def show_lines(self, lines: tuple[str, ...]) -> None:
        """One line on a window display, two to four on a hall board; the newest wins."""
        self.lines = lines
        self.changed.set()

    def set_lamp(self, pattern: LampPattern) -> None:
        self.lamp = pattern
        self.lamp_told.clear()
        self.changed.set()

    def say(self, speech: Speech) -> None:
        """Urgent sentences go before the others, each kind in its order."""
        place = next((i for i, other in enumerate(self.speech) if other.urgent < speech.urgent), len(self.speech))
        self.speech.insert(place, speech)
        self.changed.set()

    def withdraw(self, tag: str) -> None:
        """What is said about this is no longer true; a sentence that was begun is spoken to its end."""
        for speech in [speech for speech in self.speech if tag and speech.tag == tag]:
            self.speech.remove(speech)

    def read_card(self, done: Callable[[CardReading], None]) -> None:
        self.readings.append(done)
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
    options: Mapping[str, Option]
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


class Pressless:
    """What drivers share whose devices have no presses and serve whatever they are bound to."""

    def misfit(self, identity: Identity) -> str:
        return ""

    def acknowledge(self, seq: int, code: int) -> None:
        """Nothing was pressed."""
