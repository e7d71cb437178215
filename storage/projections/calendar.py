"""Projections of the calendar: what was imported last for a year and a place, and a hall's closing days."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from storage import facts as f
from storage.projections.register import Placed, projects
from storage.statements import Step, latest

YEAR = latest("calendar_year", ("scope", "year"), ("days", "source", "file_hash"))
CLOSING = latest("closing_day", ("hall", "day"), ("closed", "name"))


@projects(f.CalendarImported)
def calendar_imported(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(YEAR, (d.scope, d.year, msgspec.json.encode(d.days).decode(), d.source, d.file_hash, p.ord))


@projects(f.ClosingDaySet)
def closing_day_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(CLOSING, (d.hall, d.day, int(d.closed), d.name, p.ord))
