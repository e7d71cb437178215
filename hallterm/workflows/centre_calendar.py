"""The calendar is decided: an announced year as a table, and days on which a hall is closed. Both are facts that go down.

A table is CSV in UTF-8 (or GB 18030) with the columns ``day`` (``2027-02-17``), ``kind`` (``holiday``, ``makeup``, ``rest``
or ``workday``) and ``name``; it holds the days of one year that are not what their weekday says.
"""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from io import StringIO
from pathlib import Path

from hallterm.locale import N_
from hallterm.rules.words import Reason
from hallterm.workflows.centre_editing import NOBODY_SIGNED, NOT_A_PLACE, allowed_at
from hallterm.workflows.desk import Refused
from storage import views
from storage.access import Action, Level, level
from storage.facts import CalendarDay, CalendarImported, ClosingDaySet, DayKind, Moment
from storage.journal import Journal

COLUMNS = ("day", "kind", "name")
MOST_DAYS = 366
LONGEST_NAME = 30

NOT_READ = N_("{file}: this file cannot be read; give the path of a CSV table")
NO_COLUMNS = N_("{file}: the first line names the columns day, kind, name")
NO_DAYS = N_("{file}: there is no day in it")
BAD_DAY = N_("line {line}: {day} is no day such as 2027-02-17")
BAD_KIND = N_("line {line}: {kind} is none of holiday, makeup, rest, workday")
TWICE = N_("line {line}: {day} stands there twice")
TWO_YEARS = N_("line {line}: one table is one year, {year}")
IMPORTED = N_("{count} days of {year} hold for {scope} and below; they go down with the next exchange")
NOT_A_DAY = N_("{day}: a day is written as 2026-11-24")
NOT_A_HALL = N_("{place}: only a hall or a point has closing days of its own")
CLOSED = N_("{hall} is closed on {day}")
OPEN = N_("{hall} works on {day} as usual")


def read_days(content: bytes, file: str) -> tuple[CalendarDay, ...]:
    """The days of a table; raises Refused for the first fault, with its line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    rows = csv.DictReader(StringIO(text))
    if not set(COLUMNS[:2]) <= set(rows.fieldnames or ()):
        raise Refused(Reason(NO_COLUMNS, {"file": file}))
    found: dict[str, CalendarDay] = {}
    for line, row in enumerate(rows, 2):
        one = _day(line, row)
        if one.day in found:
            raise Refused(Reason(TWICE, {"line": line, "day": one.day}))
        first = next(iter(found), one.day)
        if one.day[:4] != first[:4]:
            raise Refused(Reason(TWO_YEARS, {"line": line, "year": first[:4]}))
        found[one.day] = one
    if not found:
        raise Refused(Reason(NO_DAYS, {"file": file}))
    return tuple(found[day] for day in sorted(found))


def _day(line: int, row: dict[str, str | None]) -> CalendarDay:
    day, kind, name = ((row.get(column) or "").strip() for column in COLUMNS)
    if not _is_day(day):
        raise Refused(Reason(BAD_DAY, {"line": line, "day": day[:12]}))
    if kind not in DayKind.__members__.values():
        raise Refused(Reason(BAD_KIND, {"line": line, "kind": kind[:12]}))
    return CalendarDay(day, DayKind(kind), "".join(one for one in name if one.isprintable())[:LONGEST_NAME])


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def import_calendar(journal: Journal, path: Path, scope: str, now: Moment, *, by: str = NOBODY_SIGNED) -> Reason:
    """What the file says of a year holds for a place and below, in place of what was imported there before."""
    try:
        content = path.read_bytes()
    except OSError:
        raise Refused(Reason(NOT_READ, {"file": path.name})) from None
    days = read_days(content, path.name)
    if not scope.isalnum():
        raise Refused(Reason(NOT_A_PLACE, {"place": scope[:40]}))
    digest, year = hashlib.sha256(content).hexdigest(), int(days[0].day[:4])
    with journal.write(by, now) as tx:
        allowed_at(tx.database, by, Action.IMPORT, scope)
        tx.record(CalendarImported(year, days, scope, path.name[:60], digest))
    return Reason(IMPORTED, {"count": len(days), "year": year, "scope": scope})


def set_closing_day(
    journal: Journal,
    hall: str,
    day: str,
    now: Moment,
    *,
    closed: bool = True,
    name: str = "",
    by: str = NOBODY_SIGNED,
) -> Reason:
    """A hall is closed on a day, or works as usual again; raises Refused."""
    if not _is_day(day):
        raise Refused(Reason(NOT_A_DAY, {"day": day[:20]}))
    with journal.write(by, now) as tx:
        known = views.hall(tx.database, hall)
        if known is None or level(hall) is not Level.HALL:
            raise Refused(Reason(NOT_A_HALL, {"place": hall[:20]}))
        allowed_at(tx.database, by, Action.EDIT_SETTINGS, hall)
        tx.record(ClosingDaySet(hall, day, closed, name.strip()[:LONGEST_NAME]))
    return Reason(CLOSED if closed else OPEN, {"hall": known.name, "day": day})
