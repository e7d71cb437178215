"""What reports read that is no sum, from the tables of a hall's days: waits, hours, lists, pauses, longest times."""

from __future__ import annotations

from msgspec import Struct

from storage.database import Database
from storage.views.reading import structs

DAYS = '"hall" = ? AND "day" BETWEEN ? AND ?'
TIMED = 's."state" = \'finished\' AND s."entry_mode" <> \'back_entry\' AND s."suspicious" = 0'
Span = tuple[str, str, str]
"""A hall, its first and its last day."""
PREFIX = 't."prefix"'
HOUR = 'CAST(t."issued_t" / 3600000 + 8 - 24 * ((t."issued_t" / 3600000 + 8) / 24) AS TEXT)'
"""The hour of the day in which a ticket was taken, in the zone of the halls."""


class GroupRow(Struct, frozen=True):
    """The tickets of one group, or hour, and how they ended; waits in seconds, of those that were called."""

    prefix: str
    tickets: int
    called: int
    handled: int
    no_shows: int
    cancelled: int
    abandoned: int
    rebooked: int
    open: int
    wait_s: int
    longest_wait_s: int
    long_waits: int


class TicketTimes(Struct, frozen=True):
    """When somebody began and ceased to wait, ms UTC; ``first_called_t`` 0: never called."""

    day: str
    issued_t: int
    first_called_t: int
    state: str


class WindowTimes(Struct, frozen=True):
    """A stretch of work at a window, ms UTC; ``to_t`` 0: it goes on. ``handled``: a service was finished at its end."""

    day: str
    window: str
    from_t: int
    to_t: int
    handled: bool


class TicketLine(Struct, frozen=True):
    """One ticket; moments in ms UTC, ``first_called_t`` 0: never called."""

    id: str
    day: str
    number: str
    issued_t: int
    first_called_t: int
    wait_s: int
    window: str
    staff: str
    state: str
    result: str


class ServiceTimes(Struct, frozen=True):
    """One finished service, ms UTC."""

    id: str
    day: str
    start_t: int
    end_t: int
    window: str
    staff: str
    code: str


class OvertimeRow(Struct, frozen=True):
    service: str
    day: str
    end_t: int
    window: str
    staff: str
    code: str
    quantity: int
    limit_s: int
    counted_s: int
    excluded_s: int


class UnratedLine(Struct, frozen=True):
    """``by`` is empty when the time ran out, else who noted the reason last."""

    service: str
    day: str
    at_t: int
    staff: str
    code: str
    reason: str
    first_reason: str
    exempt: bool
    by: str


def groups(db: Database, span: Span, long_wait_s: int, by: str = PREFIX) -> list[GroupRow]:
    """The tickets of a hall by group, or by hour (the hour stands in ``prefix``)."""

    def ended(result: str) -> str:
        return f"sum(CASE WHEN \"state\" = 'closed' AND \"result\" = '{result}' THEN 1 ELSE 0 END)"

    called = 'CASE WHEN "first_called_t" > 0 THEN 1 ELSE 0 END'
    waited = 'CASE WHEN "first_called_t" > 0 THEN coalesce("wait_s", 0) ELSE 0 END'
    parts = (
        "count(*)",
        f"sum({called})",
        *map(ended, ("done", "no_show", "cancelled", "abandoned", "rebooked")),
        "sum(CASE WHEN \"state\" <> 'closed' THEN 1 ELSE 0 END)",
        f"sum({waited})",
        f"max({waited})",
        'sum(CASE WHEN "first_called_t" > 0 AND "wait_s" > ? THEN 1 ELSE 0 END)',
    )
    sums = ", ".join(f"CAST({part} AS BIGINT)" for part in parts)
    sql = f"SELECT {by}, {sums} FROM ticket t WHERE {DAYS} GROUP BY {by}"
    found = structs(db, GroupRow, sql, (long_wait_s, *span))
    return sorted(found, key=lambda one: (len(one.prefix) if by == HOUR else 0, one.prefix))


def moves(db: Database, span: Span, by: str = PREFIX) -> dict[str, tuple[int, int]]:
    """By group or hour: how often the way from call to counter was measured, and the seconds of all of them."""
    sql = (
        f'SELECT {by}, count(s."move_s"), CAST(sum(s."move_s") AS BIGINT) FROM service s '
        'JOIN ticket t ON t."id" = s."ticket" AND t."hall" = s."hall" WHERE s."hall" = ? AND s."day" BETWEEN ? AND ? '
        f'AND s."move_s" IS NOT NULL GROUP BY {by}'
    )
    return {str(key): (int(count), int(total)) for key, count, total in db.rows(sql, span)}


def ticket_times(db: Database, span: Span) -> list[TicketTimes]:
    sql = f'SELECT "day", "issued_t", "first_called_t", "state" FROM ticket WHERE {DAYS}'
    return [TicketTimes(*row) for row in db.rows(sql, span)]


MOST_LINES = 2000
"""So many lines of a list are shown."""


def ticket_lines(db: Database, span: Span, by: str, key: str) -> list[TicketLine]:
    """The tickets of one group or hour (``by``), in the order in which they were taken."""
    sql = f'SELECT {TICKET_NAMES} FROM ticket t WHERE {DAYS} AND {by} = ? ORDER BY t."issued_t", t."id" LIMIT {MOST_LINES}'
    return [TicketLine(*row) for row in db.rows(sql, (*span, key))]


TICKET_NAMES = ", ".join(
    f't."{name}"' if name != "wait_s" else 'coalesce(t."wait_s", 0)' for name in TicketLine.__struct_fields__
)


def services_in_hour(db: Database, span: Span, hour: int) -> list[ServiceTimes]:
    """The services that were finished at a window in one hour of the day."""
    where = f"{DAYS} AND \"window\" <> '' AND \"state\" = 'finished' AND {END_HOUR} = ?"
    sql = f'SELECT {SERVICE_NAMES} FROM service WHERE {where} ORDER BY "end_t", "id" LIMIT {MOST_LINES}'
    return [ServiceTimes(*row) for row in db.rows(sql, (*span, hour))]


def services_of(db: Database, span: Span, staff: str) -> list[ServiceTimes]:
    """The finished services of one person but those that were entered later, which have no true times."""
    where = f'{DAYS} AND "staff" = ? AND "state" = \'finished\' AND "entry_mode" <> \'back_entry\' AND "end_t" > 0'
    sql = f'SELECT {SERVICE_NAMES} FROM service WHERE {where} ORDER BY "end_t", "id"'
    return [ServiceTimes(*row) for row in db.rows(sql, (*span, staff))]


SERVICE_NAMES = ", ".join(f'"{name}"' for name in ServiceTimes.__struct_fields__)
END_HOUR = '("end_t" / 3600000 + 8 - 24 * (("end_t" / 3600000 + 8) / 24))'


def window_times(db: Database, span: Span) -> list[WindowTimes]:
    """Services at windows, by the clock of the wall."""
    sql = f'SELECT "day", "window", "start_t", "end_t", "state" FROM service WHERE {DAYS} AND "window" <> \'\''
    rows = db.rows(sql, span)
    return [WindowTimes(day, window, start, end, state == "finished") for day, window, start, end, state in rows]


def signed_on(db: Database, span: Span) -> list[tuple[str, str, str, str, int]]:
    """``(day, window, staff, sign_on or sign_off, ms UTC)`` at windows, in the order they happened."""
    sql = (
        f'SELECT "day", "window", "staff", "kind", "at_t" FROM punch WHERE {DAYS} AND "window" <> \'\' '
        'AND "kind" IN (\'sign_on\', \'sign_off\') ORDER BY "at_t", "id"'
    )
    return [
        (str(day), str(window), str(staff), str(kind), int(at)) for day, window, staff, kind, at in db.rows(sql, span)
    ]


def overtime(db: Database, span: Span, staff: str = "") -> list[OvertimeRow]:
    """Timed services over their limit; the longest over first."""
    mine = ' AND s."staff" = ?' if staff else ""
    names = ("id", *OvertimeRow.__struct_fields__[1:])
    sql = (
        f'SELECT {", ".join(_of_service(name) for name in names)} FROM service s WHERE s."hall" = ? '
        f'AND s."day" BETWEEN ? AND ? AND {TIMED} AND s."overtime" = 1{mine} '
        'ORDER BY s."counted_s" - s."limit_s" DESC, s."end_t", s."id"'
    )
    return [OvertimeRow(*row) for row in db.rows(sql, (*span, *([staff] if staff else ())))]


def unrated_lines(db: Database, span: Span, staff: str = "") -> list[UnratedLine]:
    """Services without a rating, in the order in which that was known."""
    mine = ' AND "staff" = ?' if staff else ""
    names = ", ".join(f'"{name}"' for name in UnratedLine.__struct_fields__)
    sql = f'SELECT {names} FROM unrated WHERE {DAYS} AND "undone" = 0{mine} ORDER BY "at_t", "service"'
    return structs(db, UnratedLine, sql, (*span, *([staff] if staff else ())))


def _of_service(name: str) -> str:
    return f's."{name}"'
