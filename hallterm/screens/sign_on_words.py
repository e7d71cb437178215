"""Sentences of the sign-on page: shifts, the punch, the last day at this window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hallterm.locale import _
from hallterm.rules.day import NOON_MIN, local
from hallterm.workflows.sign_on import Welcome
from hallterm.workflows.ticketing import group_name
from storage.views import HallRow, WindowRow

LATE_AFTER_MIN = 1
ABSENT_AFTER_MIN = 31


def shift_line(hall: HallRow) -> str:
    """Opening hours of today's two halves."""
    if hall.open_always:
        return _("Shift today  open at all hours")
    parts = []
    if hall.opening_am:
        parts.append(_("morning {start}-{end}").format(start=hall.opening_am, end=hall.closing_am))
    if hall.opening_pm:
        parts.append(_("afternoon {start}-{end}").format(start=hall.opening_pm, end=hall.closing_pm))
    return _("Shift today") + "  " + "   ".join(parts)


def punch_line(hall: HallRow, now: datetime) -> str:
    """When signing on is in time, late, half a day missed; of the half of the day that is on."""
    opening = hall.opening_am if now.hour * 60 + now.minute < NOON_MIN else hall.opening_pm
    if hall.open_always or not opening:
        return _("Signing on is the punch of attendance")
    start = datetime.strptime(opening, "%H:%M")
    late, absent = (f"{start + timedelta(minutes=m):%H:%M}" for m in (LATE_AFTER_MIN, ABSENT_AFTER_MIN))
    return _("Signing on punches: {start} in time, {late} late, {absent} half a day missed").format(
        start=opening, late=late, absent=absent
    )


def last_line(seen: Welcome, now: datetime) -> str:
    """How the last day at this window ended, and whether everything left this PC."""
    if not seen.window or not seen.closed_t:
        return ""
    at = local(seen.closed_t)
    date = f"{at:%m-%d}" if at.year == now.year else f"{at:%Y-%m-%d}"
    first = _("Window {number} last  {date} {time} signed off").format(
        number=seen.window, date=date, time=f"{at:%H:%M}"
    )
    services = _("{count} services").format(count=seen.services)
    sent = _("{count} not sent to the centre yet").format(count=seen.unsent)
    known = seen.health.online or seen.health.since_t > 0
    outcome = [sent] if seen.unsent else [_("all sent to the centre")] if known else []
    return "   ".join([first, services, *outcome])


def crash_line(seen: Welcome) -> str:
    """A case that was left open here."""
    if not seen.open_number:
        return _("No proper shutdown: what was open goes on; the outage is not counted")
    return _("No proper shutdown, {number} is open: sign on, go on; the outage is not counted").format(
        number=seen.open_number
    )


def groups_text(window: WindowRow) -> str:
    """The groups a window calls, first those it calls first."""
    return " ".join(group_name(prefix) for prefix in window.primary_groups) or "--"


def day_lines(seen: Welcome | None, now: datetime) -> list[str]:
    """Below the fields: the shifts, the punch, how the last day at this window ended."""
    if seen is None or seen.hall is None:
        return []
    last = crash_line(seen) if seen.crashed else last_line(seen, now)
    lines = ["", shift_line(seen.hall), punch_line(seen.hall, now), "", last]
    lines += [""] * (12 - len(lines))
    lines.append(_("Forgot it? The administrator resets it. Lock or no network: calling goes on"))
    return [f"     {line}" if line else "" for line in lines]


def window_lines(free: Sequence[WindowRow]) -> list[str]:
    """Below the fields, once somebody is known who has no window yet: the free ones, by digits."""
    rows = [f"      {n}  {one.name}  {groups_text(one)}" for n, one in enumerate(free, 1)]
    return ["", "     " + _("Choose the window you sit at:"), *rows, f"      0  {_('without a window')}"]
