"""Projection of sums that a lower centre tells: they add to the figures as if its facts had come here."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.facts import SUMS
from storage.figures import KEY, wider_rows
from storage.projections.register import Placed, projects
from storage.statements import Step, adding

TOLD = adding("figure", KEY, SUMS, also=wider_rows)
_KNOWN = frozenset(SUMS)


@projects(f.FiguresAdded)
def figures_added(p: Placed) -> Iterator[Step]:
    """Raises ValueError for a sum that this version has not: the fact is put aside until it has."""
    d = p.fact
    for matter in d.matters:
        if not _KNOWN.issuperset(matter.sums):
            raise ValueError("unknown sum")
        yield Step(TOLD, (d.day, d.hall, "", matter.code, *(matter.sums.get(name, 0) for name in SUMS)))
