"""What counts against the limit: pause reasons, limits, credits, and the times of a finished service.

Durations are summed in milliseconds and floored once to whole seconds; they come from CLOCK_BOOTTIME within one boot.
Business rules 7.3, 7.4 and 9 (standard minutes).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import Moment, PauseReason, ServiceNow

SUSPICIOUS_S = 15
CONFIRM_FAULT_S = 600
CONFIRM_FAULTS_A_DAY = 3
BATCH_FACTOR = Decimal("0.2")
STD_FACTOR = Decimal("0.6")


class PauseRule(Struct, frozen=True):
    """One reason: does it stop the limit, is it a fault somebody may have to confirm, is it set by the program only."""

    reason: PauseReason
    label: str
    excluded: bool
    fault: bool = False
    by_program: bool = False
    note_required: bool = False


PAUSE_RULES: tuple[PauseRule, ...] = (
    PauseRule(PauseReason.MATERIAL_SUPPLEMENT, N_("Taxpayer completes papers or forms"), excluded=True),
    PauseRule(PauseReason.TAXPAYER_PAYMENT, N_("Taxpayer pays, by card or at the bank"), excluded=True),
    PauseRule(PauseReason.TAXPAYER_LEFT, N_("Taxpayer is away for a moment"), excluded=True),
    PauseRule(PauseReason.SYSTEM_FAULT, N_("Tax system is down"), excluded=True, fault=True),
    PauseRule(PauseReason.NETWORK_FAULT, N_("Network is down"), excluded=True, fault=True),
    PauseRule(PauseReason.POWER_FAILURE, N_("Power failure"), excluded=True, fault=True),
    PauseRule(PauseReason.DEVICE_FAULT, N_("Device fault"), excluded=True, fault=True),
    PauseRule(PauseReason.INTERNAL_CONSULT, N_("Ask a colleague"), excluded=False),
    PauseRule(PauseReason.LEADER_APPROVAL, N_("Ask the leader"), excluded=False),
    PauseRule(PauseReason.OTHER, N_("Other, say what"), excluded=False, note_required=True),
    PauseRule(PauseReason.UI_BLOCKED, N_("This program could not be used"), excluded=True, by_program=True),
    PauseRule(PauseReason.APP_RESTART, N_("This program was restarted"), excluded=True, by_program=True),
)
"""In the order of the clerk's list: the digits 1-9, then 0; the program's own reasons last."""

_BY_REASON: Mapping[PauseReason, PauseRule] = {rule.reason: rule for rule in PAUSE_RULES}

NETWORK_WELL = Reason(N_("the network is up"))
DEVICES_WELL = Reason(N_("all devices work"))


def pause_rule(reason: PauseReason) -> PauseRule:
    """The row of one reason."""
    return _BY_REASON[reason]


def pause_choices(*, network_ok: bool, devices_ok: bool) -> tuple[tuple[PauseRule, Reason | None], ...]:
    """The clerk's list: each reason, and why it cannot be chosen now (the program itself sees that all is well)."""
    well = {PauseReason.NETWORK_FAULT: NETWORK_WELL} if network_ok else {}
    if devices_ok:
        well[PauseReason.DEVICE_FAULT] = DEVICES_WELL
    return tuple((rule, well.get(rule.reason)) for rule in PAUSE_RULES if not rule.by_program)


def needs_confirmation(reason: PauseReason, pause_ms: int, nth_today: int = 1) -> bool:
    """A fault a clerk declared: over 600 s, or more than 3 a day, the duty leader must confirm it."""
    over = pause_ms // 1000 > CONFIRM_FAULT_S or nth_today > CONFIRM_FAULTS_A_DAY
    return pause_rule(reason).fault and over


def _batch(quantity: int, batchable: bool, batch_factor: Decimal) -> Decimal:
    if quantity < 1 or batch_factor < 0:
        raise ValueError((quantity, batch_factor))
    return 1 + batch_factor * (quantity - 1) if batchable else Decimal(1)


def limit_s(limit_min: int, quantity: int, batchable: bool, batch_factor: Decimal = BATCH_FACTOR) -> int:
    """The limit in whole seconds. A fraction is cut off: whole counted seconds exceed both or neither."""
    exact = 60 * limit_min * _batch(quantity, batchable, batch_factor)
    return int(exact.to_integral_value(ROUND_FLOOR))


def std_milliminutes(
    limit_min: int,
    quantity: int,
    batchable: bool,
    batch_factor: Decimal = BATCH_FACTOR,
    std_factor: Decimal = STD_FACTOR,
) -> int:
    """The credit of a finished service in thousandths of a standard minute; the actual time does not matter."""
    exact = 1000 * limit_min * std_factor * _batch(quantity, batchable, batch_factor)
    return int(exact.to_integral_value(ROUND_HALF_UP))


class Interval(Struct, frozen=True):
    """A stretch of a service on one clock, in ms. Raises ValueError when it ends before it starts."""

    from_ms: int
    to_ms: int
    excluded: bool = True

    def __post_init__(self) -> None:
        if self.to_ms < self.from_ms:
            raise ValueError((self.from_ms, self.to_ms))


def excluded_ms(intervals: Iterable[Interval]) -> int:
    """The length of all excluded intervals; what overlaps counts once."""
    total, covered_to = 0, None
    for interval in sorted((i for i in intervals if i.excluded), key=lambda i: i.from_ms):
        start = interval.from_ms if covered_to is None else max(interval.from_ms, covered_to)
        total += max(0, interval.to_ms - start)
        covered_to = max(interval.to_ms, start)
    return total


class Timing(Struct, frozen=True):
    """The times of a service as they are frozen at its end, in whole seconds."""

    wall_s: int
    excluded_s: int
    counted_s: int
    limit_s: int
    overtime: bool
    overtime_s: int


def timing(counted_ms: int, excluded_ms: int, limit_s: int) -> Timing:
    """From the totals in ms; each is floored once, and equal to the limit is not overtime."""
    counted_ms, excluded_ms = max(0, counted_ms), max(0, excluded_ms)
    counted_s = counted_ms // 1000
    return Timing(
        wall_s=(counted_ms + excluded_ms) // 1000,
        excluded_s=excluded_ms // 1000,
        counted_s=counted_s,
        limit_s=limit_s,
        overtime=counted_s > limit_s,
        overtime_s=max(0, counted_s - limit_s),
    )


def elapsed_ms(t: int, m: int, boot: str, moment: Moment) -> int:
    """From a past reading of the clocks to ``moment``: by CLOCK_BOOTTIME in the same boot, else by the wall clock."""
    return max(0, moment.m - m if boot == moment.boot else moment.t - t)


def running_counted_ms(now: ServiceNow, moment: Moment) -> int:
    """What has been counted against the limit until ``moment``; a pause that counts goes on counting."""
    if not now.run_boot:
        return now.counted_ms + (0 if now.pause_excluded else running_pause_ms(now, moment))
    return now.counted_ms + elapsed_ms(now.run_t, now.run_m, now.run_boot, moment)


def running_pause_ms(now: ServiceNow, moment: Moment) -> int:
    """How long the open pause has lasted; 0 without one."""
    if not now.pause_boot:
        return 0
    return elapsed_ms(now.pause_t, now.pause_m, now.pause_boot, moment)


def is_suspicious(counted_s: int) -> bool:
    """Too short to be credited unless the tax software confirms it."""
    return counted_s < SUSPICIOUS_S
