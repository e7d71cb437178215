"""Projections of rating windows, ratings, refused presses and unrated services."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.facts import TicketState, WindowState
from storage.figures import add_sums, figure
from storage.projections.counter import ASK_STATE, SERVICE_RATING, ticket_now
from storage.projections.register import Placed, projects, window_now
from storage.statements import Step, latest, opening

ASK = opening(
    "rating_ask",
    ("id",),
    (
        *("hall", "day", "wid", "pad", "service", "visit", "window", "staff", "timeout_s"),
        *("asked_t", "asked_m", "asked_boot"),
    ),
)
RATING = opening(
    "rating",
    ("id",),
    (
        *("hall", "day", "service", "visit", "window", "staff", "code", "wid", "pad", "key", "level", "scale"),
        *("t_ms", "held_ms", "map_hash", "grace", "suspect", "weak", "at_t"),
    ),
)
REFUSED = opening("rating_refused", ("id",), ("hall", "window", "pad", "wid", "why", "at_t"))
UNRATED = opening("unrated", ("service",), ("hall", "day", "window", "staff", "code", "first_reason", "at_t"))
UNRATED_NOW = latest("unrated", ("service",), ("reason", "exempt", "note", "by", "undone"))


@projects(f.RatingAsked)
def asked(p: Placed) -> Iterator[Step]:
    d = p.fact
    who = (d.wid, d.pad, d.service, d.visit, d.window, d.staff, d.timeout_s)
    yield Step(ASK, (p.id, p.hall, d.day, *who, p.t, p.m, p.boot))
    yield Step(ASK_STATE, (p.id, "open", p.ord))


@projects(f.RatingGiven)
def given(p: Placed) -> Iterator[Step]:
    d = p.fact
    who = (d.service, d.visit, d.window, d.staff, d.code, d.wid, d.pad, d.key, d.level, d.scale._value_)
    press = (d.t_ms, d.held_ms, d.map_hash, int(d.grace), d.suspect, int(d.weak), p.t)
    yield Step(RATING, (p.id, p.hall, d.day, *who, *press))
    yield Step(ASK_STATE, (d.ask, "rated", p.ord))
    yield Step(SERVICE_RATING, (d.service, "rated", p.ord))
    if d.replaces:
        yield Step(UNRATED_NOW, (d.service, d.replaces, int(d.exempt_withdrawn), "", "", 1, p.ord))
    sums = {"rated": 1, f"level_{d.level}": 1}
    if d.replaces:
        sums |= {"unrated": -1, "exempt": -int(d.exempt_withdrawn)}
    yield from add_sums(p, sums)
    yield from after_rating(p)


@projects(f.RatingMissing)
def missing(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(UNRATED, (d.service, p.hall, d.day, d.window, d.staff, d.code, d.reason, p.t))
    yield Step(UNRATED_NOW, (d.service, d.reason, int(d.exempt), d.note, d.by, 0, p.ord))
    yield Step(SERVICE_RATING, (d.service, "unrated", p.ord))
    if d.ask:
        yield Step(ASK_STATE, (d.ask, "missing", p.ord))
    yield from figure(p, unrated=1, exempt=int(d.exempt))
    yield from after_rating(p)


def after_rating(p: Placed) -> Iterator[Step]:
    """Rated or unrated: the ticket is done, the window idle; the visit stays open for a next matter."""
    d = p.fact
    if d.frees_window:
        yield from ticket_now(p, d.ticket, TicketState.CLOSED, staff=d.staff, result=f.TicketResult.DONE.value)
        yield window_now(p, WindowState.IDLE, ticket=d.ticket, visit=d.visit)


@projects(f.RatingJoined)
def joined(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(SERVICE_RATING, (d.service, "with_visit", p.ord))
    if d.ask:
        yield Step(ASK_STATE, (d.ask, "cancelled", p.ord))
    if d.withdrawn:
        yield Step(UNRATED_NOW, (d.service, d.withdrawn, int(d.exempt_withdrawn), "", "", 1, p.ord))
        yield from figure(p, unrated=-1, exempt=-int(d.exempt_withdrawn))
    yield from after_rating(p)


@projects(f.RatingMissingChanged)
def missing_changed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(UNRATED_NOW, (d.service, d.reason, int(d.exempt), d.note, d.by, 0, p.ord))
    if d.exempt_change:
        yield from figure(p, exempt=d.exempt_change)


@projects(f.RatingRefused)
def refused(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(REFUSED, (p.id, p.hall, d.window, d.pad, d.wid, d.why, p.t))
