"""What would be otherwise in frozen months: their points and counts held against what is known now. Business rule 9.

Importable by workflows (which note it) and reports (which show what nobody has noted yet).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from hallterm.assessing import Assessed, assess, frozen_work
from hallterm.assessing_settings import rule_of
from hallterm.rules.exact import half_up
from hallterm.rules.periods import months_period
from storage.claims import number_host
from storage.database import Database
from storage.facts import AdjustmentKind, FrozenWork, Moment, Part
from storage.views import assessment as rows
from storage.views.assessment import PointsRow

TOTAL = ""
"""In the place of a part: the total."""


class Change(Struct, frozen=True):
    """One figure of a frozen month that would be otherwise; hundredths, None is absent."""

    hall: str
    month: str
    staff: str
    part: str
    adjustment: AdjustmentKind
    before_centi: int | None
    after_centi: int | None


def changes(
    db: Database, halls: Sequence[str], months: Sequence[str], now: Moment, *, frozen_by: str = ""
) -> list[Change]:
    """What is otherwise now and was not noted yet, by month, hall and staff number; ``frozen_by``: only what this node
    froze, and at the number host of a hall what was frozen above it, so that one node alone notes it.
    """
    freezes = {
        (hall, month): one
        for (hall, month), one in rows.freezes(db, halls, months).items()
        if not frozen_by or _notes(db, frozen_by, hall, one.id)
    }
    noted = {
        (one.hall, one.month, one.staff, one.part): one.after_centi
        for one in rows.adjustments(db, halls, months)
        if one.before_centi is not None or one.after_centi is not None
    }
    found: list[Change] = []
    for (hall, month), freeze in sorted(freezes.items(), key=lambda item: (item[0][1], item[0][0])):
        then = {row.staff: row for row in rows.points(db, [freeze.id]) if row.hall == hall}
        rule = rule_of(freeze.settings_then)
        live = assess(db, [hall], months_period(month, month), now, live=True, rules={hall: rule})
        for one in live.people:
            found += [
                change
                for change in _changes(hall, month, one, then.get(one.staff))
                if noted.get((hall, month, one.staff, change.part), change.before_centi) != change.after_centi
            ]
    return [_after_noted(one, noted) for one in found]


def _notes(db: Database, node: str, hall: str, freeze: str) -> bool:
    """Whether this node notes what comes after a freezing."""
    if freeze.startswith(f"{node}/"):
        return True
    frozen_above = not freeze.startswith(f"{hall}-")
    return frozen_above and node.startswith(f"{hall}-") and not number_host(db, hall)


def _after_noted(one: Change, noted: dict[tuple[str, str, str, str], int | None]) -> Change:
    """From what was noted last on."""
    key = (one.hall, one.month, one.staff, one.part)
    if key not in noted:
        return one
    return Change(one.hall, one.month, one.staff, one.part, one.adjustment, noted[key], one.after_centi)


def _changes(hall: str, month: str, one: Assessed, then: PointsRow | None) -> Iterator[Change]:
    """All figures of one person, changed or not."""
    counts = then.counts if then else FrozenWork()
    now = frozen_work(one.work)
    before = {
        Part.RATING.value: then.rating_centi if then else None,
        Part.BUSINESS.value: then.business_centi if then else None,
        Part.EFFICIENCY.value: then.efficiency_centi if then else None,
        Part.ATTENDANCE.value: then.attendance_centi if then else None,
    }
    kinds = []
    for part in Part:
        points = one.score.parts[part]
        after = None if points is None else int(half_up(points) * 100)
        kind = cause(part, counts, now)
        if after != before[part.value]:
            kinds.append(kind)
        yield Change(hall, month, one.staff, part.value, kind, before[part.value], after)
    total = None if one.score.total is None else int(half_up(one.score.total) * 100)
    kind = kinds[0] if len(set(kinds)) == 1 else AdjustmentKind.OTHER if kinds else AdjustmentKind.LATE_DATA
    yield Change(hall, month, one.staff, TOTAL, kind, then.total_centi if then else None, total)


def cause(part: Part, then: FrozenWork, now: FrozenWork) -> AdjustmentKind:
    """Why a part would be otherwise, told from its counts."""
    if part is Part.ATTENDANCE:
        return AdjustmentKind.ATTENDANCE
    if part is Part.RATING:
        rated_then, rated_now = sum(then.levels), sum(now.levels)
        if rated_now < rated_then:
            return AdjustmentKind.REVOKED_RATING
        return AdjustmentKind.LATE_RATING if now.unrated < then.unrated else AdjustmentKind.LATE_DATA
    if part is Part.BUSINESS:
        if now.errors != then.errors:
            return AdjustmentKind.ERROR
        if now.std_milliminutes < then.std_milliminutes:
            return AdjustmentKind.RECONCILIATION
        same_work = now.std_milliminutes == then.std_milliminutes
        return AdjustmentKind.ATTENDANCE if same_work else AdjustmentKind.LATE_DATA
    return AdjustmentKind.LATE_DATA
