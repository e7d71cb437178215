"""Is what is stored still what was written? The chain of every log, the pages of the file, the disk's word.

SQLite has no checksum over its pages: a flipped bit in a line passes ``PRAGMA integrity_check``. The chain finds it.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from storage import feed, schema
from storage.chain import first_hash
from storage.database import Database, Row, open_sqlite
from storage.errors import (
    NewerVersion,
    OldLibrary,
    StorageDamaged,
    StorageDenied,
    StorageError,
    classify,
    translated,
)

CHUNK = 2_000
LINES = "SELECT pos, node, epoch, seq, line, hash FROM event WHERE pos > ? ORDER BY pos LIMIT ?"
LOGS = "SELECT node, epoch, have, head, parent, pruned FROM log ORDER BY node, epoch"
MOST_BREAKS = 100
HEADER = b"SQLite format 3\0"
FLUSHES = 20
LYING_FLUSH_MS = 0.05
"""A disk that flushes faster than this only says that it did: a power cut may lose what the screen showed as saved."""


class Fault(StrEnum):
    """``changed``: the bytes do not hash to what stands beside them; ``gap``: lines are missing before this one;
    ``tail``: the log is known to be longer; ``no_log``: the line belongs to no known log.
    """

    CHANGED = "changed"
    GAP = "gap"
    TAIL = "tail"
    NO_LOG = "no_log"


class Break(Struct, frozen=True):
    """Where a chain does not hold: the line by log and seq, and its position in this file (0: it is not there)."""

    node: str
    epoch: int
    seq: int
    pos: int
    why: Fault


class ChainReport(Struct, frozen=True):
    """What a walk over all lines found; ``breaks`` in order of position, the first hundred."""

    events: int
    logs: int
    breaks: tuple[Break, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.breaks


class Harm(StrEnum):
    """Why a data folder cannot be used as it is."""

    DAMAGED = "damaged"
    NEWER = "newer"
    DENIED = "denied"
    OLD_LIBRARY = "old_library"


class DamageReport(Struct, frozen=True):
    """Which file, what is wrong with it, and the program's own words for the log."""

    file: str
    harm: Harm
    detail: str = ""


class _Walk:
    """The state of one log while its lines pass by."""

    __slots__ = ("digest", "epoch", "have", "head", "node", "pruned", "seq")

    def __init__(self, node: str, epoch: int, have: int, head: str, parent: str, pruned: int) -> None:
        self.node, self.epoch, self.have, self.head = node, epoch, int(have), bytes.fromhex(head)
        self.seq, self.pruned = 0, int(pruned)
        self.digest = first_hash(node, epoch, parent)

    def skips(self, seq: int, line: object, digest: object) -> bool:
        """A pruned line: its hash is all there is; the line after the last of them proves it."""
        if seq != self.seq + 1 or seq > self.pruned or line != b"" or type(digest) is not bytes:
            return False
        self.seq, self.digest = seq, digest
        return True

    def broken(self, pos: int, seq: int, digest: bytes) -> Break:
        """What is wrong with this line; goes on from the hash stored beside it, so that one change is one break."""
        why = Fault.CHANGED if seq == self.seq + 1 else Fault.GAP
        self.seq, self.digest = seq, digest if isinstance(digest, bytes) else b""
        return Break(self.node, self.epoch, seq, pos, why)

    def end(self) -> Break | None:
        """The log must end where its mark says."""
        if self.seq == self.have and self.digest == self.head:
            return None
        return Break(self.node, self.epoch, min(self.seq, self.have) + 1, 0, Fault.TAIL)


@contextmanager
def reading(where: str) -> Iterator[None]:
    """Errors met while rows are fetched come bare from the driver: give them the storage's names."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        known = classify(error, where)
        if known is None:
            raise
        raise known from error


def stored_lines(database: Database, pos: int = 0) -> Iterator[list[Row]]:
    """The lines after a position in order of arrival, in chunks of ``(pos, node, epoch, seq, line, hash)``."""
    while True:
        with reading(database.where):
            rows = database.rows(LINES, (pos, CHUNK))
        if not rows:
            return
        yield rows
        pos = rows[-1][0]


def verify_chain(database: Database, told: Callable[[int], None] = lambda _lines: None) -> ChainReport:
    """Recompute the hash of every line of every log, as of one moment; raises StorageDamaged when the file cannot even
    be read. ``told`` hears from time to time how many lines that are.
    """
    with database.one_moment():
        return _verified(database, told)


def _verified(database: Database, told: Callable[[int], None]) -> ChainReport:
    walks = {(node, int(epoch)): _Walk(node, epoch, *rest) for node, epoch, *rest in database.rows(LOGS)}
    breaks: list[Break] = []
    events = 0
    for rows in stored_lines(database):
        events += len(rows)
        told(events)
        for pos, node, epoch, seq, line, digest in rows:
            walk = walks.get((node, epoch))
            if (
                walk is not None
                and seq == walk.seq + 1
                and type(line) is bytes  # who changes a file by hand may leave text behind
                and sha256(walk.digest + line).digest() == digest
            ):
                walk.seq, walk.digest = seq, digest
            elif walk is None or not walk.skips(seq, line, digest):
                breaks.append(walk.broken(pos, seq, digest) if walk else Break(node, epoch, seq, pos, Fault.NO_LOG))
    breaks.extend(broken for walk in walks.values() if (broken := walk.end()) is not None)
    breaks.extend(Break(*where, 0, Fault.CHANGED) for where in feed.changed(database))
    return ChainReport(events, len(walks), tuple(breaks[:MOST_BREAKS]))


def integrity(database: Database, *, quick: bool = False) -> list[str]:
    """What SQLite says about the pages of the file; empty: nothing wrong. PostgreSQL looks after itself."""
    if not database.sqlite:
        return []
    try:
        with reading(database.where):
            rows = database.rows("PRAGMA quick_check" if quick else "PRAGMA integrity_check")
    except StorageDamaged as error:
        return [str(error.__cause__ or error)]
    return [str(text) for (text,) in rows if text != "ok"]


def damage(folder: Path, *, pages: bool = True, file: str = "hall.db") -> DamageReport | None:
    """The check at start: can ``hall.db`` and ``vault.db`` be used? None: yes (a missing file will be made).

    ``file`` is the journal's in another folder; ``pages`` also walks the pages (about half a second a 100 MB).
    """
    from storage import vault

    for name, newest in ((file, schema.SCHEMA), ("vault.db", vault.SCHEMA)):
        path = folder / name
        try:
            if path.exists() and path.stat().st_size:
                _check_file(path, newest, pages=pages)
        except StorageDamaged as error:
            return DamageReport(name, Harm.DAMAGED, str(error.values.get("detail", "")))
        except NewerVersion as error:
            return DamageReport(name, Harm.NEWER, str(error.values["found"]))
        except OldLibrary as error:
            return DamageReport(name, Harm.OLD_LIBRARY, str(error.values["found"]))
        except (StorageDenied, PermissionError):
            return DamageReport(name, Harm.DENIED)
    return None


def _check_file(path: Path, newest: int, *, pages: bool) -> None:
    with path.open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            raise StorageDamaged(str(path), detail="header")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StorageDenied(str(path))
    database = open_sqlite(path)
    try:
        with reading(str(path)):
            found = int(database.value("PRAGMA user_version") or 0)
            database.rows("SELECT count(*) FROM sqlite_master")
        if found > newest:
            raise NewerVersion(str(path), found=found)
        wrong = integrity(database, quick=True) if pages else []
        if wrong:
            raise StorageDamaged(str(path), detail=wrong[0])
    finally:
        database.close()


def flush_ms(folder: Path) -> float:
    """How long the disk of this folder takes to flush 4 KiB, the middle of twenty tries; raises StorageError."""
    path = folder / f".flush-{os.getpid()}"
    times = []
    with translated(str(folder)):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            for _ in range(FLUSHES):
                os.pwrite(file, os.urandom(4096), 0)
                before = time.perf_counter()
                os.fsync(file)
                times.append((time.perf_counter() - before) * 1000)
        finally:
            os.close(file)
            path.unlink(missing_ok=True)
    return statistics.median(times)


def counts(database: Database) -> dict[str, int]:
    """Rows of every table of the house."""
    from storage.tables import DERIVED_MODELS, JOURNAL_MODELS

    names = [model._meta.table_name for model in (*JOURNAL_MODELS, *DERIVED_MODELS)]
    return {name: int(database.value(f'SELECT count(*) FROM "{name}"') or 0) for name in names}


def library() -> str:
    """The version of the SQLite library in use."""
    import peewee

    return str(peewee.sqlite3.sqlite_version)  # type: ignore[attr-defined]
