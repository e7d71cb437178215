"""Figures of the assessment in cells: points, marks, how a part came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from hallterm.locale import N_, _
from hallterm.own_assessment import LEAST_RATINGS, PersonLook
from hallterm.reports.model import Cell
from hallterm.reports.workload import verified_share
from hallterm.reports.writing import duration
from hallterm.rules.assessment import NO_RECORD, efficiency
from hallterm.rules.exact import half_up
from hallterm.rules.ratings import SCALES, evaluation_rate
from hallterm.screens.attendance_words import days
from hallterm.widgets.cells import fit, right, width
from storage.facts import BusinessMode, LeaveType, Part

ABSENT = "--"
PART_NAMES: Mapping[Part, str] = {
    Part.RATING: N_("E rating"),
    Part.BUSINESS: N_("B business"),
    Part.EFFICIENCY: N_("F efficiency"),
    Part.ATTENDANCE: N_("A attendance"),
}
LEAVE_NAMED: Mapping[LeaveType, str] = {
    LeaveType.PERSONAL: N_("personal leave {days}"),
    LeaveType.SICK: N_("sick leave {days}"),
    LeaveType.OFFICIAL_TRIP: N_("official trip {days}"),
}


def points(value: Fraction | Cell) -> str:
    """Two decimals, or ``--``."""
    if value is None or isinstance(value, str):
        return ABSENT
    return f"{value if isinstance(value, Decimal) else half_up(value):.2f}"


def signed(value: Cell) -> str:
    """A change with its sign."""
    return f"{value:+.2f}" if isinstance(value, Decimal) else ABSENT


def part_cells(person: PersonLook, part: Part) -> str:
    """The name of a part, its weight, its points, and what they are worth in the total: 35 cells."""
    found, weight = person.one.score.parts[part], person.rule.weights[part]
    weights = sum(person.rule.weights[one] for one, there in person.one.score.parts.items() if there is not None)
    share = ABSENT if found is None or not weights else points(found * weight / weights)
    mark = "~" if part is Part.RATING and person.running else " "
    return f"{fit(_(PART_NAMES[part]), 12)}{right(f'{weight} %', 6)}{right(points(found), 9)}{mark}{right(share, 7)}"


def total_cells(person: PersonLook) -> str:
    """The total below the parts; ``*``: of fewer than four, ``~``: it may still change."""
    found = person.one.score
    if found.total is None:
        return f"{fit(_('Total'), 12)}{right(_(NO_RECORD), 23)}"
    mark = "*" if found.renormalised else "~" if person.running else " "
    return f"{fit(_('Total'), 12)}{right('100 %', 6)}{right('', 10)}{right(points(found.total), 7)}{mark}"


def how(look: PersonLook, part: Part) -> str:
    """How a part came about, in one line."""
    return _HOW[part](look)


def _rating(look: PersonLook) -> str:
    ratings, rule = look.one.work.ratings, look.rule
    if look.levels is None:
        return _("counts from {count} ratings on").format(count=LEAST_RATINGS)
    score = ratings.satisfaction(rule.level_weights)
    if score is None:
        return _("nothing was due") if ratings.due <= 0 else _("nobody rated")
    text = _("satisfaction {score}").format(score=points(score))
    if not rule.coverage_penalty:
        return text
    rate = evaluation_rate(ratings.rated, ratings.due)
    return text + _(" x evaluated {rate} % / {duty} %").format(rate=rate, duty=rule.duty_pct)


def minutes(milli: int) -> str:
    """Thousandths of a standard minute, as minutes with one decimal."""
    return f"{half_up(Fraction(milli, 1000), 1)}"


def _business(look: PersonLook) -> str:
    work, rule = look.one.work, look.rule
    if not work.window_halves:
        return _("no half-day at a window")
    if rule.mode is BusinessMode.TARGET:
        text = _("{std} / ({target} x {halves} half-days)")
        found = text.format(std=minutes(work.std_milliminutes), target=rule.target_std_min, halves=work.window_halves)
    else:
        hall = look.hall_work
        own = Fraction(work.std_milliminutes, 1000 * work.window_halves)
        of_hall = Fraction(hall.std_milliminutes, 1000 * max(1, hall.window_halves))
        found = _("80 x {own} / {hall} a half-day").format(own=points(own), hall=points(of_hall))
    if not work.errors:
        return found
    return found + _(" - errors {count} x {points}").format(count=work.errors, points=rule.error_points)


def _efficiency(look: PersonLook) -> str:
    found, work = efficiency(look.one.work, look.rule), look.one.work
    if found is None:
        return _("no timed service")
    text = _("overtime {over}/{timed} gives {points}   speed {speed}")
    return text.format(over=work.overtime, timed=work.timed, points=points(found.on_time), speed=points(found.speed))


def _attendance(look: PersonLook) -> str:
    months = look.one.work.attendance
    if not months:
        return _("no schedule")
    late, early, off = (sum(getattr(one, name) for one in months) for name in ("late", "early", "off_post"))
    absences = sum(one.absences for one in months)
    parts = [
        _(words).format(count=count)
        for words, count in (
            (N_("late {count}"), late),
            (N_("early {count}"), early),
            (N_("off post {count}"), off),
            (N_("absent {count}"), absences),
        )
        if count
    ]
    for kind in (LeaveType.PERSONAL, LeaveType.SICK):
        halves = sum(one.leave.get(kind, 0) for one in months)
        parts += [_(LEAVE_NAMED[kind]).format(days=days(halves))] if halves else []
    if len(months) > 1:
        parts.insert(0, _("mean of {count} months").format(count=len(months)))
    return "  ".join(parts) or _("nothing taken off")


_HOW: Mapping[Part, Callable[[PersonLook], str]] = {
    Part.RATING: _rating,
    Part.BUSINESS: _business,
    Part.EFFICIENCY: _efficiency,
    Part.ATTENDANCE: _attendance,
}


def counts(look: PersonLook, cells: int) -> list[str]:
    """Every input count, one line a part; then the founded complaints, if there are any."""
    of_parts = [_rating_counts(look, cells), _business_counts(look), _efficiency_counts(look), _attendance_counts(look)]
    return [*of_parts, *([_complaints(look)] if look.complaints else [])]


def _complaints(look: PersonLook) -> str:
    """What stands behind the line that takes them off the total."""
    named = "  ".join(f"{one.day[5:]} {one.number}" for one in look.complaints)
    text = _("Complaints founded {count} x {points}: {named}")
    cost = look.rule.complaint_points
    return text.format(count=len(look.complaints), points=points(cost), named=named)


def _rating_counts(look: PersonLook, cells: int) -> str:
    ratings = look.one.work.ratings
    rated, unrated, exempt = ratings.rated, ratings.unrated, ratings.exempt
    if look.running:  # how many is told at once, which levels is not
        rated, unrated, exempt = look.sums.rated, look.sums.unrated, look.sums.exempt
    due = rated + unrated - exempt
    text = _("Rating   due {due}  rated {rated}  unrated {unrated}  exempt {exempt}")
    found = text.format(due=due, rated=rated, unrated=unrated, exempt=exempt)
    if look.levels is None:
        return found
    levels = SCALES[look.rule.scale]
    named = " ".join(f"{_(level.label)} {count}" for level, count in zip(levels, look.levels, strict=False))
    if len(levels) == len(look.levels) and width(found) + width(named) + 2 <= cells:
        return f"{found}  {named}"
    return f"{found}  {_('levels {best}-1').format(best=levels[0].level)} {'/'.join(map(str, look.levels))}"


def _business_counts(look: PersonLook) -> str:
    sums = look.sums
    text = _(
        "Business   {services} services  verified {share} %  not credited {suspicious} (under 15 s)  errors {errors}"
    )
    share = verified_share(sums)
    shown = ABSENT if share is None else f"{share}"
    return text.format(services=sums.services, share=shown, suspicious=sums.suspicious, errors=look.one.work.errors)


def _efficiency_counts(look: PersonLook) -> str:
    longest = ABSENT if look.longest_over_s is None else f"+{duration(look.longest_over_s)}"
    text = _("Efficiency   {timed} timed  overtime {over}  longest {longest}  excluded {excluded}")
    excluded = duration(look.sums.excluded_s)
    return text.format(timed=look.one.work.timed, over=look.one.work.overtime, longest=longest, excluded=excluded)


def _attendance_counts(look: PersonLook) -> str:
    months = look.one.work.attendance
    scheduled, attended = sum(one.scheduled for one in months), sum(one.attended for one in months)
    text = _("Attendance   planned {planned} days  attended {attended} days")
    found = text.format(planned=days(scheduled), attended=days(attended))
    other = {kind: sum(one.leave.get(kind, 0) for one in months) for kind in LeaveType}
    trips = other[LeaveType.OFFICIAL_TRIP]
    return found + ("  " + _(LEAVE_NAMED[LeaveType.OFFICIAL_TRIP]).format(days=days(trips)) if trips else "")
