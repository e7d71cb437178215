"""Faults of a hall: what they pause, what becomes of a pause that nobody confirmed, how long a card is good for.

Business rules 7.4, 12 and 16. Moments are ms UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.calendar import WorkCalendar
from hallterm.rules.timers import PAUSE_RULES, timing
from storage.facts import FaultKind, LastTransaction, PauseReason

CARD_WORKDAYS = 5
FAULT_REASONS = tuple(rule.reason.value for rule in PAUSE_RULES if rule.fault)
"""The reasons for which a clerk pauses when the hall has a fault."""

FAULTS: Mapping[FaultKind, str] = {
    FaultKind.TAX_CORE: N_("Tax system"),
    FaultKind.NETWORK: N_("Network"),
    FaultKind.POWER: N_("Power"),
    FaultKind.DEVICE: N_("Devices"),
    FaultKind.APP: N_("This program"),
}
"""In the order of the list: the digits 1-5."""

PAUSES: Mapping[FaultKind, PauseReason] = {
    FaultKind.TAX_CORE: PauseReason.SYSTEM_FAULT,
    FaultKind.NETWORK: PauseReason.NETWORK_FAULT,
    FaultKind.POWER: PauseReason.POWER_FAILURE,
    FaultKind.DEVICE: PauseReason.DEVICE_FAULT,
    FaultKind.APP: PauseReason.DEVICE_FAULT,
}

LAST_ANSWERS: Mapping[LastTransaction, str] = {
    LastTransaction.COMPLETED: N_("done in the tax software"),
    LastTransaction.NOT_COMPLETED: N_("not done there"),
    LastTransaction.UNKNOWN: N_("not known"),
}


class Recount(Struct, frozen=True):
    """The times of a finished service that hold now, whole seconds, and what they change by."""

    excluded_s: int
    counted_s: int
    overtime: bool
    excluded_change_s: int
    counted_change_s: int
    overtime_change: int


class Times(Struct, frozen=True):
    """A finished service: totals in ms as they were at its end, and the whole seconds that hold now."""

    counted_ms: int
    excluded_ms: int
    excluded_s: int
    counted_s: int
    overtime: bool
    limit_s: int


def recount(times: Times, pauses_ms: Iterable[int]) -> Recount:
    """``pauses_ms``: all of its pauses that count again, the new one among them. Floored once, as at the finish."""
    again = min(sum(pauses_ms), times.excluded_ms)
    now = timing(times.counted_ms + again, times.excluded_ms - again, times.limit_s)
    return Recount(
        excluded_s=now.excluded_s,
        counted_s=now.counted_s,
        overtime=now.overtime,
        excluded_change_s=now.excluded_s - times.excluded_s,
        counted_change_s=now.counted_s - times.counted_s,
        overtime_change=int(now.overtime) - int(times.overtime),
    )


def last_card_day(calendar: WorkCalendar, day: str) -> str:
    """The last day of a card that is given out on ``day``: five working days after it."""
    return calendar.nth_workday(day, CARD_WORKDAYS)


def card_number(day: str, count: int, node_digit: int = 0) -> str:
    """``K1124-003``; a PC that is cut off from the number host puts its digit in between: ``K1124-2-003``."""
    own = f"{node_digit}-" if node_digit else ""
    return f"K{day[5:7]}{day[8:10]}-{own}{count:03d}"


def card_text(hall: str, number: str, last_day: str) -> str:
    """What the key of the hall signs."""
    return f"card {hall} {number} {last_day}"
