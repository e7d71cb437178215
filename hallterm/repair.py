"""The launcher's screens when the data cannot be opened: what is wrong, what can be done, and doing it. No Textual here."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hallterm.config import SyncSettings
from hallterm.incident import record_incident
from hallterm.locale import N_, _
from hallterm.own_lines import ask_back, sentence
from hallterm.plain_screens import damaged_screen, newer_version_screen
from hallterm.platform import read_key
from hallterm.rules.day import local
from storage import backup, clock
from storage.errors import NewerVersion, StorageBusy, StorageDamaged, StorageDenied, StorageError, StorageFull

NEWER = N_(
    "The data were written by a newer hallterm (data version {found}, this program knows {known}): nothing was opened or "
    "changed. Install the newer program; the copy made before the upgrade is in {folder}"
)
SENTENCES: dict[type[StorageError], str] = {
    StorageDenied: N_("{where} may not be read or written by this user: give this user the rights, then start again"),
    StorageBusy: N_("{where} is kept locked by another program: end that program, then start again"),
    StorageFull: N_("The disk with {where} is full or cannot be written: free some space, then start again"),
}
CONFIRM_S = 3.0


def explain(error: StorageError, folder: Path) -> str:
    """One sentence for data that cannot be opened."""
    if isinstance(error, NewerVersion):
        return _(NEWER).format(found=error.values.get("found"), known=error.values.get("known"), folder=folder)
    sentence = SENTENCES.get(type(error), N_("{where} cannot be opened: run hallterm doctor"))
    return _(sentence).format(where=error.where)


def cannot_open(
    error: StorageError,
    folder: Path,
    upstream: SyncSettings = SyncSettings(),  # noqa: B008
    spool: Path | None = None,
) -> int:
    """Say why the data cannot be opened; a damaged file is offered for repair. 0 if it can be opened now."""
    if not isinstance(error, StorageDamaged):
        print(newer_version_screen(explain(error, folder)), end="")
        return 1
    now = datetime.now().astimezone()
    number = record_incident(error, folder / "log", now)
    backups = backup.list_backups(folder)
    choices = [_("Restore the last backup and what can still be read, then sign on as usual")] if backups else []
    choices.append(_("Only look: nothing is touched"))
    print(damaged_screen(number, now, _findings(error, folder, backups), choices), end="")
    if not sys.stdin.isatty():
        return 1
    chosen = ask_twice(len(choices), read_key)
    return _restore(folder, backups[0], upstream, spool) if backups and chosen == 1 else 1


def _findings(error: StorageDamaged, folder: Path, backups: list[backup.Backup]) -> list[tuple[str, str]]:
    found = [
        (_("Where"), _("{file}: it is no database any more, or its fingerprints do not hold").format(file=error.where))
    ]
    if backups:
        newest = backups[0]
        made = local(int(newest.path.stat().st_mtime * 1000))
        words = _("backup of {time}, {size} KB, in {folder}")
        text = words.format(time=f"{made:%m-%d %H:%M}", size=newest.size // 1024, folder=newest.path.parent)
        found.append((_("There is"), text))
    else:
        found.append((_("There is"), _("no backup in {folder}").format(folder=folder / "backup")))
    return found


def ask_twice(count: int, read: Callable[[float | None], str]) -> int:
    """A digit counts when it is pressed a second time within three seconds; 0 when the input ends."""
    first, at = "", 0.0
    while True:
        key = read(None)
        if not key or key == "\x03":
            return 0
        if key == first and key.isdigit() and 1 <= int(key) <= count and time.monotonic() - at <= CONFIRM_S:
            return int(key)
        first, at = key, time.monotonic()


def _restore(folder: Path, newest: backup.Backup, upstream: SyncSettings, spool: Path | None) -> int:
    try:
        report = backup.restore(folder, newest, clock.now(), spool)
    except StorageError as error:
        print(newer_version_screen(explain(error, folder)), end="")
        return 1
    words = _(
        "{total} lines are there again ({salvaged} of them read from the damaged file), {missing} missing. "
        "The damaged file is kept: {aside}"
    )
    total = report.in_backup + report.salvaged
    aside = ", ".join(report.set_aside)
    print(words.format(total=total, salvaged=report.salvaged, missing=report.missing, aside=aside))
    more = sentence(ask_back(folder, upstream), report.missing)
    if more:
        print(more)
    return 0
