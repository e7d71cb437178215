"""What screens and workflows read: queries over the tables, answered as frozen structs. No rule is computed here."""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from storage.database import Database
from storage.facts import ServiceNow, TicketNow, WindowNow
from storage.views.inherited import decided_at as decided_at
from storage.views.inherited import last_number as last_number
from storage.views.inherited import matter as matter
from storage.views.inherited import matter_days as matter_days
from storage.views.inherited import matters as matters
from storage.views.inherited import matters_at as matters_at
from storage.views.inherited import places_above as places_above
from storage.views.inherited import setting as setting
from storage.views.reading import columns, one, structs
from storage.views.rows import *
from storage.views.windows import standing_windows as standing_windows
from storage.views.windows import window as window
from storage.views.windows import windows as windows

N = TypeVar("N", bound=Struct)


def now_part(row: Struct, kind: type[N]) -> N:
    """The changing part of a row, as an undo keeps it."""
    return kind(**{name: getattr(row, name) for name in kind.__struct_fields__})


def ticket_now(row: TicketRow) -> TicketNow:
    return now_part(row, TicketNow)


def service_now(row: ServiceRow) -> ServiceNow:
    return now_part(row, ServiceNow)


def window_now(row: WindowRow) -> WindowNow:
    return now_part(row, WindowNow)


def ticket(db: Database, id: str) -> TicketRow | None:
    return one(db, TicketRow, f'SELECT {columns(TicketRow)} FROM ticket WHERE "id" = ?', (id,))


def service(db: Database, id: str) -> ServiceRow | None:
    return one(db, ServiceRow, f'SELECT {columns(ServiceRow)} FROM service WHERE "id" = ?', (id,))


def visit(db: Database, id: str) -> VisitRow | None:
    return one(db, VisitRow, f'SELECT {columns(VisitRow)} FROM visit WHERE "id" = ?', (id,))


def hall(db: Database, code: str) -> HallRow | None:
    return one(db, HallRow, f'SELECT {columns(HallRow)} FROM hall WHERE "code" = ?', (code,))


def staff(db: Database, number: str) -> StaffRow | None:
    return one(db, StaffRow, f'SELECT {columns(StaffRow)} FROM staff WHERE "number" = ?', (number,))


def all_staff(db: Database) -> list[StaffRow]:
    return structs(db, StaffRow, f'SELECT {columns(StaffRow)} FROM staff ORDER BY "number"')


def grants(db: Database, number: str) -> list[GrantRow]:
    sql = f'SELECT {columns(GrantRow)} FROM staff_grant WHERE "staff" = ? AND "active" = 1 ORDER BY "role"'
    return structs(db, GrantRow, sql, (number,))


def waiting(db: Database, hall: str, day: str) -> list[TicketRow]:
    """Tickets of the day that wait, oldest first."""
    sql = (
        f'SELECT {columns(TicketRow)} FROM ticket WHERE "hall" = ? AND "day" = ? AND "state" = \'waiting\' '
        'ORDER BY "issued_t", "number"'
    )
    return structs(db, TicketRow, sql, (hall, day))


def open_tickets(db: Database, hall: str, before_day: str) -> list[TicketRow]:
    """Tickets of earlier days that are waiting or held."""
    sql = (
        f'SELECT {columns(TicketRow)} FROM ticket WHERE "hall" = ? AND "day" < ? '
        'AND "state" IN (\'waiting\', \'held\') ORDER BY "day", "number"'
    )
    return structs(db, TicketRow, sql, (hall, before_day))


def held(db: Database, hall: str, staff: str) -> list[TicketRow]:
    """A clerk's own held tickets, longest held first."""
    sql = (
        f'SELECT {columns(TicketRow)} FROM ticket WHERE "hall" = ? AND "state" = \'held\' AND "staff" = ? '
        'ORDER BY "held_t", "number"'
    )
    return structs(db, TicketRow, sql, (hall, staff))


def ticket_by_number(db: Database, hall: str, day: str, number: str) -> TicketRow | None:
    sql = f'SELECT {columns(TicketRow)} FROM ticket WHERE "hall" = ? AND "day" = ? AND "number" = ?'
    return one(db, TicketRow, sql, (hall, day, number))


def numbers_issued(db: Database, hall: str, day: str, prefix: str, *, special: bool) -> int:
    """How many tickets of a prefix were issued on a day (special ones have a counter of their own)."""
    mark = "=" if special else "<>"
    sql = (
        'SELECT count(*) FROM ticket WHERE "hall" = ? AND "day" = ? AND "prefix" = ? '
        f"AND substr(\"number\", 1, 1) {mark} 'V'"
    )
    return int(db.value(sql, (hall, day, prefix)))


def service_of_ticket(db: Database, ticket: str) -> ServiceRow | None:
    """The newest service of a ticket."""
    sql = f'SELECT {columns(ServiceRow)} FROM service WHERE "ticket" = ? ORDER BY "ord" DESC LIMIT 1'
    return one(db, ServiceRow, sql, (ticket,))


def services_of_visit(db: Database, visit: str) -> list[ServiceRow]:
    sql = f'SELECT {columns(ServiceRow)} FROM service WHERE "visit" = ? ORDER BY "leg", "start_t"'
    return structs(db, ServiceRow, sql, (visit,))


def open_services(db: Database, hall: str) -> list[ServiceRow]:
    """Services that run or are paused."""
    sql = f"SELECT {columns(ServiceRow)} FROM service WHERE \"hall\" = ? AND \"state\" IN ('serving', 'paused')"
    return structs(db, ServiceRow, sql, (hall,))


def last_service(db: Database, hall: str, window: str, day: str) -> ServiceRow | None:
    """The service last finished at a window on a day."""
    sql = (
        f'SELECT {columns(ServiceRow)} FROM service WHERE "hall" = ? AND "window" = ? AND "day" = ? '
        'AND "state" = \'finished\' ORDER BY "end_ord" DESC LIMIT 1'
    )
    return one(db, ServiceRow, sql, (hall, window, day))


def started_most(db: Database, hall: str, staff: str, prefix: str, since_day: str, limit: int = 9) -> list[str]:
    """Codes of a group that a clerk started most since a day."""
    sql = (
        'SELECT "code" FROM service WHERE "hall" = ? AND "staff" = ? AND "day" >= ? AND substr("code", 1, 1) = ? '
        'GROUP BY "code" ORDER BY count(*) DESC, "code" LIMIT ?'
    )
    return [row[0] for row in db.rows(sql, (hall, staff, since_day, prefix, limit))]


def today(db: Database, hall: str, staff: str, day: str) -> Today:
    """A clerk's sums of a day over all matters."""
    sums = ", ".join(f'coalesce(sum("{name}"), 0)' for name in Today.__struct_fields__)
    sql = f'SELECT {sums} FROM figure WHERE "period" = ? AND "hall" = ? AND "staff" = ?'
    return Today(*(int(value) for value in db.rows(sql, (day, hall, staff))[0]))


def asks_open(db: Database, hall: str) -> list[AskRow]:
    """Pads' windows that are open, oldest first."""
    sql = f'SELECT {columns(AskRow)} FROM rating_ask WHERE "hall" = ? AND "state" = \'open\' ORDER BY "asked_t"'
    return structs(db, AskRow, sql, (hall,))


def last_ask(db: Database, window: str) -> AskRow | None:
    """The pad's window opened last at a counter."""
    sql = f'SELECT {columns(AskRow)} FROM rating_ask WHERE "window" = ? ORDER BY "ord" DESC LIMIT 1'
    return one(db, AskRow, sql, (window,))


def ask(db: Database, id: str) -> AskRow | None:
    return one(db, AskRow, f'SELECT {columns(AskRow)} FROM rating_ask WHERE "id" = ?', (id,))


def ask_of_service(db: Database, service: str) -> AskRow | None:
    sql = f'SELECT {columns(AskRow)} FROM rating_ask WHERE "service" = ? ORDER BY "ord" DESC LIMIT 1'
    return one(db, AskRow, sql, (service,))


def wids_used(db: Database, window: str, pad: str, since_day: str) -> set[int]:
    """Pad windows already used at a window or by a pad since a day (never reused)."""
    sql = 'SELECT "wid" FROM rating_ask WHERE "day" >= ? AND ("window" = ? OR "pad" = ?)'
    return {int(row[0]) for row in db.rows(sql, (since_day, window, pad))}


def rated_key(db: Database, service: str, wid: int) -> int:
    """The pad key of a rating; 0 without one."""
    return int(db.value('SELECT "key" FROM rating WHERE "service" = ? AND "wid" = ?', (service, wid)) or 0)


def changed_last(db: Database, window: str, ticket: str = "") -> list[str]:
    """The causal order of the facts that last changed a window and a ticket."""
    found = [db.value('SELECT "ord" FROM "window" WHERE "code" = ?', (window,))]
    if ticket:
        found.append(db.value('SELECT "ord" FROM ticket WHERE "id" = ?', (ticket,)))
    return [str(order or "") for order in found]


def somebody_served(db: Database, hall: str) -> bool:
    """Whether a person stands at some window of the hall."""
    sql = "SELECT count(*) FROM \"window\" WHERE \"hall\" = ? AND \"state\" NOT IN ('closed', 'idle', 'break', 'substituted')"
    return bool(db.value(sql, (hall,)))


def awaiting(db: Database, hall: str) -> list[ServiceRow]:
    """Finished services whose window still waits for the rating."""
    sql = (
        f'SELECT {columns(ServiceRow, "s.")} FROM service s JOIN "window" w ON w."service" = s."id" '
        'WHERE w."hall" = ? AND w."state" = \'awaiting_rating\''
    )
    return structs(db, ServiceRow, sql, (hall,))


def unrated(db: Database, service: str) -> UnratedRow | None:
    return one(db, UnratedRow, f'SELECT {columns(UnratedRow)} FROM unrated WHERE "service" = ?', (service,))


def visits_without_rating(db: Database, hall: str, since_day: str) -> list[ServiceRow]:
    """Services whose rating was left to their visit, in the order of their ends, where the visit is over without one."""
    sql = (
        f'SELECT {columns(ServiceRow, "s.")} FROM service s JOIN ticket t ON t."id" = s."ticket" '
        'WHERE s."hall" = ? AND s."day" >= ? AND s."rating" = \'with_visit\' AND t."state" = \'closed\' '
        'AND NOT EXISTS (SELECT 1 FROM service o WHERE o."visit" = s."visit" '
        "AND o.\"rating\" IN ('rated', 'unrated')) ORDER BY s.\"end_ord\""
    )
    return structs(db, ServiceRow, sql, (hall, since_day))


def level(db: Database, service: str) -> int:
    """The level that holds for a service: its own, or that of its visit; 0 without one, and for a revoked one.

    For drill-down, never for sums.
    """
    sql = (
        'SELECT r."level" FROM service s JOIN (SELECT "id", "service", "visit", "level", "at_t" FROM rating '
        'UNION ALL SELECT "id", "service", "visit", "level", "at_t" FROM rating_card) AS r ON r."service" = s."id" '
        'OR (s."rating" = \'with_visit\' AND r."visit" = s."visit") WHERE s."id" = ? '
        'AND r."id" NOT IN (SELECT "rating" FROM revoked_rating) ORDER BY r."at_t" DESC LIMIT 1'
    )
    return int(db.value(sql, (service,)) or 0)


def fault_pauses(db: Database, hall: str, staff: str, since_t: int, reasons: tuple[str, ...]) -> int:
    """How many pauses for one of these reasons a clerk has begun since a moment, ms UTC; those taken back are none."""
    marks = ", ".join("?" * len(reasons))
    sql = (
        'SELECT count(*) FROM service_interval WHERE "hall" = ? AND "staff" = ? AND "from_t" >= ? '
        f'AND "kind" = \'paused\' AND "undone" = 0 AND "reason" IN ({marks})'
    )
    return int(db.value(sql, (hall, staff, since_t, *reasons)))


def unconfirmed_pauses(db: Database, hall: str, since_t: int) -> list[PauseRow]:
    """Fault pauses that the duty leader must confirm, oldest first."""
    sql = (
        f'SELECT {columns(PauseRow)} FROM service_interval WHERE "hall" = ? AND "from_t" >= ? '
        'AND "needs_confirmation" = 1 AND "undone" = 0 ORDER BY "from_t"'
    )
    return structs(db, PauseRow, sql, (hall, since_t))


def unrated_today(db: Database, hall: str, staff: str, day: str) -> list[UnratedRow]:
    """A clerk's unrated services of a day, newest first."""
    sql = (
        f'SELECT {columns(UnratedRow)} FROM unrated WHERE "hall" = ? AND "staff" = ? AND "day" = ? AND "undone" = 0 '
        'ORDER BY "at_t" DESC'
    )
    return structs(db, UnratedRow, sql, (hall, staff, day))


def recent_calls(db: Database, hall: str, day: str, limit: int = 10) -> list[CallRow]:
    """The last calls of the day, newest first; a ticket appears once, with its last call."""
    sql = (
        'SELECT t."number", w."name", t."last_called_t", t."calls" FROM ticket t '
        'JOIN "window" w ON w."code" = t."called_window" '
        'WHERE t."hall" = ? AND t."day" = ? AND t."calls" > 0 ORDER BY t."last_called_t" DESC LIMIT ?'
    )
    return structs(db, CallRow, sql, (hall, day, limit))


def punched(db: Database, hall: str, staff: str, day: str) -> int | None:
    """When the day's first sign-on punch was, ms UTC."""
    sql = (
        'SELECT min("at_t") FROM punch WHERE "hall" = ? AND "staff" = ? AND "day" = ? '
        'AND "kind" = \'sign_on\' AND "punch" = 1'
    )
    found = db.value(sql, (hall, staff, day))
    return None if found is None else int(found)


def last_break(db: Database, hall: str, staff: str, since_t: int) -> int | None:
    """When the last break of the day began."""
    sql = 'SELECT max("at_t") FROM punch WHERE "hall" = ? AND "staff" = ? AND "at_t" >= ? AND "kind" = \'break\''
    found = db.value(sql, (hall, staff, since_t))
    return None if found is None else int(found)


def last_day(db: Database, hall: str) -> str:
    """The newest business day opened here; empty before the first."""
    return str(db.value('SELECT max("day") FROM day WHERE "hall" = ?', (hall,)) or "")


def day_closed(db: Database, hall: str, day: str) -> bool:
    return bool(db.value('SELECT "closed_t" FROM day WHERE "hall" = ? AND "day" = ?', (hall, day)))


def held_in_hall(db: Database, hall: str, day: str) -> list[TicketRow]:
    """All held tickets of a day."""
    sql = f'SELECT {columns(TicketRow)} FROM ticket WHERE "hall" = ? AND "day" = ? AND "state" = \'held\''
    return structs(db, TicketRow, sql, (hall, day))


def finished_last(db: Database, hall: str, staff: str, day: str, limit: int) -> list[DoneRow]:
    """The services a clerk finished last on a day, newest first."""
    places = places_above(db, hall)
    marks = ", ".join("?" * len(places))
    sql = (
        'SELECT s."id", coalesce(t."number", \'\'), s."code", coalesce(m."name_zh", \'\'), coalesce(m."name_en", \'\'), '
        's."end_t", s."counted_s", s."overtime", s."rating", coalesce(u."reason", \'\') FROM service s '
        'LEFT JOIN ticket t ON t."id" = s."ticket" '
        'LEFT JOIN service_type m ON m."code" = s."code" AND m."number" = s."version" AND m."hall" = '
        '(SELECT n."hall" FROM service_type n WHERE n."code" = s."code" AND n."number" = s."version" '
        f'AND n."hall" IN ({marks}) ORDER BY length(n."hall") DESC LIMIT 1) '
        'LEFT JOIN unrated u ON u."service" = s."id" AND u."undone" = 0 '
        'WHERE s."hall" = ? AND s."day" = ? AND s."staff" = ? AND s."state" = \'finished\' '
        'ORDER BY s."end_ord" DESC LIMIT ?'
    )
    return structs(db, DoneRow, sql, (*places, hall, day, staff, limit))
