"""A disk whose power can be cut: a file system for SQLite (through ``apsw``) that knows what was flushed and what was not.

What a program wrote since the last flush of a file may be on a real disk wholly, in part, or not at all, in any order and
torn at 512 bytes. :meth:`Disk.image` draws one of those contents. SQLite's own names and errors: sqlite.org/vfs.html.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import apsw
from playhouse.apsw_ext import APSWDatabase

from storage import schema
from storage.database import Database, pragmas_of
from storage.journal import Journal

SECTOR = 512
CHECKPOINT_PAGES = 100
"""Small, so that a short log is copied into the file again and again; larger than one commit."""
Image = dict[str, bytes]


class Pending(NamedTuple):
    """A change that was not flushed: bytes at a place, or (``data`` None) a new length."""

    at: int
    data: bytes | None


class Content:
    """One file: what is safe, and what came after. ``is_named``: its name is safe too."""

    def __init__(self, safe: bytes = b"", *, is_named: bool = False) -> None:
        self.safe = bytearray(safe)
        self.now = bytearray(safe)
        self.pending: list[Pending] = []
        self.is_named = is_named

    def change(self, pending: Pending) -> None:
        _apply(self.now, pending)
        self.pending.append(pending)

    def flush(self) -> None:
        self.safe = bytearray(self.now)
        self.pending.clear()
        self.is_named = True


def _apply(content: bytearray, pending: Pending) -> None:
    if pending.data is None:
        del content[pending.at :]
        return
    content.extend(bytes(max(0, pending.at - len(content))))
    content[pending.at : pending.at + len(pending.data)] = pending.data


class Disk:
    """Files by name. ``cut`` is called after every change and every flush, with what has been changed so far."""

    def __init__(self) -> None:
        self.files: dict[str, Content] = {}
        self.changes = 0
        self.cut: Callable[[Disk], None] | None = None

    def changed(self) -> None:
        self.changes += 1
        if self.cut is not None:
            self.cut(self)

    def flush_all(self) -> None:
        for content in self.files.values():
            content.flush()

    def image(self, source: random.Random) -> Image:
        """One of the contents this disk may have if the power goes now."""
        part = source.choice((0.0, 0.25, 0.5, 0.75, 1.0))
        found = {}
        for name, content in self.files.items():
            if not content.is_named and source.random() < 0.5:
                continue
            drawn = bytearray(content.safe)
            for pending in content.pending:
                for piece in _pieces(pending):
                    if source.random() < part:
                        _apply(drawn, piece)
            found[name] = bytes(drawn)
        return found


def _pieces(pending: Pending) -> list[Pending]:
    """The sectors of a change, each of which arrives or not."""
    if pending.data is None:
        return [pending]
    pieces, at, left = [], pending.at, pending.data
    while left:
        room = SECTOR - at % SECTOR
        pieces.append(Pending(at, left[:room]))
        at, left = at + room, left[room:]
    return pieces


class PowerVFS(apsw.VFS):
    """SQLite's file system over a :class:`Disk`; one process, so that locks are the connection's own."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        path = "" if name is None else name if isinstance(name, str) else name.filename()
        content = Content() if not path else self.disk.files.setdefault(_short(path), Content())
        flags[1] = flags[0]
        return PowerFile(self.disk, content)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.disk.files.pop(_short(filename), None)
        self.disk.changed()

    def xAccess(self, pathname: str, flags: int) -> bool:
        return _short(pathname) in self.disk.files

    def xFullPathname(self, name: str) -> str:
        return name


class PowerFile:
    """An open file; the methods are SQLite's."""

    def __init__(self, disk: Disk, content: Content) -> None:
        self._disk, self._content = disk, content

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._content.now[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._content.change(Pending(offset, bytes(data)))
        self._disk.changed()

    def xTruncate(self, size: int) -> None:
        self._content.change(Pending(size, None))
        self._disk.changed()

    def xSync(self, _flags: int) -> None:
        self._content.flush()
        self._disk.changed()

    def xFileSize(self) -> int:
        return len(self._content.now)

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        """What SQLite's own file system says of a Linux disk: bytes beside a write that failed are left alone."""
        return int(apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE)

    def xFileControl(self, _op: int, _pointer: int) -> bool:
        return False

    def xLock(self, _level: int) -> None: ...

    def xUnlock(self, _level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xClose(self) -> None: ...


def _short(path: str) -> str:
    return Path(path).name


class Machine:
    """A node whose journal rests on such a disk. The rooms above are the house's own; only the driver is ``apsw``.

    ``begin`` is a file that the house's own library made and closed.
    """

    def __init__(self, name: str, begin: bytes, synchronous: str = "FULL") -> None:
        self.disk = Disk()
        self.disk.files[name] = Content(begin, is_named=True)
        self.name = name
        vfs = f"power-{name}-{id(self)}"
        self._vfs = PowerVFS(vfs, self.disk)
        pragmas = {"locking_mode": "exclusive", **pragmas_of(synchronous, CHECKPOINT_PAGES)}
        database = APSWDatabase(name, vfs=vfs, pragmas=pragmas)
        database.connect()
        self.journal = Journal(Database(database, name, sqlite=True))
        schema.check(self.journal.database)

    def close(self) -> None:
        self.disk.cut = None
        self.journal.close()
        self._vfs.unregister()


def laid_out(image: Image, folder: Path) -> None:
    """The content of a disk as files, for the library and the code that a PC starts with."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in image.items():
        (folder / name).write_bytes(content)
