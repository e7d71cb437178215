"""Facts of services, of ratings, and of undo."""

from __future__ import annotations

from storage.facts.base import Fact, kind
from storage.facts.sets import CounterAction, EntryMode, PauseReason, Scale, ServiceState, UnratedReason, WalkUpReason
from storage.facts.state import ServiceNow, TicketNow, WindowNow
from storage.facts.tickets import TicketCalled, TicketNoShow, TicketTransferred, VisitIdentified

# services


@kind("service.started")
class ServiceStarted(Fact, frozen=True):
    """A matter is begun. ``visit`` is empty when this service opens the visit; the visit then has this fact's id.

    ``shown_number`` is the number of a person without a ticket here: the number host could not be asked for it.
    """

    window: str
    staff: str
    day: str
    code: str
    number: int
    limit_s: int
    quantity: int = 1
    leg: int = 1
    ticket: str = ""
    visit: str = ""
    entry_mode: EntryMode = EntryMode.LIVE
    walk_up_reason: str = ""
    move_s: int | None = None
    shown_number: str = ""


@kind("service.changed")
class ServiceChanged(Fact, frozen=True):
    """Another matter or another quantity while serving; the clock goes on."""

    service: str
    code: str
    number: int
    limit_s: int
    quantity: int


@kind("service.walk_up_changed")
class ServiceWalkUpChanged(Fact, frozen=True):
    """Why somebody is served without a number, corrected by the clerk; ``before`` is the reason until then."""

    service: str
    window: str
    staff: str
    reason: WalkUpReason
    before: str


@kind("service.paused")
class ServicePaused(Fact, frozen=True):
    """From ``from_t``/``from_m`` of ``boot`` on. ``counted_ms`` is what had been counted until then.

    ``outage``: a fault of the hall paused it, nobody at the counter.
    """

    service: str
    window: str
    staff: str
    reason: PauseReason
    excluded: bool
    counted_ms: int
    excluded_ms: int
    from_t: int
    from_m: int
    boot: str
    visit: str = ""
    ticket: str = ""
    note: str = ""
    outage: str = ""


@kind("service.resumed")
class ServiceResumed(Fact, frozen=True):
    """``pause_ms`` is the length of the pause that ends; ``counted_ms`` and ``excluded_ms`` are totals with it.

    ``needs_confirmation``: a fault that a clerk declared, and that the duty leader must confirm.
    """

    service: str
    window: str
    staff: str
    pause: str
    pause_ms: int
    counted_ms: int
    excluded_ms: int
    pause_excluded: bool = False
    visit: str = ""
    ticket: str = ""
    needs_confirmation: bool = False


@kind("service.blocked")
class ServiceBlocked(Fact, frozen=True):
    """``finish`` could not be taken for ``blocked_ms``: never counted (the whole interval is excluded)."""

    service: str
    window: str
    staff: str
    from_t: int
    blocked_ms: int
    counted_ms: int
    excluded_ms: int
    at_t: int
    at_m: int
    boot: str


@kind("service.finished")
class ServiceFinished(Fact, frozen=True):
    """All timers frozen. ``std_milliminutes`` is the credit in thousandths of a standard minute.

    ``day`` is the business day on which the service began: what it adds to the sums, and its rating, belong there.
    """

    service: str
    visit: str
    window: str
    staff: str
    day: str
    code: str
    number: int
    quantity: int
    wall_s: int
    excluded_s: int
    counted_s: int
    limit_s: int
    overtime: bool
    std_milliminutes: int
    ticket: str = ""
    entry_mode: EntryMode = EntryMode.LIVE
    suspicious: bool = False
    excluded_ms: int = 0
    counted_ms: int = 0
    end_t: int = 0
    pause: str = ""
    pause_ms: int = 0
    pause_needs_confirmation: bool = False


@kind("service.ended")
class ServiceEnded(Fact, frozen=True):
    """Ended otherwise than by finish (day end, cancelled)."""

    service: str
    state: ServiceState
    window: str
    staff: str


# ratings


@kind("rating.asked")
class RatingAsked(Fact, frozen=True):
    """The pad's window ``wid`` was opened for one service (or visit)."""

    service: str
    visit: str
    window: str
    staff: str
    day: str
    wid: int
    pad: str
    timeout_s: int


@kind("rating.given")
class RatingGiven(Fact, frozen=True):
    """One press that counts: the pad's ``key``, the hall's ``level``, the hash of the bound key map.

    ``weak``: the pad's line proves little (no window number, no serial, a check that misses much).
    """

    service: str
    visit: str
    window: str
    staff: str
    code: str
    day: str
    wid: int
    pad: str
    key: int
    level: int
    scale: Scale
    t_ms: int
    held_ms: int
    map_hash: str
    ask: str
    ticket: str = ""
    grace: bool = False
    suspect: str = ""
    frees_window: bool = True
    replaces: str = ""
    exempt_withdrawn: bool = False
    weak: bool = False


@kind("rating.refused")
class RatingRefused(Fact, frozen=True):
    """A press that does not count, and why."""

    why: str
    window: str
    pad: str
    wid: int = 0


@kind("rating.missing")
class RatingMissing(Fact, frozen=True):
    """No rating: never a default level. ``by`` is empty when the time ran out."""

    service: str
    visit: str
    window: str
    staff: str
    code: str
    day: str
    reason: UnratedReason
    exempt: bool
    wid: int = 0
    ask: str = ""
    ticket: str = ""
    note: str = ""
    by: str = ""
    frees_window: bool = True


@kind("rating.joined")
class RatingJoined(Fact, frozen=True):
    """One rating a visit: this finished service has none of its own, the rating of its visit holds for it too.

    ``ask`` is the pad's window that is cancelled by it. ``withdrawn`` is the reason for which it had been unrated:
    another service of the visit carries the outcome now.
    """

    service: str
    visit: str
    window: str
    staff: str
    code: str
    day: str
    ask: str = ""
    ticket: str = ""
    withdrawn: str = ""
    exempt_withdrawn: bool = False
    frees_window: bool = False


@kind("rating.missing_changed")
class RatingMissingChanged(Fact, frozen=True):
    """The reason is corrected the same working day; both stay. ``exempt_change`` is −1, 0 or 1."""

    service: str
    staff: str
    code: str
    day: str
    reason: UnratedReason
    exempt: bool
    exempt_change: int = 0
    note: str = ""
    by: str = ""


# undo


@kind("action.undone")
class ActionUndone(Fact, frozen=True):
    """The last counter action is taken back: the states that hold again, and the finish whose figures are withdrawn."""

    of_fact: str
    action: CounterAction
    staff: str
    window: str
    window_now: WindowNow
    ticket: str = ""
    ticket_now: TicketNow | None = None
    service: str = ""
    service_now: ServiceNow | None = None
    finished: ServiceFinished | None = None
    no_show: TicketNoShow | None = None
    first_call: TicketCalled | None = None
    transferred: TicketTransferred | None = None
    ask: str = ""
    pause: str = ""
    joined: RatingJoined | None = None
    walk_up: ServiceWalkUpChanged | None = None
    identified: VisitIdentified | None = None
