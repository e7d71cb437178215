"""Failures as screens, workflows and reports read them. Moments are ms UTC, money is fen."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from storage.database import Database
from storage.facts import FaultKind
from storage.views.reading import columns, one, structs

Span = tuple[str, str, str]
"""A hall, its first and its last day."""
OF_DAYS = '"hall" = ? AND "day" BETWEEN ? AND ?'


class OutageRow(Struct, frozen=True):
    """A declared fault; ``windows`` are codes joined by commas, empty: the whole hall; ``to_t`` 0: it goes on."""

    id: str
    hall: str
    day: str
    fault: FaultKind
    windows: str
    from_t: int
    expected_t: int
    note: str
    declared_t: int
    declared_by: str
    confirmed_t: int
    confirmed_by: str
    whole: bool
    expected_now_t: int
    withdrawn_t: int
    reason: str
    to_t: int

    @property
    def is_open(self) -> bool:
        """It goes on, and nobody has said that there was none."""
        return not self.to_t and not self.withdrawn_t

    def concerns(self, window: str) -> bool:
        """Whether a window is among those that the fault stops."""
        return self.whole or not self.windows or window in self.windows.split(",")

    @property
    def back_t(self) -> int:
        """When recovery is expected; 0: nobody knows."""
        return self.expected_now_t or self.expected_t


class FaultPause(Struct, frozen=True):
    """A fault pause with its service and what was said of it; ``needs``: a leader must; ``length_ms`` 0: it goes on."""

    id: str
    service: str
    staff: str
    reason: str
    from_t: int
    length_ms: int
    needs: bool
    outage: str
    window: str
    day: str
    state: str
    code: str
    said: bool
    confirmed: bool
    said_outage: str


class BackEntryRow(Struct, frozen=True):
    id: str
    hall: str
    outage: str
    slip: str
    window: str
    staff: str
    code: str
    number: int
    quantity: int
    day: str
    from_t: int
    to_t: int
    std_milliminutes: int
    ticket: str
    note: str
    made_t: int
    made_by: str
    confirmed_t: int
    confirmed_by: str
    refused_t: int
    reason: str


class CardRow(Struct, frozen=True):
    id: str
    hall: str
    number: str
    prefix: str
    outage: str
    day: str
    last_day: str
    ticket: str
    signature: str
    issued_t: int
    issued_by: str
    used_t: int
    used_day: str
    used_ticket: str


class PaperRow(Struct, frozen=True):
    id: str
    outage: str
    slip: str
    window: str
    staff: str
    code: str
    day: str
    ref: str
    note: str
    kept_t: int


class ReceiptRow(Struct, frozen=True):
    id: str
    receipt_no: str
    day: str
    tax_kind: str
    amount_fen: int
    late_fee_fen: int
    fine_fen: int
    ref: str
    written_t: int
    by: str
    entered_t: int


class AnswerRow(Struct, frozen=True):
    outage: str
    window: str
    staff: str
    service: str
    answer: str
    note: str
    answered_t: int
    by: str


class LastService(Struct, frozen=True):
    """The last service of a window that had begun before a moment."""

    id: str
    window: str
    staff: str
    code: str
    ticket: str
    start_t: int
    end_t: int


def outage(db: Database, id: str) -> OutageRow | None:
    return one(db, OutageRow, f'SELECT {columns(OutageRow)} FROM outage WHERE "id" = ?', (id,))


def open_outages(db: Database, hall: str) -> list[OutageRow]:
    """Those that go on, oldest first."""
    sql = (
        f'SELECT {columns(OutageRow)} FROM outage WHERE "hall" = ? AND "to_t" = 0 AND "withdrawn_t" = 0 '
        'AND "declared_t" > 0 ORDER BY "from_t", "id"'
    )
    return structs(db, OutageRow, sql, (hall,))


def outages(db: Database, span: Span) -> list[OutageRow]:
    """All that were declared on these days, newest first; also those that were withdrawn."""
    sql = f'SELECT {columns(OutageRow)} FROM outage WHERE {OF_DAYS} AND "declared_t" > 0 ORDER BY "from_t" DESC, "id"'
    return structs(db, OutageRow, sql, span)


PAUSES = (
    'SELECT i."id", i."service", i."staff", i."reason", i."from_t", i."length_ms", i."needs_confirmation" AS needs, '
    'i."outage", s."window", s."day", s."state", s."code", CASE WHEN coalesce(w."said_t", 0) > 0 THEN 1 ELSE 0 END, '
    'coalesce(w."confirmed", 0), coalesce(w."outage", \'\') FROM service_interval i '
    'JOIN service s ON s."id" = i."service" AND s."hall" = i."hall" '
    'LEFT JOIN pause_word w ON w."pause" = i."id" AND w."hall" = i."hall" '
    'WHERE i."hall" = ? AND i."kind" = \'paused\' AND i."excluded" = 1 AND i."undone" = 0 AND i."recounted" = 0 '
    'AND i."reason" IN ({marks})'
)


def fault_pauses_since(db: Database, hall: str, since_t: int, reasons: Sequence[str]) -> list[FaultPause]:
    """Fault pauses that began at or after a moment and are still excluded, oldest first."""
    sql = PAUSES.format(marks=", ".join("?" * len(reasons))) + ' AND i."from_t" >= ? ORDER BY i."from_t", i."id"'
    return structs(db, FaultPause, sql, (hall, *reasons, since_t))


def back_entry(db: Database, id: str) -> BackEntryRow | None:
    return one(db, BackEntryRow, f'SELECT {columns(BackEntryRow)} FROM back_entry WHERE "id" = ?', (id,))


def back_entries(db: Database, span: Span) -> list[BackEntryRow]:
    """In the order in which they were worked on."""
    sql = f'SELECT {columns(BackEntryRow)} FROM back_entry WHERE {OF_DAYS} AND "made_t" > 0 ORDER BY "from_t", "id"'
    return structs(db, BackEntryRow, sql, span)


def entries_waiting(db: Database, hall: str) -> list[BackEntryRow]:
    """Entries that nobody has confirmed or refused, oldest first."""
    sql = (
        f'SELECT {columns(BackEntryRow)} FROM back_entry WHERE "hall" = ? AND "made_t" > 0 AND "confirmed_t" = 0 '
        'AND "refused_t" = 0 ORDER BY "made_t", "id"'
    )
    return structs(db, BackEntryRow, sql, (hall,))


def slips_entered(db: Database, hall: str, outage: str) -> list[str]:
    """Numbers of the slips of an outage that were entered and not refused."""
    sql = 'SELECT "slip" FROM back_entry WHERE "hall" = ? AND "outage" = ? AND "made_t" > 0 AND "refused_t" = 0'
    return [str(slip) for (slip,) in db.rows(sql, (hall, outage))]


def worked(db: Database, hall: str, staff: str, from_t: int, to_t: int) -> list[tuple[str, int, int]]:
    """When a clerk served, and what was entered for him and waits, between two moments; an open service has no end (0)."""
    sql = (
        'SELECT "id", "start_t", "end_t" FROM service WHERE "hall" = ? AND "staff" = ? AND "state" IN '
        "('serving', 'paused', 'finished') AND \"start_t\" < ? AND (\"end_t\" = 0 OR \"end_t\" > ?) "
        'UNION ALL SELECT "id", "from_t", "to_t" FROM back_entry WHERE "hall" = ? AND "staff" = ? AND "made_t" > 0 '
        'AND "confirmed_t" = 0 AND "refused_t" = 0 AND "from_t" < ? AND "to_t" > ?'
    )
    where = (hall, staff, to_t, from_t)
    return [(str(id), int(start), int(end)) for id, start, end in db.rows(sql, (*where, *where))]


def stood_still(db: Database, hall: str, service: str) -> list[tuple[int, int]]:
    """When a service was paused and nothing of it could count: from and length in ms; a pause that goes on has none (0)."""
    sql = (
        'SELECT "from_t", "length_ms" FROM service_interval WHERE "hall" = ? AND "service" = ? AND "excluded" = 1 '
        'AND "undone" = 0 AND "kind" IN (\'paused\', \'held\') ORDER BY "from_t"'
    )
    return [(int(start), int(length)) for start, length in db.rows(sql, (hall, service))]


def card_by_number(db: Database, hall: str, number: str) -> CardRow | None:
    sql = f'SELECT {columns(CardRow)} FROM outage_card WHERE "hall" = ? AND "number" = ? AND "issued_t" > 0'
    return one(db, CardRow, sql, (hall, number))


def cards(db: Database, hall: str, outage: str) -> list[CardRow]:
    """The cards of an outage, in the order of their numbers."""
    sql = (
        f'SELECT {columns(CardRow)} FROM outage_card WHERE "hall" = ? AND "outage" = ? AND "issued_t" > 0 '
        'ORDER BY "number"'
    )
    return structs(db, CardRow, sql, (hall, outage))


def cards_issued(db: Database, hall: str, day: str) -> int:
    """How many cards were given out on a day."""
    sql = 'SELECT count(*) FROM outage_card WHERE "hall" = ? AND "day" = ? AND "issued_t" > 0'
    return int(db.value(sql, (hall, day)))


def papers(db: Database, hall: str, outage: str) -> list[PaperRow]:
    sql = f'SELECT {columns(PaperRow)} FROM paper_kept WHERE "hall" = ? AND "outage" = ? ORDER BY "kept_t", "id"'
    return structs(db, PaperRow, sql, (hall, outage))


def answers(db: Database, hall: str, outage: str) -> list[AnswerRow]:
    sql = f'SELECT {columns(AnswerRow)} FROM last_answer WHERE "hall" = ? AND "outage" = ? ORDER BY "window"'
    return structs(db, AnswerRow, sql, (hall, outage))


def last_services(db: Database, hall: str, day: str, before_t: int) -> list[LastService]:
    """For each window the last service of the day that had begun before a moment."""
    sql = (
        f'SELECT {columns(LastService)} FROM service WHERE "hall" = ? AND "day" = ? AND "start_t" <= ? '
        'AND "state" <> \'cancelled\' AND "entry_mode" <> \'back_entry\' ORDER BY "start_t", "id"'
    )
    found = {row.window: row for row in structs(db, LastService, sql, (hall, day, before_t))}
    return [found[window] for window in sorted(found)]


def receipt(db: Database, hall: str, receipt_no: str) -> ReceiptRow | None:
    sql = f'SELECT {columns(ReceiptRow)} FROM manual_receipt WHERE "hall" = ? AND "receipt_no" = ? AND "written_t" > 0'
    return one(db, ReceiptRow, sql, (hall, receipt_no))


def open_receipts(db: Database, hall: str, last_day: str = "9999-12-31") -> list[ReceiptRow]:
    """Receipts up to a day that do not stand in the tax software yet: a month with one is not frozen."""
    sql = (
        f'SELECT {columns(ReceiptRow)} FROM manual_receipt WHERE "hall" = ? AND "written_t" > 0 AND "entered_t" = 0 '
        'AND "day" <= ? ORDER BY "day", "receipt_no"'
    )
    return structs(db, ReceiptRow, sql, (hall, last_day))
