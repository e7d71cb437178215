"""What has not arrived, since when, and of which PC: the page of the nodes. At a centre all that send there, at a hall its own.

Who may see nodes sees those of his grants; who may work on devices at a place gives codes for it and revokes its nodes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from hallterm import __version__
from hallterm.locale import N_
from hallterm.rules.coverage import Gap
from hallterm.rules.day import business_day
from hallterm.rules.node_health import NodeFacts, Trouble, free_percent, is_online, worst
from hallterm.rules.words import Reason
from hallterm.workflows.coverage import missing_now
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.doubles_look import TWICE_DAYS, Twice, twice_in
from hallterm.workflows.look import health
from hallterm.workflows.seen import Health
from hallterm.workflows.sign_on import grants_of
from storage import contacts, durable, host_lost, nodes, outbox, views
from storage.access import Action, Grant, anywhere, level, may, upwards
from storage.claims import number_host
from storage.contacts import NodeStatus
from storage.database import Database
from storage.facts import Moment
from storage.views.node_logs import (
    AsideRow,
    LogRow,
    SegmentRow,
    aside,
    bytes_since,
    keys,
    logs,
    newest,
    reasons_aside,
    segments,
)
from storage.views.places import all_halls, place_names

DAY_MS = 86_400_000
BYTES_OVER_DAYS = 7
FINGERPRINT = 8
PUT_OFF = "put-off"
DETAIL_ROWS = 50

NOT_FOR_YOU = Reason(N_("your roles do not show the PCs; the administrator can grant it"))


class NodeLine(Struct, frozen=True, kw_only=True):
    """One PC. ``disk_used`` per cent (None: not told), ``skew_ms`` its clock minus ours, ``have`` lines here, ``durable`` of
    them in a verified backup; ``parted_t`` when its last copy was first seen; ``bytes_a_day`` None where it was not asked;
    ``feed_rev`` how far it has what goes down.
    """

    node: str
    scope: str
    place: str
    number: str
    app: str
    backlog: int
    contact_t: int
    skew_ms: int
    disk_used: int | None
    have: int
    durable: int
    epochs: int
    clones: int
    aside: int
    trouble: Trouble
    online: bool
    revoked_t: int = 0
    reason: str = ""
    parted_t: int = 0
    aside_why: str = ""
    key: str = ""
    bytes_a_day: int | None = None
    feed_rev: int = 0
    managed: bool = False
    put_off: bool = False


class Place(Struct, frozen=True):
    """A place that a list offers."""

    code: str
    name: str


class Arrived(Struct, frozen=True):
    """What came last of all: whose, how many lines, when (wall ms)."""

    node: str
    lines: int
    at_t: int


class SyncLook(Struct, frozen=True, kw_only=True):
    """The page: its rows worst first, halls whose days are not in, and the places for which codes may be given. ``unsigned``:
    lines that a number host lost and cannot take back from here.
    """

    place: str
    staff: str
    is_centre: bool
    enrolled: bool
    lines: tuple[NodeLine, ...]
    gaps: tuple[Gap, ...]
    halls: tuple[Place, ...]
    places: tuple[Place, ...]
    health: Health
    twice: tuple[Twice, ...] = ()
    backed_up: str = ""
    arrived: Arrived | None = None
    twice_days: int = 0
    unsigned: int = 0


class NodeDetail(Struct, frozen=True):
    """All that is here of one node."""

    node: str
    logs: tuple[LogRow, ...]
    segments: tuple[SegmentRow, ...]
    aside: tuple[AsideRow, ...]


def sync_look(
    desk: Desk,
    now: Moment,
    scope: str = "",
    counted: Sequence[str] = (),
    gaps: tuple[Gap, ...] | None = None,
    backups: Path | None = None,
) -> SyncLook:
    """Read the page; ``scope`` narrows it, the bytes a day are told of the nodes ``counted``. ``gaps`` are known already:
    they change once a day and take longer to find than all else. ``backups``: their folder, if it is not that of the
    data. Raises Refused.
    """
    db = desk.journal.database
    grants = grants_of(db, desk.staff)
    seen = _seen(grants, desk.hall)
    if not seen:
        raise Refused(NOT_FOR_YOU)
    names, parents = place_names(db), nodes.parents(db)
    own = () if not desk.hall else (own_line(desk, now, names),)
    found = [one for one in _sending(desk) if _within(one.scope, seen, parents)]
    lines = [*own, *(_line(one, now, names) for one in found)]
    lines = [one for one in lines if not scope or scope in upwards(one.scope, parents)]
    lines = _completed(db, lines, now, counted)
    lines = [
        msgspec.structs.replace(one, managed=may(grants, Action.DEVICES, one.scope, parents=parents)) for one in lines
    ]
    today, off = business_day(now.t), put_off_until(desk)
    lines = [msgspec.structs.replace(one, put_off=off.get(one.node, "") > today) for one in lines]
    people = views.staff(db, desk.staff)
    places = [Place(one.code, one.name) for one in all_halls(db) if _within(one.code, seen, parents)]
    return SyncLook(
        place=names.get(scope or desk.hall or seen[0], scope or desk.hall or seen[0]),
        staff=people.name if people else desk.staff,
        is_centre=not desk.hall,
        enrolled=nodes.upstream(db) is not None,
        lines=tuple(sorted(lines, key=lambda one: order_of(one))),
        gaps=_gaps(desk, now, scope, seen) if gaps is None else gaps,
        halls=tuple(one for one in places if may(grants, Action.DEVICES, one.code, parents=parents)),
        places=tuple(sorted(places, key=lambda one: (-level(one.code), one.code))),
        health=health(desk, now, desk.window),
        backed_up="" if desk.hall else durable.last_made(backups or Path(desk.board.path).parent / "backup"),
        arrived=None if desk.hall else _arrived(db, lines),
        twice=twice_in(db, [desk.hall] if desk.hall else [one.code for one in places], names, scope, now),
        twice_days=TWICE_DAYS,
        unsigned=host_lost.unsigned(db),
    )


def _arrived(db: Database, lines: Iterable[NodeLine]) -> Arrived | None:
    last = max(lines, key=lambda one: one.contact_t, default=None)
    found = newest(db, last.node) if last is not None else None
    return Arrived(last.node, found.last - found.first + 1, found.received_t) if last and found else None


def _gaps(desk: Desk, now: Moment, scope: str, seen: list[str]) -> tuple[Gap, ...]:
    """Halls whose days are not in; of several places the person sees, those of each."""
    if desk.hall:
        return ()
    places = [scope] if scope else seen
    found = {gap.hall: gap for place in places for gap in missing_now(desk.journal.database, place, now)}
    return tuple(sorted(found.values(), key=lambda gap: (gap.since, gap.hall)))


def every_line(desk: Desk, now: Moment) -> tuple[NodeLine, ...]:
    """The same rows for whoever may read the files of this PC: at a centre all nodes, at a hall its own PC."""
    db = desk.journal.database
    names = place_names(db)
    own = (own_line(desk, now, names),) if desk.hall else ()
    found = [*own, *(_line(one, now, names) for one in _sending(desk))]
    lines = _completed(db, found, now, [one.node for one in found])
    return tuple(sorted(lines, key=order_of))


def _sending(desk: Desk) -> list[NodeStatus]:
    """The nodes that send to this one. A PC whose hall has its number host elsewhere knows its colleagues by name alone: none
    of them ever comes here.
    """
    db = desk.journal.database
    return [] if desk.hall and number_host(db, desk.hall) else contacts.everybody(db)


def order_of(line: NodeLine) -> tuple[int, int, str, str]:
    """Worst first, what was put off behind; of the silent ones the longest first."""
    return (
        Trouble.NONE if line.put_off else line.trouble,
        line.contact_t if line.trouble is Trouble.SILENT else 0,
        line.scope,
        line.node,
    )


def _seen(grants: Iterable[Grant], hall: str) -> list[str]:
    """The places whose nodes the person sees: at a hall its own, at a centre those of the grants."""
    held = list(grants)
    if hall:
        return [hall] if may(held, Action.SEE_NODES, hall) else []
    return list(dict.fromkeys(one.node for one in held if anywhere([one], Action.SEE_NODES)))


def _within(scope: str, seen: Iterable[str], parents: dict[str, str]) -> bool:
    chain = upwards(scope, parents)
    return any(place in chain for place in seen)


def _line(one: NodeStatus, now: Moment, names: dict[str, str]) -> NodeLine:
    found = NodeFacts(
        contact_t=one.contact_t,
        skew_ms=one.skew_ms,
        disk_free=one.disk,
        disk_size=one.disk_size,
        clones=one.clones,
        aside=one.quarantine,
        fault=one.err,
        revoked=bool(one.revoked_t),
    )
    free = free_percent(one.disk, one.disk_size)
    return NodeLine(
        node=one.node,
        scope=one.scope,
        place=names.get(one.scope, one.scope),
        number=_number(one.node, one.scope),
        app=one.app,
        backlog=one.backlog,
        contact_t=one.contact_t,
        skew_ms=one.skew_ms,
        disk_used=None if free is None else 100 - free,
        have=one.have,
        durable=one.durable,
        epochs=one.epochs,
        clones=one.clones,
        aside=one.quarantine,
        trouble=worst(found, now.t),
        online=is_online(one.contact_t, now.t) and not one.revoked_t,
        revoked_t=one.revoked_t,
        reason=one.reason,
        feed_rev=one.feed_rev,
    )


def own_line(desk: Desk, now: Moment, names: dict[str, str]) -> NodeLine:
    """This PC as it knows itself: what waits, and how far its centre has it."""
    db, who, sync = desk.journal.database, desk.journal.identity, desk.board.sync()
    own = outbox.logs(desk.journal)
    free, size = _disk(Path(db.where).parent)
    contact_t = now.t if sync.online else max(sync.since_t, outbox.heard_t(db))
    alone = nodes.upstream(db) is None
    found = NodeFacts(
        contact_t=now.t if alone else contact_t,
        skew_ms=sync.skew_ms,
        disk_free=free,
        disk_size=size,
        fault=sync.detail,
        revoked=sync.detail.endswith(" revoked"),
    )
    free_share = free_percent(free, size)
    return NodeLine(
        node=who.node,
        scope=who.hall,
        place=names.get(who.hall, who.hall),
        number=_number(who.node, who.hall),
        app=__version__,
        backlog=outbox.all_waiting(desk.journal),
        contact_t=contact_t,
        skew_ms=sync.skew_ms,
        disk_used=None if free_share is None else 100 - free_share,
        have=sum(one.acked for one in own),
        durable=sum(one.durable for one in own),
        epochs=len(own),
        clones=0,
        aside=0,
        trouble=worst(found, now.t),
        online=sync.online,
    )


def _disk(folder: Path) -> tuple[int, int]:
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return 0, 0
    return found.free, found.total


def _number(node: str, scope: str) -> str:
    """``360600001-03`` of hall 360600001 is PC 3; a name of another form tells no number."""
    head, _dash, tail = node.rpartition("-")
    return tail.lstrip("0") if head == scope and tail.isdigit() else ""


def _completed(db: Database, lines: list[NodeLine], now: Moment, counted: Sequence[str]) -> list[NodeLine]:
    """With what only some rows need: copies, lines put aside, keys, bytes."""
    parted: dict[str, int] = {}
    if any(one.clones for one in lines):
        for epoch in nodes.later_epochs(db):
            parted.setdefault(epoch.node, epoch.opened_t)
    why = reasons_aside(db) if any(one.aside for one in lines) else {}
    public, asked = keys(db), set(counted)
    sizes = bytes_since(db, list(counted), now.t - BYTES_OVER_DAYS * DAY_MS)
    return [
        msgspec.structs.replace(
            one,
            parted_t=parted.get(one.node, 0),
            aside_why=why.get(one.node, ""),
            key=fingerprint(public[one.node]) if one.node in public else "",
            bytes_a_day=sizes.get(one.node, 0) // BYTES_OVER_DAYS if one.node in asked else None,
        )
        for one in lines
    ]


def fingerprint(key: str) -> str:
    """What two people compare on the telephone instead of a public key (hex)."""
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()[:FINGERPRINT].upper()


def node_detail(desk: Desk, node: str) -> NodeDetail:
    """Logs, segments and lines put aside of one node."""
    db = desk.journal.database
    return NodeDetail(
        node,
        tuple(logs(db, node)),
        tuple(segments(db, node, DETAIL_ROWS)),
        tuple(aside(db, node, DETAIL_ROWS)),
    )


def put_off_until(desk: Desk) -> dict[str, str]:
    """Nodes whose trouble somebody put off, and the day on which it stands in the list again."""
    word = desk.board.process(PUT_OFF)
    return {str(node): str(day) for node, day in word.values.items()} if word else {}
