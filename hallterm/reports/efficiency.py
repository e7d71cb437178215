"""R04: how long timed services took against their limits, by clerk, matter or hall.

The longest is no sum: of days and weeks it is read from the services themselves, of months from what is kept of them.
"""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.month_longest import longest_days, longest_months
from hallterm.reports.asked import KEY_OF, Asked, drill, named_columns
from hallterm.reports.model import By, Cell, Column, Kind, Row, Table
from hallterm.rules.exact import half_up, percent, ratio
from hallterm.rules.words import Reason
from storage.views.figures import Sums, added

WANTED = ("timed", "timed_wall_s", "timed_counted_s", "timed_limit_s", "overtime")
SECONDS = N_("m:s")
FIGURES = (
    Column("timed", N_("Timed"), Kind.COUNT),
    Column("mean_wall", N_("Mean wall"), Kind.SECONDS, SECONDS),
    Column("mean_counted", N_("Mean used"), Kind.SECONDS, SECONDS),
    Column("mean_limit", N_("Limit"), Kind.SECONDS, SECONDS),
    Column("overtime", N_("Overtime"), Kind.COUNT),
    Column("overtime_share", N_("Portion"), Kind.SHARE, "%"),
    Column("longest", N_("Longest"), Kind.SECONDS, SECONDS),
)
NOT_YET = Reason(N_("The longest times of past months are still being gathered: look again later"))


def build(asked: Asked) -> Table:
    key = KEY_OF[asked.by]
    found = [one for one in asked.sums(key, wanted=WANTED) if getattr(one, key)]
    most = _longest(asked)
    by_code = {getattr(one, key): one for one in found}
    codes = asked.scope.halls if asked.by is By.HALL else tuple(by_code)
    rows = tuple(
        Row(
            (code, asked.name_of(asked.by, code), *cells(by_code.get(code), (most or {}).get(code))),
            drill(asked.by, code),
        )
        for code in codes
    )
    total = Row(("", "", *cells(added(found) if found else None, max(most.values(), default=None) if most else None)))
    notes = () if most is not None else (NOT_YET,)
    labels = (named_columns(asked.by)[1].key,)
    return Table((*named_columns(asked.by), *FIGURES), rows, total, notes, "overtime_share", labels)


def _longest(asked: Asked) -> dict[str, int] | None:
    """By code; None where it is not known yet."""
    halls, period, key = asked.scope.halls, asked.period, KEY_OF[asked.by]
    if period.months:
        found = longest_months(asked.db, halls, period.months, asked.today)
    else:
        found = longest_days(asked.db, halls, period.first, period.last)
    if found is None:
        return None
    most: dict[str, int] = {}
    for one in found:
        if asked.scope.staff in ("", one.staff):
            code = getattr(one, key)
            most[code] = max(most.get(code, 0), one.counted_s)
    return most


def cells(sums: Sums | None, most: int | None) -> tuple[Cell, ...]:
    """Everything after the name."""
    if sums is None:
        return (None,) * len(FIGURES)
    means = (mean(total, sums.timed) for total in (sums.timed_wall_s, sums.timed_counted_s, sums.timed_limit_s))
    return (sums.timed, *means, sums.overtime, percent(sums.overtime, sums.timed), most)


def mean(total: int, count: int) -> int | None:
    """Whole seconds, half up; None without any."""
    exact = ratio(total, count)
    return None if exact is None else int(half_up(exact, 0))
