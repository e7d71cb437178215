"""The launcher's screens when the data cannot be opened: what is wrong, what can be done, and doing it. No Textual here."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hallterm.centre_place import CENTRE_FILE
from hallterm.config import Settings
from hallterm.incident import record_incident
from hallterm.locale import N_, _
from hallterm.plain_screens import damaged_progress_line, damaged_screen, newer_version_screen
from hallterm.platform import read_key
from hallterm.repair_ways import STEPS, Outcome, Ways
from storage import spooled
from storage.backup import spools_of
from storage.errors import (
    NewerVersion,
    NoRoomToUpgrade,
    NotSetUp,
    StorageBusy,
    StorageDamaged,
    StorageDenied,
    StorageError,
    StorageFull,
)

if TYPE_CHECKING:
    from hallterm.centre_ways import CentreWays

NEWER = N_(
    "The data were written by a newer hallterm (data version {found}, this program knows {known}): nothing was opened or "
    "changed. Install the newer program; the copy made before the upgrade is in {folder}"
)
NO_ROOM = N_(
    "{where} is not brought up to date: that needs {needed} MB of room beside it and the disk has {free} MB. Nothing was "
    "changed; free some space, then start again"
)
SENTENCES: dict[type[StorageError], str] = {
    StorageDenied: N_("{where} may not be read or written by this user: give this user the rights, then start again"),
    StorageBusy: N_("{where} is kept locked by another program: end that program, then start again"),
    NotSetUp: N_("{folder} holds no hall: run hallterm setup first, or name the folder with --data"),
    NoRoomToUpgrade: NO_ROOM,
    StorageFull: N_("The disk with {where} is full or cannot be written: free some space, then start again"),
}
CONFIRM_S = 3.0
ENDS = ("", "\x03", "\x11")
"""The input ended, Ctrl+C, Ctrl+Q."""
CLEAR = "\x1b[K"


def explain(error: StorageError, folder: Path) -> str:
    """One sentence for data that cannot be opened."""
    if isinstance(error, NewerVersion):
        return _(NEWER).format(found=error.values.get("found"), known=error.values.get("known"), folder=folder)
    sentence = SENTENCES.get(type(error), N_("{where} cannot be opened: run hallterm doctor"))
    sizes = {name: -(-int(str(size)) // 2**20) for name, size in error.values.items() if name in ("needed", "free")}
    return _(sentence).format(where=error.where, folder=folder, **sizes)


def cannot_open(error: StorageError, settings: Settings) -> int:
    """Say why the data cannot be opened; for a damaged file the ways out are offered. 0 if it can be opened now."""
    folder = settings.data.path
    if not isinstance(error, StorageDamaged):
        print(newer_version_screen(explain(error, folder)), end="")
        return 1
    ways = ways_of(settings, is_of_centre=Path(error.where).name == CENTRE_FILE)
    now = datetime.now().astimezone()
    number = record_incident(error, folder / "log", now)
    print(damaged_screen(number, now, _findings(error, ways), ways.words()), end="")
    return 1 if not sys.stdin.isatty() else _ask(ways)


def ways_of(settings: Settings, name: str = "", *, is_of_centre: bool) -> Ways | CentreWays:
    """What can be done about the journal of this folder; ``name``: with one backup alone."""
    if is_of_centre:
        from hallterm.centre_ways import CentreWays

        return CentreWays(settings, name)
    return Ways(settings, name)


def _ask(ways: Ways | CentreWays) -> int:
    """Until one of the ways led somewhere, or somebody leaves."""
    while chosen := ask_twice(len(ways.words()), read_key):
        try:
            outcome = ways.take(ways.offered[chosen - 1], _progress)
        except StorageError as error:
            outcome = Outcome((explain(error, ways.folder),))
        except OSError:
            outcome = Outcome((explain(StorageFull(str(ways.folder)), ways.folder),))
        for n, said in enumerate(outcome.sentences):
            print(f"\r{CLEAR} {said}" if n or not outcome.is_open else f"\n {said}")
        if outcome.is_open:
            print(_(" Press Enter to go on"), flush=True)
            return 0 if _entered() else 1
    return 1


def _entered() -> bool:
    while True:
        key = read_key(None)
        if key in ("\r", "\n"):
            return True
        if key in ENDS:
            return False


def _progress(step: int, done: int, total: int) -> None:
    """One line that is written over."""
    print(f"\r{damaged_progress_line(done, max(total, done, 1), step, STEPS)}{CLEAR}", end="", flush=True)


def _findings(error: StorageDamaged, ways: Ways | CentreWays) -> list[tuple[str, str]]:
    where = _("{file}: it is no database any more, or its fingerprints do not hold").format(file=error.where)
    found = [(_("Where"), where)]
    if ways.known:
        newest = ways.known[0]
        words = _("backup of {time}, {size} KB, in {folder}")
        made = f"{newest.made:%m-%d %H:%M}"
        found.append((_("There is"), words.format(time=made, size=newest.size // 1024, folder=newest.path.parent)))
    else:
        folder = ways.settings.backup.folder or ways.folder / "backup"
        found.append((_("There is"), _("no backup in {folder}").format(folder=folder)))
    lines = spooled_lines(ways)
    if lines:
        found.append(("", _("second copy of {lines} lines").format(lines=lines)))
    if ways.settings.sync.upstream:
        found.append(("", _("centre {url}").format(url=ways.settings.sync.upstream)))
    return found


def spooled_lines(ways: Ways | CentreWays) -> int:
    """Lines in the second copies."""
    files = (one for folder in spools_of(ways.folder, ways.spool) for one in spooled.files_in(folder))
    return len({(one.node, one.epoch, seq) for one in files for seq in range(one.first, one.first + len(one.lines))})


def ask_twice(count: int, read: Callable[[float | None], str]) -> int:
    """A digit counts when it is pressed a second time within three seconds; 0 when the input ends."""
    first, at = "", 0.0
    while True:
        key = read(None)
        if key in ENDS:
            return 0
        if key == first and key.isdigit() and 1 <= int(key) <= count and time.monotonic() - at <= CONFIRM_S:
            return int(key)
        first, at = key, time.monotonic()
