"""Projections of the assessment: errors into sums, complaints, votes, frozen months and their points, adjustments."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from storage import facts as f
from storage.figures import figure
from storage.projections.register import Placed, projects
from storage.statements import Step, adding, latest, opening, smallest

FROZEN, REOPENED = "frozen", "reopened"
BY_ID = ("id", "hall")
OF_MONTH = ("hall", "month")
ERROR = opening("handling_error", BY_ID, ("staff", "day", "code", "service", "note", "by", "at_t"))
WITHDRAWN = smallest("handling_error", BY_ID, "withdrawn_t")
COMPLAINT = opening("complaint", BY_ID, ("staff", "day", "number", "note", "by", "at_t"))
COMPLAINT_GONE = smallest("complaint", BY_ID, "withdrawn_t")
OPENED = latest("vote_round", OF_MONTH, ("box", "opened_by", "opened_t"), "opened_ord")
COUNTED = latest("vote_round", OF_MONTH, ("counts", "voters", "entitled", "invalid", "counted_t"), "counted_ord")
BALLOT = latest("ballot", ("hall", "month", "voter"), ("ballot",))
STATE = latest("month_state", OF_MONTH, ("freeze", "state", "at_t", "by", "reason"))
PROPOSED = latest("month_state", OF_MONTH, ("proposal", "still_open", "proposed_t", "proposed_by"), "proposed_ord")
FREEZE = opening("month_freeze", BY_ID, ("month", "settings", "best_clerk", "at_t", "by", "parts"))
PART_HERE = adding("month_freeze", BY_ID, ("parts_here",))
POINTS = opening(
    "frozen_points",
    ("freeze", "hall", "staff"),
    (
        *("month", "rating_centi", "business_centi", "efficiency_centi", "attendance_centi", "total_centi"),
        *("rank", "work"),
    ),
)
ADJUSTED = opening(
    "adjustment",
    BY_ID,
    ("month", "staff", "adjustment", "part", "before_centi", "after_centi", "reason", "of", "by", "at_t"),
)


@projects(f.ErrorRecorded)
def error_recorded(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(ERROR, (p.id, p.hall, d.staff, d.day, d.code, d.service, d.note, p.actor, p.t))
    yield from figure(p, errors=1)


@projects(f.ErrorWithdrawn)
def error_withdrawn(p: Placed) -> Iterator[Step]:
    yield Step(WITHDRAWN, (p.fact.error, p.hall, p.t))
    yield from figure(p, errors=-1)


@projects(f.ComplaintFounded)
def complaint_founded(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(COMPLAINT, (p.id, p.hall, d.staff, d.day, d.number, d.note, p.actor, p.t))


@projects(f.ComplaintWithdrawn)
def complaint_withdrawn(p: Placed) -> Iterator[Step]:
    yield Step(COMPLAINT_GONE, (p.fact.complaint, p.hall, p.t))


@projects(f.VoteOpened)
def vote_opened(p: Placed) -> Iterator[Step]:
    yield Step(OPENED, (p.fact.hall, p.fact.month, p.fact.box, p.actor, p.t, p.ord))


@projects(f.VoteCast)
def vote_cast(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(BALLOT, (d.hall, d.month, d.voter, d.ballot, p.ord))


@projects(f.VoteCounted)
def vote_counted(p: Placed) -> Iterator[Step]:
    d = p.fact
    counts = msgspec.json.encode(d.counts).decode()
    yield Step(COUNTED, (d.hall, d.month, counts, d.voters, d.entitled, d.invalid, p.t, p.ord))


@projects(f.MonthProposed)
def month_proposed(p: Placed) -> Iterator[Step]:
    d = p.fact
    still_open = msgspec.json.encode(d.still_open).decode()
    yield Step(PROPOSED, (d.hall, d.month, p.id, still_open, p.t, p.actor, p.ord))


@projects(f.MonthFrozen)
def month_frozen(p: Placed) -> Iterator[Step]:
    d = p.fact
    freeze = d.first or p.id
    settings = msgspec.json.encode(d.settings).decode()
    yield Step(FREEZE, (freeze, d.hall, d.month, settings, d.best_clerk, p.t, p.actor, d.parts))
    yield Step(PART_HERE, (freeze, d.hall, 1))
    yield Step(STATE, (d.hall, d.month, freeze, FROZEN, p.t, p.actor, "", p.ord))
    for one in d.scores:
        parts = (one.rating_centi, one.business_centi, one.efficiency_centi, one.attendance_centi, one.total_centi)
        work = msgspec.json.encode(one.work).decode()
        yield Step(POINTS, (freeze, d.hall, one.staff, d.month, *parts, one.rank, work))


@projects(f.MonthReopened)
def month_reopened(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(STATE, (d.hall, d.month, "", REOPENED, p.t, p.actor, d.reason, p.ord))


@projects(f.AdjustmentMade)
def adjustment_made(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.month, d.staff, d.adjustment.value, d.part.value if d.part else "", d.before_centi, d.after_centi)
    yield Step(ADJUSTED, (p.id, d.hall, *what, d.reason, d.of, p.actor, p.t))
