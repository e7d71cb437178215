"""What this file's own logs have to send upstream, and how far that got. Nothing is marked per fact: one number says it.

A node writes one log; logs of earlier epochs stay until they are drained, and come first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from storage.chain import as_bytes, first_hash
from storage.database import Database
from storage.journal import Journal

COLUMNS = "node, epoch, have, head, acked, durable, parent, parent_epoch, parent_seq, why, closed, upto, pruned, store"
LOGS = f"SELECT {COLUMNS} FROM log WHERE node = ? ORDER BY closed DESC, opened_t, epoch"
WRITTEN = (
    f"SELECT {COLUMNS} FROM log WHERE node = ? "
    "AND epoch = (SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'epoch')"
)
ONE = f"SELECT {COLUMNS} FROM log WHERE node = ? AND epoch = ?"
LINES = "SELECT line, hash FROM event WHERE node = ? AND epoch = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
ACKNOWLEDGE = "UPDATE log SET acked = ?, durable = ?, store = ? WHERE node = ? AND epoch = ?"
WAITING = "SELECT sum(CASE WHEN closed = 1 THEN upto ELSE have END - acked) FROM log WHERE node = ?"
SET_META = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
HEARD = "SELECT value FROM meta WHERE name = 'heard'"
HEARD_EVERY_MS = 86_400_000
RECEIPT = "SELECT value FROM meta WHERE name = 'receipt'"
RECEIPT_PLACE = "SELECT value FROM meta WHERE name = 'receipt_place'"
STORE = "SELECT value FROM meta WHERE name = 'upstream_store'"


class Standing(NamedTuple):
    """Where an own log stands: ``have`` the newest seq here, ``acked`` the last one that is upstream, ``end`` the last
    one that belongs there under this epoch, ``pruned`` the last one whose line is gone here, ``store`` the upstream
    store that acknowledged.
    """

    node: str
    epoch: int
    have: int
    head: bytes
    acked: int
    durable: int
    parent: str = ""
    parent_epoch: int = 0
    parent_seq: int = 0
    why: str = ""
    is_closed: bool = False
    upto: int = 0
    pruned: int = 0
    store: str = ""

    @property
    def end(self) -> int:
        """The last seq to send."""
        return self.upto if self.is_closed else self.have

    @property
    def waiting(self) -> int:
        """Facts that are not upstream yet."""
        return max(0, self.end - self.acked)


def standing(journal: Journal) -> Standing:
    """The state of the log that is written now; raises NotSetUp."""
    return _standing(journal.database.rows(WRITTEN, (journal.identity.node,))[0])


def as_it_stands(journal: Journal, own: Standing) -> Standing:
    """The same log now: terminals go on writing while an answer is awaited."""
    return _standing(journal.database.rows(ONE, (own.node, own.epoch))[0])


def logs(journal: Journal) -> list[Standing]:
    """All own logs, the closed ones first."""
    return [_standing(row) for row in journal.database.rows(LOGS, (journal.identity.node,))]


def next_to_send(journal: Journal) -> Standing:
    """The log whose turn it is: one with lines to send, else one that the upstream store of today was never asked about,
    else the one that is written now.
    """
    known = upstream_store(journal)
    found = logs(journal)
    for one in found:
        if one.waiting or (one.is_closed and one.store != known):
            return one
    return standing(journal)


def all_waiting(journal: Journal) -> int:
    """Facts of all own logs that are not upstream yet."""
    return max(0, int(journal.database.value(WAITING, (journal.identity.node,)) or 0))


def unsent(journal: Journal, own: Standing, most: int) -> list[tuple[bytes, bytes]]:
    """Lines with their chain hashes, in order, from the first that is not upstream."""
    end = own.end if own.is_closed else 2**62
    rows = journal.database.rows(LINES, (own.node, own.epoch, own.acked, end, most))
    return [(as_bytes(line), as_bytes(digest)) for line, digest in rows]


def hash_at(journal: Journal, own: Standing, seq: int) -> bytes | None:
    """The own chain hash after ``seq`` lines; None beyond the end."""
    if seq == 0:
        return first_hash(own.node, own.epoch, own.parent)
    found = journal.database.value(HASH, (own.node, own.epoch, seq))
    return None if found is None else bytes(found)


def acknowledge(
    journal: Journal,
    own: Standing,
    acked: int,
    durable: int,
    *,
    store: str = "",
    receipt: str = "",
    rev: int = 0,
    also: Callable[[Database], None] | None = None,
) -> Standing:
    """Move the mark (forward, or back when the upstream store was restored) in one transaction; returns the new state.

    ``receipt`` is the signed answer as it is kept, for the store to be shown when it was put back, and ``rev`` how far that
    store was; ``also`` is done in the same transaction.
    """
    with journal.transaction() as database:
        note(database, own, acked, durable, store=store, receipt=receipt, rev=rev)
        if also is not None:
            also(database)
    return as_it_stands(journal, own)


def note(
    database: Database, own: Standing, acked: int, durable: int, *, store: str, receipt: str, rev: int = 0
) -> None:
    """The same within a transaction that does more. An answer that moves nothing, of a store that has nothing new either,
    is not written: whoever looks at this file would read everything again.
    """
    durable, store = min(durable, acked), store or own.store
    known, place = str(database.value(STORE) or ""), f"{store} {rev}"
    heard = not receipt or str(database.value(RECEIPT_PLACE) or "") == place
    if heard and (acked, durable, store, store or known) == (own.acked, own.durable, own.store, known):
        return
    database.execute(ACKNOWLEDGE, (acked, durable, store, own.node, own.epoch))
    if store:
        database.execute(SET_META, ("upstream_store", store))
    if receipt:
        database.execute(SET_META, ("receipt", receipt))
        database.execute(SET_META, ("receipt_place", place))


def keep_heard(database: Database, now_t: int) -> None:
    """The upstream node answered (wall ms of this PC), within the transaction of the answer: written once a day at most, as
    rights age by days.
    """
    if abs(now_t - heard_t(database)) >= HEARD_EVERY_MS:
        database.execute(SET_META, ("heard", str(now_t)))


def note_heard(journal: Journal, now_t: int) -> None:
    """The same in a transaction of its own."""
    with journal.transaction() as database:
        keep_heard(database, now_t)


def heard_t(database: Database) -> int:
    """When the upstream node was last heard of, over the line or on a stick (wall ms, to the day); 0 never."""
    return int(database.value(HEARD) or 0)


def receipt(journal: Journal) -> str:
    """The last signed answer as it was kept; "" before there is one."""
    return str(journal.database.value(RECEIPT) or "")


def upstream_store(journal: Journal) -> str:
    """The id of the upstream store that answered last."""
    return str(journal.database.value(STORE) or "")


def _standing(row: tuple[object, ...]) -> Standing:
    node, epoch, have, head, acked, durable, parent, parent_epoch, parent_seq, why, closed, upto, pruned, store = row
    numbers = [int(n) for n in (epoch, have, acked, durable, parent_epoch, parent_seq, upto, pruned)]  # type: ignore[call-overload]
    return Standing(
        node=str(node),
        epoch=numbers[0],
        have=numbers[1],
        head=bytes.fromhex(str(head)),
        acked=numbers[2],
        durable=numbers[3],
        parent=str(parent),
        parent_epoch=numbers[4],
        parent_seq=numbers[5],
        why=str(why),
        is_closed=bool(closed),
        upto=numbers[6],
        pruned=numbers[7],
        store=str(store),
    )
