"""R12: faults and what was done by hand: windows, pauses, papers, back-entries, cards, the last services before them."""

from __future__ import annotations

from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.efficiency import SECONDS
from hallterm.reports.model import ATTENTION, Cell, Column, Kind, Row, Table
from hallterm.rules.outages import FAULTS
from hallterm.rules.words import Reason
from storage.views.outage_sums import OutageSum, outage_sums
from storage.views.outages import OutageRow

COLUMNS = (
    Column("day", N_("Day"), Kind.DAY),
    Column("fault", N_("Fault"), Kind.TEXT, widest=12),
    Column("from", N_("Began"), Kind.TIME),
    Column("to", N_("Ended"), Kind.TIME),
    Column("state", N_("State"), Kind.TEXT, widest=11),
    Column("windows", N_("Windows"), Kind.COUNT),
    Column("held", N_("Held"), Kind.COUNT),
    Column("paused", N_("Paused"), Kind.COUNT),
    Column("paused_s", N_("Time"), Kind.SECONDS, SECONDS),
    Column("papers", N_("Papers"), Kind.COUNT),
    Column("entered", N_("Entered"), Kind.COUNT),
    Column("confirmed", N_("Confirmed"), Kind.COUNT),
    Column("cards", N_("Cards"), Kind.COUNT),
    Column("cards_used", N_("Cards used"), Kind.COUNT),
    Column("completed", N_("Last done"), Kind.COUNT),
    Column("not_completed", N_("Not done"), Kind.COUNT),
    Column("unknown", N_("Not known"), Kind.COUNT),
)
SUMMED = 5
NOT_CONFIRMED = N_("! {count} faults were confirmed by no leader")


def build(asked: Asked) -> Table:
    """A withdrawn fault stands in the list with its state; nothing may be hidden by withdrawing it."""
    found = outage_sums(asked.db, asked.span)
    rows = tuple(Row(_cells(one), mark=ATTENTION if _waits(one.row) else "") for one in found)
    sums = [sum(int(str(row.cells[at])) for row in rows) for at in range(SUMMED, len(COLUMNS))]
    total = Row((None, _("{count} faults").format(count=len(rows)), None, None, None, *sums))
    waiting = sum(_waits(one.row) for one in found)
    notes = (Reason(NOT_CONFIRMED, {"count": waiting}),) if waiting else ()
    return Table(COLUMNS, rows, total if rows else None, notes, "paused_s", ("day", "fault"))


def _waits(row: OutageRow) -> bool:
    return not row.confirmed_t and not row.withdrawn_t


def state_words(row: OutageRow) -> str:
    """What a leader has said of it."""
    if row.withdrawn_t:
        return _("withdrawn")
    return _("confirmed") if row.confirmed_t else _("not confirmed")


def _cells(one: OutageSum) -> tuple[Cell, ...]:
    row = one.row
    head = (row.day, _(FAULTS[row.fault]), row.from_t, row.to_t or None, state_words(row))
    work = (one.windows, one.held, one.paused, one.paused_ms // 1000, one.papers, one.entered, one.confirmed)
    return (*head, *work, one.cards, one.cards_used, one.completed, one.not_completed, one.unknown)
