"""What nodes last said of themselves, and what this store knows of their logs. Nothing here is a fact."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import astuple

from storage.access import upwards
from storage.database import Database
from storage.journal import Journal
from storage.nodes import SET_META, parents
from storage.views.reading import columns, structs


class Contact(Struct, frozen=True):
    """One exchange of a node. ``contact_t`` wall ms of this store, ``backlog`` facts that waited there, ``disk`` free bytes
    there of ``disk_size`` (0: not told), ``skew_ms`` its wall clock minus this one, ``err`` the code of its last fault,
    ``feed_rev`` its place in the feed.
    """

    node: str
    contact_t: int
    epoch: int
    backlog: int
    disk: int
    skew_ms: int
    err: str
    app: str
    feed_rev: int
    disk_size: int = 0


class NodeStatus(Struct, frozen=True):
    """One enrolled node: who and where, what it last said (``contact_t`` 0: nothing yet), and what is here of it.

    ``have`` lines of all its logs, ``durable`` those in a verified backup, ``clones`` logs it began because two disks wrote
    under its name, ``quarantine`` lines that are stored and not understood.
    """

    node: str
    scope: str
    revoked_t: int
    reason: str
    app: str
    contact_t: int
    backlog: int
    disk: int
    skew_ms: int
    err: str
    feed_rev: int
    have: int
    durable: int
    epochs: int
    clones: int
    quarantine: int
    disk_size: int = 0


KEEP = (
    f"INSERT INTO node_state ({columns(Contact)}) VALUES ({', '.join('?' * len(Contact.__struct_fields__))}) "
    "ON CONFLICT (node) DO UPDATE SET "
    + ", ".join(f'"{name}" = excluded."{name}"' for name in Contact.__struct_fields__[1:])
)
LAST = f"SELECT {columns(Contact)} FROM node_state"
STATUS = (
    "SELECT n.name, n.scope, n.revoked_t, n.reason, CASE WHEN coalesce(s.app, '') <> '' THEN s.app ELSE n.app END, "
    "coalesce(s.contact_t, 0), coalesce(s.backlog, 0), coalesce(s.disk, 0), coalesce(s.skew_ms, 0), coalesce(s.err, ''), "
    "coalesce(s.feed_rev, 0), CAST(coalesce(l.have, 0) AS BIGINT), CAST(coalesce(l.durable, 0) AS BIGINT), "
    "coalesce(l.epochs, 0), CAST(coalesce(l.clones, 0) AS BIGINT), "
    "(SELECT count(*) FROM quarantine q WHERE q.node = n.name), coalesce(s.disk_size, 0) "
    "FROM node n LEFT JOIN node_state s ON s.node = n.name LEFT JOIN (SELECT node, sum(have) AS have, "
    "sum(durable) AS durable, count(*) AS epochs, sum(CASE WHEN why = 'forked' THEN 1 ELSE 0 END) AS clones "
    "FROM log GROUP BY node) l ON l.node = n.name WHERE n.key <> '' ORDER BY n.scope, n.name"
)


PACKAGE = "package:"
"""Before the name of a node: when something of it last came on a stick, wall ms of this store."""
PACKAGES = "SELECT name, value FROM meta WHERE name LIKE 'package:%'"


def keep(journal: Journal, *said: Contact) -> None:
    """Write down what nodes (different ones) said of themselves."""
    with journal.transaction() as database:
        database.run_many(KEEP, [astuple(one) for one in said])


def kept(database: Database) -> dict[str, Contact]:
    """What was written down last, by node."""
    return {one.node: one for one in structs(database, Contact, LAST)}


def everybody(database: Database, scope: str = "") -> list[NodeStatus]:
    """All enrolled nodes at ``scope`` and below ("": all), by place."""
    known = parents(database)
    return [one for one in structs(database, NodeStatus, STATUS) if not scope or scope in upwards(one.scope, known)]


def keep_package(journal: Journal, node: str, t: int) -> None:
    """Write down that something of a node came on a stick."""
    with journal.transaction() as database:
        database.execute(SET_META, (PACKAGE + node, str(t)))


def packages(database: Database) -> dict[str, int]:
    """When something last came on a stick (wall ms), by the place of the node that wrote it."""
    places = {one.node: one.scope for one in structs(database, NodeStatus, STATUS)}
    found: dict[str, int] = {}
    for name, value in database.rows(PACKAGES):
        place = places.get(str(name).removeprefix(PACKAGE), "")
        found[place] = max(found.get(place, 0), int(value))
    return found
