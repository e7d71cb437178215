"""local.db: the bulletin board of one PC. What is not worth a fact: leases, heartbeats, device states, requests.

It may be deleted or damaged at any time: whoever finds it so makes a new one, and the beats that follow fill it again.
All processes of a PC share it; nothing of it is ever synchronised. The board is reached from any thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from storage import clock
from storage.database import Database, Row, open_sqlite
from storage.errors import StorageDamaged, classify
from storage.facts import Moment

LAYOUT = 1
"""``user_version`` of the board; a board of another program version is thrown away."""

REQUEST_LIFE_S = 60
"""A request that nobody took within this time is dropped: nobody wants a port released an hour later."""

TABLES = (
    "lease (window PRIMARY KEY, process, staff, pid, boot, start_ticks, since_t)",
    "beat (window PRIMARY KEY, service, t, m, boot)",
    'process (name PRIMARY KEY, pid, t, m, boot, "values")',
    "device (role, window, state, since_t, detail, counters DEFAULT '{}', PRIMARY KEY (role, window))",
    "sync_state (one INTEGER PRIMARY KEY, online, since_t, waiting, last_contact_t, skew_ms, detail)",
    "password (staff PRIMARY KEY, failures, wait_s, t, m, boot)",
    "request (id INTEGER PRIMARY KEY AUTOINCREMENT, kind, data, t, m, boot, taken DEFAULT 0, answer)",
)


def _text(values: object) -> str:
    return msgspec.json.encode(values).decode()


_values = msgspec.json.Decoder(dict[str, Any]).decode


class Holder(Struct, frozen=True):
    """Who has a window: process name, staff number, process id and start, and since when (wall ms)."""

    window: str
    process: str
    staff: str
    pid: int
    boot: str
    start_ticks: int
    since_t: int


class Beat(Struct, frozen=True):
    """The last sign of life of a window: the service that ran there (empty: none), and when."""

    window: str
    service: str
    t: int
    m: int
    boot: str


class ProcessWord(Struct, frozen=True):
    """What a process of this PC last said about itself."""

    name: str
    pid: int
    t: int
    m: int
    boot: str
    values: dict[str, Any]

    def is_alive(self, now: Moment, limit_s: float = 10.0) -> bool:
        """Whether it spoke within ``limit_s`` of this boot; who waited for a write may find a word newer than his ``now``."""
        return self.boot == now.boot and now.m - self.m <= limit_s * 1000


class DeviceWord(Struct, frozen=True, array_like=True):
    """The state of one serial device as the station sees it; ``counters`` tick here and go into a fact once a day."""

    role: str
    window: str
    state: str
    since_t: int
    detail: str
    counters: dict[str, int]


class SyncWord(Struct, frozen=True):
    """Where synchronisation stands; ``waiting`` lines are not acknowledged yet, ``skew_ms`` is ours minus theirs."""

    online: bool = False
    since_t: int = 0
    waiting: int = 0
    last_contact_t: int = 0
    skew_ms: int = 0
    detail: str = ""


class Failure(Struct, frozen=True):
    """Wrong passwords in a row, and the wall time from which the next try is taken."""

    failures: int
    retry_at_t: int


class Request(Struct, frozen=True):
    """Something a terminal asks of the station."""

    id: int
    kind: str
    data: dict[str, Any]


def start_ticks(pid: int) -> int | None:
    """When a process started, in ticks of this boot: with the id it names one process for ever. None: it is not there.

    Without ``/proc`` every process counts as started at 0.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self/stat").exists() else 0
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def is_running(pid: int, boot: str, started: int) -> bool:
    """Whether exactly that process still runs."""
    return boot == clock.BOOT and start_ticks(pid) == started


class Board:
    """The board of one data folder. Every call is one short transaction; raises StorageBusy, StorageFull, StorageDenied."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database: Database | None = None
        self._inode = 0
        self._opened = 0

    # windows

    def take_window(
        self, window: str, process: str, staff: str, pid: int, boot: str, start_ticks: int, since_t: int = 0
    ) -> Holder | None:
        """Lease a window to a person; None: it is ours now. Else the living holder in the way.

        The holder has another window name when ``staff`` sits at another window already. Dead holders are swept away.
        """
        mine = (pid, boot, start_ticks)
        with self._write() as database:
            for one in self._leases(database):
                if (one.pid, one.boot, one.start_ticks) == mine or not is_running(one.pid, one.boot, one.start_ticks):
                    database.execute("DELETE FROM lease WHERE window = ?", (one.window,))
                elif one.window == window or (staff and one.staff == staff):
                    return one
            row = (window, process, staff, *mine, since_t or clock.now().t)
            database.execute("INSERT INTO lease VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return None

    def renew_window(self, lease: Holder) -> Holder | None:
        """Say again that we hold a window (the board may have been lost); returns who has it instead of us, else None."""
        rows = self._rows("SELECT * FROM lease WHERE window = ?", (lease.window,))
        if rows and Holder(*rows[0]) == lease:
            return None
        return self.take_window(*(getattr(lease, name) for name in lease.__struct_fields__))

    def release_window(self, window: str) -> None:
        """Give a window back."""
        with self._write() as database:
            database.execute("DELETE FROM lease WHERE window = ?", (window,))

    def windows_taken(self) -> list[Holder]:
        """All leases whose holders live."""
        database = self._board()
        return [one for one in self._leases(database) if is_running(one.pid, one.boot, one.start_ticks)]

    @staticmethod
    def _leases(database: Database) -> list[Holder]:
        return [Holder(*row) for row in database.rows("SELECT * FROM lease ORDER BY window")]

    # signs of life

    def beat(self, window: str, service: str, moment: Moment) -> None:
        """A terminal with a service running says so every 5 s; a pause after a crash begins at the last one."""
        self._execute(
            "INSERT OR REPLACE INTO beat VALUES (?, ?, ?, ?, ?)", (window, service, moment.t, moment.m, moment.boot)
        )

    def last_beat(self, window: str) -> Beat | None:
        """The last beat of a window."""
        rows = self._rows("SELECT * FROM beat WHERE window = ?", (window,))
        return Beat(*rows[0]) if rows else None

    def process_beat(self, name: str, pid: int, moment: Moment, values: dict[str, Any] | None = None) -> None:
        """A process says that it lives, and a few values about itself."""
        row = (name, pid, moment.t, moment.m, moment.boot, _text(values or {}))
        self._execute("INSERT OR REPLACE INTO process VALUES (?, ?, ?, ?, ?, ?)", row)

    def process(self, name: str) -> ProcessWord | None:
        """What that process last said."""
        rows = self._rows('SELECT pid, t, m, boot, "values" FROM process WHERE name = ?', (name,))
        if not rows:
            return None
        pid, t, m, boot, values = rows[0]
        return ProcessWord(name, pid, t, m, boot, _values(values))

    # devices and synchronisation

    def set_device(self, role: str, window: str, state: str, since_t: int, detail: str = "") -> None:
        """The state of a device; its counters stay."""
        self._execute(
            "INSERT INTO device (role, window, state, since_t, detail) VALUES (?, ?, ?, ?, ?) ON CONFLICT (role, window) "
            "DO UPDATE SET state = excluded.state, since_t = excluded.since_t, detail = excluded.detail",
            (role, window, state, since_t, detail),
        )

    def set_counters(self, role: str, window: str, counters: dict[str, int]) -> None:
        """The counters of a device, as they tick."""
        self._execute(
            "INSERT INTO device (role, window, state, since_t, detail, counters) VALUES (?, ?, '', 0, '', ?) "
            "ON CONFLICT (role, window) DO UPDATE SET counters = excluded.counters",
            (role, window, _text(counters)),
        )

    def forget_device(self, role: str, window: str) -> None:
        """A binding was removed."""
        self._execute("DELETE FROM device WHERE role = ? AND window = ?", (role, window))

    def devices(self) -> list[DeviceWord]:
        """All devices, by window and role."""
        rows = self._rows("SELECT role, window, state, since_t, detail, counters FROM device ORDER BY window, role")
        return [msgspec.convert((*row[:5], _values(row[5])), DeviceWord) for row in rows]

    def set_sync(self, word: SyncWord) -> None:
        """Where synchronisation stands."""
        row = tuple(getattr(word, name) for name in word.__struct_fields__)
        self._execute("INSERT OR REPLACE INTO sync_state VALUES (1, ?, ?, ?, ?, ?, ?)", row)

    def sync(self) -> SyncWord:
        """The last word on synchronisation; offline since ever when nothing was said."""
        rows = self._rows("SELECT online, since_t, waiting, last_contact_t, skew_ms, detail FROM sync_state")
        return SyncWord(bool(rows[0][0]), *rows[0][1:]) if rows else SyncWord()

    # wrong passwords

    def password_failed(self, staff: str, now: Moment, delay_s: Callable[[int], int]) -> Failure:
        """Count a wrong password, whichever process saw it; ``delay_s`` gives the wait after the n-th in a row."""
        with self._write() as database:
            failures = 1 + int(database.value("SELECT failures FROM password WHERE staff = ?", (staff,)) or 0)
            wait_s = delay_s(failures)
            row = (staff, failures, wait_s, now.t, now.m, now.boot)
            database.execute("INSERT OR REPLACE INTO password VALUES (?, ?, ?, ?, ?, ?)", row)
        return Failure(failures, now.t + wait_s * 1000)

    def password_wait_ms(self, staff: str, now: Moment) -> int:
        """How long this staff number still has to wait; 0: try now. A wall clock set back cannot lengthen it."""
        rows = self._rows("SELECT wait_s, t, m, boot FROM password WHERE staff = ?", (staff,))
        if not rows:
            return 0
        wait_s, t, m, boot = rows[0]
        passed_ms = now.m - m if boot == now.boot else now.t - t
        return int(max(0, min(wait_s * 1000, wait_s * 1000 - passed_ms)))

    def password_ok(self, staff: str) -> None:
        """The right password ends the count."""
        self._execute("DELETE FROM password WHERE staff = ?", (staff,))

    # requests to the station

    def request(self, kind: str, data: dict[str, Any] | None = None, now: Moment | None = None) -> int:
        """Ask the station for something; returns the number under which it answers."""
        at = now or clock.now()
        with self._write() as database:
            row = (kind, _text(data or {}), at.t, at.m, at.boot)
            sql = "INSERT INTO request (kind, data, t, m, boot) VALUES (?, ?, ?, ?, ?)"
            return int(database.execute(sql, row).lastrowid)

    def take_requests(self, now: Moment | None = None) -> list[Request]:
        """All requests nobody took yet, in order; each is given out once. Stale ones are dropped."""
        if not self._rows("SELECT 1 FROM request WHERE taken = 0 LIMIT 1"):
            return []
        at = now or clock.now()
        oldest_m = at.m - REQUEST_LIFE_S * 1000
        with self._write() as database:
            database.execute("DELETE FROM request WHERE boot <> ? OR m < ?", (at.boot, oldest_m))
            rows = database.rows("SELECT id, kind, data FROM request WHERE taken = 0 ORDER BY id")
            database.execute("UPDATE request SET taken = 1 WHERE taken = 0")
        return [Request(number, kind, _values(data)) for number, kind, data in rows]

    def answer(self, number: int, data: dict[str, Any] | None = None) -> None:
        """Answer a request."""
        self._execute("UPDATE request SET answer = ? WHERE id = ?", (_text(data or {}), number))

    def answer_of(self, number: int) -> dict[str, Any] | None:
        """The answer to a request; None while there is none."""
        found = self._rows("SELECT answer FROM request WHERE id = ?", (number,))
        return _values(found[0][0]) if found and found[0][0] is not None else None

    # the file

    def version(self) -> int:
        """Another number whenever another process changed the board; compare only within one thread."""
        row = self._rows("PRAGMA data_version")[0]
        return (self._opened << 32) + int(row[0])

    def close(self) -> None:
        """Close this thread's connection."""
        if self._database is not None:
            self._database.close()

    def _execute(self, sql: str, params: tuple[object, ...]) -> None:
        with self._write() as database:
            database.execute(sql, params)

    def _rows(self, sql: str, params: tuple[object, ...] = ()) -> list[Row]:
        try:
            return self._board().rows(sql, params)
        except Exception as error:
            if not _is_damage(error):
                raise
            self._discard()
            return self._board().rows(sql, params)

    @contextmanager
    def _write(self) -> Iterator[Database]:
        database = self._begun()
        try:
            yield database
            database.execute("COMMIT")
        except BaseException as error:
            with suppress(Exception):
                database.execute("ROLLBACK")
            if isinstance(error, Exception) and _is_damage(error):
                self._discard()
            raise

    def _begun(self) -> Database:
        """The board with ``BEGIN IMMEDIATE``; a damaged one is replaced first."""
        try:
            database = self._board()
            database.execute("BEGIN IMMEDIATE")
        except StorageDamaged:
            self._discard()
            database = self._board()
            database.execute("BEGIN IMMEDIATE")
        return database

    def _board(self) -> Database:
        """The open board, made anew if its file is gone."""
        try:
            inode = os.stat(self.path).st_ino
        except FileNotFoundError:
            inode = 0
        if self._database is None or inode != self._inode:
            self.close()
            try:
                self._database = _made(self.path)
            except StorageDamaged:
                self._discard()
                self._database = _made(self.path)
            self._inode, self._opened = os.stat(self.path).st_ino, self._opened + 1
        return self._database

    def _discard(self) -> None:
        self.close()
        self._database = None
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def _is_damage(error: Exception) -> bool:
    """Errors met while rows are fetched come bare from the driver."""
    return isinstance(error, StorageDamaged) or isinstance(classify(error, ""), StorageDamaged)


def _made(path: Path) -> Database:
    """Open the board, with its tables; raises StorageDamaged for one of another layout."""
    database = open_sqlite(path, synchronous="NORMAL", checkpoint_pages=256)
    if int(database.value("PRAGMA user_version") or 0) == LAYOUT:
        return database
    database.execute("BEGIN IMMEDIATE")
    found = int(database.value("PRAGMA user_version") or 0)
    if found not in (0, LAYOUT):
        database.execute("ROLLBACK")
        database.close()
        raise StorageDamaged(str(path))
    for table in TABLES:
        database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
    database.execute(f"PRAGMA user_version = {LAYOUT}")
    database.execute("COMMIT")
    return database
