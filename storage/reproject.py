"""Lines put aside are tried again: after an upgrade that knows their kinds, or once their node's place is known."""

from __future__ import annotations

from msgspec import Struct

from storage import feed, nodes, receive, typed
from storage.carried import Told, repeated
from storage.database import Database, Row
from storage.journal import Journal
from storage.projections import Placed
from storage.speech import Speech
from storage.understand import Why, understood

AT_ONCE = 500
ASIDE = (
    "SELECT e.pos, e.node, e.epoch, e.seq, e.line, e.hash FROM quarantine q "
    "JOIN event e ON e.node = q.node AND e.epoch = q.epoch AND e.seq = q.seq WHERE e.pos > ? ORDER BY e.pos LIMIT ?"
)
ASIDE_FOR = ASIDE.replace("WHERE", "WHERE q.why = ? AND")
RELEASE = "DELETE FROM quarantine WHERE node = ? AND epoch = ? AND seq = ?"


class Reprojected(Struct, frozen=True):
    """Lines that were tried, and those that are in the tables now."""

    tried: int
    projected: int


def reproject(journal: Journal, why: Why | None = None) -> Reprojected:
    """Try all lines put aside, or those put aside for one reason; 500 a transaction."""
    pos = tried = projected = 0
    own = journal.identity.node
    while True:
        with journal.transaction() as database:
            sql, params = (ASIDE, (pos, AT_ONCE)) if why is None else (ASIDE_FOR, (why.value, pos, AT_ONCE))
            rows = database.rows(sql, params)
            if not rows:
                return Reprojected(tried, projected + feed.try_again(database, own))
            pos = int(rows[-1][0])
            tried += len(rows)
            projected += _again(database, rows, own)


def _again(database: Database, rows: list[Row], own: str) -> int:
    """How many of these lines are in the tables now; they leave the quarantine."""
    speeches: dict[str, Speech] = {own: Speech("", {})}
    above = nodes.parents(database)
    told: list[Told] = []
    placed: list[tuple[int, Placed]] = []
    for pos, node, epoch, seq, line, digest in rows:
        said = understood(node, int(epoch), int(seq), bytes(line), bytes(digest))
        if isinstance(said, Why) or said.placed is None:
            continue
        if node not in speeches:
            known = nodes.registered(database, node)
            speeches[node] = Speech(known.scope if known else "", above)
        if speeches[node].allows(said.placed):
            placed.append((len(told), said.placed))
            told.append(Told(int(pos), node, int(epoch), int(seq), said.birth))
    again = repeated(database, database, told)
    fresh = [one for one in placed if one[0] not in again]
    refused = {n for n, _ in receive.project_kept(database, fresh)}
    for n, in_tables in fresh:
        if n not in refused:
            typed.keep(database, typed.rows_of(told[n].node, told[n].epoch, [(told[n].seq, in_tables)]))
    released = [one for n, one in enumerate(told) if n not in refused]
    for one in released:
        database.execute(RELEASE, (one.node, one.epoch, one.seq))
    return len(released)
