"""What each outage of some days came to, for the report on faults."""

from __future__ import annotations

from msgspec import Struct

from storage.database import Database
from storage.views.outages import OutageRow, Span, outages


class OutageSum(Struct, frozen=True):
    """One outage. ``held``: tickets put aside while it went on; ``paused``: matters it paused, at ``windows`` windows, in
    ms; ``answers`` by what was answered.
    """

    row: OutageRow
    windows: int
    held: int
    paused: int
    paused_ms: int
    papers: int
    entered: int
    confirmed: int
    cards: int
    cards_used: int
    completed: int
    not_completed: int
    unknown: int


COUNTED = (
    'SELECT count(DISTINCT s."window"), count(*), CAST(coalesce(sum(i."length_ms"), 0) AS BIGINT) FROM service_interval i '
    'JOIN service s ON s."id" = i."service" AND s."hall" = i."hall" LEFT JOIN pause_word w ON w."pause" = i."id" '
    'AND w."hall" = i."hall" WHERE i."hall" = ? AND i."undone" = 0 AND i."kind" = \'paused\' '
    'AND (i."outage" = ? OR w."outage" = ?)'
)
HELD = (
    'SELECT count(DISTINCT s."ticket") FROM service s JOIN service_interval i ON i."service" = s."id" '
    'AND i."hall" = s."hall" WHERE s."hall" = ? AND s."day" = ? AND i."kind" = \'held\' AND i."undone" = 0 '
    'AND s."ticket" <> \'\' AND i."from_t" BETWEEN ? AND ?'
)
FOREVER = 2**62
PAPERS = 'SELECT count(*) FROM paper_kept WHERE "hall" = ? AND "outage" = ?'
ENTRIES = (
    'SELECT count(*), coalesce(sum(CASE WHEN "confirmed_t" > 0 THEN 1 ELSE 0 END), 0) FROM back_entry '
    'WHERE "hall" = ? AND "outage" = ? AND "made_t" > 0 AND "refused_t" = 0'
)
CARDS = (
    'SELECT count(*), coalesce(sum(CASE WHEN "used_t" > 0 THEN 1 ELSE 0 END), 0) FROM outage_card '
    'WHERE "hall" = ? AND "outage" = ? AND "issued_t" > 0'
)
ANSWERS = 'SELECT "answer", count(*) FROM last_answer WHERE "hall" = ? AND "outage" = ? GROUP BY "answer"'


def outage_sums(db: Database, span: Span) -> list[OutageSum]:
    """Oldest first; also those that were withdrawn."""
    return [_sum(db, row) for row in reversed(outages(db, span))]


def _sum(db: Database, row: OutageRow) -> OutageSum:
    where = (row.hall, row.id)
    windows, paused, paused_ms = db.rows(COUNTED, (*where, row.id))[0]
    entered, confirmed = db.rows(ENTRIES, where)[0]
    cards, used = db.rows(CARDS, where)[0]
    answers = {str(answer): int(count) for answer, count in db.rows(ANSWERS, where)}
    return OutageSum(
        row=row,
        windows=int(windows),
        held=int(db.value(HELD, (row.hall, row.day, row.from_t, row.to_t or FOREVER))),
        paused=int(paused),
        paused_ms=int(paused_ms),
        papers=int(db.value(PAPERS, where)),
        entered=int(entered),
        confirmed=int(confirmed),
        cards=int(cards),
        cards_used=int(used),
        completed=answers.get("completed", 0),
        not_completed=answers.get("not_completed", 0),
        unknown=answers.get("unknown", 0),
    )
