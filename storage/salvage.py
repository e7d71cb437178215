"""Lines that can still be read in a damaged file, taken over as far as the chain goes on.

The damaged file is opened as a copy, with its write-ahead log; what SQLite cannot read any more is looked for in the raw
bytes: a line stands on its page in one piece, its chain hash right behind it, so that every find proves itself. (Lines
too long for one page are found through SQLite only.)
"""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from storage.chain import next_hash
from storage.database import Database, open_sqlite
from storage.errors import StorageError
from storage.facts import Line
from storage.journal import INSERT_EVENT, MAX_LINE, UPDATE_CAUSAL, UPDATE_LOG
from storage.rebuild import project_lines

LINE_BEGINS = re.compile(rb'\{"s":(\d{1,15}),"k":"')
HASH_BYTES = 32
ONE_LINE = "SELECT line, hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"

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


def take_over(restored: Path, bad: Path | None) -> Found:
    """Append to the restored file what the damaged one has beyond it, in one transaction."""
    database = open_sqlite(restored)
    try:
        with _Remains(bad) as remains:
            return _take_over(database, remains)
    finally:
        database.close()


def _take_over(database: Database, remains: _Remains) -> Found:
    taken = missing = last_seq = 0
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute("DELETE FROM meta WHERE name = 'store'")
        own = database.rows("SELECT m.value, e.value FROM meta m, meta e WHERE m.name = 'node' AND e.name = 'epoch'")
        logs = database.rows("SELECT node, epoch, have, head FROM log ORDER BY node, epoch")
        for node, epoch, have, head in logs:
            at = _Next(node, int(epoch), int(have), bytes.fromhex(head))
            is_own = own == [(node, str(epoch))]
            after = _continue(database, remains, at)
            taken += after.seq - at.seq
            if is_own:
                last_seq = after.seq
                known = remains.last_known(node, int(epoch), only_log=len(logs) == 1)
                missing = max(0, known - after.seq)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    return Found(taken, missing, last_seq)


def _continue(database: Database, remains: _Remains, at: _Next) -> _Next:
    """Take over line after line of one log until one is missing or does not fit."""
    rows = []
    pos = int(database.value("SELECT max(pos) FROM event") or 0)
    while (found := remains.line_after(at)) is not None:
        line, digest = found
        at = at._replace(seq=at.seq + 1, digest=digest)
        pos += 1
        rows.append((pos, at.node, at.epoch, at.seq, line, digest))
    if rows:
        database.run_many(INSERT_EVENT, rows)
        project_lines(database, rows)
        database.execute(UPDATE_LOG, (at.seq, at.digest.hex(), at.node, at.epoch))
        newest = max(int(database.value("SELECT value FROM meta WHERE name = 'causal'") or 0), *map(_causal, rows))
        database.execute(UPDATE_CAUSAL, (str(newest),))
    return at


def _causal(row: tuple[int, str, int, int, bytes, bytes]) -> int:
    with suppress(msgspec.MsgspecError):
        line = msgspec.json.decode(row[4], type=Line)
        return line.n or line.s
    return 0


class _Remains:
    """A copy of the damaged file and its write-ahead log, read by SQLite where it can, else byte by byte."""

    def __init__(self, bad: Path | None) -> None:
        self.bytes: list[bytes] = []
        self.places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.database: Database | None = None
        self.folder: Path | None = None
        if bad is not None:
            self._read(bad)

    def __enter__(self) -> _Remains:
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
                self.bytes.append(source.read_bytes())
                (self.folder / f"copy.db{suffix}").write_bytes(self.bytes[-1])
        for number, content in enumerate(self.bytes):
            for match in LINE_BEGINS.finditer(content):
                self.places[int(match[1])].append((number, match.start()))
        with suppress(StorageError):
            self.database = open_sqlite(self.folder / "copy.db")

    def line_after(self, at: _Next) -> tuple[bytes, bytes] | None:
        """The line that continues a log, with its hash."""
        for line, digest in chain(self._by_sqlite(at), self._by_bytes(at.seq + 1)):
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

    def _by_bytes(self, seq: int) -> Iterator[tuple[bytes, bytes]]:
        decoder = json.JSONDecoder(strict=False)
        for number, start in self.places.get(seq, ()):
            text = self.bytes[number][start : start + MAX_LINE + HASH_BYTES]
            with suppress(ValueError, RecursionError):
                _value, end = decoder.raw_decode(text.decode("latin-1"))
                yield text[:end], text[end : end + HASH_BYTES]

    def last_known(self, node: str, epoch: int, *, only_log: bool) -> int:
        """The newest seq that the damaged file is known to have had; 0 when nothing tells."""
        newest = max(self.places, default=0) if only_log else 0
        database = self.database
        if database is None:
            return newest
        for sql in LAST_KNOWN:
            with suppress(Exception):
                newest = max(newest, int(database.value(sql, (node, epoch)) or 0))
        return newest
