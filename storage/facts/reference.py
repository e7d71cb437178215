"""Facts of the node, of reference data and of people."""

from __future__ import annotations

from storage.facts.base import Fact, kind
from storage.facts.sets import BreakReason, HallKind, Role

# the node and its days


@kind("node.started")
class NodeStarted(Fact, frozen=True):
    app: str
    process: str


@kind("node.stopped")
class NodeStopped(Fact, frozen=True):
    process: str
    clean: bool = True


@kind("clock.jumped")
class ClockJumped(Fact, frozen=True):
    """The wall clock moved by ``jump_ms`` against CLOCK_BOOTTIME; durations are not touched."""

    jump_ms: int


@kind("day.opened")
class DayOpened(Fact, frozen=True):
    day: str
    abandoned: tuple[str, ...] = ()


@kind("day.closed")
class DayClosed(Fact, frozen=True):
    day: str
    abandoned: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()


@kind("backup.made")
class BackupMade(Fact, frozen=True):
    name: str
    seq: int
    size: int


@kind("device.changed")
class DeviceChanged(Fact, frozen=True):
    role: str
    window: str
    state: str
    reason: str = ""


@kind("device.daily")
class DeviceDaily(Fact, frozen=True):
    day: str
    role: str
    window: str
    counters: dict[str, int]


# reference data: facts of the node that may edit them


@kind("hall.set")
class HallSet(Fact, frozen=True):
    """``opening_*`` are ``HH:MM``; ``open_always`` is for demonstration halls."""

    code: str
    name: str
    hall_kind: HallKind = HallKind.HALL
    parent: str = ""
    opening_am: str = "08:30"
    closing_am: str = "12:00"
    opening_pm: str = "14:00"
    closing_pm: str = "18:00"
    open_always: bool = False


@kind("window.set")
class WindowSet(Fact, frozen=True):
    """``code`` is hall code, ``-``, two digits; groups are ticket prefixes."""

    code: str
    name: str
    primary: tuple[str, ...]
    secondary: tuple[str, ...] = ()
    active: bool = True


@kind("staff.set")
class StaffSet(Fact, frozen=True):
    number: str
    name: str
    hall: str
    active: bool = True


@kind("grant.set")
class GrantSet(Fact, frozen=True):
    staff: str
    role: Role
    node: str


@kind("grant.ended")
class GrantEnded(Fact, frozen=True):
    staff: str
    role: Role
    node: str


@kind("service_type.set")
class ServiceTypeSet(Fact, frozen=True):
    """One version of a matter of the catalogue; limits at the window with complete papers, in whole minutes.

    ``scope`` is where it holds ("": the hall of the line); below it a hall has its own only if it ``may_override``.
    ``tax_core_ref`` is what the tax software calls it ("": it is not opened from here). ``from_day`` is the first business
    day it holds ("": always); of the versions that hold, the one from the latest day, and of that day the last number.
    """

    code: str
    name_zh: str
    name_en: str
    category: str
    ticket_prefix: str
    limit_min: int
    number: int = 1
    batchable: bool = False
    completion_workdays: int = 0
    rating_required: bool = True
    initials: str = ""
    hidden: bool = False
    scope: str = ""
    may_override: bool = False
    tax_core_ref: str = ""
    from_day: str = ""


@kind("setting.set")
class SettingSet(Fact, frozen=True):
    """``value`` is JSON text; ``scope`` a node of the scope tree ("": everywhere), ``from_day`` the first business day it
    holds. What stands below has a value of its own only if it ``may_override`` this one. ``null`` withdraws what the same
    scope set from the same day.
    """

    name: str
    value: str
    scope: str = ""
    from_day: str = ""
    may_override: bool = False


# people


@kind("sign_on.done")
class SignOnDone(Fact, frozen=True):
    """``remote`` is the address of who came over SSH; "" is at the machine itself. What he does follows in the log."""

    staff: str
    day: str
    window: str = ""
    punch: bool = False
    remote: str = ""


@kind("sign_on.refused")
class SignOnRefused(Fact, frozen=True):
    """One fact per five failures of a staff number."""

    staff: str
    failures: int
    window: str = ""


@kind("sign_off.done")
class SignOffDone(Fact, frozen=True):
    staff: str
    day: str
    window: str = ""


@kind("credential.changed")
class CredentialChanged(Fact, frozen=True):
    """A password was set or reset; the hash itself is in the vault."""

    staff: str
    must_change: bool = False


@kind("window.opened")
class WindowOpened(Fact, frozen=True):
    window: str
    staff: str
    day: str


@kind("window.closed")
class WindowClosed(Fact, frozen=True):
    window: str
    staff: str
    day: str


@kind("break.started")
class BreakStarted(Fact, frozen=True):
    window: str
    staff: str
    reason: BreakReason


@kind("break.ended")
class BreakEnded(Fact, frozen=True):
    window: str
    staff: str
