"""What stands behind a line of R11: each pause, hold or stretch of blocked keys of one person for one reason."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.details import DAY, FIRST_ONLY, TIME, WINDOW
from hallterm.reports.efficiency import SECONDS
from hallterm.reports.lists import matter_text
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.rules.numbers import window_number
from hallterm.rules.timers import pause_rule
from hallterm.rules.words import Reason
from storage.facts import IntervalKind, PauseReason
from storage.views.pauses import PauseLine, pause_lines
from storage.views.reporting_rows import MOST_LINES

COLUMNS = (
    *(DAY, TIME, WINDOW),
    Column("matter", N_("Matter"), Kind.TEXT, widest=30),
    Column("seconds", N_("Time"), Kind.SECONDS, SECONDS),
    Column("unconfirmed", N_("Unconfirmed"), Kind.COUNT),
)
SUMMED: Final = 4
"""So many cells of the line of sums name nothing."""
KEPT: Final = "+"
"""Ends the key of time that was excluded."""


class Group(Struct, frozen=True):
    """Which pauses a line of R11 counts."""

    kind: str
    reason: str
    excluded: bool

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.reason}{KEPT if self.excluded else ''}"


def group_of(key: str) -> Group:
    """What :attr:`Group.key` said."""
    kind, _dot, reason = key.removesuffix(KEPT).partition(".")
    return Group(kind, reason, key.endswith(KEPT))


def words(kind: str, reason: str) -> str:
    """The reason as people read it; a hold has none of its own."""
    if kind == IntervalKind.HELD:
        return _("Held")
    known = reason in PauseReason.__members__.values()
    return _(pause_rule(PauseReason(reason)).label) if known else reason


def pauses(asked: Asked, drill: Drill) -> Table:
    """The oldest first; the sum is that of the line."""
    group = group_of(drill.key)
    found = pause_lines(asked.db, asked.span, drill.staff, group.kind, group.reason, excluded=group.excluded)
    ms, waiting = sum(one.length_ms for one in found), sum(one.unconfirmed for one in found)
    total = Row((*(None,) * SUMMED, ms // 1000, waiting))
    notes = (Reason(FIRST_ONLY, {"count": MOST_LINES}),) if len(found) == MOST_LINES else ()
    of = f"{asked.name_of(By.CLERK, drill.staff)} {words(group.kind, group.reason)}"
    return Table(
        COLUMNS, tuple(Row(_cells(asked, one), Drill(service=one.service)) for one in found), total, notes, of=of
    )


def _cells(asked: Asked, one: PauseLine) -> tuple[Cell, ...]:
    window = window_number(one.window) if one.window else None
    return (one.day, one.from_t, window, matter_text(asked, one.code), one.length_ms // 1000, one.unconfirmed)
