"""R30: how much the data of each hall can be relied on: what is suspicious, not verified, not here yet."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.reports.asked import Asked, drill, named_columns
from hallterm.reports.model import By, Cell, Column, Kind, Row, Table
from hallterm.rules.exact import percent
from storage.views import reporting
from storage.views.figures import Sums, added
from storage.views.reporting import Reach

WANTED = ("services", "suspicious", "back_entries", "clock_jumps", "verified_yes", "verified_no")
FIGURES = (
    Column("services", N_("Services"), Kind.COUNT),
    Column("verified", N_("Verified"), Kind.COUNT),
    Column("not_verified", N_("Not found"), Kind.COUNT),
    Column("not_compared", N_("Not compared"), Kind.COUNT),
    Column("suspicious", N_("Too short"), Kind.COUNT),
    Column("suspicious_share", N_("Portion"), Kind.SHARE, "%"),
    Column("back_entries", N_("Entered later"), Kind.COUNT),
    Column("clock_jumps", N_("Clock jumps"), Kind.COUNT),
    Column("backlog", N_("Not sent"), Kind.COUNT),
    Column("open_days", N_("Not closed"), Kind.COUNT, N_("days")),
    Column("last_day", N_("Data to"), Kind.DAY),
)


def build(asked: Asked) -> Table:
    """``backlog`` is what waited at the nodes of a hall when they last came, absent where none ever did; ``open_days`` are
    the days that are not closed, so that their figures may still change.
    """
    found = {one.hall: one for one in asked.sums("hall", wanted=WANTED)}
    reaches = reporting.reaches(asked.db, asked.scope.halls)
    still_open = reporting.open_days(asked.db, asked.scope.halls, asked.period.first, asked.period.last)
    rows = tuple(
        Row(
            (
                *(hall, asked.name_of(By.HALL, hall), *_cells(found.get(hall))),
                *_reach(reaches[hall], still_open.get(hall, 0)),
            ),
            drill(By.HALL, hall),
        )
        for hall in asked.scope.halls
    )
    waiting = [one.backlog for one in reaches.values() if one.contact_t]
    total = (*_cells(added(found.values()) if found else None), sum(waiting) if waiting else None)
    total = (*total, sum(still_open.values()) if any(one.last_day for one in reaches.values()) else None, None)
    return Table(
        (*named_columns(By.HALL), *FIGURES),
        rows,
        Row(("", "", *total)),
        chart="suspicious_share",
        labels=("hall_name",),
    )


def _reach(one: Reach, still_open: int) -> tuple[Cell, ...]:
    backlog = one.backlog if one.contact_t else None
    return (backlog, still_open if one.last_day else None, one.last_day or None)


def _cells(one: Sums | None) -> tuple[Cell, ...]:
    if one is None:
        return (None,) * (len(FIGURES) - 3)
    unknown = one.services - one.verified_yes - one.verified_no
    share = percent(one.suspicious, one.services)
    found = (one.services, one.verified_yes, one.verified_no, unknown)
    return (*found, one.suspicious, share, one.back_entries, one.clock_jumps)
