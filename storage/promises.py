"""The id of a store, and how a store learns that it was put back to an earlier state: by its own signed promises.

Whoever was answered keeps the last answer and encloses it. If it names this store and says more than is here, a copy of
earlier days was put in place: the store takes a new id, so that nobody trusts an old position in it any more.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from msgspec import Struct

from storage.database import Database

if TYPE_CHECKING:
    from storage.journal import Journal

STORE = "SELECT value FROM meta WHERE name = 'store'"
ADD_STORE = "INSERT INTO meta (name, value) VALUES ('store', ?) ON CONFLICT (name) DO NOTHING"
RENEW_STORE = "UPDATE meta SET value = ? WHERE name = 'store'"
HAVE = "SELECT have, head FROM log WHERE node = ? AND epoch = ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"


class Promise(Struct, frozen=True):
    """What a store once signed: ``have`` lines of a log with ``head`` (hex), while its last position was ``rev``."""

    node: str
    epoch: int
    have: int
    head: str
    store: str
    rev: int


def prepare_store(journal: Journal) -> str:
    """Give the file its store id (a restored copy gets a new one, so that nobody trusts an old position); returns it."""
    with journal.transaction() as database:
        database.execute(ADD_STORE, (new_id(),))
        return str(database.value(STORE))


def new_id() -> str:
    """A store id that was never used."""
    return secrets.token_hex(8)


def renewed(database: Database, promise: Promise, store: str, rev: int) -> str:
    """The id of the store from now on: a new one if it does not hold what it promised under this one."""
    if not store or promise.store != store or (promise.rev <= rev and _holds(database, promise)):
        return store
    made = new_id()
    database.execute(RENEW_STORE, (made,))
    return made


def _holds(database: Database, promise: Promise) -> bool:
    if not promise.have:
        return True
    rows = database.rows(HAVE, (promise.node, promise.epoch))
    if not rows or int(rows[0][0]) < promise.have:
        return False
    if int(rows[0][0]) == promise.have:
        return bool(rows[0][1] == promise.head)
    found = database.value(HASH, (promise.node, promise.epoch, promise.have))
    return found is not None and bytes(found).hex() == promise.head
