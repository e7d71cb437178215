"""What screens and workflows read: frozen rows of the tables."""

from __future__ import annotations

from msgspec import Struct

from storage.facts import HallKind, ServiceNow, TicketNow, WindowNow


class HallRow(Struct, frozen=True):
    code: str
    name: str
    hall_kind: HallKind
    opening_am: str
    closing_am: str
    opening_pm: str
    closing_pm: str
    open_always: bool


class StaffRow(Struct, frozen=True):
    number: str
    name: str
    hall: str
    active: bool


class GrantRow(Struct, frozen=True):
    staff: str
    role: str
    node: str


class Matter(Struct, frozen=True):
    """The version of a matter that holds now."""

    code: str
    number: int
    name_zh: str
    name_en: str
    category: str
    ticket_prefix: str
    limit_min: int
    batchable: bool
    completion_workdays: int
    rating_required: bool
    initials: str
    hidden: bool
    tax_core_ref: str = ""


class WindowRow(WindowNow, frozen=True, kw_only=True):
    """A window: what it is and what happens there now. Groups are ticket prefixes joined by commas."""

    code: str
    hall: str
    name: str
    primary: str
    secondary: str
    active: bool

    @property
    def primary_groups(self) -> tuple[str, ...]:
        return tuple(self.primary.split(",")) if self.primary else ()

    @property
    def secondary_groups(self) -> tuple[str, ...]:
        return tuple(self.secondary.split(",")) if self.secondary else ()


class TicketRow(TicketNow, frozen=True, kw_only=True):
    id: str
    hall: str
    day: str
    number: str
    prefix: str
    ticket_kind: str
    service_code: str
    issued_t: int
    printed: bool
    first_called_t: int
    wait_s: int | None


class ServiceRow(ServiceNow, frozen=True, kw_only=True):
    id: str
    hall: str
    day: str
    visit: str
    ticket: str
    leg: int
    entry_mode: str
    walk_up_reason: str
    start_t: int
    start_m: int
    start_boot: str
    end_t: int
    wall_s: int
    excluded_s: int
    counted_s: int
    overtime: bool
    std_milliminutes: int
    rating: str


class PauseRow(Struct, frozen=True):
    """A stretch in which a service did not run; ``from_t`` ms UTC."""

    id: str
    service: str
    staff: str
    reason: str
    from_t: int
    length_ms: int


class VisitRow(Struct, frozen=True):
    id: str
    day: str
    ticket: str
    window: str
    first_inquiry_staff: str
    opened_t: int
    closed_t: int


class AskRow(Struct, frozen=True):
    """A pad's window."""

    id: str
    day: str
    wid: int
    pad: str
    service: str
    visit: str
    window: str
    staff: str
    timeout_s: int
    asked_t: int
    asked_m: int
    asked_boot: str
    state: str


class UnratedRow(Struct, frozen=True):
    service: str
    day: str
    staff: str
    code: str
    reason: str
    exempt: bool
    note: str
    undone: bool


class Today(Struct, frozen=True):
    """A clerk's own sums of one day; shares are made by the rules."""

    services: int = 0
    overtime: int = 0
    rated: int = 0
    unrated: int = 0
    exempt: int = 0
    std_milliminutes: int = 0


class CallRow(Struct, frozen=True):
    """One ticket as the hall TV shows it: its number, its window's name, and when it was last called."""

    number: str
    window: str
    last_called_t: int
    calls: int


class DoneRow(Struct, frozen=True):
    """A finished service as a list of the day shows it: never its level, only whether it was rated."""

    id: str
    number: str
    code: str
    name_zh: str
    name_en: str
    end_t: int
    counted_s: int
    overtime: bool
    rating: str
    unrated_reason: str
