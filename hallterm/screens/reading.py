"""Pages that anybody at a hall may read: the matters with their limits (menu 24), the program and its state (menu 39)."""

from __future__ import annotations

import os
from pathlib import Path

from hallterm.config import Settings
from hallterm.locale import N_, _, language
from hallterm.screens.attendance_words import with_case
from hallterm.screens.counter_words import matter_name
from hallterm.screens.panes import Pane, PaneScreen, moved, window_of
from hallterm.screens.technician_page import listed, rule
from hallterm.widgets.cells import cut, fit, middle, right, tail, width
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.seconds import LONGEST_REST_S
from hallterm.workflows.reading import MattersLook, ProgramLook, Reader, matters_look, program_look
from storage.facts import Moment
from storage.views import Matter

BELOW = 4
BEFORE_NAME, BEHIND_NAME = 8, 18


class ReadPane(Pane):
    """Row 2 is that of the counter, with what goes on at the own window."""

    reader: Reader | None = None

    @property
    def is_read(self) -> bool:
        return self.reader is not None

    def head(self, cells: int) -> Row:
        reader = self.reader
        if reader is None:
            return ""
        row = health_row(reader.health, self.screen.host.now().t, cells)
        return row if reader.serving is None else with_case(" ", reader.serving, cells)


class ReadScreen(PaneScreen):
    """Esc and the menu lead back."""

    def place(self) -> tuple[str, str]:
        reader = self.pane.reader if isinstance(self.pane, ReadPane) else None
        return (reader.hall_name, reader.person) if reader is not None else ("", "")

    def rest_s(self, now: Moment) -> float:
        return LONGEST_REST_S


class MattersPane(ReadPane):
    """A row a matter; below, what else is known of the chosen one. A letter leads to its group."""

    matters: tuple[Matter, ...] = ()
    _at = _top = 0

    def read(self) -> None:
        self.screen.ask_store(matters_look, self._show, writes=False)

    def _show(self, look: MattersLook) -> None:
        if self.screen.is_current:
            self.reader, self.matters = look.reader, look.matters
            self.screen.repaint()

    def rows(self, cells: int, height: int) -> list[Row]:
        room = max(1, height - BELOW - 2)
        self._page = room
        self._top = window_of(self._at, self._top, len(self.matters), room)
        name_cells = cells - BEFORE_NAME - BEHIND_NAME
        rows: list[Row] = [
            f" {fit(_('Code'), 6)}{fit(_('Matter'), name_cells)}{right(_('Limit'), 8)}{right(_('Deferred'), 9)}"
        ]
        for place, one in enumerate(self.matters[self._top : self._top + room], self._top):
            text = f"{fit(one.code, 6)}{fit(middle(matter_name(one), name_cells - 1), name_cells)}{_limits(one)}"
            rows.append(listed(text, Ink.PLAIN, chosen=place == self._at))
        rows += [""] * (room + 1 - len(rows))
        return [*rows, rule(cells), *self._detail(cells)]

    def _detail(self, cells: int) -> list[Row]:
        if not self.matters:
            return [" " + _("There is no matter: the administrator imports the table")]
        one = self.matters[self._at]
        name = one.name_zh if language() != "zh_CN" else one.name_en
        lines = [f"{one.code} {matter_name(one)}", name]
        if one.completion_workdays:
            lines.append(
                _("Deferred: due in {days} working days, only accepted here").format(days=one.completion_workdays)
            )
        marks = [_("pinyin {initials}").format(initials=one.initials)] if one.initials else []
        marks += [_("several at once (Up and Down at the counter)")] if one.batchable else []
        marks += [] if one.rating_required else [_("not rated")]
        return [" " + cut(line, cells - 2) for line in (*lines, "   ".join(marks))]

    def foot(self, cells: int) -> Row:
        if not self.matters:
            return ""
        last = min(self._top + self._page, len(self.matters))
        return right(f"{self._top + 1}-{last}/{len(self.matters)}", cells - 1)

    _page = 1

    def hint(self) -> str:
        return _("Up, Down, PgUp, PgDn, Home, End choose; Esc leads back")

    def arrow(self, key: str) -> None:
        if self.matters:
            self._at = moved(self._at, key, len(self.matters), self._page)


def _limits(one: Matter) -> str:
    limit = _("{minutes} min").format(minutes=one.limit_min)
    due = _("{days} days").format(days=one.completion_workdays) if one.completion_workdays else "--"
    return right(limit, 8) + right(due, 9)


class MattersScreen(ReadScreen):
    """Who may change matters gets the page of the hall's data instead."""

    in_mode = "matters"
    heading = N_("Matters and limits")

    def __init__(self) -> None:
        super().__init__(id="matters")

    def first_pane(self) -> Pane:
        return MattersPane(self)


class ProgramPane(ReadPane):
    """What a technician asks on the telephone."""

    look: ProgramLook | None = None

    def __init__(self, screen: PaneScreen, folder: Path, file: str) -> None:
        super().__init__(screen)
        self._folder, self._file = folder, file

    def read(self) -> None:
        folder = self._folder
        self.screen.ask_store(lambda desk, now: program_look(desk, now, folder), self._show, writes=False)

    def _show(self, look: ProgramLook) -> None:
        if self.screen.is_current:
            self.reader, self.look = look.reader, look
            self.screen.repaint()

    def rows(self, cells: int, height: int) -> list[Row]:
        look = self.look
        if look is None:
            return []
        labels = {
            _("Program"): f"hallterm {look.version}   Python {look.python}   SQLite {look.library}",
            _("System"): look.system,
            _("This PC"): _("{node}, log {epoch}").format(node=look.node, epoch=look.epoch),
            _("Stored"): _("{facts} facts, {waiting} wait; tables version {tables}").format(
                facts=look.facts, waiting=look.waiting, tables=look.tables
            ),
            _("Backup"): look.made or _("none yet"),
            _("Data in"): look.folder,
            _("Set in"): self._file or _("no file: everything is as shipped"),
            _("Terminal"): f"{os.environ.get('TERM', '--')}   {cells}x{self.screen.size.height}   {language()}",
        }
        wide = max(map(width, labels)) + 3
        told: list[Row] = [f" {fit(label, wide)}{tail(text, cells - wide - 2)}" for label, text in labels.items()]
        return ["", *told, "", " " + _("Everything in full: hallterm doctor. Nothing on this page is about a person.")]

    def hint(self) -> str:
        return _("Esc leads back")


class ProgramScreen(ReadScreen):
    """Version and state of the program."""

    in_mode = "about"
    heading = N_("About the program")

    def __init__(self, settings: Settings) -> None:
        super().__init__(id="about")
        self._folder = settings.data.path
        self._file = str(settings.file) if settings.file else ""

    def first_pane(self) -> Pane:
        return ProgramPane(self, self._folder, self._file)
