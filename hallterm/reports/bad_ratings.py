"""R09: each bad rating and what became of its case; the shares of real-name ones that were called back and closed."""

from __future__ import annotations

from hallterm.locale import N_, _
from hallterm.option_list import short_names
from hallterm.reports.asked import Asked
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.rules.bad_rating import CLASS_RULES, RESULT_WORDS, Case, Loop, loop_of
from hallterm.rules.calendar import days
from hallterm.rules.day import local
from hallterm.rules.ratings import SCALES
from hallterm.rules.words import Reason
from storage.facts import BadRatingClass, CaseResult, ContactResult
from storage.views.cases import CaseRow, cases_between, steps, unseen

COLUMNS = (
    Column("case", N_("Case"), Kind.TEXT, widest=14),
    Column("hall_name", N_("Unit"), Kind.TEXT, widest=10),
    Column("day", N_("Day"), Kind.DAY),
    Column("staff_name", N_("Name"), Kind.TEXT, widest=8),
    Column("level", N_("Rating"), Kind.TEXT, widest=10),
    Column("options", N_("Codes"), Kind.TEXT, widest=12),
    Column("named", N_("Real name"), Kind.TEXT),
    Column("called", N_("Called in time"), Kind.TEXT),
    Column("class", N_("Class of case"), Kind.TEXT, widest=12),
    Column("result", N_("Outcome"), Kind.TEXT, widest=16),
    Column("days", N_("Days"), Kind.COUNT),
    Column("open", N_("Still open"), Kind.COUNT),
    Column("staff", N_("Number"), Kind.TEXT, widest=6),
)
LOOP = N_(
    "{bad} bad ratings, {counted} count; of {named} with real name {called} called back ({called_pct} %), "
    "{closed} closed ({closed_pct} %)"
)
AGAIN = N_("again: step {n}")
OPEN_AGAIN = N_(
    "{count} open again: a step was taken elsewhere that their closing had not seen (its number is in the outcome)"
)


def build(asked: Asked) -> Table:
    """In the order the cases were opened; a revoked one stays in the list and counts no more."""
    found = cases_between(asked.db, asked.scope.halls, asked.period.first, asked.period.last)
    found = [one for one in found if asked.scope.staff in ("", one.staff)]
    rows = tuple(Row(_cells(asked, one), Drill(hall=one.hall, staff=one.staff, service=one.service)) for one in found)
    still_open = sum(not one.result for one in found)
    total = Row((*(None,) * (len(COLUMNS) - 2), still_open, None))
    notes = [loop_words(loop_of(map(as_case, found)))]
    again = sum(_is_open_again(one) for one in found)
    notes += [Reason(OPEN_AGAIN, {"count": again})] if again else []
    return Table(COLUMNS, rows, total, tuple(notes), "days", ("case", "staff_name"))


def _is_open_again(one: CaseRow) -> bool:
    """It was closed by somebody who could not see a step."""
    return bool(one.closed_t) and not one.result


def _outcome(asked: Asked, one: CaseRow) -> str | None:
    if one.result:
        return _(RESULT_WORDS[CaseResult(one.result)])
    if not one.closed_t:
        return None
    missed = list(unseen(steps(asked.db, one.id)).values())
    return _(AGAIN).format(n=missed[-1]) if missed else None


def as_case(row: CaseRow) -> Case:
    """What the shares are made of."""
    return Case(
        staff=row.staff,
        real_name=row.real_name,
        contact=ContactResult(row.contact) if row.contact else None,
        result=CaseResult(row.result) if row.result else None,
    )


def loop_words(found: Loop) -> Reason:
    """The shares as a sentence."""
    return Reason(
        LOOP,
        {
            "bad": found.bad,
            "counted": found.counted_bad,
            "named": found.real_name,
            "called": found.called_back,
            "called_pct": _share(found.callback_pct),
            "closed": found.closed,
            "closed_pct": _share(found.closed_pct),
        },
    )


def _share(value: object) -> str:
    return "--" if value is None else str(value)


def _cells(asked: Asked, one: CaseRow) -> tuple[Cell, ...]:
    label = next((level.label for level in SCALES[one.scale] if level.level == one.level), "")
    until = local(one.closed_t if one.result else asked.now.t).date().isoformat()
    return (
        one.number,
        asked.name_of(By.HALL, one.hall),
        one.day,
        asked.name_of(By.CLERK, one.staff),
        f"{_(label)} {one.level}".strip(),
        short_names(one.options, one.scale, one.day),
        _("yes") if one.real_name else _("no"),
        _in_time(one),
        _(CLASS_RULES[BadRatingClass(one.cls)].label) if one.cls else None,
        _outcome(asked, one),
        sum(1 for _day in days(one.day, until)) - 1,
        int(not one.result),
        one.staff,
    )


def _in_time(one: CaseRow) -> str | None:
    """Nobody is called after an anonymous rating."""
    if not one.real_name or not one.contact:
        return None
    return _("yes") if one.contact_in_time else _("no")
