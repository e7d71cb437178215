"""What the assessment is looked up in: frozen months and their points, errors, votes, adjustments, single services."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from storage.database import Database
from storage.facts import FrozenSetting, FrozenWork, Role, VoteCount
from storage.views.reading import columns, one, structs

CLERKS = (Role.CLERK, Role.POINT_CLERK)


class StateRow(Struct, frozen=True):
    """The month of a hall; ``state`` is ``frozen``, ``reopened`` or empty. ``still_open`` is JSON."""

    hall: str
    month: str
    freeze: str
    state: str
    at_t: int
    by: str
    reason: str
    proposal: str
    still_open: str
    proposed_t: int
    proposed_by: str

    @property
    def is_proposed(self) -> bool:
        """Somebody proposed it after it was last frozen or opened again."""
        return self.proposed_t > self.at_t


class FreezeRow(Struct, frozen=True):
    """A freezing whose parts are all here."""

    id: str
    hall: str
    month: str
    settings: str
    best_clerk: str
    at_t: int
    by: str

    @property
    def settings_then(self) -> dict[str, str]:
        """The settings it was computed by: JSON texts by name."""
        found = msgspec.json.decode(self.settings, type=list[FrozenSetting])
        return {row.name: row.value for row in found}


class PointsRow(Struct, frozen=True):
    """Frozen points of a clerk, hundredths; ``work`` is JSON."""

    freeze: str
    hall: str
    staff: str
    month: str
    rating_centi: int | None
    business_centi: int | None
    efficiency_centi: int | None
    attendance_centi: int | None
    total_centi: int | None
    rank: int
    work: str

    @property
    def counts(self) -> FrozenWork:
        """The raw counts behind them."""
        return msgspec.json.decode(self.work, type=FrozenWork)


class ErrorRow(Struct, frozen=True):
    id: str
    hall: str
    staff: str
    day: str
    code: str
    service: str
    note: str
    by: str
    at_t: int
    withdrawn_t: int


class ComplaintRow(Struct, frozen=True):
    """A founded complaint; ``withdrawn_t`` 0: it stands."""

    id: str
    hall: str
    staff: str
    day: str
    number: str
    note: str
    by: str
    at_t: int
    withdrawn_t: int


class RoundRow(Struct, frozen=True):
    """The vote of a hall and month; ``counted_t`` 0: it is open. ``counts`` is JSON."""

    hall: str
    month: str
    box: str
    opened_by: str
    opened_t: int
    counts: str
    voters: int
    entitled: int
    invalid: int
    counted_t: int

    @property
    def votes(self) -> tuple[VoteCount, ...]:
        """Most first."""
        return msgspec.json.decode(self.counts or "[]", type=tuple[VoteCount, ...])


class AdjustmentRow(Struct, frozen=True):
    """See :class:`storage.facts.AdjustmentMade`."""

    id: str
    hall: str
    month: str
    staff: str
    adjustment: str
    part: str
    before_centi: int | None
    after_centi: int | None
    reason: str
    of: str
    by: str
    at_t: int


class ServiceLine(Struct, frozen=True):
    """One finished service as the assessment looks at it; ``level`` 0: not rated, ``exempt`` only then; ``verified`` yes,
    no, unknown or outside.
    """

    id: str
    day: str
    end_t: int
    number: str
    code: str
    entry_mode: str
    quantity: int
    limit_s: int
    counted_s: int
    excluded_s: int
    overtime: bool
    std_milliminutes: int
    suspicious: bool
    level: int
    unrated: str
    exempt: bool
    verified: str = "unknown"


def _in(values: Sequence[object]) -> str:
    return f"({', '.join('?' * len(values))})"


def month_states(db: Database, halls: Sequence[str], months: Sequence[str]) -> dict[tuple[str, str], StateRow]:
    """By hall and month; what nobody proposed or froze is not there."""
    if not halls or not months:
        return {}
    sql = f'SELECT {columns(StateRow)} FROM month_state WHERE "hall" IN {_in(halls)} AND "month" IN {_in(months)}'
    return {(row.hall, row.month): row for row in structs(db, StateRow, sql, (*halls, *months))}


def freezes(db: Database, halls: Sequence[str], months: Sequence[str]) -> dict[tuple[str, str], FreezeRow]:
    """The freezings that hold, by hall and month; one whose parts are not all here is none yet."""
    if not halls or not months:
        return {}
    names = columns(FreezeRow, "f.")
    sql = (
        f'SELECT {names} FROM month_state s JOIN month_freeze f ON f."id" = s."freeze" AND f."hall" = s."hall" '
        f'WHERE s."state" = \'frozen\' AND f."parts_here" >= f."parts" '
        f'AND s."hall" IN {_in(halls)} AND s."month" IN {_in(months)}'
    )
    return {(row.hall, row.month): row for row in structs(db, FreezeRow, sql, (*halls, *months))}


def points(db: Database, freeze_ids: Sequence[str]) -> list[PointsRow]:
    """The points of these freezings, by staff number."""
    if not freeze_ids:
        return []
    sql = (
        f'SELECT {columns(PointsRow)} FROM frozen_points WHERE "freeze" IN {_in(freeze_ids)} ORDER BY "staff", "month"'
    )
    return structs(db, PointsRow, sql, tuple(freeze_ids))


def clerks(db: Database, halls: Sequence[str]) -> list[tuple[str, str]]:
    """``(staff, hall)`` of those who serve in these halls, by their role."""
    sql = (
        'SELECT s."number", s."hall" FROM staff s WHERE s."active" = 1 '
        f'AND s."hall" IN {_in(halls)} AND EXISTS (SELECT 1 FROM staff_grant g WHERE g."staff" = s."number" '
        f'AND g."active" = 1 AND g."role" IN {_in(CLERKS)}) ORDER BY s."number"'
    )
    roles = [role.value for role in CLERKS]
    return [(str(staff), str(hall)) for staff, hall in db.rows(sql, (*halls, *roles))]


def entitled(db: Database, hall: str) -> list[str]:
    """The staff numbers of a hall's own people."""
    rows = db.rows('SELECT "number" FROM staff WHERE "hall" = ? AND "active" = 1 ORDER BY "number"', (hall,))
    return [str(number) for (number,) in rows]


def errors(db: Database, hall: str, first: str, last: str, staff: str = "") -> list[ErrorRow]:
    """Those of a hall's days, withdrawn ones included."""
    mine = ' AND "staff" = ?' if staff else ""
    where = f'"hall" = ? AND "day" BETWEEN ? AND ?{mine}'
    sql = f'SELECT {columns(ErrorRow)} FROM handling_error WHERE {where} ORDER BY "day", "id"'
    return structs(db, ErrorRow, sql, (hall, first, last, *([staff] if staff else ())))


def error(db: Database, id: str) -> ErrorRow | None:
    return one(db, ErrorRow, f'SELECT {columns(ErrorRow)} FROM handling_error WHERE "id" = ?', (id,))


def complaints(db: Database, halls: Sequence[str], first: str, last: str, staff: str = "") -> list[ComplaintRow]:
    """Those that were founded on these days, withdrawn ones included."""
    mine = ' AND "staff" = ?' if staff else ""
    where = f'"hall" IN {_in(halls)} AND "day" BETWEEN ? AND ?{mine}'
    sql = f'SELECT {columns(ComplaintRow)} FROM complaint WHERE {where} ORDER BY "day", "id"'
    return structs(db, ComplaintRow, sql, (*halls, first, last, *([staff] if staff else ())))


def complaint(db: Database, id: str) -> ComplaintRow | None:
    return one(db, ComplaintRow, f'SELECT {columns(ComplaintRow)} FROM complaint WHERE "id" = ?', (id,))


def vote_round(db: Database, hall: str, month: str) -> RoundRow | None:
    sql = f'SELECT {columns(RoundRow)} FROM vote_round WHERE "hall" = ? AND "month" = ? AND "box" <> \'\''
    return one(db, RoundRow, sql, (hall, month))


def vote_rounds(db: Database, halls: Sequence[str], month: str) -> list[RoundRow]:
    """The votes of several halls."""
    sql = f'SELECT {columns(RoundRow)} FROM vote_round WHERE "month" = ? AND "hall" IN {_in(halls)} AND "box" <> \'\''
    return structs(db, RoundRow, sql, (month, *halls))


def ballots(db: Database, hall: str, month: str) -> list[tuple[str, str]]:
    """``(voter, sealed choice)`` of a vote."""
    sql = 'SELECT "voter", "ballot" FROM ballot WHERE "hall" = ? AND "month" = ? ORDER BY "voter"'
    return [(str(voter), str(sealed)) for voter, sealed in db.rows(sql, (hall, month))]


def adjustments(db: Database, halls: Sequence[str], months: Sequence[str]) -> list[AdjustmentRow]:
    """In the order they were made."""
    if not halls or not months:
        return []
    sql = (
        f'SELECT {columns(AdjustmentRow)} FROM adjustment WHERE "hall" IN {_in(halls)} AND "month" IN {_in(months)} '
        'ORDER BY "month", "hall", "staff", "at_t", "id"'
    )
    return structs(db, AdjustmentRow, sql, (*halls, *months))


SERVICES = (
    'SELECT s."id", s."day", s."end_t", coalesce(t."number", \'\'), s."code", s."entry_mode", s."quantity", s."limit_s", '
    's."counted_s", s."excluded_s", s."overtime", s."std_milliminutes", s."suspicious", coalesce(r."level", c."level", 0), '
    'coalesce(u."reason", \'\'), coalesce(u."exempt", 0), coalesce(v."verified", \'unknown\') FROM service s '
    'LEFT JOIN ticket t ON t."id" = s."ticket" AND t."hall" = s."hall" '
    'LEFT JOIN rating r ON r."service" = s."id" AND r."hall" = s."hall" '
    'AND r."id" NOT IN (SELECT "rating" FROM revoked_rating) '
    'LEFT JOIN rating_card c ON c."service" = s."id" AND c."frozen" = 0 '
    'AND c."id" NOT IN (SELECT "rating" FROM revoked_rating) '
    'LEFT JOIN unrated u ON u."service" = s."id" AND u."hall" = s."hall" AND u."undone" = 0 '
    'LEFT JOIN verification v ON v."service" = s."id" AND v."hall" = s."hall" '
    'WHERE s."hall" = ? AND s."day" BETWEEN ? AND ? AND s."staff" = ? AND s."state" = \'finished\' '
    'ORDER BY s."day", s."end_t", s."id"'
)


def service_lines(db: Database, span: tuple[str, str, str], staff: str) -> list[ServiceLine]:
    """The finished services of a clerk in a hall, from a day to a day."""
    names = ServiceLine.__struct_fields__
    found = [dict(zip(names, row, strict=True)) for row in db.rows(SERVICES, (*span, staff))]
    return msgspec.convert(found, list[ServiceLine], strict=False)


def longest_over_s(db: Database, span: tuple[str, str, str], staff: str) -> int | None:
    """By how much the worst timed service of a clerk was over its limit, seconds; None: none was."""
    sql = (
        'SELECT max("counted_s" - "limit_s") FROM service WHERE "hall" = ? AND "day" BETWEEN ? AND ? AND "staff" = ? '
        'AND "state" = \'finished\' AND "entry_mode" <> \'back_entry\' AND "suspicious" = 0 AND "overtime" = 1'
    )
    found = db.value(sql, (*span, staff))
    return None if found is None else int(found)


def open_pauses(db: Database, hall: str, first: str, last: str) -> int:
    """Fault pauses of some days that nobody has confirmed."""
    sql = (
        'SELECT count(*) FROM service_interval WHERE "hall" = ? AND "day" BETWEEN ? AND ? '
        'AND "needs_confirmation" = 1 AND "undone" = 0'
    )
    return int(db.value(sql, (hall, first, last)) or 0)


def open_receipts(db: Database, hall: str, last: str) -> int:
    """Receipts written by hand up to a day whose amounts do not stand in the tax software yet."""
    sql = 'SELECT count(*) FROM manual_receipt WHERE "hall" = ? AND "day" <= ? AND "written_t" > 0 AND "entered_t" = 0'
    return int(db.value(sql, (hall, last)) or 0)


def open_back_entries(db: Database, hall: str, first: str, last: str) -> int:
    """Work entered afterwards that a second person has neither confirmed nor refused."""
    sql = (
        'SELECT count(*) FROM back_entry WHERE "hall" = ? AND "day" BETWEEN ? AND ? '
        'AND "made_t" > 0 AND "confirmed_t" = 0 AND "refused_t" = 0'
    )
    return int(db.value(sql, (hall, first, last)) or 0)


def has_served(db: Database, hall: str, staff: str) -> bool:
    """Whether somebody ever served in a hall."""
    return db.value('SELECT 1 FROM service WHERE "hall" = ? AND "staff" = ? LIMIT 1', (hall, staff)) is not None


def open_votes(db: Database, hall: str) -> list[str]:
    """The months of a hall whose vote is open, oldest first."""
    sql = 'SELECT "month" FROM vote_round WHERE "hall" = ? AND "box" <> \'\' AND "counted_t" = 0 ORDER BY "month"'
    return [str(month) for (month,) in db.rows(sql, (hall,))]


def proposed_months(db: Database) -> list[tuple[str, str]]:
    """``(hall, month)`` that somebody proposed since it was last frozen or opened again, oldest first."""
    sql = 'SELECT "hall", "month" FROM month_state WHERE "proposed_t" > "at_t" ORDER BY "month", "hall"'
    return [(str(hall), str(month)) for hall, month in db.rows(sql)]
