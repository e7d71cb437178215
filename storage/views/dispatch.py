"""What the hall board reads besides the counter's tables: warnings, steps of leaders, today's groups, breaks by rota."""

from __future__ import annotations

from msgspec import Struct

from storage.database import Database
from storage.facts import DispatchKind, DispatchReason, ProposalAnswer, ProposalKind, WarningKind, WarningLevel
from storage.views.reading import columns, one, structs


class WarningRow(Struct, frozen=True):
    """A raised warning; ``*_milli`` are thousandths of the kind's unit, times ms UTC (0: not yet)."""

    id: str
    day: str
    warning: WarningKind
    level: WarningLevel
    about: str
    value_milli: int | None
    above_milli: int | None
    since_t: int
    nth: int
    raised_t: int
    ended_t: int
    acknowledged_t: int
    acknowledged_by: str
    did: str


class DispatchRow(Struct, frozen=True):
    """A step of a leader; groups are ticket prefixes joined by commas."""

    id: str
    day: str
    dispatch: DispatchKind
    reason: DispatchReason
    note: str
    window: str
    staff: str
    primary: str
    secondary: str
    primary_before: str
    secondary_before: str
    ticket: str
    to: str
    to_before: str
    until_t: int
    by: str
    at_t: int
    undone_t: int


class AnsweredRow(Struct, frozen=True):
    """What was done with a proposal."""

    proposal: ProposalKind
    answer: ProposalAnswer
    window: str
    prefix: str
    reason: str
    by: str
    at_t: int


class BreakPlanRow(Struct, frozen=True):
    """A break by rota, ms UTC."""

    window: str
    staff: str
    reason: str
    from_t: int
    to_t: int


class BreakAskRow(Struct, frozen=True):
    """A break somebody asked for; ``answered_t`` 0: nobody has said anything yet."""

    id: str
    window: str
    staff: str
    reason: str
    waiting: int
    asked_t: int
    answered_t: int
    allowed: bool


class BreakStretch(Struct, frozen=True):
    """When a clerk's last break of the day began and ended, ms UTC (0: none, or still there)."""

    staff: str
    began_t: int
    back_t: int


class OvertimeNow(Struct, frozen=True):
    """How many timed services of a window were over their limit today, and how many there were."""

    window: str
    overtime: int
    timed: int


def warnings(db: Database, hall: str, day: str) -> list[WarningRow]:
    """All warnings of a day, in the order they were raised."""
    sql = f'SELECT {columns(WarningRow)} FROM hall_warning WHERE "hall" = ? AND "day" = ? ORDER BY "raised_t", "id"'
    return structs(db, WarningRow, sql, (hall, day))


def warning(db: Database, id: str) -> WarningRow | None:
    return one(
        db, WarningRow, f'SELECT {columns(WarningRow)} FROM hall_warning WHERE "id" = ? AND "day" <> \'\'', (id,)
    )


def warnings_between(db: Database, hall: str, first: str, last: str) -> list[WarningRow]:
    """The warnings of several days."""
    sql = (
        f'SELECT {columns(WarningRow)} FROM hall_warning WHERE "hall" = ? AND "day" BETWEEN ? AND ? '
        'ORDER BY "day", "raised_t", "id"'
    )
    return structs(db, WarningRow, sql, (hall, first, last))


def dispatches(db: Database, hall: str, day: str) -> list[DispatchRow]:
    """All steps of a day, in causal order."""
    sql = f'SELECT {columns(DispatchRow)} FROM dispatch WHERE "hall" = ? AND "day" = ? ORDER BY "made_ord", "id"'
    return structs(db, DispatchRow, sql, (hall, day))


def dispatch(db: Database, id: str) -> DispatchRow | None:
    return one(db, DispatchRow, f'SELECT {columns(DispatchRow)} FROM dispatch WHERE "id" = ? AND "day" <> \'\'', (id,))


def proposals_answered(db: Database, hall: str, day: str) -> list[AnsweredRow]:
    """In the order of the answers."""
    sql = f'SELECT {columns(AnsweredRow)} FROM proposal_answered WHERE "hall" = ? AND "day" = ? ORDER BY "at_t", "id"'
    return structs(db, AnsweredRow, sql, (hall, day))


def break_plans(db: Database, hall: str, day: str) -> list[BreakPlanRow]:
    """Breaks of a day that were not withdrawn, by their beginning."""
    sql = (
        f'SELECT {columns(BreakPlanRow)} FROM break_plan WHERE "hall" = ? AND "day" = ? AND "to_t" > 0 '
        'ORDER BY "from_t", "window"'
    )
    return structs(db, BreakPlanRow, sql, (hall, day))


def break_asks(db: Database, hall: str, day: str) -> list[BreakAskRow]:
    """All breaks that were asked for on a day, oldest first."""
    sql = f'SELECT {columns(BreakAskRow)} FROM break_ask WHERE "hall" = ? AND "day" = ? ORDER BY "asked_t", "id"'
    return structs(db, BreakAskRow, sql, (hall, day))


def breaks(db: Database, hall: str, since_t: int) -> dict[str, BreakStretch]:
    """By clerk the last break since a moment. Breaks are attendance events without a day."""
    last = 'max(CASE WHEN "kind" = \'{}\' THEN "at_t" ELSE 0 END)'
    sql = (
        f'SELECT "staff", {last.format("break")}, {last.format("back")} FROM punch WHERE "hall" = ? AND "at_t" >= ? '
        "AND \"kind\" IN ('break', 'back') GROUP BY \"staff\""
    )
    return {
        str(staff): BreakStretch(str(staff), int(began), int(back))
        for staff, began, back in db.rows(sql, (hall, since_t))
    }


def first_signs(db: Database, hall: str, day: str) -> dict[str, int]:
    """By clerk when he signed on first on a day, ms UTC."""
    sql = (
        'SELECT "staff", min("at_t") FROM punch WHERE "hall" = ? AND "day" = ? AND "kind" = \'sign_on\' '
        'GROUP BY "staff"'
    )
    return {str(staff): int(at_t) for staff, at_t in db.rows(sql, (hall, day))}


def used_windows(db: Database, hall: str, day: str) -> set[str]:
    """Windows at which somebody signed on on a day."""
    sql = 'SELECT DISTINCT "window" FROM punch WHERE "hall" = ? AND "day" = ? AND "kind" = \'sign_on\''
    return {str(window) for (window,) in db.rows(sql, (hall, day)) if window}


def overtime_by_window(db: Database, hall: str, day: str) -> list[OvertimeNow]:
    """The timed services of a day by window."""
    sql = (
        'SELECT "window", CAST(sum("overtime") AS BIGINT), count(*) FROM service WHERE "hall" = ? AND "day" = ? '
        'AND "state" = \'finished\' AND "entry_mode" <> \'back_entry\' AND "suspicious" = 0 GROUP BY "window"'
    )
    return [OvertimeNow(str(window), int(over), int(timed)) for window, over, timed in db.rows(sql, (hall, day))]


def bad_ratings(db: Database, hall: str, day: str, worst: int) -> dict[str, int]:
    """By clerk the ratings of a day at or below a level, those on paper too, without the revoked."""
    bad = '"hall" = ? AND "day" = ? AND "level" <= ?'
    sql = (
        'SELECT "staff", count(*) FROM ('
        f'SELECT "staff" FROM rating WHERE {bad} AND "id" NOT IN (SELECT "rating" FROM revoked_rating) '
        f'UNION ALL SELECT "staff" FROM rating_card WHERE {bad} AND "id" NOT IN (SELECT "rating" FROM revoked_rating)'
        ') AS bad GROUP BY "staff"'
    )
    return {str(staff): int(count) for staff, count in db.rows(sql, (hall, day, worst, hall, day, worst))}


def waits_of(db: Database, hall: str, day: str, long_s: int) -> tuple[int, int, int]:
    """Tickets of a day: called, called after a longer wait than ``long_s``, and gone when they were called."""
    sql = (
        'SELECT count(*), CAST(coalesce(sum(CASE WHEN "wait_s" > ? THEN 1 ELSE 0 END), 0) AS BIGINT), '
        "CAST(coalesce(sum(CASE WHEN \"result\" = 'no_show' THEN 1 ELSE 0 END), 0) AS BIGINT) "
        'FROM ticket WHERE "hall" = ? AND "day" = ? AND "first_called_t" > 0'
    )
    called, long_waits, gone = db.rows(sql, (long_s, hall, day))[0]
    return int(called), int(long_waits), int(gone)
