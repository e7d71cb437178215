"""R05: the tickets of a hall by group, how they ended, and how long people waited."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hallterm.locale import N_
from hallterm.reports.asked import Asked
from hallterm.reports.efficiency import SECONDS, mean
from hallterm.reports.model import Cell, Column, Kind, Row, Table
from hallterm.rules.exact import percent
from storage.views.reporting_rows import GroupRow, groups, moves

LONG_WAIT_S = 20 * 60
COLUMNS = (
    Column("prefix", N_("Group"), Kind.TEXT, widest=6),
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
    found = groups(asked.db, asked.span, LONG_WAIT_S)
    ways = moves(asked.db, asked.span)
    rows = tuple(Row((one.prefix, *_cells(one, *ways.get(one.prefix, (0, 0))))) for one in found)
    count, seconds = (sum(one[place] for one in ways.values()) for place in (0, 1))
    whole = _cells(_added(found), count, seconds) if found else (None,) * (len(COLUMNS) - 1)
    return Table(COLUMNS, rows, Row(("", *whole)), chart="mean_wait", labels=("prefix",))


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
