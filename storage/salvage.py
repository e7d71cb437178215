"""Lines that can still be read in a damaged file or in the spool, taken over as far as the chain goes on.

The damaged file is opened as a copy, with its write-ahead log; what SQLite cannot read any more is looked for in the raw
bytes: a line stands on its page in one piece, its chain hash right behind it, so that every find proves itself. (Lines
too long for one page are found through SQLite only.)
"""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from storage import spooled
from storage.chain import first_hash, next_hash
from storage.database import Database, open_sqlite
from storage.errors import StorageError
from storage.facts import Line
from storage.journal import CARRIED_ROOM, INSERT_EVENT, MAX_LINE, OWN_SEQ, UPDATE_CAUSAL, UPDATE_LOG
from storage.rebuild import project_lines
from storage.receive import INSERT_LOG, Parent

MAX_ROWS = 2**31
TOLD_EVERY = 500
LINE_BEGINS = re.compile(rb'\{"s":(\d{1,15}),"k":"')
HASH_BYTES = 32
PARENTS = "SELECT epoch, parent, parent_epoch, parent_seq, why FROM log WHERE node = ? AND parent <> ''"
ONE_LINE = "SELECT line, hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"

LOGS_OF = "SELECT node, epoch, have, head FROM log WHERE node = ? ORDER BY opened_t, epoch"
CLOSE = "UPDATE log SET closed = 1, upto = ?, acked = ? WHERE node = ? AND epoch = ?"
LONGER = "UPDATE log SET closed = 1, upto = ? WHERE node = ? AND epoch = ?"

LAST_KNOWN = (
    "SELECT have FROM log WHERE node = ? AND epoch = ?",
    "SELECT max(seq) FROM event WHERE node = ? AND epoch = ?",
)


class Found(NamedTuple):
    """Lines taken over, lines of the own log that are known to have existed and are lost, the newest own seq now."""

    taken: int
    missing: int
    last_seq: int


class _Next(NamedTuple):
    """Where a log stands while lines are taken over."""

    node: str
    epoch: int
    seq: int
    digest: bytes


Taking = Callable[[int, int], None]
"""Told up to which line a log was taken over, and the last one that anything tells of."""


def take_over(restored: Path, bad: Path | None, *spools: Path, told: Taking | None = None) -> Found:
    """Append to the restored file what the damaged one and the spools have beyond it, in one transaction."""
    database = open_sqlite(restored)
    try:
        with Remains(bad, *spools) as remains:
            remains.told = told
            found = _take_over(database, remains)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return found
    finally:
        database.close()


def take_over_own(restored: Path, remains: Remains) -> Found:
    """The same for the file's own logs alone: those of others come as they were received."""
    database = open_sqlite(restored)
    try:
        return _take_over(database, remains, only_own=True)
    finally:
        database.close()


def _take_over(database: Database, remains: Remains, *, only_own: bool = False) -> Found:
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute("DELETE FROM meta WHERE name = 'store'")
        node = str(database.value("SELECT value FROM meta WHERE name = 'node'") or "")
        known = database.rows("SELECT node, epoch, have, head FROM log ORDER BY node, epoch")
        logs = [_next(*row) for row in known if not only_own or row[0] == node]
        after = {at: _continue(database, remains, at) for at in logs}
        for at in _later_epochs(database, remains, node):
            after[at] = _continue(database, remains, at)
        missing = sum(
            max(0, remains.last_known(*at[:2], only_log=len(after) == 1 and not only_own) - end.seq)
            for at, end in after.items()
            if at.node == node
        )
        last_seq = int(database.value(OWN_SEQ, (node,)) or 0)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    return Found(sum(end.seq - at.seq for at, end in after.items()), missing, last_seq)


def continue_closed(database: Database, node: str, written: int, given: Path) -> int:
    """The logs of this node that ended, as far as the segment files of a folder go on with them, within the caller's
    transaction; returns the lines taken. They came from upstream, so they need not be sent.
    """
    with Remains(None, given) as remains:
        ends = _closed_logs(database, remains, node, written, MAX_ROWS)
    for at, end in ends:
        database.execute(CLOSE, (end.seq, end.seq, node, at.epoch))
    return sum(end.seq - at.seq for at, end in ends)


def continue_from(database: Database, node: str, written: int, remains: Remains, most: int) -> int:
    """The same from a file that was set aside, at most so many lines of each log; what is not upstream yet is sent."""
    ends = _closed_logs(database, remains, node, written, most)
    for at, end in ends:
        database.execute(LONGER, (end.seq, node, at.epoch))
    return sum(end.seq - at.seq for at, end in ends)


def _closed_logs(database: Database, remains: Remains, node: str, written: int, most: int) -> list[tuple[_Next, _Next]]:
    """Every log that ended and went on: where it stood and where it stands."""
    known = {int(row[1]): _next(*row) for row in database.rows(LOGS_OF, (node,))}
    begun = {at.epoch: at for at in _unknown_epochs(database, remains, node)}
    found = [(at, _continue(database, remains, at, most)) for at in (known | begun).values() if at.epoch != written]
    return [(at, end) for at, end in found if end.seq > at.seq]


def _next(node: str, epoch: int, have: int, head: str) -> _Next:
    return _Next(node, int(epoch), int(have), bytes.fromhex(head))


def _later_epochs(database: Database, remains: Remains, node: str) -> Iterator[_Next]:
    """Logs that this node began after the backup and of which a line is left; the last of them is written from now on.

    The log before stays to be sent as well: not all that was carried from it may be left.
    """
    found = remains.epochs(node)
    begun = {at.epoch: at for at in _unknown_epochs(database, remains, node)}
    last = sorted(begun.keys() - {found[epoch].epoch for epoch in begun})
    if last:
        database.execute("UPDATE meta SET value = ? WHERE name = 'epoch'", (str(last[-1]),))
    yield from begun.values()


def _unknown_epochs(database: Database, remains: Remains, node: str) -> Iterator[_Next]:
    """Logs of this node that are not known here and of which the first line is left; each is known from now on."""
    for epoch, parent in remains.epochs(node).items():
        at = _Next(node, epoch, 0, first_hash(node, epoch, parent.digest))
        if not database.rows("SELECT have FROM log WHERE node = ? AND epoch = ?", at[:2]) and remains.line_after(at):
            began = (parent.digest, parent.epoch, parent.seq, parent.why, 0)
            database.execute(INSERT_LOG, (node, epoch, *began, 0, at.digest.hex()))
            yield at


def _continue(database: Database, remains: Remains, at: _Next, most: int = MAX_ROWS) -> _Next:
    """Take over line after line of one log until one is missing or does not fit."""
    rows: list[tuple[int, str, int, int, bytes, bytes]] = []
    pos = int(database.value("SELECT max(pos) FROM event") or 0)
    while len(rows) < most and (found := remains.line_after(at)) is not None:
        line, digest = found
        at = at._replace(seq=at.seq + 1, digest=digest)
        pos += 1
        rows.append((pos, at.node, at.epoch, at.seq, line, digest))
        remains.tell(at.seq)
    if rows:
        database.run_many(INSERT_EVENT, rows)
        project_lines(database, database, rows)
        database.execute(UPDATE_LOG, (at.seq, at.digest.hex(), at.node, at.epoch))
        newest = max(int(database.value("SELECT value FROM meta WHERE name = 'causal'") or 0), *map(_causal, rows))
        database.execute(UPDATE_CAUSAL, (str(newest),))
    return at


def _causal(row: tuple[int, str, int, int, bytes, bytes]) -> int:
    with suppress(msgspec.MsgspecError):
        line = msgspec.json.decode(row[4], type=Line)
        return line.n or line.s
    return 0


class Remains:
    """A copy of the damaged file and its write-ahead log, read by SQLite where it can, else byte by byte."""

    def __init__(self, bad: Path | None, *spools: Path, most_raw: int | None = None) -> None:
        """Of a file larger than ``most_raw`` only what SQLite can read is looked at."""
        self.spool = [one for folder in spools for one in spooled.files_in(folder)]
        self.spooled = {
            (one.node, one.epoch, seq): pair for one in self.spool for seq, pair in enumerate(one.lines, one.first)
        }
        self.bytes: list[bytes] = []
        self.places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.database: Database | None = None
        self.folder: Path | None = None
        self.told: Taking | None = None
        self._most_raw = most_raw
        if bad is not None:
            self._read(bad)

    def tell(self, seq: int) -> None:
        """A line was taken over; told from time to time."""
        if self.told is not None and seq % TOLD_EVERY == 0:
            self.told(seq, max([seq, *self.places, *(seq for _node, _epoch, seq in self.spooled)]))

    def identity(self) -> tuple[str, str]:
        """Node and hall that the files belong to; empty where nothing tells."""
        if self.database is not None:
            with suppress(Exception):  # any page may be broken in any way
                rows = self.database.rows("SELECT name, value FROM meta WHERE name IN ('node', 'hall')")
                found = {str(name): str(value) for name, value in rows}
                if "node" in found:
                    return found["node"], found.get("hall", "")
        nodes = sorted({one.node for one in self.spool})
        return (nodes[0], nodes[0].rpartition("-")[0]) if len(nodes) == 1 else ("", "")

    def __enter__(self) -> Remains:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.database is not None:
            self.database.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self, bad: Path) -> None:
        self.folder = bad.with_name(f".{bad.name}.copy")
        self.folder.mkdir(exist_ok=True)
        for suffix in ("", "-wal"):
            source = bad.with_name(bad.name + suffix)
            if source.exists():
                shutil.copyfile(source, self.folder / f"copy.db{suffix}")
                if self._most_raw is None or source.stat().st_size <= self._most_raw:
                    self.bytes.append(source.read_bytes())
        for number, content in enumerate(self.bytes):
            for match in LINE_BEGINS.finditer(content):
                self.places[int(match[1])].append((number, match.start()))
        with suppress(StorageError):
            self.database = open_sqlite(self.folder / "copy.db")

    def line_after(self, at: _Next) -> tuple[bytes, bytes] | None:
        """The line that continues a log, with its hash."""
        for line, digest in chain(self._by_sqlite(at), self._by_bytes(at.seq + 1), self._by_spool(at)):
            if next_hash(at.digest, line) == digest:
                return line, digest
        return None

    def _by_sqlite(self, at: _Next) -> tuple[tuple[bytes, bytes], ...]:
        if self.database is None:
            return ()
        with suppress(Exception):  # any page may be broken in any way
            return tuple(
                (bytes(line), bytes(digest)) for line, digest in self.database.rows(ONE_LINE, (*at[:2], at.seq + 1))
            )
        return ()

    def _by_spool(self, at: _Next) -> Iterator[tuple[bytes, bytes]]:
        pair = self.spooled.get((at.node, at.epoch, at.seq + 1))
        if pair is not None:
            yield pair

    def epochs(self, node: str) -> dict[int, Parent]:
        """Later epochs of a node that anything tells of."""
        found = {one.epoch: one.parent for one in self.spool if one.node == node and one.parent is not None}
        if self.database is not None:
            with suppress(Exception):  # any page may be broken in any way
                for epoch, digest, parent_epoch, parent_seq, why in self.database.rows(PARENTS, (node,)):
                    found[int(epoch)] = Parent(int(parent_epoch), int(parent_seq), digest, why)
        return found

    def _by_bytes(self, seq: int) -> Iterator[tuple[bytes, bytes]]:
        decoder = json.JSONDecoder(strict=False)
        for number, start in self.places.get(seq, ()):
            text = self.bytes[number][start : start + MAX_LINE + CARRIED_ROOM + HASH_BYTES]
            with suppress(ValueError, RecursionError):
                _value, end = decoder.raw_decode(text.decode("latin-1"))
                yield text[:end], text[end : end + HASH_BYTES]

    def last_known(self, node: str, epoch: int, *, only_log: bool) -> int:
        """The newest seq that the damaged file is known to have had; 0 when nothing tells."""
        newest = max(self.places, default=0) if only_log else 0
        newest = max([newest, *(seq for *log, seq in self.spooled if tuple(log) == (node, epoch))])
        database = self.database
        if database is None:
            return newest
        for sql in LAST_KNOWN:
            with suppress(Exception):
                newest = max(newest, int(database.value(sql, (node, epoch)) or 0))
        return newest
