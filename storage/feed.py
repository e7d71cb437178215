"""The feed: reference facts and decisions of other nodes, down to the scopes that may read them; what an item is, and who
may read it.

Going down, a fact is its exact line with its origin and the chain hash before it: SHA-256 over both is the line's own hash,
so the fact has the same id here as where it was born, although its log is not whole here. A place is sent what holds at
itself, above it, and below it; never what belongs beside it. Of each item only the causally last fact travels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import Struct

from storage import decided, receive, schema
from storage import facts as f
from storage.access import Level, level, upwards
from storage.chain import causal_order, next_hash
from storage.database import Database, Row
from storage.journal import UPDATE_CAUSAL
from storage.nodes import parents
from storage.projections import Placed
from storage.understand import Said, Why, understood

MOST = 500
"""Lines of one answer."""
MOST_BYTES = 256 * 1024
EVERYWHERE = ""
OF_A_PERSON = ("staff", "credential")
"""What a grant brings along to its place."""
MIN_APP: dict[str, str] = {}
"""The first version of the program that knows a kind of item; kinds of the first version are not named."""

COLUMNS = "rev, kind, node, epoch, seq, prev, line, min_app"
CAUSAL = "SELECT value FROM meta WHERE name = 'causal'"
CURSOR = "SELECT name, value FROM meta WHERE name IN ('feed_store', 'feed_rev')"
SET_META = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
PLACES = "SELECT DISTINCT place FROM feed"
GRANTS = "SELECT role, node FROM staff_grant WHERE staff = ? AND active = 1"
GRANTED = "SELECT 1 FROM feed WHERE key = ? AND place = ? AND kind = ? AND (above = 1 OR node = ?)"
OF_PERSON = (
    "SELECT key, ?, kind, node, epoch, seq, prev, line, ord, above, min_app FROM feed WHERE key = ? "
    "ORDER BY ord DESC LIMIT 1"
)
LAST_REV = "SELECT max(rev) FROM feed"
STORED = "SELECT node, epoch, seq, prev, line FROM feed WHERE above = 1 AND rev > ? ORDER BY rev"
PUT = (
    "INSERT INTO feed (key, place, kind, node, epoch, seq, prev, line, ord, above, min_app, rev) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(rev), 0) + 1 FROM feed)) "
    "ON CONFLICT (key, place) DO UPDATE SET rev = excluded.rev, "
    "kind = excluded.kind, node = excluded.node, epoch = excluded.epoch, seq = excluded.seq, prev = excluded.prev, "
    "line = excluded.line, ord = excluded.ord, above = excluded.above, min_app = excluded.min_app "
    "WHERE excluded.ord > feed.ord"
)
PROOFS = "SELECT node, epoch, seq, prev, line, ord FROM feed WHERE above = 1 AND ord <> '' ORDER BY rev"
IS_ASIDE = "SELECT 1 FROM quarantine WHERE node = ? AND epoch = ? AND seq = ?"
RELEASE = "DELETE FROM quarantine WHERE node = ? AND epoch = ? AND seq = ?"
DROP = "DELETE FROM feed WHERE key = ?"
FIRST_SCHEMA = 4
ASIDE = "INSERT INTO quarantine (node, epoch, seq, why) VALUES (?, ?, ?, ?) ON CONFLICT (node, epoch, seq) DO NOTHING"


class Item(NamedTuple):
    """Which item a fact is about, and the hall (or what stands above) it is about."""

    key: str
    place: str


class Origin(Struct, frozen=True):
    """One fact of the feed: where it was born, the hash before it, its exact line; ``min_app`` is the first version of the
    program that knows this kind ("": any).
    """

    node: str
    epoch: int
    seq: int
    prev: bytes
    line: bytes
    min_app: str = ""

    @property
    def digest(self) -> bytes:
        """The chain hash of the line."""
        return next_hash(self.prev, self.line)


class Share(Struct, frozen=True):
    """What a scope is sent at once: the facts with their kinds, the position after them, and whether more waits.

    ``is_beyond``: the position that was asked for is none of this store's.
    """

    facts: tuple[tuple[str, Origin], ...]
    rev: int
    more: bool
    is_beyond: bool = False


class Cursor(NamedTuple):
    """How far this node knows the feed of which store of its upstream node."""

    store: str
    rev: int


def _hall(code: str) -> str:
    return code.rpartition("-")[0] or code


ITEMS: dict[str, Callable[[Placed], Item]] = {
    f.HallSet.kind: lambda p: Item(f"hall/{p.fact.code}", p.fact.code),
    f.WindowSet.kind: lambda p: Item(f"window/{p.fact.code}", _hall(p.fact.code)),
    f.StaffSet.kind: lambda p: Item(f"staff/{p.fact.number}", p.fact.hall),
    f.GrantSet.kind: lambda p: Item(f"grant/{p.fact.staff}/{p.fact.role}/{p.fact.node}", _hall(p.fact.node)),
    f.GrantEnded.kind: lambda p: Item(f"grant/{p.fact.staff}/{p.fact.role}/{p.fact.node}", _hall(p.fact.node)),
    f.ServiceTypeSet.kind: lambda p: Item(
        f"matter/{p.fact.scope or p.hall}/{p.fact.code}/{p.fact.number}", p.fact.scope or p.hall
    ),
    f.SettingSet.kind: lambda p: Item(f"setting/{p.fact.name}/{p.fact.scope}/{p.fact.from_day}", p.fact.scope),
    f.CalendarImported.kind: lambda p: Item(f"calendar/{p.fact.scope}/{p.fact.year}", p.fact.scope),
    f.ClosingDaySet.kind: lambda p: Item(f"closing/{p.fact.hall}/{p.fact.day}", p.fact.hall),
    f.CredentialChanged.kind: lambda p: Item(f"credential/{p.fact.staff}", "-"),
}
"""Reference data; decisions travel beside it (:mod:`storage.decided`). Tickets, services, ratings and punches never do; a
password's hash goes with ``credential.changed``, sealed for one node, and only to the halls of its person's grants.
"""


def item_of(placed: Placed) -> Item | None:
    """The item of a fact; None for what does not travel down."""
    rule = ITEMS.get(placed.fact.kind)
    if rule is not None:
        return rule(placed)
    place = decided.place_of(placed) if decided.is_decision(placed) else ""
    return Item(decided.key_of(placed), place) if place else None


def readable(database: Database, scope: str) -> list[str]:
    """The places whose items a node at ``scope`` is sent."""
    known = parents(database)
    places = {EVERYWHERE, *upwards(scope, known)}
    if level(scope) > Level.HALL:
        places |= {str(place) for (place,) in database.rows(PLACES) if scope in upwards(str(place), known)}
    return sorted(places)


def share(database: Database, node: str, scope: str, rev: int) -> Share:
    """What ``node`` at ``scope`` is sent after position ``rev``; never a line of its own log."""
    last = last_rev(database)
    if rev >= last:
        return Share((), last, False, is_beyond=rev > last)
    places = readable(database, scope)
    marks = ", ".join("?" * len(places))
    sql = f"SELECT {COLUMNS} FROM feed WHERE rev > ? AND place IN ({marks}) AND node <> ? ORDER BY rev LIMIT ?"
    found: list[tuple[str, Origin]] = []
    size, at = 0, rev
    for row in database.rows(sql, (rev, *places, node, MOST + 1)):
        kind, origin = str(row[1]), _origin(row[2:])
        size += len(origin.line)
        if len(found) == MOST or (found and size > MOST_BYTES):
            return Share(tuple(found), at, True)
        found.append((kind, origin))
        at = int(row[0])
    return Share(tuple(found), last, False)


def _origin(row: Row) -> Origin:
    node, epoch, seq, prev, line, *rest = row
    return Origin(str(node), int(epoch), int(seq), _raw(prev), _raw(line), str(rest[0]) if rest else "")


def _raw(content: bytes | str) -> bytes:
    """Who changes a file by hand may leave text behind."""
    return content.encode() if isinstance(content, str) else bytes(content)


def put(database: Database, own: str, one: Origin, read: Said | Why, *, above: bool) -> None:
    """Keep a fact for those who may read it, within the caller's transaction; ``own`` is the node of this file.

    Staff and passwords go wherever a person has a grant that this node or one above it gave, and a grant brings its
    person along: what a hall says of people of elsewhere stays in that hall, and brings it nobody's password.
    """
    placed = read.placed if isinstance(read, Said) else None
    item = item_of(placed) if placed is not None else None
    if placed is None or item is None or not isinstance(read, Said):
        _put(database, _unknown(one), "", one, "", above)
        return
    fact, order = placed.fact, causal_order(read.order, one.digest)
    is_ours = above or one.node == own
    if is_ours and isinstance(fact, f.GrantSet):
        for kind in OF_A_PERSON:
            for values in database.rows(OF_PERSON, (item.place, f"{kind}/{fact.staff}")):
                database.execute(PUT, values)
    _put(database, item, fact.kind, one, order, above)
    if is_ours and isinstance(fact, f.StaffSet | f.CredentialChanged):
        for place in _granted(database, own, fact.number if isinstance(fact, f.StaffSet) else fact.staff):
            _put(database, item._replace(place=place), fact.kind, one, order, above)


def _unknown(one: Origin) -> Item:
    """What no item can be made of is kept under its own name, and passed on to all below as it came."""
    return Item(f"?/{one.node}/{one.epoch}/{one.seq}", EVERYWHERE)


def _put(database: Database, item: Item, kind: str, one: Origin, order: str, above: bool) -> None:
    origin = (one.node, one.epoch, one.seq, one.prev, one.line)
    database.execute(PUT, (*item, kind, *origin, order, int(above), one.min_app))


def _granted(database: Database, own: str, number: str) -> list[str]:
    """The places where a person has a grant of this node or one above it."""
    places = []
    for role, node in database.rows(GRANTS, (number,)):
        key = f"grant/{number}/{role}/{node}"
        if database.value(GRANTED, (key, _hall(str(node)), f.GrantSet.kind, own)):
            places.append(_hall(str(node)))
    return list(dict.fromkeys(places))


# at the node that receives


def cursor(database: Database) -> Cursor:
    """How far the feed was taken."""
    found: dict[str, str] = dict(database.rows(CURSOR))
    return Cursor(found.get("feed_store", ""), int(found.get("feed_rev", "0")))


def apply(database: Database, own: str, given: Sequence[Origin], upto: Cursor) -> int:
    """Keep and project what came from the upstream node, and move the cursor, within the caller's transaction.

    Returns how many facts this program does not understand: kept and put aside. Lines under the own name are passed over.
    """
    if not given and cursor(database) == upto:
        return 0
    aside = 0
    causal = int(database.value(CAUSAL) or 0)
    for one in given:
        if one.node == own:
            continue
        read = _read(one)
        causal = max(causal, read.order if isinstance(read, Said) else 0)
        if _is_told_again(database, one, read):
            continue
        aside += _project(database, [(one, read)])
        put(database, own, one, read, above=True)
    if given:
        database.execute(UPDATE_CAUSAL, (str(causal),))
    for name, value in zip(("feed_store", "feed_rev"), upto, strict=True):
        database.execute(SET_META, (name, str(value)))
    return aside


def _is_told_again(database: Database, one: Origin, read: Said | Why) -> bool:
    """Whether it is a decision that counts here already."""
    placed = read.placed if isinstance(read, Said) else None
    if placed is None or not decided.is_decision(placed):
        return False
    return decided.is_known(database, placed, one.epoch, one.seq, one.digest)


def project_stored(source: Database, target: Database, after: int = 0) -> int:
    """Project again what came from above (a rebuild); returns how many facts were put aside. Decisions up to position
    ``after`` are in the tables already.
    """
    found = [(one, _read(one)) for one in stored(source)]
    if after:
        later = {(one.node, one.epoch, one.seq) for one in stored(source, after)}
        found = [(one, read) for one, read in found if (one.node, one.epoch, one.seq) in later or not _decides(read)]
    return _project(target, found)


def _decides(read: Said | Why) -> bool:
    return isinstance(read, Said) and read.placed is not None and decided.is_decision(read.placed)


def last_rev(database: Database) -> int:
    """The position of the newest fact of the feed here."""
    return int(database.value(LAST_REV) or 0)


def stored(database: Database, after: int = 0) -> list[Origin]:
    """The facts that came from above after a position, in order of receipt; none in a file of an older program."""
    if schema.version(database) < FIRST_SCHEMA:
        return []
    return [_origin(row) for row in database.rows(STORED, (after,))]


def try_again(database: Database, own: str) -> int:
    """Facts from above that were put aside and are understood now, within the caller's transaction; returns how many."""
    understood_now = 0
    for one in stored(database):
        where = (one.node, one.epoch, one.seq)
        if not database.value(IS_ASIDE, where):
            continue
        read = _read(one)
        if isinstance(read, Said) and read.placed is not None:
            database.execute(RELEASE, where)
            database.execute(DROP, (_unknown(one).key,))
            put(database, own, one, read, above=True)
            understood_now += 1 - _project(database, [(one, read)])
    return understood_now


def _read(one: Origin) -> Said | Why:
    return understood(one.node, one.epoch, one.seq, one.line, one.digest)


def _project(database: Database, given: Sequence[tuple[Origin, Said | Why]]) -> int:
    placed: list[tuple[int, Placed]] = []
    aside: list[tuple[int, Why]] = []
    for n, (_one, read) in enumerate(given):
        if isinstance(read, Why):
            aside.append((n, read))
        elif read.placed is None:
            aside.append((n, Why.UNKNOWN_KIND))
        elif item_of(read.placed) is not None:
            placed.append((n, read.placed))
    aside += receive.project_kept(database, placed)
    for n, why in aside:
        one = given[n][0]
        database.execute(ASIDE, (one.node, one.epoch, one.seq, why))
    return len(aside)


def changed(database: Database) -> list[tuple[str, int, int]]:
    """Node, epoch and seq of the kept facts from above whose bytes are not those that came.

    The causal order holds the first digits of the hash a line had when it came.
    """
    if schema.version(database) < FIRST_SCHEMA:
        return []
    return [
        (str(node), int(epoch), int(seq))
        for node, epoch, seq, prev, line, order in database.rows(PROOFS)
        if next_hash(_raw(prev), _raw(line)).hex()[:8] != str(order)[-8:]
    ]
