"""``hallterm restore``: a backup in place of damaged data. ``hallterm rebuild``: the tables anew from the journal."""

from __future__ import annotations

import click

from hallterm.centre_place import has_hall, is_centre, opener_of
from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.own_lines import ask_back, sentence
from hallterm.repair import explain
from hallterm.station.lock import station_runs
from storage import backup, clock
from storage.errors import NotSetUp, StorageError
from storage.local import Board
from storage.rebuild import rebuild_in_place

OK = 0
STOPPED = 1

IN_USE = N_("The data of {folder} are in use: leave hallterm at every window and stop the station first.")
NO_BACKUP = N_("There is no backup in {folder}: nothing was changed.")
UNKNOWN = N_("There is no backup {name} in {folder}; there are: {names}. Nothing was changed.")
RESTORED = N_(
    "{name} restored: {total} lines, {salvaged} of them read from the old file, {missing} missing. Kept: {aside}"
)
REBUILT = N_("Tables made anew from {lines} lines; {quarantined} were not understood and are kept.")


def restore(settings: Settings, name: str = "") -> int:
    """Put a backup (the newest, or ``name``) in place; the old file is set aside, what can be read of it is added."""
    folder, place = settings.data.path, settings.backup.folder or settings.data.path / "backup"
    if _in_use(settings):
        return STOPPED
    backups = backup.list_backups(folder, settings.backup.folder)
    if not backups:
        click.echo(_(NO_BACKUP).format(folder=place), err=True)
        return STOPPED
    chosen = next((one for one in backups if name in ("", one.name)), None)
    if chosen is None:
        names = ", ".join(one.name for one in backups[:5])
        click.echo(_(UNKNOWN).format(name=name, folder=place, names=names), err=True)
        return STOPPED
    try:
        found = backup.restore(folder, chosen, clock.now(), settings.backup.spool)
    except StorageError as error:
        click.echo(explain(error, folder), err=True)
        return STOPPED
    total = found.in_backup + found.salvaged
    words = _(RESTORED).format(
        name=found.backup,
        total=total,
        salvaged=found.salvaged,
        missing=found.missing,
        aside=", ".join(found.set_aside) or "--",
    )
    click.echo(words)
    more = sentence(ask_back(folder, settings.sync), found.missing)
    if more:
        click.echo(more)
    return OK


def rebuild(settings: Settings) -> int:
    """Throw the tables away and project every line again, in one transaction."""
    folder = settings.data.path
    if _in_use(settings):
        return STOPPED
    try:
        if not is_centre(folder) and not has_hall(folder):
            raise NotSetUp(str(folder))
        journal = opener_of(settings)()
        try:
            done = rebuild_in_place(journal.database)
        finally:
            journal.close()
    except StorageError as error:
        click.echo(explain(error, folder), err=True)
        return STOPPED
    click.echo(_(REBUILT).format(lines=done.lines, quarantined=done.quarantined))
    return OK


def _in_use(settings: Settings) -> bool:
    folder = settings.data.path
    if not (folder / "hall.db").exists():
        return False
    board = Board(folder / "local.db")
    try:
        used = bool(board.windows_taken()) or station_runs(folder)
    finally:
        board.close()
    if used:
        click.echo(_(IN_USE).format(folder=folder), err=True)
    return used
