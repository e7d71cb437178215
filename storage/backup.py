"""Hot backup of ``hall.db`` and ``vault.db`` together, and what to do when a file is damaged.

A backup is a folder ``backup/<YYYYMMDD-HHMMSS>`` (+08:00) with both files; it appears under that name only when it was
checked and is on the disk. The key of the vault is never in it: whoever finds a backup finds no identity.

Restoring never deletes: the damaged file is set aside as ``bad-<time>.db``, the backup takes its place, and lines that
can still be read in the damaged file are taken over as far as the chain goes on. A restored file is a store of its own:
it gets a new store id, so that no other node trusts a position in it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from storage import salvage, spooled
from storage.database import open_sqlite
from storage.doctor import Harm, damage, integrity, verify_chain
from storage.errors import NewerVersion, StorageDamaged, StorageError, StorageFull, translated
from storage.facts import Moment
from storage.journal import OWN_SEQ

FILES = ("hall.db", "vault.db")
ZONE = timezone(timedelta(hours=8))
STAMP = "%Y%m%d-%H%M%S"
T = TypeVar("T")
SIDE_FILES = ("", "-wal", "-shm")


class Backup(Struct, frozen=True):
    """One finished backup: its name, its folder, the bytes of its files."""

    name: str
    path: Path
    size: int

    @property
    def made(self) -> datetime:
        """When, by its name."""
        return datetime.strptime(self.name[:15], STAMP).replace(tzinfo=ZONE)


class BackupReport(Struct, frozen=True):
    """A backup that was made and checked: its name, the lines in it, the newest seq of the own log, its bytes."""

    name: str
    path: Path
    events: int
    seq: int
    size: int


class RestoreReport(Struct, frozen=True):
    """What a restore did: files set aside, lines in the backup, lines salvaged, lines known to be lost.

    ``missing`` counts lines of the own log that the damaged file is known to have had and that are not there any more.
    """

    backup: str
    set_aside: tuple[str, ...]
    in_backup: int
    salvaged: int
    missing: int
    last_seq: int


def make_backup(folder: Path, now: Moment, target: Path | None = None) -> BackupReport:
    """Copy, check, rename. ``target`` is the folder of backups, ``backup`` of the data folder unless said otherwise.

    Raises StorageDamaged when what was copied does not hold (the copy is removed), StorageFull, StorageDenied.
    """
    target = target or folder / "backup"
    draft = target / f".making-{os.getpid()}"
    with translated(str(target)):
        target.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
    try:
        for name in FILES:
            if (folder / name).exists():
                _copy(folder / name, draft / name)
        events, seq = _checked(draft)
        name = free_name(target, now)
        with translated(str(target)):
            flush_folder(draft)
            draft.rename(target / name)
            flush_folder(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return BackupReport(name, target / name, events, seq, _size(target / name))


def _copy(source: Path, copy: Path) -> None:
    needed = source.stat().st_size
    if shutil.disk_usage(copy.parent).free < needed:
        raise StorageFull(str(copy.parent), needed=needed)
    database = open_sqlite(source)
    try:
        database.execute("VACUUM INTO ?", (str(copy),))
    finally:
        database.close()
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


def _known() -> dict[str, int]:
    from storage import schema, vault

    return {"hall.db": schema.SCHEMA, "vault.db": vault.SCHEMA}


def _checked(folder: Path) -> tuple[int, int]:
    """Lines and newest own seq of a backup whose pages and chain hold; raises StorageDamaged, NewerVersion."""
    found = damage(folder)
    if found is not None and found.harm is Harm.NEWER:
        raise NewerVersion(found.file, found=found.detail, known=_known()[found.file])
    if found is not None:
        raise StorageDamaged(str(folder / found.file), detail=found.detail)
    database = open_sqlite(folder / "hall.db")
    try:
        report = verify_chain(database)
        if not report.holds:
            raise StorageDamaged(str(folder / "hall.db"), detail="chain", first=report.breaks[0])
        seq = database.value(OWN_SEQ, (database.value("SELECT value FROM meta WHERE name = 'node'"),))
    finally:
        database.close()
    for name in FILES:
        for suffix in ("-wal", "-shm"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)
    return report.events, int(seq or 0)


def free_name(target: Path, now: Moment) -> str:
    """The moment as a name that is not taken yet."""
    stamp = datetime.fromtimestamp(now.t / 1000, UTC).astimezone(ZONE).strftime(STAMP)
    name, again = stamp, 1
    while (target / name).exists():
        again += 1
        name = f"{stamp}-{again}"
    return name


def list_backups(folder: Path, target: Path | None = None) -> list[Backup]:
    """All finished backups, the newest first."""
    target = target or folder / "backup"
    found = []
    for path in target.iterdir() if target.is_dir() else ():
        if path.name[:8].isdigit() and (path / "hall.db").is_file():
            found.append(Backup(path.name, path, _size(path)))
    return sorted(found, key=lambda one: (one.made, len(one.name), one.name), reverse=True)


def prune(folder: Path, keep_daily: int = 7, keep_weekly: int = 4, target: Path | None = None) -> list[str]:
    """Remove backups of a hall, as :func:`prune_listed`."""
    return prune_listed(list_backups(folder, target), keep_daily, keep_weekly)


def prune_listed(backups: Sequence[Backup], keep_daily: int, keep_weekly: int) -> list[str]:
    """Of these (the newest first) the newest of each of the last ``keep_daily`` days and ``keep_weekly`` weeks stay.

    The newest of all always stays. Returns the names removed.
    """
    keep = {backups[0].name} if backups else set()
    keep |= _newest_of_each(((one.made.date().isoformat(), one.name) for one in backups), keep_daily)
    keep |= _newest_of_each(((f"{one.made:%G-%V}", one.name) for one in backups), keep_weekly)
    removed = [one for one in backups if one.name not in keep]
    for one in removed:
        shutil.rmtree(one.path)
    return [one.name for one in removed]


def _newest_of_each(backups: Iterable[tuple[str, str]], most: int) -> set[str]:
    newest: dict[str, str] = {}
    for period, name in backups:
        newest.setdefault(period, name)
    return set(list(newest.values())[:most])


def restore(
    folder: Path, backup: Backup, now: Moment, spool: Path | None = None, told: salvage.Taking | None = None
) -> RestoreReport:
    """Put a backup in the place of the damaged file; nobody may have the data folder open. ``spool`` is a folder with a
    second copy beside the one in the data folder.

    Raises StorageDamaged when the backup itself does not hold (nothing is touched then), StorageFull, StorageDenied.
    """
    damaged = folder / "hall.db"

    def take_over(draft: Path, _bad: str) -> salvage.Found:
        return salvage.take_over(draft, damaged if damaged.exists() else None, *spools_of(folder, spool), told=told)

    placed, found = put_in_place(folder, backup, now, take_over)
    return RestoreReport(backup.name, placed.set_aside, placed.events, found.taken, found.missing, found.last_seq)


class Placed(Struct, frozen=True):
    """A backup that stands where the damaged file stood: the files set aside, and its lines."""

    set_aside: tuple[str, ...]
    events: int


def spools_of(folder: Path, spool: Path | None) -> list[Path]:
    """The folders with a second copy: in the data folder, and on another disk."""
    return [folder / spooled.FOLDER, *([spool] if spool is not None else [])]


def put_in_place(folder: Path, backup: Backup, now: Moment, prepare: Callable[[Path, str], T]) -> tuple[Placed, T]:
    """A backup in the place of the journal. ``prepare`` gets the copy, and the name that the damaged file will have, before
    anything is touched: when the power goes, all is as it was, or all is done. Raises as :func:`restore`.
    """
    stamp = free_name(folder, now)
    draft = folder / f".restoring-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with translated(str(folder)):
            shutil.copytree(backup.path, draft)
        in_backup, _seq = _checked(draft)
        prepared = prepare(draft / "hall.db", f"bad-{stamp}.db")
        wanted = [
            name for name in FILES if (draft / name).exists() and (name == "hall.db" or not _is_sound(folder / name))
        ]
        aside = [bad for name in wanted for bad in _set_aside(folder, name, stamp, keep=True)]
        with translated(str(folder)):
            for name in wanted:
                flush_file(draft / name)
                (draft / name).replace(folder / name)
            flush_folder(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Placed(tuple(aside), in_backup), prepared


def _is_sound(path: Path) -> bool:
    """Whether a vault can stay: it may be newer than the backup's."""
    if not path.exists():
        return False
    try:
        database = open_sqlite(path)
        try:
            return not integrity(database) and bool(database.value("PRAGMA user_version"))
        finally:
            database.close()
    except StorageDamaged:
        return False


def set_aside(folder: Path, now: Moment) -> list[str]:
    """Put the journal of a folder out of the way; nothing takes its place. Returns the new name."""
    with translated(str(folder)):
        return _set_aside(folder, "hall.db", free_name(folder, now), keep=False)


def set_file_aside(folder: Path, name: str, now: Moment) -> list[str]:
    """The same for another file, which keeps its name until another takes it."""
    with translated(str(folder)):
        return _set_aside(folder, name, free_name(folder, now), keep=True)


def node_of(place: Path) -> str:
    """The node that a backup's journal belongs to; empty if it cannot be read."""
    try:
        database = open_sqlite(place / "hall.db")
    except (StorageError, OSError):
        return ""
    try:
        return str(database.value("SELECT value FROM meta WHERE name = 'node'") or "")
    except StorageError:
        return ""
    finally:
        database.close()


def _set_aside(folder: Path, name: str, stamp: str, *, keep: bool) -> list[str]:
    """Another name for a file with its write-ahead log; returns that name, if the file was there. With ``keep`` the file has
    its old name too, until another takes it: there is no moment without one.
    """
    aside = f"bad-{stamp}.db" if name == "hall.db" else f"bad-{stamp}-{name}"
    path, there = folder / name, (folder / name).exists()
    for suffix in SIDE_FILES[1:]:
        if (folder / f"{name}{suffix}").exists():
            (folder / f"{name}{suffix}").rename(folder / f"{aside}{suffix}")
    if there and not (keep and _linked(path, folder / aside)):
        path.rename(folder / aside)
    return [aside] if there else []


def _linked(path: Path, other: Path) -> bool:
    """A second name for one file; False on a disk that knows no such thing."""
    try:
        os.link(path, other)
    except OSError:
        return False
    return True


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def flush_file(path: Path) -> None:
    """Its bytes are on the disk when this returns."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Names of new files are on the disk when their folder is."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
