"""One person's assessment with everything it is made of, down to single services and half-days. Business rule 9 (S1-12).

Importable by screens and reports. Of his own ratings a person sees those of past days, and their score from five of them
up: no citizen can be told from a figure that moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from hallterm.assessing import Assessed, Assessment, assess, work_of
from hallterm.half_days import read_book
from hallterm.rating_scales import by_rank, scale_at
from hallterm.rules.assessment import HallWork, Ratings, Rule, score
from hallterm.rules.attendance import HalfDayRecord
from hallterm.rules.averages import counted, ranks
from hallterm.rules.day import business_day
from hallterm.rules.periods import Period
from hallterm.rules.ratings import SCALES
from storage.database import Database
from storage.facts import Moment, Part, Scale
from storage.views import assessment as rows
from storage.views import reporting
from storage.views.assessment import ComplaintRow, ErrorRow, ServiceLine
from storage.views.figures import Sums, added, sums

LEAST_RATINGS = 5


class PersonLook(Struct, frozen=True, kw_only=True):
    """One person in one period. ``own``: he looks himself. ``levels``: counts from the best level of the rule's scale to
    the worst (those of another scale by their rank), None while they are not shown.

    ``frozen_t`` 0: not frozen; ``running``: the period is not over; ``longest_over_s`` None: nothing was overtime. Ranks
    are 0 without a total; ``city_rank`` too where other halls are not here.
    """

    staff: str
    name: str
    hall: str
    hall_name: str
    period: Period
    own: bool
    one: Assessed
    rule: Rule
    hall_work: HallWork
    sums: Sums
    levels: tuple[int, ...] | None
    longest_over_s: int | None
    hall_rank: int
    hall_of: int
    city_rank: int
    city_of: int
    frozen_t: int
    running: bool
    seen_to: str
    settings_version: int
    complaints: tuple[ComplaintRow, ...] = ()


class PartRows(Struct, frozen=True):
    """What stands behind one part: services, or half-days; errors with the business part."""

    part: Part
    services: tuple[ServiceLine, ...] = ()
    half_days: tuple[HalfDayRecord, ...] = ()
    errors: tuple[ErrorRow, ...] = ()


def person_look(
    db: Database, staff: str, halls: Sequence[str], period: Period, now: Moment, *, own: bool
) -> PersonLook | None:
    """Everything on one page; None for somebody of none of these halls. ``halls``: who he is ranked among."""
    people, today = reporting.people(db), business_day(now.t)
    found = assess(db, halls, period, now)
    one = next((one for one in found.people if one.staff == staff), None)
    if one is None:
        return None
    before = _before_today(db, one, period, today)
    seen = _as_seen(found, one, before, period) if own and not one.frozen else one
    standings = [seen.standing if other.staff == staff else other.standing for other in found.people]
    of_hall = [standing for standing in standings if standing.hall == one.hall]
    freeze = found.frozen_month(one.hall, period)
    names = {place.code: place.name for place in reporting.places(db)}
    shown = seen.work.ratings
    return PersonLook(
        staff=staff,
        name=people[staff].name if staff in people else staff,
        hall=one.hall,
        hall_name=names.get(one.hall) or one.hall,
        period=period,
        own=own,
        one=seen,
        rule=found.rules[one.hall],
        hall_work=found.halls[one.hall],
        sums=added(sums(db, period.months, halls, ("staff",), staff=staff)),
        levels=_levels(shown, found.rules[one.hall].scale)
        if not own or one.frozen or shown.rated >= LEAST_RATINGS
        else None,
        longest_over_s=rows.longest_over_s(db, (one.hall, period.first, period.last), staff),
        hall_rank=ranks(of_hall).get(staff, 0),
        hall_of=counted(standing.total for standing in of_hall),
        city_rank=ranks(standings).get(staff, 0) if len(halls) > 1 else 0,
        city_of=counted(standing.total for standing in standings) if len(halls) > 1 else 0,
        frozen_t=freeze.at_t if freeze else 0,
        running=period.last >= today,
        seen_to=_yesterday(today) if own and period.last >= today else min(period.last, today),
        settings_version=reporting.settings_version(db, one.hall, min(period.last, today)),
        complaints=tuple(
            row for row in rows.complaints(db, halls, period.first, period.last, staff) if not row.withdrawn_t
        ),
    )


def _before_today(db: Database, one: Assessed, period: Period, today: str) -> Ratings:
    """The ratings of a person without those of today."""
    if not period.holds(today):
        return one.work.ratings
    scale, all_of = scale_at(db, one.hall, today), one.work.ratings
    now = work_of(added(sums(db, [today], [one.hall], ("staff",), staff=one.staff)), scale).ratings
    counts: Mapping[int, int] = all_of.counts.get(scale, {})
    past = {level: counts.get(level, 0) - n for level, n in now.counts[scale].items()}
    return Ratings({**all_of.counts, scale: past}, all_of.unrated - now.unrated, all_of.exempt - now.exempt)


def _as_seen(found: Assessment, one: Assessed, past: Ratings, period: Period) -> Assessed:
    """His score by the ratings he may be told of: none while they are fewer than five."""
    ratings = past if past.rated >= LEAST_RATINGS else Ratings()
    work = replace(one.work, ratings=ratings)
    rule, hall = found.rules[one.hall], found.halls[one.hall]
    return replace(one, work=work, score=score(work, len(period.months), rule, hall))


def _levels(ratings: Ratings, shown: Scale) -> tuple[int, ...]:
    counts = by_rank(ratings)
    used = 1 + max((rank for rank, count in counts.items() if count), default=0)
    return tuple(counts.get(rank, 0) for rank in range(max(len(SCALES[shown]), used)))


def _yesterday(today: str) -> str:
    return (date.fromisoformat(today) - timedelta(days=1)).isoformat()


def part_rows(db: Database, look: PersonLook, part: Part, now: Moment) -> PartRows:
    """The rows behind a part. Of an own rating only that there is one is told, never its level."""
    span = (look.hall, look.period.first, look.period.last)
    if part is Part.ATTENDANCE:
        book = read_book(db, [look.hall], look.period.first, look.period.last, now, staff=look.staff)
        found = (book.record(plan) for plan in book.plans)
        return PartRows(part, half_days=tuple(one for one in found if one is not None))
    services = rows.service_lines(db, span, look.staff)
    if part is Part.RATING:
        services = [one for one in services if one.level or one.unrated]
        if look.own:
            services = [replace(one, level=-1 if one.level else 0) for one in services]
    if part is Part.EFFICIENCY:
        services = [one for one in services if not one.suspicious and one.entry_mode != "back_entry"]
    errors = rows.errors(db, *span, staff=look.staff) if part is Part.BUSINESS else []
    return PartRows(part, tuple(services), errors=tuple(errors))
