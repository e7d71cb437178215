"""Projections of the second screen: reasons of ratings, entries shown and what was said of them. No figure changes."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.projections.register import Placed, projects
from storage.statements import Step, latest, opening

REASON = latest("rating_reason", ("rating",), ("day", "service", "staff", "codes", "text", "pad", "at_t"))
SHOWN = opening(
    "entry_check",
    ("id",),
    ("hall", "day", "service", "visit", "window", "staff", "ref", "taxpayer", "shown_t", "shown_ord"),
)
ANSWER = latest("entry_check", ("id",), ("answer", "answered_t"), order="answer_ord")


@projects(f.RatingExplained)
def explained(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(REASON, (d.rating, d.day, d.service, d.staff, " ".join(d.codes), d.text, d.pad, p.t, p.ord))


@projects(f.EntryShown)
def shown(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.day, d.service, d.visit, d.window, d.staff, d.ref, d.taxpayer)
    yield Step(SHOWN, (p.id, p.hall, *what, p.t, p.ord))


@projects(f.EntryConfirmed)
def confirmed(p: Placed) -> Iterator[Step]:
    yield Step(ANSWER, (p.fact.shown, "right", p.t, p.ord))


@projects(f.EntryDisputed)
def disputed(p: Placed) -> Iterator[Step]:
    yield Step(ANSWER, (p.fact.shown, "wrong", p.t, p.ord))
