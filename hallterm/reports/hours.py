"""R06: the hours of a hall's day: windows at work, people waiting, services done; of a month the mean of its days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from hallterm.locale import N_
from hallterm.reports.asked import Asked
from hallterm.reports.model import Cell, Column, Drill, Kind, Row, Table
from hallterm.rules.day import midnight_t
from hallterm.rules.exact import half_up
from hallterm.rules.periods import PeriodKind
from storage.views.reporting_rows import TicketTimes, WindowTimes, signed_on, ticket_times, window_times

HOUR_MS = 3_600_000
HOURS = 24
Hours = dict[tuple[str, int], int]
"""By day and hour."""


def build(asked: Asked) -> Table:
    """``windows``: those where somebody was signed on or served; ``waiting``: the most people at the same time."""
    one_day = asked.period.kind is PeriodKind.DAY
    kind = Kind.COUNT if one_day else Kind.SCORE
    columns = (
        Column("hour", N_("Hour"), Kind.TEXT, widest=11),
        Column("windows", N_("Windows"), kind),
        Column("waiting", N_("Waiting"), kind),
        Column("handled", N_("Served"), kind),
    )
    times = window_times(asked.db, asked.span)
    tickets = ticket_times(asked.db, asked.span)
    figures = (
        _windows([*times, *_shifts(asked)], asked.now.t),
        _waiting(tickets, asked.now.t, asked.today),
        _handled(times),
    )
    days = {one.day for one in times} | {one.day for one in tickets}
    busy = sorted({hour for figure in figures for _day, hour in figure})
    rows = tuple(
        Row(
            (f"{hour:02d}:00", *(_of_days(figure, days, hour, whole=one_day) for figure in figures)),
            Drill(key=str(hour)),
        )
        for hour in (range(busy[0], busy[-1] + 1) if busy else ())
    )
    return Table(columns, rows, _total(rows, figures[2], days, whole=one_day), chart="waiting", labels=("hour",))


def _of_days(figure: Hours, days: Iterable[str], hour: int, *, whole: bool) -> Cell:
    values = [figure.get((day, hour), 0) for day in days]
    return sum(values) if whole else half_up(Fraction(sum(values), len(values)))


def _total(rows: tuple[Row, ...], handled: Hours, days: set[str], *, whole: bool) -> Row:
    """Services add up over the hours; windows and people waiting do not: their highest hour stands there."""
    if not rows:
        return Row(("", None, None, None))
    most = [max((row.cells[place] for row in rows), key=_number) for place in (1, 2)]
    done = sum(handled.values())
    return Row(("", *most, done if whole else half_up(Fraction(done, len(days)))))


def _number(cell: Cell) -> Decimal:
    return Decimal(cell) if isinstance(cell, (int, Decimal)) else Decimal(0)


def _shifts(asked: Asked) -> Iterator[WindowTimes]:
    """Signed on until signed off; who never signed off was there until the end of the day, or is there now."""
    here: dict[tuple[str, str, str], int] = {}
    for day, window, staff, kind, at_t in signed_on(asked.db, asked.span):
        if kind == "sign_on":
            here.setdefault((day, window, staff), at_t)
        elif (begun := here.pop((day, window, staff), None)) is not None:
            yield WindowTimes(day, window, begun, at_t, handled=False)
    for (day, window, _staff), begun in here.items():
        yield WindowTimes(day, window, begun, 0, handled=False)


def _end(day: str) -> int:
    return midnight_t(day) + HOURS * HOUR_MS


def hour_of(day: str, at_t: int) -> int:
    """The hour of the day, what lies outside in its first or last one."""
    return max(0, min(HOURS - 1, (at_t - midnight_t(day)) // HOUR_MS))


def _windows(times: Iterable[WindowTimes], now_t: int) -> Hours:
    there: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in times:
        until = max(one.from_t, (one.to_t or min(now_t, _end(one.day))) - 1)
        for hour in range(hour_of(one.day, one.from_t), hour_of(one.day, until) + 1):
            there[one.day, hour].add(one.window)
    return {key: len(windows) for key, windows in there.items()}


def _handled(times: Iterable[WindowTimes]) -> Hours:
    done: Hours = defaultdict(int)
    for one in times:
        if one.handled:
            done[one.day, hour_of(one.day, one.to_t)] += 1
    return dict(done)


def _waiting(tickets: Iterable[TicketTimes], now_t: int, today: str) -> Hours:
    """The most people who waited at the same moment of each hour."""
    steps: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in tickets:
        gone_t = _gone(one, now_t, today)
        if gone_t > one.issued_t:
            steps[one.day] += [(one.issued_t, 1), (gone_t, -1)]
    most: Hours = {}
    for day, changes in steps.items():
        _sweep(day, sorted(changes), most)
    return most


def _sweep(day: str, changes: list[tuple[int, int]], most: Hours) -> None:
    """Who goes at a moment is gone before who comes then (-1 sorts first)."""
    there, last = 0, hour_of(day, changes[0][0])
    for at_t, change in changes:
        hour = hour_of(day, at_t)
        for between in range(last, hour + 1):
            most[day, between] = max(most.get((day, between), 0), there if between > last else 0)
        there, last = there + change, hour
        most[day, hour] = max(most.get((day, hour), 0), there)


def _gone(one: TicketTimes, now_t: int, today: str) -> int:
    """When somebody ceased to wait: called, or still here, or gone unseen within the hour in which he came."""
    if one.first_called_t:
        return one.first_called_t
    if one.state == "waiting" and one.day == today:
        return now_t
    return (one.issued_t // HOUR_MS + 1) * HOUR_MS
