"""Deadlines K01 to K26 as a table, and how a due moment is counted. Business rules 11.2 and 11.3.

The day of receipt is not counted; a term ends with the closing time of its last working day. A result that touches a year
whose holidays are not announced is provisional.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from itertools import takewhile

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.calendar import WorkCalendar, days, later
from hallterm.rules.day import CLOSING, clock_t, local

SUPERIOR_DAYS = 3
SUPERIOR_MOST = 3
"""Waiting for a superior's decision: a new term of three working days, at most three times."""


class Count(StrEnum):
    """How a term is counted; ``n`` of a row is working days, minutes, or the day of the month."""

    WORKDAYS = "workdays"
    SAME_DAY = "same_day"
    MINUTES = "minutes"
    NEXT_MONTH = "next_month"
    END_OF_WEEK = "end_of_week"
    GIVEN = "given"


class DeadlineId(StrEnum):
    """The rows of the table; a matter with several terms has a row for each."""

    K01 = "K01"
    K02 = "K02"
    K03 = "K03"
    K04 = "K04"
    K05 = "K05"
    K06 = "K06"
    K07 = "K07"
    K08 = "K08"
    K09 = "K09"
    K10 = "K10"
    K11 = "K11"
    K12 = "K12"
    K13_CONDUCT = "K13.conduct"
    K13_RIGHTS = "K13.rights"
    K13_RELIEF = "K13.relief"
    K14 = "K14"
    K15 = "K15"
    K16 = "K16"
    K16_COMPLEX = "K16.complex"
    K17_APPEAL = "K17.appeal"
    K17_DECISION = "K17.decision"
    K18_DISPATCH = "K18.dispatch"
    K18_ANSWER = "K18.answer"
    K19 = "K19"
    K20 = "K20"
    K21 = "K21"
    K22 = "K22"
    K23 = "K23"
    K24 = "K24"
    K25 = "K25"
    K26 = "K26"


class Deadline(Struct, frozen=True):
    """One row: the matter, how it is counted, how much, and by how many working days it may be extended, once."""

    id: DeadlineId
    title: str
    count: Count
    n: int = 0
    extension: int = 0


_K = DeadlineId
_ROWS = (
    Deadline(_K.K01, N_("General question: answer"), Count.WORKDAYS, 1),
    Deadline(_K.K02, N_("Difficult question: answer"), Count.WORKDAYS, 3),
    Deadline(_K.K03, N_("Difficult question: form to the department"), Count.SAME_DAY),
    Deadline(_K.K04, N_("Transfer form: answer of the department"), Count.WORKDAYS, 2),
    Deadline(_K.K05, N_("Answer relayed by the agent"), Count.SAME_DAY),
    Deadline(_K.K06, N_("Report, complaint or opinion: forwarded"), Count.WORKDAYS, 1),
    Deadline(_K.K07, N_("Major problem: report to the director"), Count.MINUTES, 30),
    Deadline(_K.K08, N_("Weekly sorting"), Count.END_OF_WEEK),
    Deadline(_K.K09, N_("Monthly ledger summary"), Count.NEXT_MONTH, 5),
    Deadline(_K.K10, N_("Self-rating on the target form"), Count.NEXT_MONTH, 6),
    Deadline(_K.K11, N_("Information brief"), Count.NEXT_MONTH, 10),
    Deadline(_K.K12, N_("Complaint: accepted or not"), Count.WORKDAYS, 1),
    Deadline(_K.K13_CONDUCT, N_("Complaint on conduct: result"), Count.WORKDAYS, 10, extension=15),
    Deadline(_K.K13_RIGHTS, N_("Complaint on quality or rights: result"), Count.WORKDAYS, 20, extension=15),
    Deadline(_K.K13_RELIEF, N_("Complaint on small-firm relief: result"), Count.WORKDAYS, 3),
    Deadline(_K.K14, N_("Complaint: review by the superior"), Count.WORKDAYS, 10),
    Deadline(_K.K15, N_("Bad rating: first call-back"), Count.WORKDAYS, 1),
    Deadline(_K.K16, N_("Bad rating: corrected and fed back"), Count.WORKDAYS, 5),
    Deadline(_K.K16_COMPLEX, N_("Complex bad rating: corrected and fed back"), Count.WORKDAYS, 15),
    Deadline(_K.K17_APPEAL, N_("Appeal of the clerk"), Count.WORKDAYS, 3),
    Deadline(_K.K17_DECISION, N_("Decision on an appeal"), Count.WORKDAYS, 5),
    Deadline(_K.K18_DISPATCH, N_("Opinion: dispatched"), Count.SAME_DAY),
    Deadline(_K.K18_ANSWER, N_("Opinion: answered"), Count.WORKDAYS, 3),
    Deadline(_K.K19, N_("Entry after an outage"), Count.WORKDAYS, 1),
    Deadline(_K.K20, N_("Reason for no rating: corrected"), Count.SAME_DAY),
    Deadline(_K.K21, N_("Late rating"), Count.WORKDAYS, 5),
    Deadline(_K.K22, N_("Month frozen"), Count.NEXT_MONTH, 5),
    Deadline(_K.K23, N_("Results made known"), Count.NEXT_MONTH, 10),
    Deadline(_K.K24, N_("Deferred matter"), Count.GIVEN),
    Deadline(_K.K25, N_("File of the tax software"), Count.WORKDAYS, 1),
    Deadline(_K.K26, N_("Report with filing and collection figures"), Count.NEXT_MONTH, 10),
)
DEADLINES: Mapping[DeadlineId, Deadline] = {row.id: row for row in _ROWS}


class Due(Struct, frozen=True, order=True):
    """When something is due: the moment in ms UTC, its business day, and whether the calendar is only presumed."""

    t: int
    day: str
    provisional: bool = False


class Hours(Struct, frozen=True):
    """The calendar of a place, its closing time ``HH:MM`` and the terms it has of its own: all that counting needs.

    ``terms`` are working days in place of the row's; 0 is the same day.
    """

    calendar: WorkCalendar
    closing: str = CLOSING
    terms: Mapping[DeadlineId, int] = {}

    def end_of(self, day: str, first: str = "") -> Due:
        """The closing time of a day; provisional if a day from ``first`` on is."""
        return Due(clock_t(day, self.closing), day, self.calendar.is_provisional(first or day, day))


def workdays_due(received_t: int, n: int, hours: Hours) -> Due:
    """The closing time of the ``n``-th working day after the day of receipt; ValueError when ``n`` is below 1."""
    received = _day(received_t)
    return hours.end_of(hours.calendar.nth_workday(received, n), later(received, 1))


def same_day_due(received_t: int, hours: Hours) -> Due:
    """Closing time today, if today is a working day and not over; else of the next working day."""
    received = _day(received_t)
    in_time = received_t <= clock_t(received, hours.closing)
    if in_time and hours.calendar.is_workday(received):
        return hours.end_of(received)
    return hours.end_of(hours.calendar.nth_workday(received, 1), received)


def next_month_due(month: str, nth: int, hours: Hours) -> Due:
    """The ``nth`` day of the month after ``month`` (``YYYY-MM``), rolled forward past rest days."""
    year, number = int(month[:4]), int(month[5:7])
    first = date(year + number // 12, number % 12 + 1, nth).isoformat()
    return hours.end_of(hours.calendar.rolled(first), first)


def end_of_week_due(received_t: int, hours: Hours) -> Due:
    """The closing time of the last working day of the (ISO) week; of the next week's when this one has none left."""
    at = local(received_t).date()
    sunday = later(at.isoformat(), 7 - at.isoweekday())
    while True:
        left = [day for day in days(later(sunday, -6), sunday) if hours.calendar.is_workday(day)]
        if left and clock_t(left[-1], hours.closing) >= received_t:
            return hours.end_of(left[-1], min(left[-1], at.isoformat()))
        sunday = later(sunday, 7)


def _minutes_due(received_t: int, n: int, hours: Hours) -> Due:
    at_t = received_t + n * 60_000
    return Due(at_t, _day(at_t))


_COUNTED: Mapping[Count, Callable[[int, int, Hours], Due]] = {
    Count.WORKDAYS: workdays_due,
    Count.GIVEN: workdays_due,
    Count.SAME_DAY: lambda received_t, n, hours: same_day_due(received_t, hours),
    Count.MINUTES: _minutes_due,
    Count.NEXT_MONTH: lambda received_t, n, hours: next_month_due(_day(received_t)[:7], n, hours),
    Count.END_OF_WEEK: lambda received_t, n, hours: end_of_week_due(received_t, hours),
}


def due(which: DeadlineId, received_t: int, hours: Hours, *, n: int = 0, extension: int = 0) -> Due:
    """When a row of the table is due for what was received at ``received_t`` (a monthly one: for that month).

    ``n`` replaces the term (K24: the matter's own). ValueError for an extension that the row does not allow.
    """
    row = DEADLINES[which]
    if not 0 <= extension <= row.extension:
        raise ValueError((which, extension))
    term = n or hours.terms.get(which, row.n)
    count = Count.WORKDAYS if row.count is Count.SAME_DAY and term else row.count
    return _COUNTED[count](received_t, term + extension, hours)


def transfer_due(sent_t: int, called_t: int, hours: Hours, *, difficult: bool) -> Due:
    """K04: two working days for the department, but never later than the caller's own term (K01 or K02)."""
    own = due(DeadlineId.K02 if difficult else DeadlineId.K01, called_t, hours)
    return min(due(DeadlineId.K04, sent_t, hours), own)


def superior_due(now_t: int, times_before: int, hours: Hours) -> Due | None:
    """The new term while a superior decides; None when it was given three times already."""
    return workdays_due(now_t, SUPERIOR_DAYS, hours) if times_before < SUPERIOR_MOST else None


def is_overdue(due_t: int, now_t: int, *, done: bool = False) -> bool:
    """After the due moment, and not done."""
    return now_t > due_t and not done


def nth_before(received_t: int, until: Due, hours: Hours) -> int:
    """How many working days a term has, from the day after receipt to its last day."""
    return sum(1 for _ in takewhile(lambda day: day <= until.day, hours.calendar.workdays_after(_day(received_t))))


def _day(t: int) -> str:
    return local(t).date().isoformat()
