"""What a counter shows: one frozen value, read in one go on the storage thread, drawn by the screens."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hallterm.rules.lamp import USUAL as USUAL_LAMPS
from hallterm.rules.lamp import LampShares
from hallterm.rules.words import Reason
from storage.facts import CounterAction, HoldReason, TicketClass, WalkUpReason
from storage.views import AskRow, HallRow, Matter, ServiceRow, StaffRow, TicketRow, Today, WindowRow
from storage.views.mirror import CheckRow

WELL = ("ready", "none", "disabled")
"""States of a device that is no fault."""


class GroupLine(Struct, frozen=True):
    """People waiting in one group: ticket prefix, count, when the longest waiting began (ms UTC, 0 = nobody).

    ``rank`` is 0 for a primary group of this window, 1 for a secondary one, 2 for the others.
    """

    prefix: str
    count: int
    oldest_t: int
    rank: int


class NextTicket(Struct, frozen=True):
    """The ticket that ``call`` would call, its place in the order and why."""

    number: str
    cls: TicketClass
    issued_t: int
    prefix: str
    why: Reason


class HeldLine(Struct, frozen=True):
    ticket: str
    number: str
    reason: HoldReason
    held_t: int
    matter: Matter | None


class LastLine(Struct, frozen=True):
    """The service finished last at this window today; ``rating`` is ``rated``, ``unrated`` or empty."""

    service: str
    number: str
    matter: Matter | None
    counted_s: int
    rating: str
    unrated_reason: str


class Target(Struct, frozen=True):
    """Where a ticket may be transferred: a window or a group; ``refusal`` says why not."""

    to: str
    window: WindowRow | None
    prefix: str
    staff: str
    waiting: int
    refusal: Reason | None


class DeviceWord(Struct, frozen=True):
    """One device of the window on the health line; ``state`` is a port state of the device manager, or ``none``."""

    role: str
    state: str
    since_t: int


class Health(Struct, frozen=True):
    """Row 2: network, unsent facts, clock, devices; ``fault`` is what is wrong with the file of the devices, ``refusal``
    why the centre takes nothing (a code of the sync client). ``disk_full``: the reserve of the disk is in use.
    ``host_away_t``: since when the number host gives no answer (0: it does, or this PC is it); ``own_number`` is the first
    number that this PC gives itself meanwhile. ``disk_free`` per cent of the disk, told when it is little, else 100.
    ``starting``: no station yet, but this terminal began a moment ago, and it comes up beside it.
    """

    online: bool
    since_t: int
    waiting: int
    skew_ms: int
    devices: tuple[DeviceWord, ...]
    station: bool
    centre: bool
    warnings: int = 0
    fault: str = ""
    refusal: str = ""
    disk_full: bool = False
    host_away_t: int = 0
    own_number: str = ""
    disk_free: int = 100
    starting: bool = False

    @property
    def devices_well(self) -> bool:
        """The station is there, and no device that this window has is out of order."""
        return self.station and all(device.state in WELL for device in self.devices)


class CounterView(Struct, frozen=True):
    """Everything a counter screen draws. Times ``*_t`` are ms UTC; figures are counts.

    ``confirm_until_t``: until then the duty leader must confirm the open pause; 0 for one that stands by itself.
    ``taxpayer`` is masked. ``card_reader``: a reader of ID cards is bound to this window. ``entry``: what the person was
    asked to check on the second screen.
    """

    day: str
    hall: HallRow
    window: WindowRow
    staff: StaffRow
    ticket: TicketRow | None
    service: ServiceRow | None
    matter: Matter | None
    first_inquiry: str
    leg: int
    ask: AskRow | None
    rating_until_t: int
    rating_timeout_s: int
    groups: tuple[GroupLine, ...]
    waiting_here: int
    waiting_all: int
    next: NextTicket | None
    held: tuple[HeldLine, ...]
    last: LastLine | None
    most: tuple[Matter, ...]
    matters: tuple[Matter, ...]
    targets: tuple[Target, ...]
    today: Today
    evaluation_rate: str | None
    punch_t: int | None
    break_t: int | None
    walk_up_reason: str
    walk_up_only: str
    refusals: Mapping[CounterAction, Reason | None]
    health: Health
    pos: int
    seq: int
    confirm_until_t: int = 0
    walk_up_choices: tuple[tuple[WalkUpReason, Reason | None], ...] = ()
    taxpayer: str = ""
    card_reader: bool = False
    entry: CheckRow | None = None
    lock_after_s: int = 0
    lamps: LampShares = USUAL_LAMPS
