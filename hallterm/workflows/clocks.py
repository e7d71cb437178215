"""The clock of a service when it stops: totals with the stretch that ends now."""

from __future__ import annotations

from typing import NamedTuple

from hallterm.rules.day import midnight_t
from hallterm.rules.timers import PAUSE_RULES, needs_confirmation, pause_rule, running_counted_ms, running_pause_ms
from storage import views
from storage.database import Database
from storage.facts import Moment, PauseReason, ServiceResumed
from storage.views import ServiceRow

FAULTS = tuple(rule.reason.value for rule in PAUSE_RULES if rule.fault)


class Totals(NamedTuple):
    """Counted and excluded ms so far, and the length of the pause that ends with it (0 without one)."""

    counted_ms: int
    excluded_ms: int
    pause_ms: int


def stopped(service: ServiceRow, now: Moment) -> Totals:
    """The totals at ``now``. A pause that counts goes on counting until here; an excluded one is excluded."""
    pause_ms = running_pause_ms(service, now)
    excluded_ms = service.excluded_ms + (pause_ms if service.pause_excluded else 0)
    return Totals(running_counted_ms(service, now), excluded_ms, pause_ms)


def last_change(service: ServiceRow) -> Moment:
    """Since when the clock has been as it is: the start of the open pause, or of the running stretch."""
    if service.pause_boot:
        return Moment(t=service.pause_t, m=service.pause_m, boot=service.pause_boot)
    return Moment(t=service.run_t, m=service.run_m, boot=service.run_boot)


def later(one: Moment, other: Moment) -> Moment:
    """The later of two readings; those of two boots are compared by the wall clock."""
    after = other.m > one.m if one.boot == other.boot else other.t > one.t
    return other if after else one


def to_confirm(db: Database, service: ServiceRow, day: str, at: Moment) -> bool:
    """Whether the open pause, if it ended now, would be one that the duty leader must confirm. Business rule 7.4."""
    if not service.pause_boot or not pause_rule(PauseReason(service.pause_reason)).fault:
        return False
    nth_today = views.fault_pauses(db, service.hall, service.staff, midnight_t(day), FAULTS)
    return needs_confirmation(PauseReason(service.pause_reason), running_pause_ms(service, at), nth_today)


def resumed_fact(db: Database, service: ServiceRow, window: str, staff: str, day: str, at: Moment) -> ServiceResumed:
    """The end of the open pause."""
    totals = stopped(service, at)
    return ServiceResumed(
        service=service.id,
        window=window,
        staff=staff,
        pause=service.pause_id,
        pause_ms=totals.pause_ms,
        counted_ms=totals.counted_ms,
        excluded_ms=totals.excluded_ms,
        pause_excluded=service.pause_excluded,
        visit=service.visit,
        ticket=service.ticket,
        needs_confirmation=to_confirm(db, service, day, at),
    )
