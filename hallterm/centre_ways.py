"""What can be done about a centre's damaged file: the same four ways as at a hall, with a centre's own work behind them."""

from __future__ import annotations

from pathlib import Path

from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.repair_ways import ANEW_CENTRE, NO_STICK, STEPS, Outcome, Progress, Way, say
from hallterm.station.lock import SERVING, StationLock
from hallterm.sticks import sticks
from storage import backup, centre_back, clock, nodes
from storage.centre_back import CentreBack
from storage.database import Database
from storage.durable import FILE
from storage.errors import StorageDamaged
from storage.receive import Batch

IN_USE = N_(
    "The centre in {folder} is in use: stop hallterm serve and leave hallterm there first. Nothing was changed."
)
NOTHING = N_("There is neither a backup nor anything that tells which centre this is: only an empty one can be set up")
RESTORED = N_(
    "{total} lines are there again: {in_backup} of backup {backup}, {own} of this centre and {of_halls} of halls read from the "
    "damaged file; {missing} of this centre are missing. The damaged file is kept: {aside}"
)
AT_ONCE = N_("{total} lines of backup {backup} are there. The damaged file is kept: {aside}")
REFILLS = N_("What is not there the halls send again by themselves as soon as hallterm serve runs")
LISTED = N_(
    "Backup {backup}: {in_backup} lines. Beyond it the damaged file has {own} of this centre and {of_halls} of halls, "
    "{missing} of this centre are missing. Nothing was touched"
)
LISTED_ALONE = N_(
    "No backup. The damaged file has {own} lines of this centre and {of_halls} of halls, {missing} of this centre are missing. "
    "Nothing was touched"
)


class CentreWays:
    """The ways for a centre's data folder; ``known`` are its backups, the newest first."""

    spool: Path | None = None

    def __init__(self, settings: Settings, name: str = "") -> None:
        self.settings = settings
        self.folder = settings.data.path
        every = centre_back.backups(self.folder, settings.backup.folder)
        self.known = [one for one in every if name in ("", one.name)]

    @property
    def offered(self) -> tuple[Way, ...]:
        """In the order of their digits."""
        return Way.ALL, Way.AT_ONCE if self.known else Way.ANEW, Way.STICK, Way.LOOK

    def words(self) -> list[str]:
        """The choices, numbered as they are offered."""
        if self.known:
            first = _("Get back all that backup and damaged file have; the halls send the rest")
            second = _("Serve at once on the last backup; the halls send what is missing")
        else:
            first = _("No backup: get back what the damaged file has; the halls send the rest")
            second = _("Set up an empty centre: every hall must join it again; the damaged file stays")
        return [first, second, _("Get back from a backup on a stick"), _("Only look: nothing is touched")]

    def take(self, way: Way, progress: Progress) -> Outcome:
        """Do it; a fault of the storage is raised."""
        if way is Way.LOOK:
            return self._look()
        lock = StationLock(self.folder, SERVING)
        if centre_back.held(self.folder / FILE) or not lock.take():
            return Outcome((_(IN_USE).format(folder=self.folder),))
        try:
            if way is Way.ANEW:
                files = backup.set_file_aside(self.folder, FILE, clock.now())
                (self.folder / FILE).unlink(missing_ok=True)
                return Outcome((say(ANEW_CENTRE, aside=files),), is_open=True)
            if way is Way.AT_ONCE:
                return self._restored(self.known, progress, at_once=True)
            found = self._on_sticks() if way is Way.STICK else self.known
            return Outcome((_(NO_STICK),)) if way is Way.STICK and not found else self._restored(found, progress)
        finally:
            lock.free()

    def _restored(self, backups: list[backup.Backup], progress: Progress, *, at_once: bool = False) -> Outcome:
        progress(1, 0, 0)
        found = self._first_sound(backups, progress, at_once=at_once)
        if found is None:
            return Outcome((_(NOTHING),))
        progress(STEPS, found.total, found.total + found.missing)
        return Outcome((_said(AT_ONCE if at_once else RESTORED, found), _(REFILLS)), is_open=True)

    def _look(self) -> Outcome:
        found = self._first_sound(self.known, lambda *_: None, keep=False)
        if found is None:
            return Outcome((_(NOTHING),))
        return Outcome((_said(LISTED if found.backup else LISTED_ALONE, found),))

    def _first_sound(
        self, backups: list[backup.Backup], progress: Progress, *, at_once: bool = False, keep: bool = True
    ) -> CentreBack | None:
        """A backup that does not hold is passed over; without one an empty file is the base."""
        for base in [*backups, *([] if at_once else [None])]:
            try:
                return centre_back.restore(
                    self.folder,
                    base,
                    clock.now(),
                    None if at_once else _signed,
                    lambda n, of: progress(3, n, of),
                    keep=keep,
                )
            except StorageDamaged:
                continue
        return None

    def _on_sticks(self) -> list[backup.Backup]:
        mine = centre_back.node_of(self.folder / FILE)
        places = [place for one in sticks() for place in (one.path, one.path / "backup", one.path / "hallterm")]
        found = [one for place in places for one in _listed(place)]
        found = [one for one in found if mine in ("", centre_back.node_of(one.path / FILE))]
        return sorted(found, key=lambda one: (one.name[:15], one.name), reverse=True)


def _listed(place: Path) -> list[backup.Backup]:
    """A stick may be pulled out at any time, or be read by nobody."""
    try:
        return centre_back.backups(place, place)
    except OSError:
        return []


def _said(sentence: str, found: CentreBack) -> str:
    return say(
        sentence, aside=found.set_aside, total=found.total, in_backup=found.in_backup, backup=found.backup or "--",
        own=found.own, of_halls=found.of_halls, missing=found.missing,
    )  # fmt: skip


def _signed(database: Database, body: bytes) -> Batch | None:
    """The lines of a raw segment, if the node that signed it is enrolled with that key."""
    from msgspec.structs import replace

    from sync import segment
    from sync.keys import holds
    from sync.wire import WireError

    try:
        found = segment.read(body)
    except WireError:
        return None
    known = nodes.registered(database, found.header.node)
    if known is None or not holds(known.key, found.covered, found.signature):
        return None
    return replace(found.batch, scope=known.scope)
