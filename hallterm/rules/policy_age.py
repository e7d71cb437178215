"""How rights age while a place is cut off from the node that grants them. Business rule 5.

Offline, rights are those of the last signed policy. Over 30 days it is shown as old: a point goes on with all of it,
elsewhere the pages of the back office ask for a sync; the counter goes on everywhere.
"""

from __future__ import annotations

from enum import StrEnum

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import HallKind

OLD_AFTER_DAYS = 30
MS_PER_DAY = 86_400_000
SYNC_FIRST = N_("the rights here are {days} days old: connect to the centre first")


class PolicyAge(StrEnum):
    """New enough; old, but all of it goes on; old, and the back office asks for a sync."""

    FRESH = "fresh"
    OLD = "old"
    STALE = "stale"


def policy_age(heard_t: int | None, now_t: int, place: HallKind) -> PolicyAge:
    """``heard_t``: the last exchange with the node that grants (ms UTC); None: this node grants itself."""
    if heard_t is None or days_old(heard_t, now_t) <= OLD_AFTER_DAYS:
        return PolicyAge.FRESH
    return PolicyAge.OLD if place is HallKind.POINT else PolicyAge.STALE


def back_office_refusal(heard_t: int | None, now_t: int, place: HallKind) -> Reason | None:
    """Why a page of the back office is not opened; None when it is."""
    if heard_t is None or policy_age(heard_t, now_t, place) is not PolicyAge.STALE:
        return None
    return Reason(SYNC_FIRST, {"days": days_old(heard_t, now_t)})


def days_old(heard_t: int, now_t: int) -> int:
    """Whole days begun since then; 0 where the clock went back."""
    return max(0, -((heard_t - now_t) // MS_PER_DAY))
