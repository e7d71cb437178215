"""R15: the warnings of a hall, one line each: how far above its limit, how long until somebody answered, what was done."""

from __future__ import annotations

from decimal import Decimal

from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.efficiency import SECONDS, mean
from hallterm.reports.model import By, Cell, Column, Kind, Row, Table
from hallterm.rules.exact import half_up, percent, ratio
from hallterm.rules.numbers import window_number
from hallterm.rules.warnings import LEVEL_WORDS, WARNINGS, Unit
from hallterm.rules.words import Reason, Value
from storage import views
from storage.facts import WarningKind
from storage.views.dispatch import WarningRow, warnings_between

COLUMNS = (
    Column("day", N_("Day"), Kind.DAY),
    Column("time", N_("Time"), Kind.TIME),
    Column("kind", N_("Warning"), Kind.TEXT, widest=24),
    Column("level", N_("Stage"), Kind.TEXT, widest=6),
    Column("about", N_("Concerns"), Kind.TEXT, widest=10),
    Column("value", N_("Reading"), Kind.SCORE),
    Column("above", N_("Bound"), Kind.SCORE),
    Column("lasted", N_("Lasted"), Kind.SECONDS, SECONDS),
    Column("answered_after", N_("Answered after"), Kind.SECONDS, SECONDS),
    Column("answered_by", N_("Answered by"), Kind.TEXT, widest=8),
    Column("did", N_("What was done"), Kind.TEXT, widest=30),
)
OF_ALL = N_("{count} warnings, {answered} answered = {share} %")
BY_NAME = (WarningKind.NO_BREAK, WarningKind.BAD_RATINGS)
BY_WINDOW = (WarningKind.OVERTIME_COUNT, WarningKind.EMPTY_POST)


def build(asked: Asked) -> Table:
    """In the order they were raised; a warning that was repeated is a line each time."""
    found = warnings_between(asked.db, *asked.span)
    rows = tuple(Row(_cells(asked, one)) for one in found)
    answered = [one for one in found if one.acknowledged_t]
    share = percent(len(answered), len(found))
    waited = sum(_after_s(one) or 0 for one in answered)
    values: dict[str, Value] = {"count": len(found), "answered": len(answered), "share": str(share or "--")}
    total = (*(None,) * 8, mean(waited, len(answered)), None, None)
    notes = (Reason(OF_ALL, values),)
    return Table(COLUMNS, rows, Row(total) if rows else None, notes, "kind", ("kind",))


def _after_s(one: WarningRow) -> int | None:
    return (one.acknowledged_t - one.raised_t) // 1000 if one.acknowledged_t else None


def _cells(asked: Asked, one: WarningRow) -> tuple[Cell, ...]:
    head = (one.day, one.raised_t, _(WARNINGS[one.warning].label), _(LEVEL_WORDS[one.level]), about(asked, one))
    lasted = (one.ended_t - one.raised_t) // 1000 if one.ended_t else None
    by = asked.name_of(By.CLERK, one.acknowledged_by) if one.acknowledged_by else ""
    figures = (value_of(one.value_milli, one.warning), value_of(one.above_milli, one.warning))
    return (*head, *figures, lasted, _after_s(one), by, one.did)


def value_of(milli: int | None, kind: WarningKind) -> Decimal | None:
    """In the unit of the kind; None for what has no number."""
    exact = ratio(milli, 1000) if milli is not None and WARNINGS[kind].unit is not Unit.NONE else None
    return None if exact is None else half_up(exact)


def about(asked: Asked, one: WarningRow) -> str:
    """A ticket's number, a window's, a person's name, or nothing: the hall."""
    if one.warning in BY_NAME:
        return asked.name_of(By.CLERK, one.about)
    if one.warning in BY_WINDOW:
        return str(window_number(one.about)) if one.about else ""
    if one.warning is WarningKind.SINGLE_WAIT:
        ticket = views.ticket(asked.db, one.about)
        return ticket.number if ticket else ""
    return one.about
