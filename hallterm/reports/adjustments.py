"""R26: what would be otherwise in months that are frozen. Frozen points stay; each change is a row of its own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hallterm.adjusting import Change, changes
from hallterm.locale import N_, _
from hallterm.reports.asked import Asked, drill
from hallterm.reports.model import PROVISIONAL, By, Cell, Column, Kind, Row, Table
from hallterm.rules.assessment import PART_WORDS
from hallterm.rules.day import day_clock_text
from hallterm.rules.words import Reason
from storage.facts import AdjustmentKind, Part
from storage.views import assessment as rows
from storage.views.assessment import AdjustmentRow

KIND_WORDS: Mapping[AdjustmentKind, str] = {
    AdjustmentKind.LATE_RATING: N_("late rating"),
    AdjustmentKind.REVOKED_RATING: N_("revoked rating"),
    AdjustmentKind.ATTENDANCE: N_("attendance"),
    AdjustmentKind.RECONCILIATION: N_("reconciliation"),
    AdjustmentKind.LATE_DATA: N_("data came late"),
    AdjustmentKind.ERROR: N_("handling error"),
    AdjustmentKind.OTHER: N_("several causes"),
}
COLUMNS = (
    Column("month", N_("Month"), Kind.TEXT, widest=7),
    Column("staff_name", N_("Name"), Kind.TEXT, widest=10),
    Column("hall_name", N_("Unit"), Kind.TEXT, widest=12),
    Column("part", N_("Row"), Kind.TEXT, widest=14),
    Column("before", N_("Before"), Kind.SCORE),
    Column("after", N_("After"), Kind.SCORE),
    Column("change", N_("Difference"), Kind.SCORE),
    Column("reason", N_("Reason"), Kind.TEXT, widest=24),
    Column("noted", N_("Noted"), Kind.TEXT, widest=11),
    Column("staff", N_("Number"), Kind.TEXT, widest=6),
)
NOT_NOTED = Reason(N_("~ not noted yet: the night does it"))


def build(asked: Asked) -> Table:
    """What was noted, then what nobody has noted yet. Points of a row and the total they belong to do not add: the line
    of sums counts the rows.
    """
    halls, months = asked.scope.halls, asked.period.months
    noted = [_noted(asked, one) for one in rows.adjustments(asked.db, halls, months)]
    waiting = [_waiting(asked, one) for one in changes(asked.db, halls, months, asked.now)]
    mine = [row for row in (*noted, *waiting) if asked.scope.staff in ("", row.drill.staff)]
    notes = (NOT_NOTED,) if waiting else ()
    total = Row((None, _("{count} changes").format(count=len(mine)), *(None,) * (len(COLUMNS) - 2)))
    return Table(COLUMNS, tuple(mine), total if mine else None, notes, "change", ("month", "staff_name"))


def _noted(asked: Asked, one: AdjustmentRow) -> Row:
    known = one.adjustment in AdjustmentKind.__members__.values()
    kind = _(KIND_WORDS[AdjustmentKind(one.adjustment)]) if known else one.adjustment
    points = (one.before_centi, one.after_centi)
    return _row(asked, (one.month, one.hall, one.staff, one.part), points, kind, day_clock_text(one.at_t), "")


def _waiting(asked: Asked, one: Change) -> Row:
    points = (one.before_centi, one.after_centi)
    kind = _(KIND_WORDS[one.adjustment])
    return _row(asked, (one.month, one.hall, one.staff, one.part), points, kind, "", PROVISIONAL)


def _row(
    asked: Asked, what: tuple[str, str, str, str], points: tuple[int | None, int | None], kind: str, at: str, mark: str
) -> Row:
    month, hall, staff, part = what
    named = _(PART_WORDS[Part(part)]) if part in Part.__members__.values() else _("Total")
    before, after = map(_points, points)
    change = after - before if isinstance(before, Decimal) and isinstance(after, Decimal) else None
    names = (month, asked.name_of(By.CLERK, staff), asked.name_of(By.HALL, hall), named)
    return Row((*names, before, after, change, kind, at or None, staff), drill(By.CLERK, staff, hall), mark)


def _points(centi: int | None) -> Cell:
    return None if centi is None else Decimal(centi).scaleb(-2)
