"""Pads and presses by window, for supervisors: never for the clerk at the counter, who could be judged by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from devices.events import Role
from hallterm.locale import N_
from hallterm.rules.day import business_day, midnight_t
from hallterm.rules.device_health import Advice, advice
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import health
from hallterm.workflows.seen import Health
from hallterm.workflows.sign_on import grants_of
from storage import views
from storage.access import Action, may
from storage.facts import Moment
from storage.views.devices import DeviceDayRow, LockRow, device_days, locked
from storage.views.presses import RefusedPresses, WindowPresses, pads_asked, refused_presses, window_presses

TREND_DAYS = 5
WRONG_PAD, NO_WINDOW = "wrong_pad", "no_window"
FOR_SUPERVISORS = Reason(N_("only the duty leader, the hall director and the assessor see how people press"))


class LinkDay(Struct, frozen=True):
    """The good exchanges of a pad's line on a day, in a thousand; None without traffic."""

    day: str
    permille: int | None


class PadRow(Struct, frozen=True):
    """One window. Shares are in a thousand, None where there is nothing to share; ``lock`` is None unless locked."""

    window: str
    pad: str
    sums: WindowPresses
    fast_permille: int | None
    no_pad_permille: int | None
    refused: tuple[RefusedPresses, ...]
    lock: LockRow | None
    link: tuple[LinkDay, ...]
    advice: tuple[Advice, ...]

    def refused_for(self, why: str) -> int:
        """Presses that did not count for this reason."""
        return sum(one.presses for one in self.refused if one.why == why)


class PressesLook(Struct, frozen=True):
    """The month so far, from ``from_day`` to ``to_day``, of all windows of the hall."""

    hall_name: str
    staff: str
    from_day: str
    to_day: str
    rows: tuple[PadRow, ...]
    health: Health


def presses_look(desk: Desk, now: Moment) -> PressesLook:
    """Read the month; raises Refused for everybody but supervisors."""
    db = desk.journal.database
    if not may(grants_of(db, desk.staff), Action.SEE_PRESS_PATTERNS, desk.hall):
        raise Refused(FOR_SUPERVISORS)
    hall, to_day = views.hall(db, desk.hall), business_day(now.t, views.last_day(db, desk.hall))
    return PressesLook(
        hall_name=hall.name if hall else desk.hall,
        staff=desk.staff,
        from_day=f"{to_day[:7]}-01",
        to_day=to_day,
        rows=_rows(desk, f"{to_day[:7]}-01", to_day),
        health=health(desk, now, desk.window),
    )


def _rows(desk: Desk, from_day: str, to_day: str) -> tuple[PadRow, ...]:
    db, hall = desk.journal.database, desk.hall
    after = date.fromisoformat(to_day) + timedelta(days=1)
    sums = window_presses(db, hall, from_day, to_day)
    refused = refused_presses(db, hall, midnight_t(from_day), midnight_t(after.isoformat()))
    pads = {one.window: one.pad for one in pads_asked(db, hall, from_day, to_day)}
    locks = {one.window: one for one in locked(db, hall) if one.role == Role.RATING_DEVICE}
    since = (date.fromisoformat(to_day) - timedelta(days=TREND_DAYS)).isoformat()
    days = [one for one in device_days(db, since, hall) if one.role == Role.RATING_DEVICE]
    # A window that was closed for good this month still has its presses.
    codes = {*(window.code for window in views.windows(db, hall)), *sums, *locks, *(one.window for one in refused)}
    return tuple(
        _row(
            sums.get(code) or WindowPresses(code),
            pads.get(code, ""),
            tuple(one for one in refused if one.window == code),
            locks.get(code),
            sorted((one for one in days if one.window == code), key=lambda one: one.day),
        )
        for code in sorted(codes)
    )


def _row(
    sums: WindowPresses,
    pad: str,
    refused: tuple[RefusedPresses, ...],
    lock: LockRow | None,
    days: Sequence[DeviceDayRow],
) -> PadRow:
    return PadRow(
        window=sums.window,
        pad=pad,
        sums=sums,
        fast_permille=permille(sums.fast, sums.rated),
        no_pad_permille=permille(sums.no_pad, sums.rated + sums.unrated),
        refused=refused,
        lock=lock,
        link=tuple(LinkDay(one.day, permille(one.link_ok, one.link_ok + one.link_bad)) for one in days[-TREND_DAYS:]),
        advice=advice(days),
    )


def permille(part: int, of: int) -> int | None:
    """So many in a thousand, rounded down: a line that ever failed is never shown as perfect."""
    return part * 1000 // of if of else None
