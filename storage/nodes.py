"""Who may send here, whom this node sends to, and the offers that let new nodes enrol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from storage.database import Database
from storage.journal import Journal

SOME = "SELECT name, scope, key, box, revoked_t FROM node WHERE key <> '' AND name IN ({})"
NODES = (
    "SELECT n.name, n.scope, n.app, n.revoked_t, n.reason, coalesce(sum(l.have), 0) FROM node n "
    "LEFT JOIN log l ON l.node = n.name WHERE n.key <> '' "
    "GROUP BY n.name, n.scope, n.app, n.revoked_t, n.reason ORDER BY n.scope, n.name"
)
LATER_EPOCHS = (
    "SELECT node, epoch, parent_epoch, parent_seq, why, opened_t, have FROM log WHERE parent <> '' "
    "ORDER BY opened_t DESC, node, epoch"
)
PARENTS = "SELECT code, parent FROM hall WHERE parent <> ''"
UPSTREAM_NAMES = ("upstream_node", "upstream_key", "upstream_box", "scope")
UPSTREAM = "SELECT name, value FROM meta WHERE name IN ('upstream_node', 'upstream_key', 'upstream_box', 'scope')"
SET_META = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
ADD_OFFER = "INSERT INTO enrol_offer (key, scope, replaces, expires_t) VALUES (?, ?, ?, ?)"
OFFERS = "SELECT key, replaces, used_t FROM enrol_offer WHERE scope = ? AND expires_t > ?"
USE_OFFER = "UPDATE enrol_offer SET used_t = ? WHERE key = ?"


class Registered(NamedTuple):
    """A node that enrolled: its place in the scope tree, its public keys in hex (to verify, to seal for it), since when
    it is revoked (0: it is not).
    """

    scope: str
    key: str
    box: str
    revoked_t: int


class Upstream(NamedTuple):
    """The node this one sends to: its name, its public keys in hex, and the scope it gave us."""

    node: str
    key: str
    box: str
    scope: str


class Offer(NamedTuple):
    """A code's key, the node it may replace, when it was used (0: not yet)."""

    key: bytes
    replaces: str
    used_t: int


def registered(database: Database, name: str) -> Registered | None:
    """The entry of a node; None if it never enrolled here."""
    return registered_of(database, [name]).get(name)


def registered_of(database: Database, names: Sequence[str]) -> dict[str, Registered]:
    """The entries of those of these nodes that enrolled here."""
    rows = database.rows(SOME.format(", ".join("?" * len(names))), names) if names else []
    return {name: Registered(scope, key, box, int(revoked_t)) for name, scope, key, box, revoked_t in rows}


class NodeEntry(NamedTuple):
    """One enrolled node as a list shows it; ``have`` lines of all its logs are here."""

    node: str
    scope: str
    app: str
    revoked_t: int
    reason: str
    have: int


def everybody(database: Database) -> list[NodeEntry]:
    """All nodes that enrolled, by place."""
    return [
        NodeEntry(name, scope, app, int(revoked_t), reason, int(have))
        for name, scope, app, revoked_t, reason, have in database.rows(NODES)
    ]


class LaterEpoch(NamedTuple):
    """A disk that parted from its node's log and went on under a new epoch: a copy, or one that was put back.
    ``common`` is the last line of ``parent_epoch`` that it shares; ``opened_t`` when it was first heard of, wall ms.
    """

    node: str
    epoch: int
    parent_epoch: int
    common: int
    why: str
    opened_t: int
    have: int


def later_epochs(database: Database) -> list[LaterEpoch]:
    """Every disk that parted, the latest first."""
    return [
        LaterEpoch(node, int(epoch), int(parent_epoch), int(common), why, int(opened_t), int(have))
        for node, epoch, parent_epoch, common, why, opened_t, have in database.rows(LATER_EPOCHS)
    ]


def parents(database: Database) -> dict[str, str]:
    """Halls whose place in the tree their code does not tell."""
    return {str(code): str(parent) for code, parent in database.rows(PARENTS)}


class Above(Mapping[str, str]):
    """The same, read when it is first asked: most nodes speak of places whose code tells where they belong."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: dict[str, str] | None = None

    @property
    def _parents(self) -> dict[str, str]:
        if self._found is None:
            self._found = parents(self._database)
        return self._found

    def __getitem__(self, place: str) -> str:
        return self._parents[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parents)

    def __len__(self) -> int:
        return len(self._parents)


def upstream(database: Database) -> Upstream | None:
    """Whom this file enrolled with; None before that."""
    found: dict[str, str] = dict(database.rows(UPSTREAM))
    if "upstream_key" not in found:
        return None
    return Upstream(*(found[name] for name in UPSTREAM_NAMES))


def enrolled_with(journal: Journal, other: Upstream) -> None:
    """Remember the upstream node; segments go there from now on."""
    with journal.transaction() as database:
        for name, value in zip(UPSTREAM_NAMES, other, strict=True):
            database.execute(SET_META, (name, value))


def offer(journal: Journal, key: bytes, scope: str, expires_t: int, replaces: str = "") -> None:
    """Let whoever knows the code of this key enrol one node at ``scope`` until ``expires_t`` (wall ms)."""
    with journal.transaction() as database:
        database.execute(ADD_OFFER, (key, scope, replaces, expires_t))


def offers(database: Database, scope: str, now_t: int) -> list[Offer]:
    """The offers for a scope that have not expired, the used ones too."""
    return [Offer(bytes(key), replaces, int(used_t)) for key, replaces, used_t in database.rows(OFFERS, (scope, now_t))]


def use_offer(database: Database, key: bytes, now_t: int) -> None:
    """An offer lets one node in; within the transaction that records it."""
    database.execute(USE_OFFER, (now_t, key))
