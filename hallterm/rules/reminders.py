"""Reminders of a due moment, as data, and the lamp letter of a due clock. Business rule 11.4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.day import clock_t, local
from hallterm.rules.deadlines import Due, Hours, nth_before
from hallterm.rules.lamp import Lamp

REMIND_AT = "09:00"
HALF_FROM_DAYS = 2
"""A term of one working day has no reminder at half of it; of three, the half is reached on the second."""


class ReminderKind(StrEnum):
    CREATED = "created"
    HALF = "half"
    DUE_DAY = "due_day"
    DUE = "due"
    OVERDUE = "overdue"


class Addressee(StrEnum):
    HANDLER = "handler"
    SUPERIOR = "superior"


TO: Mapping[ReminderKind, tuple[Addressee, ...]] = {
    ReminderKind.CREATED: (Addressee.HANDLER,),
    ReminderKind.HALF: (Addressee.HANDLER,),
    ReminderKind.DUE_DAY: (Addressee.HANDLER,),
    ReminderKind.DUE: (Addressee.HANDLER,),
    ReminderKind.OVERDUE: (Addressee.HANDLER, Addressee.SUPERIOR),
}
WORDS: Mapping[ReminderKind, str] = {
    ReminderKind.CREATED: N_("new"),
    ReminderKind.HALF: N_("half of the term is over"),
    ReminderKind.DUE_DAY: N_("due today"),
    ReminderKind.DUE: N_("due now"),
    ReminderKind.OVERDUE: N_("overdue"),
}


class Reminder(Struct, frozen=True, order=True):
    """Who is reminded, and when (ms UTC)."""

    at_t: int
    kind: ReminderKind

    @property
    def to(self) -> tuple[Addressee, ...]:
        """Everybody who gets it."""
        return TO[self.kind]


def reminders(created_t: int, until: Due, hours: Hours, now_t: int) -> tuple[Reminder, ...]:
    """All reminders up to ``now_t`` of something that is not done, in order; none is lost by a machine that was off."""
    return tuple(sorted(one for one in _reminders(created_t, until, hours, now_t) if one.at_t <= now_t))


def _reminders(created_t: int, until: Due, hours: Hours, now_t: int) -> Iterator[Reminder]:
    yield Reminder(created_t, ReminderKind.CREATED)
    created = local(created_t).date().isoformat()
    term = nth_before(created_t, until, hours)
    if term >= HALF_FROM_DAYS:
        yield _at(hours.calendar.nth_workday(created, (term + 1) // 2), ReminderKind.HALF)
    if until.day > created and clock_t(until.day, REMIND_AT) < until.t:
        yield _at(until.day, ReminderKind.DUE_DAY)
    yield Reminder(until.t, ReminderKind.DUE)
    for day in hours.calendar.workdays_after(until.day):
        if clock_t(day, REMIND_AT) > now_t:
            return
        yield _at(day, ReminderKind.OVERDUE)


def _at(day: str, kind: ReminderKind) -> Reminder:
    return Reminder(clock_t(day, REMIND_AT), kind)


def due_lamp(created_t: int, until: Due, now_t: int, *, with_superior: bool = False) -> Lamp:
    """G: more than half of the term is left; Y: less, or due today; R: over; E: over, and with the superior."""
    if now_t > until.t:
        return Lamp.ESCALATE if with_superior else Lamp.RED
    due_today = local(now_t).date().isoformat() >= until.day
    half_over = 2 * (until.t - now_t) <= until.t - created_t
    return Lamp.YELLOW if due_today or half_over else Lamp.GREEN
