"""Who may call which ticket in a hall with several PCs: reads and writes nothing that a fact does not say.

The number host is the node that the others of its hall enrolled with. What waits may be called by the number host, or
under a claim it gave; a number that a cut-off node gave itself only by that node, until it is handed over.
"""

from __future__ import annotations

from typing import NamedTuple

from storage import nodes
from storage.database import Database
from storage.views.reading import columns, structs
from storage.views.rows import TicketRow

OWN = 'LEFT JOIN own_number o ON o."ticket" = t."id" AND o."handed" = 0'
WAITING = (
    f'SELECT {columns(TicketRow, "t.")} FROM ticket t {OWN} WHERE t."hall" = ? AND t."day" = ? '
    'AND t."state" = \'waiting\' AND coalesce(o."node", \'\') = ? ORDER BY t."issued_t", t."number"'
)
KEEPERS = 'SELECT "ticket", "node" FROM own_number WHERE "handed" = 0'
UNHANDED = 'SELECT "ticket" FROM own_number WHERE "node" = ? AND "handed" = 0 ORDER BY "ticket"'
CLAIM = 'SELECT "id", "ticket", "target", "number", "claimed_t", "used", "dropped" FROM claim WHERE "id" = ?'
OPEN = (
    'SELECT "id", "ticket", "target", "number", "claimed_t", "used", "dropped" FROM claim '
    'WHERE "node" = ? AND "ticket" <> \'\' AND "used" = 0 AND "dropped" = 0 ORDER BY "claimed_t", "id"'
)
NUMBER_TAKEN = 'SELECT 1 FROM claim WHERE "hall" = ? AND "day" = ? AND "number" = ?'
PLACE = 'SELECT "node" FROM window_place WHERE "window" = ?'
SERVED_ALREADY = (
    'SELECT DISTINCT t."id" FROM lan_down l JOIN service s ON s."id" = l."service" AND s."state" <> \'cancelled\' '
    'JOIN ticket t ON t."hall" = l."hall" AND t."day" = l."day" AND t."number" = l."number" '
    'WHERE l."hall" = ? AND l."day" = ? AND t."state" = \'waiting\' ORDER BY t."id"'
)
SERVED_UNDER = (
    'SELECT 1 FROM lan_down l JOIN service s ON s."id" = l."service" AND s."state" <> \'cancelled\' '
    'WHERE l."hall" = ? AND l."day" = ? AND l."number" = ?'
)
TWICE_BY_NUMBER = (
    'SELECT l."number", min(l."service"), max(l."service") FROM lan_down l JOIN service s ON s."id" = l."service" '
    'AND s."state" <> \'cancelled\' WHERE l."hall" = ? AND l."day" = ? GROUP BY l."number" '
    'HAVING count(DISTINCT l."visit") > 1'
)
TICKET_AND_NUMBER = (
    'SELECT l."number", min(s."id"), min(l."service") FROM lan_down l '
    'JOIN ticket t ON t."hall" = l."hall" AND t."day" = l."day" AND t."number" = l."number" '
    'JOIN service s ON s."ticket" = t."id" AND s."state" <> \'cancelled\' '
    'JOIN service o ON o."id" = l."service" AND o."state" <> \'cancelled\' '
    'WHERE l."hall" = ? AND l."day" = ? GROUP BY l."number"'
)
TWO_VISITS = (
    'SELECT t."number", min(s."id"), max(s."id") FROM service s JOIN ticket t ON t."id" = s."ticket" '
    'WHERE s."hall" = ? AND s."day" = ? AND s."ticket" <> \'\' AND s."state" <> \'cancelled\' '
    'GROUP BY t."number", t."id" HAVING count(DISTINCT s."visit") > 1'
)
OVERLAP_MS = 60_000
"""Services of two nodes that overlap by less may be one after the other by clocks that differ."""
_SPAN = (
    "a.\"state\" IN ('serving', 'paused', 'finished') AND b.\"state\" IN ('serving', 'paused', 'finished') "
    'AND a."node" < b."node" '
)
_SERVICE = (
    '(SELECT s."id", s."staff", s."window", s."state", s."start_t", '
    'CASE WHEN s."end_t" > 0 THEN s."end_t" ELSE ? END AS "end_t", substr(s."id", 1, instr(s."id", \'/\')) AS "node" '
    'FROM service s WHERE s."hall" = ? AND s."day" = ? AND NOT EXISTS (SELECT 1 FROM service_interval i '
    'WHERE i."service" = s."id" AND i."kind" = \'held\'))'
)
AT_ONCE = (
    f'SELECT a."{{column}}", a."id", b."id" FROM {_SERVICE} a JOIN {_SERVICE} b ON a."{{column}}" = b."{{column}}" '
    f'AND {_SPAN} AND a."start_t" + {OVERLAP_MS} < b."end_t" AND b."start_t" + {OVERLAP_MS} < a."end_t" '
    'ORDER BY a."id", b."id"'
)
REPORTED = 'SELECT 1 FROM "double" WHERE "what" = ? AND "first" = ? AND "second" = ?'
DOUBLES = (
    'SELECT "what", "subject", "first", "second", "found_t" FROM "double" WHERE "hall" = ? AND "day" = ? '
    'ORDER BY "found_t", "id"'
)


class Claimed(NamedTuple):
    """A claim as the facts tell it; ``ticket`` is empty for a number."""

    id: str
    ticket: str
    target: str
    number: str
    claimed_t: int
    used: bool
    dropped: bool


class Twice(NamedTuple):
    """What was done twice: the subject, and the two services."""

    subject: str
    first: str
    second: str


class DoubleRow(NamedTuple):
    """A report of it; ``found_t`` ms UTC."""

    what: str
    subject: str
    first: str
    second: str
    found_t: int


def number_host(db: Database, hall: str) -> str:
    """The node that gives out this hall's tickets, if that is another one than this file's; else ''."""
    found = nodes.upstream(db)
    return found.node if found is not None and found.node.rpartition("-")[0] == hall else ""


def waiting(db: Database, hall: str, day: str, keeper: str = "") -> list[TicketRow]:
    """Tickets that wait, oldest first: those of the number host, or with ``keeper`` those that this node keeps itself."""
    return structs(db, TicketRow, WAITING, (hall, day, keeper))


def keepers(db: Database) -> dict[str, str]:
    """The tickets that cut-off nodes still keep for themselves: ticket to node."""
    return {str(ticket): str(node) for ticket, node in db.rows(KEEPERS)}


def unhanded(db: Database, node: str) -> list[str]:
    """What a node keeps for itself, whatever became of it."""
    return [str(ticket) for (ticket,) in db.rows(UNHANDED, (node,))]


def claim(db: Database, id: str) -> Claimed | None:
    """One claim, if any fact names it."""
    rows = db.rows(CLAIM, (id,))
    return _claimed(rows[0]) if rows else None


def open_claims(db: Database, node: str) -> list[Claimed]:
    """Tickets kept for a node that it has neither called nor given up."""
    return [_claimed(row) for row in db.rows(OPEN, (node,))]


def _claimed(row: tuple[object, ...]) -> Claimed:
    id, ticket, target, number, claimed_t, used, dropped = row
    return Claimed(str(id), str(ticket), str(target), str(number), int(str(claimed_t)), bool(used), bool(dropped))


def number_is_taken(db: Database, hall: str, day: str, number: str) -> bool:
    """Whether the number was given away, though its ticket may not be known here yet."""
    return db.value(NUMBER_TAKEN, (hall, day, number)) is not None


def is_here(db: Database, own: str, window: str) -> bool:
    """Whether the terminal of a window is at this node, as far as anybody knows."""
    return db.value(PLACE, (window,)) in (None, "", own)


def served_without_call(db: Database, hall: str, day: str) -> list[str]:
    """Waiting tickets whose holders were served with their number while the number host was away."""
    return [str(ticket) for (ticket,) in db.rows(SERVED_ALREADY, (hall, day))]


def served_under(db: Database, hall: str, day: str, number: str) -> bool:
    """Whether somebody was served with this number while its ticket could not be called."""
    return db.value(SERVED_UNDER, (hall, day, number)) is not None


def numbers_twice(db: Database, hall: str, day: str) -> list[Twice]:
    """Numbers served twice, at least once without their ticket."""
    rows = [*db.rows(TWICE_BY_NUMBER, (hall, day)), *db.rows(TICKET_AND_NUMBER, (hall, day))]
    return [Twice(*map(str, row)) for row in rows]


def tickets_twice(db: Database, hall: str, day: str) -> list[Twice]:
    """Tickets that were begun in two visits."""
    return [Twice(*map(str, row)) for row in db.rows(TWO_VISITS, (hall, day))]


def at_once(db: Database, hall: str, day: str, column: str, now_t: int) -> list[Twice]:
    """Clerks (``staff``) or windows (``window``) with matters of two nodes open at once, by more than a minute."""
    span = (now_t, hall, day)
    return [Twice(*map(str, row)) for row in db.rows(AT_ONCE.format(column=column), (*span, *span))]


def is_reported(db: Database, what: str, twice: Twice) -> bool:
    """Whether this one was reported."""
    return db.value(REPORTED, (what, twice.first, twice.second)) is not None


def doubles(db: Database, hall: str, day: str) -> list[DoubleRow]:
    """What was done twice on a day."""
    return [
        DoubleRow(str(what), str(subject), str(first), str(second), int(found_t))
        for what, subject, first, second, found_t in db.rows(DOUBLES, (hall, day))
    ]
