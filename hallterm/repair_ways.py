"""What can be done about a damaged file: the four ways of the launcher's screen, each with its words and its work.

Nothing is ever deleted or changed in the damaged file: it is set aside under another name. Nobody else may have the
data folder open; the station of the folder is ended first.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct

from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.own_lines import ask_back, sentence
from hallterm.rules.day import business_day
from hallterm.rules.numbers import cut_off_number
from hallterm.station.lock import is_served, seize
from hallterm.sticks import sticks
from hallterm.workflows.numbering import own_digit
from storage import aside, backup, clock, spooled
from storage.errors import StorageDamaged, StorageError
from storage.facts import TicketClass
from storage.local import Board

Progress = Callable[[int, int, int], None]
"""Told the step, 1 to 4, the lines that are there so far, and how many there may be."""
STEPS: Final = 4

IN_USE = N_("Window {window} still has the data open: leave hallterm there first (Ctrl+Q, Ctrl+Q)")
SERVES = N_("hallterm serve still runs here: stop it first, then do this again")
STATION_STAYS = N_("The background process of this PC does not end: stop its service, then press the digit again")
NOTHING = N_("There is neither a backup nor anything that tells whose data these are: 2 sets this PC up anew")
NO_STICK = N_("No stick with a backup of this PC: plug it in, then press the digit again")
RESTORED = N_(
    "{total} lines are there again ({salvaged} of them read from the damaged file), {missing} missing. "
    "The damaged file is kept: {aside}"
)
AT_ONCE = N_(
    "{total} lines of the last backup are there; numbers of today begin with {number}. What is found besides comes in by "
    "itself. The damaged file is kept: {aside}"
)
ANEW = N_("The damaged file is kept: {aside}. Set this PC up anew; a stick with a backup may still be restored later")
ANEW_CENTRE = N_(
    "The damaged file is kept: {aside}. Start hallterm serve: it begins an empty centre, and every hall must join it again"
)
LISTED = N_(
    "Backup {backup}: {in_backup} lines. Beyond it the damaged file and the second copy have {salvaged} more, "
    "{missing} are missing. Nothing was touched"
)
LISTED_ALONE = N_(
    "No backup. The damaged file and the second copy have {salvaged} lines, {missing} are missing. Nothing was touched"
)


class Way(StrEnum):
    """The ways by their names on the command line."""

    ALL = "all"
    AT_ONCE = "at-once"
    ANEW = "anew"
    STICK = "stick"
    LOOK = "look"


class Outcome(Struct, frozen=True):
    """What to say, and whether the data can be opened now."""

    sentences: tuple[str, ...]
    is_open: bool = False


def say(sentence: str, *, aside: Sequence[str], **values: object) -> str:
    """A sentence with the names of the files that were set aside."""
    return _(sentence).format(aside=", ".join(aside) or "--", **values)


class Ways:
    """The ways for one data folder; ``known`` are its backups, the newest first: all, or the one of that ``name``."""

    def __init__(self, settings: Settings, name: str = "") -> None:
        self.settings = settings
        self.folder = settings.data.path
        self.spool = settings.backup.spool
        every = backup.list_backups(self.folder, settings.backup.folder)
        self.known = [one for one in every if name in ("", one.name)]

    @property
    def offered(self) -> tuple[Way, ...]:
        """In the order of their digits."""
        return Way.ALL, Way.AT_ONCE if self.known else Way.ANEW, Way.STICK, Way.LOOK

    def words(self) -> list[str]:
        """The choices, numbered as they are offered."""
        if self.known:
            first = _("Get back all that backup, second copy, damaged file and centre have, then sign on as usual")
            second = _("Work at once on the last backup ({number} and so on); what is found comes in by itself")
        else:
            first = _("No backup: get back what the damaged file, the second copy and the centre have")
            second = _("Set this PC up anew with empty data; the damaged file stays")
        return [
            first,
            second.format(number=self._number("B")),
            _("Get back from a backup on a stick"),
            _("Only look: nothing is touched"),
        ]

    def take(self, way: Way, progress: Progress) -> Outcome:
        """Do it; a fault of the storage is raised."""
        if way is Way.LOOK:
            return self._look()
        held = self._held()
        if held:
            return Outcome((held,))
        lock = seize(self.folder)
        if lock is None:
            return Outcome((_(STATION_STAYS),))
        try:
            return self._taken(way, progress)
        finally:
            lock.free()

    def _taken(self, way: Way, progress: Progress) -> Outcome:
        if way is Way.ALL:
            return self._restore(self.known, progress)
        if way in (Way.AT_ONCE, Way.ANEW):
            return self._at_once() if way is Way.AT_ONCE else self._anew()
        found = self._on_sticks()
        return self._restore(found, progress) if found else Outcome((_(NO_STICK),))

    # who else has it open

    def _held(self) -> str:
        board = Board(self.folder / "local.db")
        try:
            taken = board.windows_taken()
        finally:
            board.close()
        if taken:
            return _(IN_USE).format(window=taken[0].window)
        return _(SERVES) if is_served(self.folder) else ""

    # getting back

    def _restore(self, backups: list[backup.Backup], progress: Progress) -> Outcome:
        progress(1, 0, 0)
        base = None if backups else aside.alone(self.folder, self.spool)
        if not backups and base is None:
            return Outcome((_(NOTHING),))
        try:
            report = self._first_sound([base] if base is not None else backups, progress)
        finally:
            aside.forget(self.folder)
        total = report.in_backup + report.salvaged
        progress(STEPS, total, total + report.missing)
        said = _(RESTORED).format(
            total=total, salvaged=report.salvaged, missing=report.missing, aside=", ".join(report.set_aside) or "--"
        )
        more = sentence(ask_back(self.folder, self.settings.sync), report.missing)
        return Outcome((said, *([more] if more else [])), is_open=True)

    def _first_sound(self, backups: list[backup.Backup], progress: Progress) -> backup.RestoreReport:
        """A backup that does not hold is passed over, unless it is the last."""
        for one in backups[:-1]:
            try:
                return self._put_back(one, progress)
            except StorageDamaged:
                continue
        return self._put_back(backups[-1], progress)

    def _put_back(self, one: backup.Backup, progress: Progress) -> backup.RestoreReport:
        return backup.restore(self.folder, one, clock.now(), self.spool, lambda seq, last: progress(3, seq, last))

    # going on at once

    def _at_once(self) -> Outcome:
        now = clock.now()
        for one in self.known:
            try:
                opened = aside.open_at_once(self.folder, one, now, business_day(now.t))
            except StorageDamaged:
                continue
            files = ", ".join(opened.set_aside) or "--"
            number = self._number("B", opened.node)
            return Outcome((_(AT_ONCE).format(total=opened.events, number=number, aside=files),), is_open=True)
        return Outcome((_("No backup holds: press 1"),))

    def _anew(self) -> Outcome:
        files = backup.set_aside(self.folder, clock.now())
        return Outcome((_(ANEW).format(aside=", ".join(files) or "--"),), is_open=True)

    def _number(self, prefix: str, node: str = "") -> str:
        """The first number that this PC would give of its own."""
        node = node or (backup.node_of(self.known[0].path) if self.known else "")
        return cut_off_number(prefix, TicketClass.NORMAL, own_digit(node), 1)

    # sticks

    def _on_sticks(self) -> list[backup.Backup]:
        """Backups on the sticks that are plugged in, of this PC where that is known, the newest first."""
        mine = self._whose()
        places = [place for one in sticks() for place in (one.path, one.path / "backup", one.path / "hallterm")]
        found = [one for place in places for one in _listed(place)]
        return [one for one in sorted(found, key=_made, reverse=True) if mine in ("", backup.node_of(one.path))]

    def _whose(self) -> str:
        """The node of this folder, if a backup, the damaged file or the second copy tell."""
        for one in self.known:
            node = backup.node_of(one.path)
            if node:
                return node
        return aside.whose(self.folder, self.spool)

    # looking

    def _look(self) -> Outcome:
        """A restore on a copy, beside everything, that is thrown away."""
        with tempfile.TemporaryDirectory(prefix=".looking-", dir=self.folder) as name:
            copy = Path(name)
            for suffix in backup.SIDE_FILES:
                path = self.folder / f"hall.db{suffix}"
                if path.exists():
                    (copy / path.name).write_bytes(path.read_bytes())
            (copy / spooled.FOLDER).symlink_to((self.folder / spooled.FOLDER).absolute())
            base = aside.alone(copy, self.spool) if not self.known else None
            for one in [*self.known, *([base] if base is not None else [])]:
                try:
                    report = backup.restore(copy, one, clock.now(), self.spool)
                except StorageDamaged:
                    continue
                values = {"in_backup": report.in_backup, "salvaged": report.salvaged, "missing": report.missing}
                return Outcome((_(LISTED if one.name else LISTED_ALONE).format(backup=one.name, **values),))
        return Outcome((_(NOTHING),))


def _listed(place: Path) -> list[backup.Backup]:
    """A stick may be pulled out at any time, or be read by nobody."""
    try:
        return backup.list_backups(place, place)
    except (OSError, StorageError):
        return []


def _made(one: backup.Backup) -> tuple[str, str]:
    return one.name[:15], one.name
