"""Business days and opening hours, in the fixed zone +08:00. Business rules 0 and 7.2 (T1)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import HallSet

ZONE = timezone(timedelta(hours=8))
ISSUE_EARLY_MIN = 15
NOON_MIN = 12 * 60
CLOSING = "18:00"

ALWAYS_OPEN = Reason(N_("open at all hours"))
CLOSED_TODAY = Reason(N_("closed today"))
CLOSED_FOR_TODAY = Reason(N_("closed for today"))
OPEN_UNTIL = N_("open until {time}")
OPENS_MORNING = N_("opens this morning at {time}")
OPENS_AFTERNOON = N_("opens this afternoon at {time}")


def local(t: int) -> datetime:
    """Wall time of ``t`` (ms UTC) as the hall's clocks show it."""
    return datetime.fromtimestamp(t // 1000, ZONE)


def clock_text(t: int) -> str:
    """``HH:MM:SS`` of ``t`` (ms UTC)."""
    return local(t).strftime("%H:%M:%S")


def day_clock_text(t: int) -> str:
    """``MM-DD HH:MM`` of ``t`` (ms UTC)."""
    return local(t).strftime("%m-%d %H:%M")


def business_day(now_t: int, last_day: str = "") -> str:
    """The business day ``YYYY-MM-DD``; it never goes back behind ``last_day``, whatever the wall clock does."""
    return max(local(now_t).date().isoformat(), last_day)


def midnight_t(day: str) -> int:
    """The first moment of a business day, ms UTC."""
    return int(datetime.combine(date.fromisoformat(day), time(), ZONE).timestamp() * 1000)


def clock_t(day: str, hh_mm: str) -> int:
    """The moment ``HH:MM`` of a business day, ms UTC."""
    return midnight_t(day) + minutes(hh_mm) * 60_000


def closing_time(hall: HallSet) -> str:
    """When the hall closes, ``HH:MM``; a hall without hours at 18:00."""
    return hall.closing_pm or hall.closing_am or CLOSING


def closing_t(hall: HallSet, day: str) -> int:
    """When the hall closes on a day, ms UTC."""
    return clock_t(day, closing_time(hall))


class Opening(Struct, frozen=True):
    """Is the hall open, may tickets be issued (open, or at most 15 minutes before), and the words for it."""

    open: bool
    may_issue: bool
    words: Reason


def minutes(hh_mm: str) -> int:
    """Minutes since midnight of ``HH:MM``."""
    hours, _colon, past = hh_mm.partition(":")
    return int(hours) * 60 + int(past)


def _shifts(hall: HallSet) -> list[tuple[int, int]]:
    pairs = ((hall.opening_am, hall.closing_am), (hall.opening_pm, hall.closing_pm))
    return [(minutes(start), minutes(end)) for start, end in pairs if start and end and start != end]


def opening(hall: HallSet, now_t: int, *, workday: bool = True) -> Opening:
    """The hall at ``now_t``; the opening minute belongs to the shift, the closing minute does not."""
    if hall.open_always:
        return Opening(open=True, may_issue=True, words=ALWAYS_OPEN)
    if not workday:
        return Opening(open=False, may_issue=False, words=CLOSED_TODAY)
    at = local(now_t)
    minute = at.hour * 60 + at.minute
    for start, end in _shifts(hall):
        if start <= minute < end:
            return Opening(open=True, may_issue=True, words=_timed(OPEN_UNTIL, end))
        if minute < start:
            words = _timed(OPENS_MORNING if start < NOON_MIN else OPENS_AFTERNOON, start)
            return Opening(open=False, may_issue=minute >= start - ISSUE_EARLY_MIN, words=words)
    return Opening(open=False, may_issue=False, words=CLOSED_FOR_TODAY)


def _timed(msgid: str, minute: int) -> Reason:
    return Reason(msgid, {"time": f"{minute // 60:02d}:{minute % 60:02d}"})
