"""Attendance by half-days: punches against the schedule, what is deducted, and the attended half-days. Rule 10.

Times of day are whole minutes since midnight, seconds cut off; there is no grace. Points are exact fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct, field
from msgspec.structs import replace

from hallterm.rules.day import minutes
from hallterm.rules.leave import Cover
from storage.facts import DaySlot, Duty, Half, HallSet, LeaveType, PunchKind

TOLERATED_MIN = 30
"""Up to half an hour is late, early or off post; beyond it the half-day is missing."""
ROTA_EARLY_MIN = 15
MINUTE_MS, DAY_MIN = 60_000, 24 * 60
ZONE_MIN = 8 * 60
"""The fixed zone +08:00."""
CHANGE_MIN = 5
"""Between signing off and on again: so long is a change of window, not leaving the post."""
ALERT_OCCURRENCES = 2
"""Two absences in a month raise an alert."""
NOT_WORKED: frozenset[Duty] = frozenset({Duty.OFF, Duty.LUNCH})
SLOT: Mapping[Half, DaySlot] = {Half.AM: DaySlot.AM, Half.PM: DaySlot.PM}


class Mark(StrEnum):
    """What a punch, a leaving or an absence from the post is."""

    ON_TIME = "on_time"
    LATE = "late"
    EARLY = "early"
    OFF_POST = "off_post"
    HALF_DAY_MISSING = "half_day_missing"


def _mark(over_min: int, mark: Mark) -> Mark:
    if over_min <= 0:
        return Mark.ON_TIME
    return mark if over_min <= TOLERATED_MIN else Mark.HALF_DAY_MISSING


def sign_on_mark(start_min: int, signed_min: int, *, duty_rota: bool = False) -> Mark:
    """A sign-on against the start of the half-day; the duty rota starts 15 minutes before it."""
    return _mark(signed_min - start_min + (ROTA_EARLY_MIN if duty_rota else 0), Mark.LATE)


def sign_off_mark(end_min: int, left_min: int) -> Mark:
    """A leaving against the end of the half-day."""
    return _mark(end_min - left_min, Mark.EARLY)


def off_post_mark(away_min: int) -> Mark:
    """Away from the post for so long."""
    return _mark(away_min, Mark.OFF_POST)


def minute(t: int) -> int:
    """The minute of the day of ``t`` (ms UTC), seconds cut off."""
    return (t // MINUTE_MS + ZONE_MIN) % DAY_MIN


class Punch(Struct, frozen=True):
    """Something that happened at a minute of the day."""

    minute: int
    kind: PunchKind


class Presence(Struct, frozen=True):
    """There from a minute to another; ``to_min`` None: still there."""

    from_min: int
    to_min: int | None = None


ARRIVES = frozenset({PunchKind.SIGN_ON, PunchKind.BACK})


def presences(punches: Iterable[Punch]) -> tuple[Presence, ...]:
    """When somebody was there. Signing on twice changes nothing; a short gap after signing off is a change of window."""
    found: list[Presence] = []
    since: int | None = None
    left: tuple[int, PunchKind] | None = None
    for punch in sorted(punches, key=lambda one: one.minute):
        if punch.kind in ARRIVES:
            if since is None and left and left[1] is PunchKind.SIGN_OFF and punch.minute - left[0] <= CHANGE_MIN:
                since = found.pop().from_min
            since, left = punch.minute if since is None else since, None
        elif since is not None:
            found.append(Presence(since, punch.minute))
            since, left = None, (punch.minute, punch.kind)
    return (*found, Presence(since)) if since is not None else tuple(found)


def is_there(there: Iterable[Presence], at_min: int) -> bool:
    """Whether somebody was there at a minute."""
    return any(one.from_min <= at_min and (one.to_min is None or at_min < one.to_min) for one in there)


def away(there: Iterable[Presence], from_min: int, to_min: int) -> tuple[Presence, ...]:
    """The presences without a stretch in which somebody was seen to be away."""
    left: list[Presence] = []
    for one in there:
        if to_min <= one.from_min or (one.to_min is not None and one.to_min <= from_min) or to_min <= from_min:
            left.append(one)
            continue
        if one.from_min < from_min:
            left.append(Presence(one.from_min, from_min))
        if one.to_min is None or to_min < one.to_min:
            left.append(Presence(to_min, one.to_min))
    return tuple(left)


class Times(Struct, frozen=True):
    """Start and end of a half-day, minutes since midnight."""

    start_min: int
    end_min: int


def half_times(hall: HallSet) -> Mapping[Half, Times]:
    """The half-days of a hall; one without hours in the afternoon has no afternoon."""
    pairs = {Half.AM: (hall.opening_am, hall.closing_am), Half.PM: (hall.opening_pm, hall.closing_pm)}
    return {
        half: Times(minutes(start), minutes(end))
        for half, (start, end) in pairs.items()
        if start and end and start != end
    }


class Planned(Struct, frozen=True):
    """What a schedule says of a half-day."""

    staff: str
    day: str
    half: Half
    duty: Duty
    duty_rota: bool = False


class Covered(Struct, frozen=True):
    """A leave on a half-day, and whether it holds."""

    leave_type: LeaveType
    cover: Cover


class HalfDayRecord(Struct, frozen=True, kw_only=True):
    """One planned half-day as it turned out.

    ``late_min``, ``early_min`` and ``off_post_min`` are 0 where nothing is deducted; ``missing``: beyond half an hour, or
    no punch at all; ``absent``: missing and not covered; ``attended``: there, and not away on anything; ``pending``: it is
    not over, or a leave is not decided, so that it may still change.
    """

    staff: str
    day: str
    half: Half
    duty: Duty
    late_min: int = 0
    early_min: int = 0
    off_post_min: tuple[int, ...] = ()
    missing: bool = False
    leave: LeaveType | None = None
    absent: bool = False
    attended: bool = False
    pending: bool = False

    @property
    def counts_for_business(self) -> bool:
        """Whether it is one of the half-days that the business part divides by."""
        return self.attended and self.duty is Duty.WINDOW


def half_day(
    plan: Planned, times: Times, there: Sequence[Presence], leave: Covered | None = None, now_min: int | None = None
) -> HalfDayRecord | None:
    """A planned half-day judged by when the person was there; ``now_min``: it is this minute of the same day (None: the
    day is over). None when nothing was planned, or it has not begun.
    """
    start = times.start_min - (ROTA_EARLY_MIN if plan.duty_rota else 0)
    if plan.duty in NOT_WORKED or (now_min is not None and now_min < start):
        return None
    blank = HalfDayRecord(staff=plan.staff, day=plan.day, half=plan.half, duty=plan.duty)
    if leave is not None and leave.cover is not Cover.ABSENCE:
        return replace(blank, leave=leave.leave_type, pending=leave.cover is Cover.PENDING)
    running = now_min is not None and now_min < times.end_min
    until = times.end_min if now_min is None else min(times.end_min, now_min)
    if any(one.from_min <= start and (one.to_min is None or one.to_min >= until) for one in there):
        return replace(blank, attended=True, pending=running)
    inside = _inside(there, start, until)
    if inside:
        return _judged(blank, inside, Times(start, until), running=running)
    waits = running and until - start <= TOLERATED_MIN
    return replace(blank, missing=not waits, absent=not waits, pending=running)


def _inside(there: Sequence[Presence], start: int, end: int) -> list[Times]:
    """What of the presences lies in a stretch."""
    ordered = sorted(there, key=lambda one: one.from_min)
    cut = (Times(max(one.from_min, start), end if one.to_min is None else min(one.to_min, end)) for one in ordered)
    return [one for one in cut if one.end_min > one.start_min or (one.start_min == end == one.end_min)]


def _judged(blank: HalfDayRecord, inside: Sequence[Times], times: Times, *, running: bool) -> HalfDayRecord:
    late = inside[0].start_min - times.start_min
    early = 0 if running else times.end_min - inside[-1].end_min
    away = tuple(
        after.start_min - before.end_min for before, after in pairwise(inside) if after.start_min > before.end_min
    )
    marks = (_mark(late, Mark.LATE), _mark(early, Mark.EARLY), *(off_post_mark(gap) for gap in away))
    if Mark.HALF_DAY_MISSING in marks:
        return replace(blank, missing=True, absent=True, pending=running)
    return replace(blank, late_min=late, early_min=early, off_post_min=away, attended=True, pending=running)


def worked_noon(times: Mapping[Half, Times], there: Iterable[Presence]) -> bool:
    """Whether somebody on lunch duty was there at some minute between the half-days."""
    if len(times) < len(Half):
        return False
    start, end = times[Half.AM].end_min, times[Half.PM].start_min
    return any(one.from_min < end and (one.to_min is None or one.to_min > start) for one in there)


LEAVE_HALF: Mapping[LeaveType, Fraction] = {LeaveType.PERSONAL: Fraction(6), LeaveType.SICK: Fraction(5, 2)}
"""Other types of leave cost nothing."""


class Deductions(Struct, frozen=True):
    """Points off a hundred, by what happened; leave by half-day."""

    late: Fraction = Fraction(2)
    early: Fraction = Fraction(2)
    off_post: Fraction = Fraction(2)
    absence: Fraction = Fraction(20)
    leave_half: Mapping[LeaveType, Fraction] = field(default_factory=lambda: LEAVE_HALF)


USUAL = Deductions()
NOTHING = Fraction()


class AttendanceSums(Struct, frozen=True, kw_only=True):
    """The attendance of one person in one month: what R10 shows and the attendance part is made of.

    ``window_halves`` are the attended half-days of window duty; ``lunches`` are credit for compensatory leave only.
    """

    scheduled: int = 0
    attended: int = 0
    window_halves: int = 0
    late: int = 0
    early: int = 0
    off_post: int = 0
    absences: int = 0
    absent_halves: int = 0
    leave: Mapping[LeaveType, int] = {}
    lunches: int = 0
    pending: bool = False

    @property
    def alert(self) -> bool:
        """Two absences or more."""
        return self.absences >= ALERT_OCCURRENCES


def absence_occurrences(absent: Iterable[tuple[str, Half]]) -> int:
    """One a day with at least one half-day that nothing covers."""
    return len({day for day, _half in absent})


def attendance_sums(records: Iterable[HalfDayRecord], lunches: int = 0) -> AttendanceSums:
    """The half-days of one person added up."""
    all_of = list(records)
    absent = [(one.day, one.half) for one in all_of if one.absent]
    return AttendanceSums(
        scheduled=len(all_of),
        attended=sum(one.attended for one in all_of),
        window_halves=sum(one.counts_for_business for one in all_of),
        late=sum(one.late_min > 0 for one in all_of),
        early=sum(one.early_min > 0 for one in all_of),
        off_post=sum(len(one.off_post_min) for one in all_of),
        absences=absence_occurrences(absent),
        absent_halves=len(absent),
        leave=Counter(one.leave for one in all_of if one.leave is not None),
        lunches=lunches,
        pending=any(one.pending for one in all_of),
    )


def added(many: Sequence[AttendanceSums]) -> AttendanceSums:
    """The attendance of several people, or of one in several months."""
    leave: Counter[LeaveType] = Counter()
    for one in many:
        leave.update(one.leave)
    counts = (
        "scheduled",
        "attended",
        "window_halves",
        "late",
        "early",
        "off_post",
        "absences",
        "absent_halves",
        "lunches",
    )
    sums = {name: sum(getattr(one, name) for one in many) for name in counts}
    return AttendanceSums(**sums, leave=leave, pending=any(one.pending for one in many))


def deducted(sums: AttendanceSums, points: Deductions = USUAL) -> Fraction:
    """All that is taken off, exact."""
    counted = (
        (points.late, sums.late),
        (points.early, sums.early),
        (points.off_post, sums.off_post),
        (points.absence, sums.absences),
        *((points.leave_half.get(kind, NOTHING), halves) for kind, halves in sums.leave.items()),
    )
    return sum((each * count for each, count in counted if count), NOTHING)
