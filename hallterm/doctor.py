"""``hallterm doctor``: is what is stored what was written? Read only; in words, or as JSON for a machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from hallterm.centre_place import CENTRE_FILE, DATABASE, HALL_FILE, is_centre
from hallterm.config import ConfigError, Settings
from hallterm.locale import N_, _
from hallterm.node_words import UNSIGNED
from storage import backup, doctor, durable, host_lost, rebuild
from storage.database import Database, open_sqlite
from storage.doctor import ChainReport, DamageReport, Fault, Harm
from storage.errors import StorageBusy, StorageDamaged, StorageError, StorageFull
from storage.rebuild import Difference, Wrong

OK = 0
STOPPED = 1
SHOWN = 10
"""So many faults of a kind are named; more are counted."""

NO_SERVER = N_("The database of the centre cannot be opened: is the server running, is the address right?")
HARMS = {
    Harm.DAMAGED: N_("{file} is damaged ({detail}): stop hallterm on this PC and restore the last backup."),
    Harm.NEWER: N_("{file} was written by a newer hallterm (tables {detail}): install that version here."),
    Harm.DENIED: N_("{file} may not be read or written: let this user read and write the data folder."),
    Harm.OLD_LIBRARY: N_(
        "The SQLite library {detail} of this PC can lose data: install hallterm with its own library."
    ),
}
FAULTS = {
    Fault.CHANGED: N_("line {seq} of {log} was changed after it was written"),
    Fault.GAP: N_("lines before {seq} of {log} are missing"),
    Fault.TAIL: N_("{log} ends before its mark: line {seq} is missing or the mark was changed"),
    Fault.NO_LOG: N_("line {seq} belongs to {log}, which is not known here"),
}
WRONGS = {
    Wrong.MISSING: N_("table {table}: row {key} is missing"),
    Wrong.EXTRA: N_("table {table}: row {key} has no source in the journal"),
    Wrong.DIFFERS: N_("table {table}: row {key}, column {column} differs from the journal"),
}


class Examination(Struct, frozen=True):
    """All that was found; what could not be examined is None."""

    folder: str
    library: str
    present: bool = True
    busy: bool = False
    full: bool = False
    harm: DamageReport | None = None
    pages: tuple[str, ...] = ()
    chain: ChainReport | None = None
    differences: tuple[Difference, ...] | None = None
    counts: dict[str, int] = {}
    flush_ms: float | None = None
    sums: tuple[str, ...] | None = None
    twice: int = 0
    unsigned: int = 0
    backups: int = 0
    last_backup: str = ""
    server: bool = False
    """Whether it is a database of PostgreSQL; ``library`` is then its version."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing has to be done."""
        checked = self.chain is not None and self.chain.holds and self.differences == ()
        return self.present and self.harm is None and not self.pages and checked and not self.sums


def main(settings: Settings, json: bool = False, database: str = "") -> int:
    """Examine the data folder, or a centre's ``database`` on PostgreSQL, and print; 0 when all is well, 1 when something must
    be done.
    """
    url = database or os.environ.get(DATABASE, "")
    found = examine_server(settings, url) if url else examine(settings.data.path, settings.backup.folder)
    if json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        for line in report(found):
            click.echo(line)
    return OK if found.is_sound else STOPPED


def examine(folder: Path, backups: Path | None = None) -> Examination:
    """Look at everything; changes nothing but scratch files that are removed again."""
    at_centre = is_centre(folder, {})
    kept = backup.list_backups(folder, backups)
    made = durable.made(backups or folder / "backup") if at_centre else [one.name for one in kept]
    found = Examination(str(folder), doctor.library(), backups=len(made), last_backup=made[0] if made else "")
    file = CENTRE_FILE if at_centre else HALL_FILE
    if not (folder / file).exists():
        return msgspec.structs.replace(found, present=False)
    try:
        found = msgspec.structs.replace(found, harm=doctor.damage(folder, pages=False, file=file))
        if found.harm is None:
            found = _examined(found, folder / file)
    except StorageBusy:
        return msgspec.structs.replace(found, busy=True)
    return found


def examine_server(settings: Settings, url: str) -> Examination:
    """The same of a centre on PostgreSQL: its lines, its tables made anew in a scratch file of the data folder, its sums. Of
    pages and flushes the server knows. Raises ConfigError when there is no such server.
    """
    from hallterm.centre import CannotServe, allow_postgresql
    from storage.database import InterfaceError, OperationalError, open_postgresql

    folder = settings.data.path
    made = durable.made(settings.backup.folder or folder / "backup")
    try:
        allow_postgresql()
        database = open_postgresql(url)
    except CannotServe as fault:
        raise ConfigError(str(fault)) from fault
    except (OperationalError, InterfaceError, StorageError) as error:
        raise ConfigError(_(NO_SERVER)) from error
    found = Examination(str(folder), backups=len(made), last_backup=made[0] if made else "", library="")
    try:
        version = str(database.value("SHOW server_version")).partition(" ")[0]
        found = msgspec.structs.replace(found, library=version, server=True)
        if database.value("SELECT to_regclass('meta')") is None:
            return msgspec.structs.replace(found, present=False)
        return _examined_file(found, database, folder)
    except StorageBusy:
        return msgspec.structs.replace(found, busy=True)
    finally:
        database.close()


def _examined(found: Examination, file: Path) -> Examination:
    try:
        found = msgspec.structs.replace(found, flush_ms=round(doctor.flush_ms(file.parent), 3))
    except StorageFull:
        found = msgspec.structs.replace(found, full=True)
    database = open_sqlite(file)
    try:
        return _examined_file(found, database)
    except StorageDamaged as error:
        return msgspec.structs.replace(found, harm=DamageReport(file.name, Harm.DAMAGED, _cause(error)))
    finally:
        database.close()


def _examined_file(found: Examination, database: Database, scratch: Path | None = None) -> Examination:
    pages = tuple(doctor.integrity(database))
    found = msgspec.structs.replace(found, pages=pages, chain=doctor.verify_chain(database))
    if pages:
        return found
    from hallterm.doctor_sums import misfits
    from hallterm.workflows.doubles_look import counted
    from storage.clock import now

    found = msgspec.structs.replace(found, twice=counted(database, now()), unsigned=host_lost.unsigned(database))
    found = msgspec.structs.replace(found, counts=doctor.counts(database), sums=misfits(database, now()))
    try:
        return msgspec.structs.replace(found, differences=tuple(rebuild.compare(database, scratch)))
    except StorageFull:
        return msgspec.structs.replace(found, full=True)


def _cause(error: StorageError) -> str:
    return str(error.__cause__ or type(error).__name__)


def report(found: Examination) -> Iterator[str]:
    """The findings as sentences."""
    engine = (
        _("Data folder {folder}, PostgreSQL {library}") if found.server else _("Data folder {folder}, SQLite {library}")
    )
    yield engine.format(folder=found.folder, library=found.library)
    if not found.present:
        yield _("There is no hall here yet: run hallterm setup.")
        return
    if found.busy:
        yield _("The data are in use just now: try again in a minute.")
        return
    if found.harm is not None:
        yield _(HARMS[found.harm.harm]).format(file=found.harm.file, detail=found.harm.detail)
    yield from _pages(found)
    yield from _chain(found)
    yield from _tables(found)
    yield from _disk(found)


def _pages(found: Examination) -> Iterator[str]:
    if found.pages:
        yield _("File: {count} pages are damaged: restore the last backup. The first: {first}").format(
            count=len(found.pages), first=found.pages[0]
        )
    elif found.harm is None and not found.server:
        yield _("File: all pages are in order")


def _chain(found: Examination) -> Iterator[str]:
    chain = found.chain
    if chain is None:
        return
    if chain.holds:
        yield _("Journal: {events} lines in {logs} logs, every one as it was written").format(
            events=chain.events, logs=chain.logs
        )
        return
    yield _("Journal: {count} faults; tell the technician and restore the last backup").format(count=len(chain.breaks))
    for one in chain.breaks[:SHOWN]:
        yield "  " + _(FAULTS[one.why]).format(seq=one.seq, log=f"{one.node}/{one.epoch}")


def _tables(found: Examination) -> Iterator[str]:
    aside = found.counts.get("quarantine", 0)
    if aside:
        yield _("Not understood yet: {count} lines (kept; a newer hallterm may read them)").format(count=aside)
    if found.differences == ():
        yield _("Tables: the same as rebuilt from the journal")
    elif found.differences:
        yield _("Tables: {count} differences from the journal; they can be rebuilt").format(
            count=len(found.differences)
        )
        for one in found.differences[:SHOWN]:
            key = "/".join(map(str, one.key))
            yield "  " + _(WRONGS[one.why]).format(table=one.table, key=key, column=one.column)
    if found.twice:
        yield _("Done twice while PCs were cut off: {count}; the page Sync lists them (F7)").format(count=found.twice)
    if found.unsigned:
        yield _(UNSIGNED).format(count=found.unsigned)
    if found.sums == ():
        yield _("Sums: the reports agree with each other")
    elif found.sums:
        yield _("Sums: {count} reports do not agree").format(count=len(found.sums))
        yield from (f"  {one}" for one in found.sums[:SHOWN])
    yield from _checks(found)
    shown = {name: count for name, count in found.counts.items() if count}
    if shown:
        yield _("Rows: {rows}").format(rows=", ".join(f"{name} {count}" for name, count in shown.items()))


def _checks(found: Examination) -> Iterator[str]:
    """Each check between the reports, and whether it holds."""
    if found.sums is None:
        return
    from hallterm.reports.checks import CHECKS

    for check in map(_, CHECKS):
        misfits = sum(check in one for one in found.sums)
        mark = _("holds") if not misfits else _("{count} do not fit").format(count=misfits)
        yield f"  {check}: {mark}"


def _disk(found: Examination) -> Iterator[str]:
    if found.full:
        yield _("The disk is too full to check everything: free some space, then run hallterm doctor again.")
    if found.flush_ms is not None:
        yield _("Disk: a flush takes {ms} ms").format(ms=found.flush_ms)
        if found.flush_ms < doctor.LYING_FLUSH_MS:
            yield _(
                "This disk says that it saved before it did: a power cut may lose the last entries. Change the disk."
            )
    if found.last_backup:
        yield _("Backups: {count}, the last one {name}").format(count=found.backups, name=found.last_backup)
    else:
        yield _("Backups: none; make one with hallterm backup")
