"""Projections of reference data, people, devices and days."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.changes import Keeps, counted_change
from storage.facts import WindowState
from storage.projections.devices import lock
from storage.projections.register import Placed, projects, window_now
from storage.statements import Step, largest, latest, opening, smallest

HALL = latest(
    "hall",
    ("code",),
    ("name", "hall_kind", "parent", "opening_am", "closing_am", "opening_pm", "closing_pm", "open_always"),
)
WINDOW = latest("window", ("code",), ("hall", "name", "primary", "secondary", "active"), order="ref_ord")
WINDOW_GROUPS = latest("window_groups", ("hall", "window"), ("day", "primary", "secondary"))
"""Today's groups, in place of its own; none after its own were set."""
STAFF = latest("staff", ("number",), ("name", "hall", "active"))
GRANT = latest("staff_grant", ("staff", "role", "node"), ("active",))
MATTER_COLUMNS = (
    *("name_zh", "name_en", "category", "ticket_prefix", "limit_min", "batchable"),
    *("completion_workdays", "rating_required", "initials", "hidden", "may_override", "tax_core_ref"),
    "from_day",
)
MATTER = latest("service_type", ("hall", "code", "number"), MATTER_COLUMNS)
SETTING = latest("setting", ("name", "scope", "from_day"), ("value", "may_override"))
PUNCH = opening("punch", ("id",), ("hall", "staff", "window", "day", "kind", "punch", "at_t"))
WINDOW_PLACE = latest("window_place", ("window",), ("node",))
DEVICE = latest("device_state", ("hall", "node", "role", "window"), ("state", "reason", "since_t"))
DAY_OPENED = smallest("day", ("hall", "day"), "opened_t")
DAY_CLOSED = largest("day", ("hall", "day"), "closed_t")
ABANDONED = latest("ticket", ("id",), ("state", "window", "staff", "hold_reason", "held_t", "target", "result"))


@projects(f.HallSet)
def hall_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    hours = (d.opening_am, d.closing_am, d.opening_pm, d.closing_pm, int(d.open_always))
    yield Step(HALL, (d.code, d.name, d.hall_kind, d.parent, *hours, p.ord))


@projects(f.WindowSet)
def window_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    groups = (",".join(d.primary), ",".join(d.secondary))
    hall = d.code.rsplit("-", 1)[0]
    yield Step(WINDOW, (d.code, hall, d.name, *groups, int(d.active), p.ord))
    yield Step(WINDOW_GROUPS, (hall, d.code, "", "", "", p.ord))


@projects(f.StaffSet)
def staff_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(STAFF, (d.number, d.name, d.hall, int(d.active), p.ord))


@projects(f.GrantSet, f.GrantEnded)
def grant_changed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(GRANT, (d.staff, d.role, d.node, int(isinstance(d, f.GrantSet)), p.ord))


@projects(f.ServiceTypeSet)
def service_type_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    flags = (int(d.batchable), d.completion_workdays, int(d.rating_required), d.initials, int(d.hidden))
    row = (d.name_zh, d.name_en, d.category, d.ticket_prefix, d.limit_min, *flags, int(d.may_override), d.tax_core_ref)
    yield Step(MATTER, (d.scope or p.hall, d.code, d.number, *row, d.from_day, p.ord))


@projects(f.SettingSet)
def setting_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(SETTING, (d.name, d.scope, d.from_day, d.value, int(d.may_override), p.ord))


@projects(f.SignOnDone, f.SignOffDone)
def signed(p: Placed) -> Iterator[Step]:
    d = p.fact
    on = isinstance(d, f.SignOnDone)
    kind, punch = ("sign_on", int(d.punch)) if on else ("sign_off", 0)
    yield Step(PUNCH, (p.id, p.hall, d.staff, d.window, d.day, kind, punch, p.t))
    yield counted_change(Keeps.HALF_DAYS, p.hall, d.day, d.staff)
    if on and d.window:
        yield Step(WINDOW_PLACE, (d.window, p.node, p.ord))


@projects(f.WindowOpened)
def window_opened(p: Placed) -> Iterator[Step]:
    yield window_now(p, WindowState.IDLE)


@projects(f.WindowClosed)
def window_closed(p: Placed) -> Iterator[Step]:
    yield window_now(p, WindowState.CLOSED, staff="")


@projects(f.BreakStarted)
def break_started(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield window_now(p, WindowState.BREAK, reason=d.reason)
    yield Step(PUNCH, (p.id, p.hall, d.staff, d.window, "", "break", 0, p.t))


@projects(f.BreakEnded)
def break_ended(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield window_now(p, WindowState.IDLE)
    yield Step(PUNCH, (p.id, p.hall, d.staff, d.window, "", "back", 0, p.t))


@projects(f.DeviceChanged)
def device_changed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(DEVICE, (p.hall, p.node, d.role, d.window, d.state, d.reason, p.t, p.ord))
    yield from lock(p)


@projects(f.DayOpened)
def day_opened(p: Placed) -> Iterator[Step]:
    yield Step(DAY_OPENED, (p.hall, p.fact.day, p.t))
    yield from abandoned(p)


@projects(f.DayClosed)
def day_closed(p: Placed) -> Iterator[Step]:
    yield Step(DAY_CLOSED, (p.hall, p.fact.day, p.t))
    yield from abandoned(p)


def abandoned(p: Placed) -> Iterator[Step]:
    """Tickets of a day that ended are closed."""
    for ticket in p.fact.abandoned:
        row = (ticket, f.TicketState.CLOSED, "", "", "", 0, "", f.TicketResult.ABANDONED, p.ord)
        yield Step(ABANDONED, row)
