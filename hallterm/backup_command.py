"""``hallterm backup``: make a backup now, remove the old ones, say what is there."""

from __future__ import annotations

import os

import click

from hallterm.admin_command import back_up
from hallterm.centre_place import DATABASE, is_centre
from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.repair import explain
from storage import backup, clock
from storage.errors import StorageBusy, StorageDamaged, StorageDenied, StorageError, StorageFull

OK = 0
STOPPED = 1

MADE = N_("Backup {name}: {events} lines up to no. {seq}, {size} KB, checked; in {folder}")
NOTHING = N_("There is nothing to back up in {folder}: set up a hall first with hallterm setup.")
REMOVED = N_("Old backups removed: {count}; kept: {kept}")
SENTENCES: dict[type[StorageError], str] = {
    StorageFull: N_("No room for a backup in {folder}: free some space on this disk, then try again."),
    StorageDenied: N_("{folder} may not be written: let this user write there, then try again."),
    StorageBusy: N_("The data are in use just now: try again in a minute."),
    StorageDamaged: N_("What was copied does not hold, so no backup was made: run hallterm doctor."),
}


def main(settings: Settings) -> int:
    """Make, check and keep a backup; the exit code. At a centre it is that of ``hallterm admin backup``."""
    folder, target = settings.data.path, settings.backup.folder or settings.data.path / "backup"
    if is_centre(folder):
        return back_up(settings, os.environ.get(DATABASE, ""), None)
    if not (folder / "hall.db").exists():
        click.echo(_(NOTHING).format(folder=folder), err=True)
        return STOPPED
    try:
        made = backup.make_backup(folder, clock.now(), target)
        removed = backup.prune(folder, settings.backup.keep_daily, settings.backup.keep_weekly, target)
    except StorageError as error:
        sentence = SENTENCES.get(type(error))
        click.echo(_(sentence).format(folder=target) if sentence else explain(error, folder), err=True)
        return STOPPED
    kilobytes = -(-made.size // 1024)
    click.echo(_(MADE).format(name=made.name, events=made.events, seq=made.seq, size=kilobytes, folder=target))
    if removed:
        kept = len(backup.list_backups(folder, target))
        click.echo(_(REMOVED).format(count=len(removed), kept=kept))
    return OK
