"""Words and cells of the attendance pages: days, half-days, duties, what a half-day came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hallterm.locale import N_, _, language
from hallterm.rules.attendance import HalfDayRecord, Presence
from hallterm.rules.day import clock_text, day_clock_text
from hallterm.rules.exact import half_up
from hallterm.rules.leave import STATE_WORDS, leave_rule
from hallterm.widgets.cells import spread
from hallterm.workflows.attendance_look import HalfLine
from hallterm.workflows.leave import days_text
from hallterm.workflows.own_serving import Serving
from storage.facts import DaySlot, Duty, Half, LeaveState, LeaveType, PunchKind
from storage.views.attendance import LeaveRow

ABSENT = "--"
WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "zh_CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
SHORT_LEAVE: Mapping[LeaveType, str] = {
    LeaveType.ANNUAL: N_("Annual"),
    LeaveType.PERSONAL: N_("Pers."),
    LeaveType.SICK: N_("Sick"),
    LeaveType.COMPENSATORY: N_("Comp."),
    LeaveType.MARRIAGE: N_("Marr."),
    LeaveType.BEREAVEMENT: N_("Bereav"),
    LeaveType.MATERNITY: N_("Matern"),
    LeaveType.PATERNITY: N_("Patern"),
    LeaveType.WORK_INJURY: N_("Injury"),
    LeaveType.OFFICIAL_TRIP: N_("Trip"),
    LeaveType.MEETING: N_("Meet"),
    LeaveType.STUDY: N_("Study"),
}
DUTIES: Mapping[Duty, str] = {
    Duty.WINDOW: N_("at window"),
    Duty.GUIDE: N_("guide"),
    Duty.LEADER: N_("duty"),
    Duty.LUNCH: N_("lunch duty"),
    Duty.OFF: N_("day off"),
}
DUTY_CODES: Mapping[Duty, str] = {
    Duty.WINDOW: N_("duty-code|W"),
    Duty.GUIDE: N_("duty-code|G"),
    Duty.LEADER: N_("duty-code|D"),
    Duty.LUNCH: N_("duty-code|L"),
    Duty.OFF: N_("duty-code|o"),
}
PUNCHES: Mapping[PunchKind, str] = {
    PunchKind.SIGN_ON: N_("signed on"),
    PunchKind.SIGN_OFF: N_("signed off"),
    PunchKind.OFF_POST: N_("left the post"),
    PunchKind.BACK: N_("came back"),
}


def coded(text: str) -> str:
    """A code of one character, translated by its name."""
    return _(text).rpartition("|")[2]


def short_leave(kind: LeaveType) -> str:
    return _(SHORT_LEAVE[kind])


def day_text(day: str) -> str:
    """``11-25 周三``."""
    return f"{day[5:]} {WEEKDAYS[language()][date.fromisoformat(day).weekday()]}"


def short_day(day: str) -> str:
    """``11-25 三``, at most eight cells."""
    weekday = WEEKDAYS[language()][date.fromisoformat(day).weekday()]
    return f"{weekday} {day[8:]}" if language() == "en" else f"{day[5:]} {weekday[1:]}"


def half_text(half: Half) -> str:
    return _("AM") if half is Half.AM else _("PM")


def half_day_text(day: str, half: Half) -> str:
    """``11-25 上午``."""
    return f"{day[5:]} {half_text(half)}"


def clock(minute: int) -> str:
    """Minutes since midnight as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def days(halves: int) -> str:
    return days_text(halves)


def points(milli: int | None) -> str:
    """Thousandths of a point with two decimals."""
    return ABSENT if milli is None else f"{half_up(Fraction(milli, 1000)):.2f}"


def off_text(milli: int) -> str:
    """What is taken off, as short as it is: ``12`` or ``2.5``."""
    return f"{(Decimal(milli) / 1000).normalize():f}"


def there_text(there: Sequence[Presence], start: int, end: int) -> str:
    """``08:24-12:00``, of a stretch of the day."""
    inside = [one for one in there if one.from_min < end and (one.to_min is None or one.to_min > start)]
    return " ".join(f"{clock(one.from_min)}-{clock(one.to_min) if one.to_min is not None else ''}" for one in inside)


def today_cell(line: HalfLine) -> str:
    """One half-day of today in five cells: the punch, the leave, that nobody came, or nothing yet."""
    record = line.record
    if line.leave is not None and (record is None or record.leave is not None):
        return short_leave(line.leave.leave_type)
    if record is None:
        return ABSENT
    if record.missing and not record.attended:
        return _("not in")
    first = next(iter(_in_half(line)), None)
    return clock(first.from_min) if first is not None else ABSENT


def _in_half(line: HalfLine) -> list[Presence]:
    noon = 13 * 60
    if line.half is Half.AM:
        return [one for one in line.there if one.from_min < noon]
    return [one for one in line.there if one.to_min is None or one.to_min > noon]


def outcome(record: HalfDayRecord | None) -> str:
    """What a half-day came to, in words."""
    if record is None:
        return ABSENT
    if record.leave is not None:
        return _("leave, not decided") if record.pending else _(leave_rule(record.leave).label)
    if record.absent:
        return _("absent")
    parts = [_("late {minutes} min").format(minutes=record.late_min)] if record.late_min else []
    parts += [_("early {minutes} min").format(minutes=record.early_min)] if record.early_min else []
    parts += [_("off post {minutes} min").format(minutes=one) for one in record.off_post_min]
    return _(", ").join(parts) or (_("there") if record.attended else ABSENT)


def with_case(text: str, serving: Serving | None, cells: int) -> str:
    """Row 2 of a clerk's own page: what goes on at the window stands at its end."""
    if serving is None:
        return text
    note = _("serving {number} since {time}").format(number=serving.number, time=clock_text(serving.start_t)[:5])
    return spread(text, f"{note} ", cells)


def state_text(row: LeaveRow) -> str:
    """The state of a request, and who decided when."""
    words = _(STATE_WORDS[row.state])
    if row.contested:
        words = f"{words} {_('contested')}"
    if row.state in (LeaveState.APPROVED, LeaveState.REJECTED):
        return f"{words} {row.by} {day_clock_text(row.decided_t)}" + (f"  {row.note}" if row.note else "")
    return words


def slots_code(duties: Mapping[DaySlot, Duty]) -> str:
    """A day of a plan in three characters: morning, noon, afternoon."""
    blank = "  " if language() == "zh_CN" else " "
    dot = ". " if language() == "zh_CN" else "."
    return "".join(
        coded(DUTY_CODES[duties[slot]]) if slot in duties else (blank if slot is DaySlot.NOON else dot)
        for slot in (DaySlot.AM, DaySlot.NOON, DaySlot.PM)
    )
