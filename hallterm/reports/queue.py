"""R05: the tickets of a hall by group or by the hour they were taken in, how they ended, and how long people waited."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hallterm.locale import N_
from hallterm.reports.asked import Asked
from hallterm.reports.efficiency import SECONDS, mean
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.rules.exact import percent
from storage.views.reporting_rows import HOUR, PREFIX, GroupRow, groups, moves

LONG_WAIT_S = 20 * 60
FIRST = {
    By.GROUP: (Column("prefix", N_("Group"), Kind.TEXT, widest=6), PREFIX),
    By.HOUR: (Column("hour", N_("Hour"), Kind.TEXT, widest=6), HOUR),
}
COLUMNS = (
    Column("tickets", N_("Tickets"), Kind.COUNT),
    Column("called", N_("Calls"), Kind.COUNT),
    Column("handled", N_("Served"), Kind.COUNT),
    Column("no_show", N_("No-show"), Kind.COUNT),
    Column("no_show_share", N_("Portion"), Kind.SHARE, "%"),
    Column("mean_wait", N_("Mean wait"), Kind.SECONDS, SECONDS),
    Column("longest_wait", N_("Longest"), Kind.SECONDS, SECONDS),
    Column("long_waits", N_("Over 20"), Kind.COUNT),
    Column("move", N_("Way"), Kind.SECONDS, SECONDS),
    Column("cancelled", N_("Cancelled"), Kind.COUNT),
    Column("abandoned", N_("Abandoned"), Kind.COUNT),
    Column("rebooked", N_("Rebooked"), Kind.COUNT),
    Column("open", N_("Still open"), Kind.COUNT),
)


def build(asked: Asked) -> Table:
    """A row a group, or an hour in which tickets were taken."""
    first, by = FIRST[asked.by]
    found, ways = groups(asked.db, asked.span, LONG_WAIT_S, by), moves(asked.db, asked.span, by)
    rows = tuple(
        Row((_name(asked.by, one.prefix), *_cells(one, *ways.get(one.prefix, (0, 0)))), Drill(key=one.prefix))
        for one in found
    )
    count, seconds = (sum(one[place] for one in ways.values()) for place in (0, 1))
    whole = _cells(_added(found), count, seconds) if found else (None,) * len(COLUMNS)
    return Table((first, *COLUMNS), rows, Row(("", *whole)), chart="mean_wait", labels=(first.key,))


def _name(by: By, key: str) -> str:
    return f"{int(key):02d}:00" if by is By.HOUR else key


def _added(found: Sequence[GroupRow]) -> GroupRow:
    names = [name for name in GroupRow.__struct_fields__ if name not in ("prefix", "longest_wait_s")]
    totals = {name: sum(getattr(one, name) for one in found) for name in names}
    longest = max(one.longest_wait_s for one in found)
    return msgspec.structs.replace(found[0], prefix="", longest_wait_s=longest, **totals)


def _cells(one: GroupRow, ways: int, way_s: int) -> tuple[Cell, ...]:
    waits = (mean(one.wait_s, one.called), one.longest_wait_s if one.called else None, one.long_waits)
    ends = (one.cancelled, one.abandoned, one.rebooked, one.open)
    share = percent(one.no_shows, one.tickets)
    return (one.tickets, one.called, one.handled, one.no_shows, share, *waits, mean(way_s, ways), *ends)
