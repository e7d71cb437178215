"""``hallterm restore``: a backup in place of damaged data. ``hallterm rebuild``: the tables anew from the journal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hallterm.centre_place import CENTRE_FILE, DATABASE, HALL_FILE, has_hall, is_centre, opener_of
from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.plain_screens import damaged_progress_line
from hallterm.repair import explain, ways_of
from hallterm.repair_ways import STEPS, Way, Ways
from hallterm.station.lock import station_runs
from storage import centre_back
from storage.doctor import damage
from storage.errors import NotSetUp, StorageError
from storage.local import Board
from storage.rebuild import rebuild_in_place

if TYPE_CHECKING:
    from hallterm.centre_ways import CentreWays

OK = 0
STOPPED = 1

IN_USE = N_("The data of {folder} are in use: leave hallterm at every window and stop the station first.")
NO_BACKUP = N_("There is no backup in {folder}: nothing was changed.")
UNKNOWN = N_("There is no backup {name} in {folder}; there are: {names}. Nothing was changed.")
POSTGRESQL = N_("This centre is on PostgreSQL: restore it with the tools of PostgreSQL. Nothing was changed.")
NOT_OFFERED = N_("--way {way} is not possible here, but: {ways}. Nothing was changed.")
REBUILT = N_("Tables made anew from {lines} lines; {quarantined} were not understood and are kept.")
MOST_NAMED = 5


def restore(settings: Settings, name: str = "", way: str = Way.ALL) -> int:
    """What the screen of damaged data offers, by name: the same ways, the same work, the same sentences."""
    folder = settings.data.path
    ways = ways_of(settings, name, is_of_centre=_is_of_centre(settings))
    refused = _refused(ways, name, Way(way))
    if refused:
        click.echo(refused, err=True)
        return STOPPED
    try:
        outcome = ways.take(Way(way), _progress)
    except StorageError as error:
        click.echo(explain(error, folder), err=True)
        return STOPPED
    is_done = outcome.is_open or way == Way.LOOK
    for said in outcome.sentences:
        click.echo(said, err=not is_done)
    return OK if is_done else STOPPED


def _is_of_centre(settings: Settings) -> bool:
    """By the files of the folder, whatever is in them; by the backups where there is none."""
    folder = settings.data.path
    if (folder / HALL_FILE).exists() or (folder / CENTRE_FILE).exists():
        return not (folder / HALL_FILE).exists()
    return bool(centre_back.backups(folder, settings.backup.folder))


def _refused(ways: Ways | CentreWays, name: str, way: Way) -> str:
    """Why this way cannot be gone; sound data without a backup are left alone."""
    settings = ways.settings
    place = settings.backup.folder or ways.folder / "backup"
    if os.environ.get(DATABASE):
        return _(POSTGRESQL)
    if name and not ways.known:
        every = ways_of(settings, is_of_centre=not isinstance(ways, Ways)).known
        names = ", ".join(one.name for one in every[:MOST_NAMED])
        return _(UNKNOWN if every else NO_BACKUP).format(name=name, folder=place, names=names)
    if way not in ways.offered:
        return _(NOT_OFFERED).format(way=way, ways=", ".join(ways.offered))
    if not ways.known and way in (Way.ALL, Way.ANEW) and _holds(ways.folder):
        return _(NO_BACKUP).format(folder=place)
    return ""


def _holds(folder: Path) -> bool:
    """Whether the journal is sound, or there is none."""
    name = HALL_FILE if (folder / HALL_FILE).exists() else CENTRE_FILE
    found = damage(folder, file=name) if folder.is_dir() else None
    return found is None or found.file != name


def _progress(step: int, done: int, total: int) -> None:
    """One line that is written over, for who looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{damaged_progress_line(done, max(total, done, 1), step, STEPS)}\x1b[K")
        sys.stderr.write("\n" if step == STEPS else "")
        sys.stderr.flush()


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
