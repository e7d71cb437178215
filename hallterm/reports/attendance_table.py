"""R10: planned and attended half-days, lateness, leave by kind, absence and the attendance part. Business rule 10.

Half-days are shown in days with one decimal, sums too. The part is the mean of the months that have a plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hallterm.assessing import rules_of
from hallterm.half_days import planned_months
from hallterm.locale import N_, _
from hallterm.month_half_days import attendance_months
from hallterm.reports.asked import Asked, drill, named_columns
from hallterm.reports.model import ATTENTION, PROVISIONAL, By, Cell, Column, Kind, Row, Table
from hallterm.rules.assessment import Rule, attendance_part, mean_of
from hallterm.rules.attendance import AttendanceSums, added, deducted
from hallterm.rules.exact import half_up
from hallterm.rules.leave import LEAVE_RULES
from hallterm.rules.words import Reason
from storage.views import reporting

DAYS = N_("days")
COLUMNS = (
    Column("scheduled", N_("Planned"), Kind.DAYS, DAYS),
    Column("attended", N_("Attended"), Kind.DAYS, DAYS),
    Column("late", N_("Late"), Kind.COUNT),
    Column("early", N_("Early"), Kind.COUNT),
    Column("off_post", N_("Off post"), Kind.COUNT),
    Column("absences", N_("Absences"), Kind.COUNT),
    Column("deducted", N_("Taken off"), Kind.SCORE),
    Column("attendance", N_("A attendance"), Kind.SCORE),
    *(Column(rule.leave_type.value, rule.label, Kind.DAYS, DAYS) for rule in LEAVE_RULES),
    Column("lunches", N_("Lunch duties"), Kind.COUNT),
)
ALERT = Reason(N_("! two absences or more in a month"))
PENDING = Reason(N_("~ may still change: the day runs, or a leave is not decided"))


class _Person:
    """The months of one person."""

    def __init__(self, staff: str, hall: str, months: Sequence[AttendanceSums], rule: Rule) -> None:
        self.staff, self.hall = staff, hall
        self.months = months
        self.sums = added(months)
        self.off: Fraction = sum((deducted(one, rule.deductions) for one in months), Fraction())
        self.part = attendance_part(months, rule)

    @property
    def mark(self) -> str:
        """What is to be said of the row."""
        if any(one.alert for one in self.months):
            return ATTENTION
        return PROVISIONAL if self.sums.pending else ""


def build(asked: Asked) -> Table:
    """A row a person, or a hall where several were asked for."""
    people = _people(asked)
    by = By.HALL if asked.by is By.HALL else By.CLERK
    rows = _halls(asked, people) if by is By.HALL else _persons(asked, people)
    head = (None, _("{count} people").format(count=len(people)))
    total = Row((*head, *_cells(people)), mark="") if people else None
    notes = [note for note, mark in ((ALERT, ATTENTION), (PENDING, PROVISIONAL)) if any(r.mark == mark for r in rows)]
    return Table((*named_columns(by), *COLUMNS), tuple(rows), total, tuple(notes), "attendance", (rows_label(by),))


def rows_label(by: By) -> str:
    """The column that names a bar of the chart."""
    return "hall_name" if by is By.HALL else "staff_name"


def _people(asked: Asked) -> list[_Person]:
    known = reporting.people(asked.db)
    months = attendance_months(asked.db, asked.scope.halls, asked.period.months, asked.now, staff=asked.scope.staff)
    rules = rules_of(asked.db, asked.scope.halls, asked.period, asked.now)
    found = []
    for staff, by_month in months.items():
        own = known[staff].hall if staff in known else ""
        hall = own if own in asked.scope.halls else asked.scope.halls[0]
        found.append(_Person(staff, hall, planned_months(by_month), rules[hall]))
    return [one for one in found if one.months]


def _persons(asked: Asked, people: Sequence[_Person]) -> list[Row]:
    ordered = sorted(people, key=lambda one: (one.hall, one.staff))
    return [
        Row(
            (one.staff, asked.name_of(By.CLERK, one.staff), *_cells([one])),
            drill(By.CLERK, one.staff, one.hall),
            one.mark,
        )
        for one in ordered
    ]


def _halls(asked: Asked, people: Sequence[_Person]) -> list[Row]:
    by_hall: dict[str, list[_Person]] = defaultdict(list)
    for one in people:
        by_hall[one.hall].append(one)
    return [
        Row((hall, asked.name_of(By.HALL, hall), *_cells(by_hall[hall])), drill(By.HALL, hall), _mark(by_hall[hall]))
        for hall in asked.scope.halls
    ]


def _mark(people: Sequence[_Person]) -> str:
    marks = {one.mark for one in people}
    return next((mark for mark in (ATTENTION, PROVISIONAL) if mark in marks), "")


def _cells(people: Sequence[_Person]) -> tuple[Cell, ...]:
    """Everything behind the name; absent where nobody is planned, the part the mean of the people."""
    if not people:
        return (None,) * len(COLUMNS)
    sums = added([one.sums for one in people])
    part = mean_of(one.part for one in people if one.part is not None)
    leave = (days(sums.leave.get(rule.leave_type, 0)) for rule in LEAVE_RULES)
    off = half_up(sum((one.off for one in people), Fraction()))
    counts: tuple[Cell, ...] = (sums.late, sums.early, sums.off_post, sums.absences)
    points: tuple[Cell, ...] = (off, None if part is None else half_up(part))
    return (days(sums.scheduled), days(sums.attended), *counts, *points, *leave, sums.lunches)


def days(halves: int) -> Decimal:
    """Half-days as days."""
    return Decimal(halves) / 2
