"""The changing parts of tickets, services and windows: what is true now, and what an undo goes back to."""

from __future__ import annotations

from msgspec import Struct

from storage.facts.sets import ServiceState, TicketClass, TicketState, WindowState


class TicketNow(Struct, frozen=True, omit_defaults=True):
    """The changing part of a ticket."""

    state: TicketState
    window: str = ""
    staff: str = ""
    calls: int = 0
    last_called_t: int = 0
    last_called_m: int = 0
    last_called_boot: str = ""
    called_window: str = ""
    waiting_since_t: int = 0
    cls: TicketClass = TicketClass.NORMAL
    hold_reason: str = ""
    held_t: int = 0
    target: str = ""
    result: str = ""


class ServiceNow(Struct, frozen=True, omit_defaults=True):
    """The changing part of a service. The clock runs while ``run_boot`` is set: counted = counted_ms + now − run_m."""

    state: ServiceState
    window: str = ""
    staff: str = ""
    code: str = ""
    version: int = 0
    quantity: int = 1
    limit_s: int = 0
    counted_ms: int = 0
    excluded_ms: int = 0
    run_t: int = 0
    run_m: int = 0
    run_boot: str = ""
    pause_id: str = ""
    pause_reason: str = ""
    pause_excluded: bool = False
    pause_t: int = 0
    pause_m: int = 0
    pause_boot: str = ""


class WindowNow(Struct, frozen=True, omit_defaults=True):
    """The changing part of a window: who, what, since when."""

    state: WindowState
    staff: str = ""
    ticket: str = ""
    visit: str = ""
    service: str = ""
    since_t: int = 0
    reason: str = ""
