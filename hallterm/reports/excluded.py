"""R11: pauses and excluded time of each clerk by reason, and its share of the time the services took.

More than 30 % of the wall time is marked (business rule 7.4).
"""

from __future__ import annotations

from collections import defaultdict

from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.efficiency import SECONDS
from hallterm.reports.model import ATTENTION, By, Cell, Column, Drill, Kind, Row, Table
from hallterm.reports.pauses import Group, words
from hallterm.rules.exact import percent
from hallterm.rules.words import Reason
from storage.views.pauses import PauseSum, pause_sums

MARKED_PCT = 30
COLUMNS = (
    Column("staff", N_("Number"), Kind.TEXT, widest=6),
    Column("staff_name", N_("Name"), Kind.TEXT, widest=8),
    Column("reason", N_("Reason"), Kind.TEXT, widest=24),
    Column("excluded", N_("Excluded"), Kind.TEXT),
    Column("count", N_("How often"), Kind.COUNT),
    Column("seconds", N_("Time"), Kind.SECONDS, SECONDS),
    Column("share", N_("Of wall"), Kind.SHARE, "%"),
    Column("unconfirmed", N_("Unconfirmed"), Kind.COUNT),
)
UNCONFIRMED = N_("! {count} fault pauses wait for a leader; those that nobody confirms in time count")
MARKED = Reason(N_("! more than {percent} % of the time was excluded"), {"percent": MARKED_PCT})


def build(asked: Asked) -> Table:
    """``share`` is of the wall time of the clerk's finished services."""
    found = pause_sums(asked.db, asked.span, asked.scope.staff)
    wall = {one.staff: one.wall_s for one in asked.sums("staff", wanted=("wall_s",))}
    excluded_ms: dict[str, int] = defaultdict(int)
    for one in found:
        excluded_ms[one.staff] += one.length_ms * one.excluded
    marked = {staff for staff, ms in excluded_ms.items() if ms * 100 > MARKED_PCT * 1000 * wall.get(staff, 0)}
    rows = tuple(
        Row(
            _cells(asked, one, wall.get(one.staff, 0)),
            Drill(staff=one.staff, key=Group(one.kind, one.reason, one.excluded).key),
            ATTENTION if one.staff in marked and one.excluded else "",
        )
        for one in found
    )
    left_out, whole = sum(excluded_ms.values()), sum(wall.values())
    sums = (sum(one.count for one in found), left_out // 1000, percent(left_out, whole * 1000))
    total = Row((None, None, _("time: excluded only"), None, *sums, sum(one.unconfirmed for one in found)))
    return Table(COLUMNS, rows, total if found else None, _notes(marked, total), "seconds", ("staff_name", "reason"))


def _notes(marked: set[str], total: Row) -> tuple[Reason, ...]:
    waiting = total.cells[-1]
    unconfirmed = Reason(UNCONFIRMED, {"count": int(str(waiting))}) if waiting else None
    return tuple(note for note in (MARKED if marked else None, unconfirmed) if note is not None)


def _cells(asked: Asked, one: PauseSum, wall_s: int) -> tuple[Cell, ...]:
    share = percent(one.length_ms, wall_s * 1000)
    who = (one.staff, asked.name_of(By.CLERK, one.staff))
    flag = _("yes") if one.excluded else _("no")
    return (*who, words(one.kind, one.reason), flag, one.count, one.length_ms // 1000, share, one.unconfirmed)
