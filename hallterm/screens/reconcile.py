"""The comparison with the tax software: the days compared, a list looked at before anything is recorded, and recorded.

Ins takes a list from a stick or a folder, F8 twice records it, a day after the other; row 22 counts the days.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from hallterm.actions import Slot
from hallterm.config import Settings
from hallterm.core_file import XLSX, CoreFile, FileError, read_core_file
from hallterm.locale import N_, _
from hallterm.reconciling import day_changes, day_words, faults, inputs, remarks
from hallterm.rules.day import day_clock_text
from hallterm.screens.panes import Pane, PaneScreen, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, listed
from hallterm.sticks import sticks
from hallterm.widgets.cells import cut, fit, right, spread
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Desk
from hallterm.workflows.reconciling import Preview, Recorded, compared_days, days_of, preview, record_day
from storage import views
from storage.facts import Moment
from storage.views.reconciliation import ImportRow

FOLDER: Final = "import"
SUFFIXES: Final = (".csv", XLSX)
MOST_FILES: Final = 45


class ReconcileScreen(PaneScreen):
    """The days that were compared; a list in their place while it is looked at."""

    in_mode = "reconcile"
    heading = N_("Comparison with the tax software")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__(id="reconcile")

    def first_pane(self) -> Pane:
        self.days = DaysPane(self)
        return self.days

    def place(self) -> tuple[str, str]:
        return self.days.here

    def choose_file(self) -> None:
        """The lists on sticks and in the folder ``import``; looked for on the storage thread."""
        folder = self.settings.data.path / FOLDER
        self.ask_store(lambda _desk, _now: lists_in(folder), self._offer, writes=False)

    def _offer(self, found: list[Path]) -> None:
        options = [Option(f"{one.name}  ({one.parent.name})", partial(self.look_at, one)) for one in found]
        typed = Option(_("another file, typed"), partial(self.ask_text, _("File"), "", 60, self._typed))
        self.choice = Choice(_("Which list of the tax software?"), options, typed)
        self.repaint()

    def _typed(self, text: str) -> None:
        self.look_at(Path(text).expanduser())

    def look_at(self, path: Path) -> None:
        """Read it and show what it would say."""
        self.say(_("Reading {file}").format(file=path.name))
        self.ask_store(lambda desk, now: looked_at(desk, now, path), self._looked, writes=False)

    def _looked(self, found: tuple[CoreFile, Preview] | str) -> None:
        if isinstance(found, str):
            self.say(found, NOT_DONE)
            return
        self.say("")
        self.turn_to(ListPane(self, *found))


class DaysPane(Pane):
    """What was compared, the newest day first."""

    screen: ReconcileScreen

    def __init__(self, screen: ReconcileScreen) -> None:
        super().__init__(screen)
        self.compared: tuple[ImportRow, ...] | None = None
        self.here = ("", "")
        self._at = self._top = 0

    def read(self) -> None:
        self.screen.ask_store(days_look, self._show, writes=False, refused=self.screen.refused)

    def _show(self, look: tuple[tuple[str, str], tuple[ImportRow, ...]]) -> None:
        self.here, self.compared = look
        self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.compared is not None

    def rows(self, cells: int, height: int) -> list[Row]:
        compared, room = self.compared or (), max(1, height - 1)
        self._top = window_of(self._at, self._top, len(compared), room)
        heads = (fit(_("Day"), 12), right(_("In the list"), 12), right(_("Matched"), 10))
        rows: list[Row] = [f" {''.join(heads)}   {fit(_('Taken in'), 13)}{fit(_('By'), 8)}"]
        for place, one in enumerate(compared[self._top : self._top + room], self._top):
            late = "" if one.in_time else _("late")
            numbers = right(str(one.lines), 12) + right(str(one.matched), 10)
            text = f"{fit(one.day, 12)}{numbers}   {fit(day_clock_text(one.at_t), 13)}{fit(one.by, 8)}{late}"
            rows.append(listed(text, Ink.PLAIN if one.in_time else Ink.YELLOW, chosen=place == self._at))
        if not compared:
            rows.append(" " + _("No day was compared yet: every service counts in full"))
        return rows

    def hint(self) -> str:
        return _("Ins takes in a list (CSV, XLSX): day, number, staff, matter, time")

    def bar(self) -> list[Key]:
        return [Key(Slot.INSERT, _("New"), self.screen.choose_file)]

    def arrow(self, key: str) -> None:
        if self.compared:
            self._at = moved(self._at, key, len(self.compared), 10)


class ListPane(Pane):
    """What a list would say, a day in two rows; faults keep it from being recorded."""

    screen: ReconcileScreen

    def __init__(self, screen: ReconcileScreen, file: CoreFile, found: Preview) -> None:
        super().__init__(screen)
        self.file, self.found = file, found
        self.faults, self.remarks = faults(file, found), remarks(found)
        self._top = 0
        self._left: list[str] = []

    def head(self, cells: int) -> Row:
        count = _("{count} lines").format(count=len(self.file.lines))
        return spread(f" {self.file.name}   {count}", f"{self.file.file_hash[:8]} ", cells)

    def _all(self) -> list[Row]:
        rows: list[Row] = [((f" {one}", Ink.RED),) for one in self.faults]
        for day in self.found.days:
            rows += [f" {day_words(day)}", ((f"   {day_changes(day)}", Ink.YELLOW if day.losses else Ink.PLAIN),)]
        return [*rows, *(f" {one}" for one in self.remarks)]

    def rows(self, cells: int, height: int) -> list[Row]:
        everything = self._all()
        self._top = max(0, min(self._top, len(everything) - height))
        return everything[self._top : self._top + height]

    def foot(self, cells: int) -> Row:
        count = _("{count} faults, {remarks} remarks").format(count=len(self.faults), remarks=len(self.remarks))
        return cut(f" {count}", cells)

    def hint(self) -> str:
        return _("nothing is recorded before the key twice; arrows move, Esc leaves it")

    def bar(self) -> list[Key]:
        wrong = _("first mend the lines that are named") if self.faults else ""
        none = "" if self.file.lines else _("there is no line")
        running = _("it is being recorded") if self._left else ""
        return [Key(Slot.F8, _("Yes"), self._ask, wrong or none or running)]

    def arrow(self, key: str) -> None:
        self._top = moved(self._top, key, max(1, len(self._all())), 10)

    def back(self) -> bool:
        self.screen.turn_to(self.screen.days)
        self.screen.days.read()
        return True

    def _ask(self) -> None:
        losses = sum(day.losses for day in self.found.days)
        question = _("Record {days} days? {losses} services lose their credit.").format(
            days=len(self.found.days), losses=losses
        )
        self.screen.ask_again(question, self._begin, Slot.F8)

    def _begin(self) -> None:
        self._left = list(days_of(inputs(self.file)))
        self._next()

    def _next(self) -> None:
        """One day; the answer asks for the next, so that other work has its turn."""
        lines, file_hash, day = inputs(self.file), self.file.file_hash, self._left[0]
        of = len(self.found.days)
        self.screen.say(_("Recording day {n} of {of}").format(n=of - len(self._left) + 1, of=of), ATTENTION)

        def work(desk: Desk, now: Moment) -> Recorded:
            return record_day(desk, now, lines, file_hash, day)

        self.screen.ask_store(work, self._recorded, refused=self._refused)

    def _recorded(self, done: Recorded) -> None:
        self._left = self._left[1:]
        if self._left:
            self._next()
            return
        if self.screen.pane is self:
            self.back()
        self.screen.say(reason_text(self.screen, done.words))

    def _refused(self, sentence: str) -> None:
        self._left = []
        self.screen.tell(sentence, NOT_DONE)


def days_look(desk: Desk, now: Moment) -> tuple[tuple[str, str], tuple[ImportRow, ...]]:
    """Hall and person by name, and the days that were compared; raises Refused."""
    compared, db = compared_days(desk, now), desk.journal.database
    hall, person = views.hall(db, desk.hall), views.staff(db, desk.staff)
    return (hall.name if hall else desk.hall, person.name if person else desk.staff), compared


def lists_in(folder: Path) -> list[Path]:
    """Tables in a folder and on the sticks that are plugged in, the newest first."""
    found: list[tuple[float, Path]] = []
    for place in (folder, *(one.path for one in sticks())):
        try:
            files = [one for one in place.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file()]
            found += [(one.stat().st_mtime, one) for one in files]
        except OSError:
            continue
    return [path for _at, path in sorted(found, reverse=True)[:MOST_FILES]]


def looked_at(desk: Desk, now: Moment, path: Path) -> tuple[CoreFile, Preview] | str:
    """A file with what it would say, or the sentence of what is wrong with it; raises Refused."""
    try:
        file = read_core_file(path)
    except FileError as error:
        return str(error)
    return file, preview(desk, now, inputs(file), file.file_hash)
