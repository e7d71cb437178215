"""Work that was done by hand in an outage and is entered afterwards. Business rules 16.3 and 7.5.11.

It counts for business, not for efficiency; its rating comes from a paper card only. Moments are ms UTC.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.deadlines import DeadlineId, Due, Hours, due
from hallterm.rules.words import Reason

TOLERANCE_MS = 15 * 60_000

NO_SLIP = Reason(N_("the number of the paper slip is missing"))
SLIP_USED = N_("slip {slip} was entered already")
ENDS_BEFORE = Reason(N_("it ends before it starts"))
OUTSIDE = Reason(N_("it lies outside the outage, more than 15 minutes before or after it"))
NOT_YET = Reason(N_("it ends in the future"))
OVERLAPS = Reason(N_("it overlaps another matter of the same clerk"))
TOO_LATE = N_("it had to be entered by {day} {time}")
SAME_PERSON = Reason(N_("another person confirms it: not who entered it, and not who served"))


class Stretch(Struct, frozen=True):
    """From one moment to another."""

    from_t: int
    to_t: int


class Outage(Struct, frozen=True):
    """A recorded outage; ``to_t`` 0: it goes on."""

    from_t: int
    to_t: int = 0


class Entry(Struct, frozen=True):
    """What is entered: the slip's number, its times, and when it is entered."""

    slip: str
    worked: Stretch
    entered_t: int


def entry_due(outage: Outage, hours: Hours) -> Due | None:
    """K19: the end of the next working day after the outage; None while it goes on."""
    return due(DeadlineId.K19, outage.to_t, hours) if outage.to_t else None


def entry_refusal(
    entry: Entry, outage: Outage, hours: Hours, others: Iterable[Stretch] = (), slips: Iterable[str] = ()
) -> Reason | None:
    """Why it cannot be entered; ``others`` are the clerk's other matters, ``slips`` the numbers entered before."""
    if not entry.slip.strip():
        return NO_SLIP
    if entry.slip in set(slips):
        return Reason(SLIP_USED, {"slip": entry.slip})
    return _worked_refusal(entry, outage, others) or _late(entry, outage, hours)


def _worked_refusal(entry: Entry, outage: Outage, others: Iterable[Stretch]) -> Reason | None:
    worked, until = entry.worked, outage.to_t or entry.entered_t
    refusals = (
        (worked.to_t < worked.from_t, ENDS_BEFORE),
        (worked.from_t < outage.from_t - TOLERANCE_MS or worked.to_t > until + TOLERANCE_MS, OUTSIDE),
        (worked.to_t > entry.entered_t, NOT_YET),
        (any(overlap(worked, other) for other in others), OVERLAPS),
    )
    return next((reason for refused, reason in refusals if refused), None)


def _late(entry: Entry, outage: Outage, hours: Hours) -> Reason | None:
    until = entry_due(outage, hours)
    if until is None or entry.entered_t <= until.t:
        return None
    return Reason(TOO_LATE, {"day": until.day, "time": hours.closing})


def without(whole: Stretch, gaps: Iterable[Stretch]) -> list[Stretch]:
    """What is left of a stretch: while a matter stood still, its clerk could do another one by hand."""
    left, from_t = [], whole.from_t
    for gap in sorted(gaps, key=lambda one: one.from_t):
        if gap.from_t > from_t:
            left.append(Stretch(from_t, min(gap.from_t, whole.to_t)))
        from_t = max(from_t, gap.to_t)
    return [*left, Stretch(from_t, whole.to_t)] if from_t < whole.to_t else left


def overlap(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches share more than a moment."""
    return one.from_t < other.to_t and other.from_t < one.to_t


def confirmer_refusal(entered_by: str, served_by: str, confirmer: str) -> Reason | None:
    """Why somebody cannot confirm it."""
    return SAME_PERSON if confirmer in (entered_by, served_by) else None
