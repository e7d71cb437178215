"""The assessment of people, read: sums and half-days of open months, the points and counts of frozen ones, by the rules.

One place for workflows and reports. Of a frozen month nothing is computed anew: what came later is told as adjustments.
A person counts in one hall: his own if it is among those asked for, else where most was credited.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from hallterm.assessing_settings import rule_of, rules_at
from hallterm.month_half_days import attendance_months
from hallterm.rating_scales import NAME as RATING_SCALE
from hallterm.rating_scales import USUAL, level_counts, sums_by_scale
from hallterm.rules.assessment import HallWork, Ratings, Rule, Score, Work, pooled, score
from hallterm.rules.attendance import AttendanceSums
from hallterm.rules.averages import Standing
from hallterm.rules.day import business_day
from hallterm.rules.periods import Period
from hallterm.rules.ratings import SCALES
from hallterm.rules.settings_table import understood
from storage.database import Database
from storage.facts import FrozenWork, Moment, Part, Scale
from storage.views import assessment as rows
from storage.views import reporting
from storage.views.assessment import FreezeRow, PointsRow
from storage.views.figures import Sums

WANTED = (
    *(f"level_{level}" for level in (5, 4, 3, 2, 1)),
    *("rated", "unrated", "exempt", "std_milliminutes", "errors"),
    *("timed", "overtime", "timed_std_milliminutes", "timed_counted_s"),
)
Cell = tuple[str, str]
"""Hall and month, or staff number and month."""


class Assessed(Struct, frozen=True):
    """One person in one period. ``frozen``: all of it stands for ever; ``pending``: a half-day or leave of it may change."""

    staff: str
    hall: str
    work: Work
    score: Score
    frozen: bool = False
    pending: bool = False

    @property
    def standing(self) -> Standing:
        """What ranking looks at."""
        return Standing(
            staff=self.staff,
            hall=self.hall,
            total=self.score.total,
            rating=self.score.parts[Part.RATING],
            efficiency=self.score.parts[Part.EFFICIENCY],
            std_milliminutes=self.work.std_milliminutes,
            rated=self.work.ratings.rated,
            due=self.work.ratings.due,
            founded_complaints=self.work.complaints,
            absences=sum(one.absences for one in self.work.attendance),
        )


class Assessment(Struct, frozen=True):
    """Everybody of some halls in a period, by staff number; ``rules`` by hall, ``freezes`` by hall and month."""

    people: tuple[Assessed, ...]
    rules: Mapping[str, Rule]
    halls: Mapping[str, HallWork]
    freezes: Mapping[Cell, FreezeRow]

    def frozen_month(self, hall: str, period: Period) -> FreezeRow | None:
        """How the one month of the period was frozen in a hall."""
        return self.freezes.get((hall, period.months[0])) if len(period.months) == 1 else None


def assess(
    db: Database,
    halls: Sequence[str],
    period: Period,
    now: Moment,
    *,
    staff: str = "",
    live: bool = False,
    rules: Mapping[str, Rule] | None = None,
) -> Assessment:
    """Score everybody who served, was planned or serves by his role. ``staff``: only one person (in the mode of the hall
    average that needs the others too). ``live``: as if no month were frozen; ``rules`` by hall in place of those that hold.
    """
    freezes = {} if live else rows.freezes(db, halls, period.months)
    by_hall = dict(rules) if rules is not None else _rules(db, halls, period, now, freezes)
    read = _Read(db, halls, period, now, freezes)
    people = read.people()
    whole = _hall_works(people)
    found = tuple(
        _assessed(one, read, by_hall[one.hall], whole[one.hall], len(period.months))
        for one in people
        if not staff or one.staff == staff
    )
    return Assessment(found, by_hall, whole, freezes)


def _rules(
    db: Database, halls: Sequence[str], period: Period, now: Moment, freezes: Mapping[Cell, FreezeRow]
) -> dict[str, Rule]:
    """The settings of the end of the period; of a period that is frozen throughout, those of its last month."""
    found = rules_at(db, halls, min(period.last, business_day(now.t)))
    for hall in halls:
        frozen = [freezes[hall, month] for month in period.months if (hall, month) in freezes]
        if len(frozen) == len(period.months):
            found[hall] = rule_of(frozen[-1].settings_then)
    return found


def rules_of(db: Database, halls: Sequence[str], period: Period, now: Moment) -> dict[str, Rule]:
    """The settings by which each hall's people are scored in a period."""
    return _rules(db, halls, period, now, rows.freezes(db, halls, period.months))


Served = tuple[Scale, Sums]
"""Sums of somebody's work, and the scale of the ratings in them."""


class _Person(Struct, frozen=True):
    staff: str
    hall: str
    work: Work
    frozen: bool
    pending: bool


def _assessed(one: _Person, read: _Read, rule: Rule, hall: HallWork, months: int) -> Assessed:
    points = read.points_of(one) if one.frozen and months == 1 else None
    whole = score(one.work, months, rule, hall) if points is None else frozen_score(points)
    return Assessed(one.staff, one.hall, one.work, whole, one.frozen, one.pending)


class _Read:
    """All that is known of some halls in a period: frozen months as they were frozen, the others as they are now."""

    def __init__(
        self, db: Database, halls: Sequence[str], period: Period, now: Moment, freezes: Mapping[Cell, FreezeRow]
    ) -> None:
        self.db, self.halls, self.period, self.now, self.freezes = db, halls, period, now, freezes
        self.open_months = [month for month in period.months if any((hall, month) not in freezes for hall in halls)]
        self.open_halls = [hall for hall in halls if any((hall, month) not in freezes for month in period.months)]
        self.frozen_scales = {cell: _frozen_scale(freeze) for cell, freeze in freezes.items()}
        self.names = reporting.people(db)
        self.complaints = self._complaints()
        self.points: dict[tuple[str, str], list[PointsRow]] = defaultdict(list)
        for one in rows.points(db, [one.id for one in freezes.values()]):
            self.points[one.staff, one.month].append(one)

    def _complaints(self) -> Counter[str]:
        """How many founded ones of open months stand, by staff number."""
        if not self.open_halls or not self.open_months:
            return Counter()
        found = rows.complaints(self.db, self.open_halls, self.period.first, self.period.last)
        still = (one for one in found if not one.withdrawn_t and (one.hall, one.day[:7]) not in self.freezes)
        return Counter(one.staff for one in still)

    def points_of(self, one: _Person) -> PointsRow | None:
        """The frozen points of somebody in the one month of the period."""
        found = self.points.get((one.staff, self.period.months[0]), [])
        return next((row for row in found if row.hall == one.hall), None)

    def people(self) -> list[_Person]:
        """Everybody with the raw counts of the period."""
        served: dict[str, list[Served]] = defaultdict(list)
        for scale, one in self._sums():
            if one.staff:
                served[one.staff].append((scale, one))
        attendance = attendance_months(self.db, self.open_halls, self.open_months, self.now)
        serving = dict(rows.clerks(self.db, self.halls))
        planned = [staff for staff, months in attendance.items() if any(one.window_halves for one in months.values())]
        frozen = {staff for staff, _month in self.points}
        return [
            self._person(staff, served.get(staff, []), attendance.get(staff, {}))
            for staff in sorted({*served, *serving, *planned, *frozen})
        ]

    def _sums(self) -> Iterator[Served]:
        """The halls that are open in the same months are read together."""
        together: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for hall in self.open_halls:
            together[tuple(month for month in self.open_months if (hall, month) not in self.freezes)].append(hall)
        for months, halls in together.items():
            yield from sums_by_scale(self.db, months, halls, ("staff", "hall"), WANTED)

    def _person(self, staff: str, served: Sequence[Served], attendance: Mapping[str, AttendanceSums]) -> _Person:
        frozen = [row for month in self.period.months for row in self.points.get((staff, month), [])]
        hall = self._home(staff, served, frozen)
        months = [month for month in self.period.months if (hall, month) not in self.freezes]
        sums_of = [attendance[month] for month in months if month in attendance and attendance[month].scheduled]
        live = Work(
            attendance=tuple(sums_of),
            window_halves=sum(one.window_halves for one in sums_of),
            complaints=self.complaints[staff],
        )
        thawn = (thawed(one.counts, self.frozen_scales[one.hall, one.month]) for one in frozen)
        works = [*thawn, *(work_of(one, scale) for scale, one in served), live]
        return _Person(staff, hall, pooled(works), not months, any(one.pending for one in sums_of))

    def _home(self, staff: str, served: Sequence[Served], frozen: Sequence[PointsRow]) -> str:
        own = self.names[staff].hall if staff in self.names else ""
        if own in self.halls:
            return own
        credit: dict[str, int] = defaultdict(int)
        for _scale, one in served:
            credit[one.hall] += one.std_milliminutes
        for row in frozen:
            credit[row.hall] += row.counts.std_milliminutes
        return max(credit, key=lambda hall: (credit[hall], hall), default=self.halls[0])


def _frozen_scale(freeze: FreezeRow) -> Scale:
    return Scale(str(understood(RATING_SCALE, freeze.settings_then.get(RATING_SCALE))))


def work_of(one: Sums, scale: Scale) -> Work:
    """The raw counts of sums of one scale; attendance is added apart."""
    return Work(
        ratings=Ratings({scale: level_counts(scale, one)}, one.unrated, one.exempt),
        std_milliminutes=one.std_milliminutes,
        errors=one.errors,
        timed=one.timed,
        overtime=one.overtime,
        timed_std_milliminutes=one.timed_std_milliminutes,
        timed_counted_s=one.timed_counted_s,
    )


def thawed(frozen: FrozenWork, scale: Scale) -> Work:
    """The raw counts of a frozen month, which has one scale."""
    sums_of = AttendanceSums(
        scheduled=frozen.scheduled,
        attended=frozen.attended,
        window_halves=frozen.window_halves,
        late=frozen.late,
        early=frozen.early,
        off_post=frozen.off_post,
        absences=frozen.absences,
        absent_halves=frozen.absent_halves,
        leave=frozen.leave,
        lunches=frozen.lunches,
    )
    levels = dict(zip((one.level for one in SCALES[scale]), frozen.levels, strict=False))
    return Work(
        ratings=Ratings({scale: levels}, frozen.unrated, frozen.exempt),
        std_milliminutes=frozen.std_milliminutes,
        window_halves=frozen.window_halves,
        errors=frozen.errors,
        timed=frozen.timed,
        overtime=frozen.overtime,
        timed_std_milliminutes=frozen.timed_std_milliminutes,
        timed_counted_s=frozen.timed_counted_s,
        attendance=(sums_of,) if frozen.scheduled else (),
        complaints=frozen.complaints,
    )


def frozen_work(work: Work) -> FrozenWork:
    """The raw counts of one month of one hall, to be frozen: its levels from the best one on."""
    scale, counts = next(iter(work.ratings.counts.items()), (USUAL, {}))
    month = work.attendance[0] if work.attendance else AttendanceSums()
    return FrozenWork(
        levels=tuple(counts.get(one.level, 0) for one in SCALES[scale]),
        unrated=work.ratings.unrated,
        exempt=work.ratings.exempt,
        std_milliminutes=work.std_milliminutes,
        errors=work.errors,
        timed=work.timed,
        overtime=work.overtime,
        timed_std_milliminutes=work.timed_std_milliminutes,
        timed_counted_s=work.timed_counted_s,
        complaints=work.complaints,
        scheduled=month.scheduled,
        attended=month.attended,
        window_halves=work.window_halves,
        late=month.late,
        early=month.early,
        off_post=month.off_post,
        absences=month.absences,
        absent_halves=month.absent_halves,
        lunches=month.lunches,
        leave=dict(month.leave),
    )


def frozen_score(row: PointsRow) -> Score:
    """The points as they were frozen."""
    centi = (row.rating_centi, row.business_centi, row.efficiency_centi, row.attendance_centi)
    parts = {part: of_centi(one) for part, one in zip(Part, centi, strict=True)}
    return Score(parts, of_centi(row.total_centi), tuple(part for part in Part if parts[part] is None))


def of_centi(centi: int | None) -> Fraction | None:
    """Hundredths as points; None is absent."""
    return None if centi is None else Fraction(centi, 100)


def _hall_works(people: Iterable[_Person]) -> dict[str, HallWork]:
    found: dict[str, HallWork] = defaultdict(lambda: HallWork(0, 0))
    for one in people:
        there = found[one.hall]
        found[one.hall] = HallWork(
            there.std_milliminutes + one.work.std_milliminutes, there.window_halves + one.work.window_halves
        )
    return found
