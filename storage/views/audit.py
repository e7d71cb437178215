"""Who did what, when, from where: read from the journal itself, as the lines of a place stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

import msgspec
from msgspec import Struct

from storage.access import Level, level
from storage.chain import as_bytes
from storage.database import Database
from storage.facts import Line, SignOffDone, SignOnDone

LOGS = "SELECT node, epoch, have FROM log WHERE node LIKE ? ORDER BY node, opened_t, epoch"
OWN = "SELECT value FROM meta WHERE name = 'node'"
LINES = "SELECT seq, line FROM event WHERE node = ? AND epoch = ? AND seq > ? AND seq <= ? ORDER BY seq DESC"
CHUNK = 2_000
NOBODY = "-"
_line = msgspec.json.Decoder(Line)


class Deed(Struct, frozen=True):
    """``t`` wall ms; ``actor`` a staff number; ``remote`` the address he came from over SSH, "" at the machine itself;
    ``window`` where he was signed on; ``data`` the fact's own fields, raw.
    """

    t: int
    actor: str
    kind: str
    hall: str
    node: str
    window: str
    remote: str
    data: msgspec.Raw


def deeds(database: Database, place: str, from_t: int, to_t: int, kinds: Collection[str]) -> list[Deed]:
    """What people did at a hall, or at the centre itself, in order of time; facts of these kinds.

    What was carried into a later log of its node stands in two lines, or only in the later one, and counts once.
    """
    node = str(database.value(OWN) or "")
    name = f"{place}-%" if level(place) is Level.HALL else node
    found: list[Deed] = []
    for log, epoch, have in database.rows(LOGS, (name,)):
        found += _of_log(_lines(database, (str(log), int(epoch)), int(have), from_t), str(log), (from_t, to_t), kinds)
    once = {(one.t, one.actor, one.kind, bytes(one.data)): one for one in found}
    return sorted(once.values(), key=lambda one: one.t)


def _lines(database: Database, log: tuple[str, int], have: int, from_t: int) -> list[Line]:
    """The lines of a log from a moment on, and some before it (who was signed on then); read from its end."""
    found: list[Line] = []
    upto = have
    while upto > 0:
        chunk = list(_decoded(database.rows(LINES, (*log, upto - CHUNK, upto))))
        found += chunk
        upto -= CHUNK
        if chunk and all(one.t < from_t for one in chunk):
            break
    return list(reversed(found))


def _decoded(rows: Sequence[tuple[object, ...]]) -> Iterator[Line]:
    """A line that was pruned, or that a newer program wrote, tells nothing here."""
    for _seq, raw in rows:
        with suppress(msgspec.MsgspecError, TypeError, ValueError):
            yield _line.decode(as_bytes(raw))  # type: ignore[arg-type]


def _of_log(lines: Sequence[Line], node: str, span: tuple[int, int], kinds: Collection[str]) -> Iterator[Deed]:
    """``remote`` and ``window`` follow from the last sign-on of the person in the same log."""
    sessions: dict[str, tuple[str, str]] = {}
    for line in lines:
        if line.k == SignOnDone.kind:
            with suppress(msgspec.MsgspecError):
                began = msgspec.json.decode(line.d, type=SignOnDone)
                sessions[began.staff] = (began.window, began.remote)
        window, remote = sessions.get(line.a, ("", ""))
        if line.k in kinds and line.a != NOBODY and span[0] <= line.t < span[1]:
            yield Deed(line.t, line.a, line.k, line.h, node, window, remote, line.d)
        if line.k == SignOffDone.kind:
            sessions.pop(line.a, None)
