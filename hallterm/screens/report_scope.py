"""Of what time, of which place, with which rows: the list of F4, and what a report begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from hallterm.locale import N_, _
from hallterm.report_desk import ReportRequest, ReportsLook, ScopeChoice
from hallterm.reports.model import By
from hallterm.reports.registry import REPORTS
from hallterm.rules.day import business_day
from hallterm.rules.periods import Period, PeriodKind, month_before, months_period, week_of
from hallterm.rules.periods import period as read_period
from hallterm.screens.sync_choice import Choice, Option
from storage.access import Level, level
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.screens.report_pane import ReportPane

ROWS: Mapping[By, str] = {
    By.HALL: N_("a line for each hall"),
    By.CLERK: N_("a line for each clerk"),
    By.MATTER: N_("a line for each matter"),
    By.GROUP: N_("a line for each group"),
    By.HOUR: N_("a line for each hour"),
}
KINDS: Mapping[PeriodKind, str] = {
    PeriodKind.DAY: N_("day"),
    PeriodKind.WEEK: N_("week"),
    PeriodKind.MONTH: N_("month"),
    PeriodKind.QUARTER: N_("quarter"),
    PeriodKind.HALF_YEAR: N_("half-year"),
    PeriodKind.YEAR: N_("year"),
    PeriodKind.FREE: N_("months"),
}


def time_words(id: str) -> str:
    """In words which times a report takes."""
    return " ".join(_(KINDS[kind]) for kind in REPORTS[id].periods)


def times(now: Moment) -> tuple[tuple[str, Period], ...]:
    """The times that a digit gives, with their names."""
    today = business_day(now.t)
    month, year = today[:7], today[:4]
    quarter = (int(month[5:]) - 1) // 3 * 3 + 1
    return (
        (N_("today"), Period(PeriodKind.DAY, today, today)),
        (N_("this week"), week_of(today)),
        (N_("this month"), months_period(month, month)),
        (N_("last month"), months_period(month_before(month), month_before(month))),
        (N_("this quarter"), months_period(f"{year}-{quarter:02d}", f"{year}-{quarter + 2:02d}")),
        (N_("this year"), months_period(f"{year}-01", f"{year}-12")),
    )


def first_time(id: str, now: Moment) -> str:
    """What a report begins with: today for a list of a day, else the month."""
    spec, today = REPORTS[id], business_day(now.t)
    of_days = PeriodKind.DAY in spec.periods and PeriodKind.YEAR not in spec.periods
    return today if of_days else today[:7]


def time_that_fits(id: str, code: str, now: Moment) -> str:
    """The same time for another report, if it can be of it."""
    found = read_period(code)
    return code if isinstance(found, Period) and found.kind in REPORTS[id].periods else first_time(id, now)


def choose_scope(pane: ReportPane) -> None:
    """F4: a digit changes the time; the place and the rows are the next list; ``0`` takes what is typed."""
    spec, screen = REPORTS[pane.request.id], pane.screen
    options = [
        Option(f"{_(name)}  {period.code}", partial(_change, pane, period=period.code))
        for name, period in times(screen.host.now())
        if period.kind in spec.periods
    ]
    options.append(Option(_("another place or person"), partial(_choose_place, pane)))
    if len(spec.rows) > 1:
        options.append(Option(_("other lines"), partial(_choose_rows, pane)))
    hint = _("2026-10, 2026-Q4, 2026-03..2026-07, a place or a staff number")
    typed = Option(_("typed"), lambda: screen.ask_text(_("When or where"), hint, 18, partial(_typed, pane)))
    screen.choice = Choice(_("When and where?"), options, typed)


def _change(pane: ReportPane, **values: str) -> None:
    pane.change(msgspec.structs.replace(pane.request, **values))


def _typed(pane: ReportPane, text: str) -> None:
    if isinstance(read_period(text), Period):
        _change(pane, period=text.upper())
    else:
        _change(pane, scope=text, by="")


def _choose_place(pane: ReportPane) -> None:
    look = pane.screen.look
    if look is not None:
        chosen = partial(_of_scope, pane)
        known = look.people if REPORTS[pane.request.id].own else (*look.scopes, *look.people)
        pane.screen.choice = place_choice(_("Which place or person?"), known, chosen)


def _of_scope(pane: ReportPane, code: str) -> None:
    _change(pane, scope=code, by="")


def _choose_rows(pane: ReportPane) -> None:
    rows = REPORTS[pane.request.id].rows
    options = [Option(_(ROWS[by]), partial(_change, pane, by=by.value)) for by in rows]
    pane.screen.choice = Choice(_("What is a line?"), options)


def place_choice(title: str, known: tuple[ScopeChoice, ...], take: Callable[[str], None]) -> Choice:
    """A list of places or people."""
    return Choice(title, [Option(f"{one.code}  {one.name}", partial(take, one.code)) for one in known])


def place_needed(look: ReportsLook, request: ReportRequest) -> tuple[ScopeChoice, ...]:
    """What there is to choose from before a report can be made: one of several halls, or of several people."""
    spec = REPORTS[request.id]
    if spec.own:
        return look.people if not request.scope and len(look.people) > 1 else ()
    begins = request.scope or (look.scopes[0].code if look.scopes else "")
    if not spec.one_hall or not begins or level(begins) is Level.HALL:
        return ()
    return tuple(one for one in look.scopes if level(one.code) is Level.HALL)
