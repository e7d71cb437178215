"""The newest lines of a node that its own disk lost: what its centre gives back, and how the node takes it.

A centre keeps every segment as the bytes that were received, signed by the node itself, so nothing new has to be trusted:
the node takes a line only where its own chain goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from storage import salvage
from storage.database import Database
from storage.journal import Journal

WANTED = (
    "SELECT CAST(max(epoch) AS TEXT) FROM log WHERE node = ? AND why = 'went_back' "
    "AND opened_t = (SELECT max(opened_t) FROM log WHERE node = ? AND why = 'went_back')"
)
DONE = "SELECT value FROM meta WHERE name = 'tail'"
NOTE = "INSERT INTO meta (name, value) VALUES ('tail', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
LOGS = "SELECT epoch, have FROM log WHERE node = ? ORDER BY opened_t, epoch"
BEYOND = "SELECT body FROM segment WHERE node = ? AND epoch = ? AND last > ? ORDER BY last LIMIT 1"


def segment_beyond(database: Database, node: str, have: Mapping[int, int]) -> bytes | None:
    """At the centre: the segment, as it was received, with the first line of the node beyond what it has by epoch; None
    when it has everything.
    """
    for epoch, there in database.rows(LOGS, (node,)):
        known = have.get(int(epoch), 0)
        if int(there) > known:
            body = database.value(BEYOND, (node, epoch, known))
            if body is not None:
                return bytes(body)
    return None


def marks(database: Database) -> dict[int, int]:
    """At the node: how many lines of each own log are here, by epoch."""
    node = database.value("SELECT value FROM meta WHERE name = 'node'")
    return {int(epoch): int(have) for epoch, have in database.rows(LOGS, (node,))}


def wanted(journal: Journal) -> str:
    """The epoch that began because this disk went back, if what it lost was not asked for since; else ""."""
    node = journal.identity.node
    epoch = str(journal.database.value(WANTED, (node, node)) or "")
    return "" if epoch == str(journal.database.value(DONE) or "") else epoch


def take_back(journal: Journal, given: Path, wanted_by: str) -> int:
    """Append what the segment files of a folder have beyond the node's earlier logs, in one transaction; returns how many
    lines. The log that is written now is left alone: this disk itself goes on with it.
    """
    node = journal.identity.node
    with journal.transaction() as database:
        _head, written = journal.head()
        taken = salvage.continue_closed(database, node, written, given)
        database.execute(NOTE, (wanted_by,))
    return taken
