"""Projections of the comparison with the tax software: what was imported, verdicts of services, and the sums they change.

A verdict carries what held before and what the credit changes by, so sums are added in any order.
"""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.facts import Verified
from storage.figures import figure
from storage.projections.register import Placed, projects
from storage.statements import Step, latest, opening

IMPORTED = opening(
    "reconciliation",
    ("id", "hall"),
    ("day", "file_hash", "part", "parts", "lines", "matched", "in_time", "by", "at_t"),
)
VERDICT = latest(
    "verification",
    ("service", "hall"),
    ("day", "staff", "code", "verified", "tax_core_no", "reconciliation"),
)


@projects(f.ReconciliationImported)
def imported(p: Placed) -> Iterator[Step]:
    d = p.fact
    matched = sum(bool(row.service) for row in d.rows)
    numbers = (d.part, d.parts, len(d.rows), matched, int(d.in_time))
    yield Step(IMPORTED, (p.id, p.hall, d.day, d.file_hash, *numbers, p.actor, p.t))


@projects(f.ServiceVerified)
def verified(p: Placed) -> Iterator[Step]:
    d = p.fact
    said = (d.day, d.staff, d.code, d.verified.value, d.tax_core_no, d.reconciliation)
    yield Step(VERDICT, (d.service, p.hall, *said, p.ord))
    yield from figure(
        p,
        verified_yes=(d.verified is Verified.YES) - (d.before is Verified.YES),
        verified_no=(d.verified is Verified.NO) - (d.before is Verified.NO),
        verified_outside=(d.verified is Verified.OUTSIDE) - (d.before is Verified.OUTSIDE),
        std_milliminutes=d.credit_change_milliminutes,
    )
