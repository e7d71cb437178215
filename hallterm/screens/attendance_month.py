"""A month of the hall: one row a person with today's half-days, sums in days, and the attendance part so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.reports.files import FileFormat
from hallterm.rules.attendance import AttendanceSums
from hallterm.rules.periods import month_before
from hallterm.screens.attendance_week import rota_rows
from hallterm.screens.attendance_words import days, half_day_text, off_text, outcome, points, state_text, today_cell
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, listed, rule
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import fit, right, spread
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.attendance_look import MonthLook, StaffLine
from storage.facts import LeaveType

if TYPE_CHECKING:
    from hallterm.screens.attendance import AttendanceScreen

BELOW = 4
"""Rows below the list: the rule, the sum, and two about the chosen person."""
SUM_CELLS = (5, 6, 3, 4, 4, 6, 6, 5, 3)
TALL = 28
"""Rows of a body that has room for the plan of next week below the list."""
NAMED = (LeaveType.ANNUAL, LeaveType.PERSONAL, LeaveType.SICK)


class MonthPane(Pane):
    """F7 goes on to the plan of a week, Enter opens the half-days of a person."""

    screen: AttendanceScreen

    def __init__(self, screen: AttendanceScreen) -> None:
        super().__init__(screen)
        self._chosen = ""
        self._top = 0

    def read(self) -> None:
        self.screen.read_month()

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    @property
    def look(self) -> MonthLook:
        """What was read; only asked where :attr:`is_read`."""
        look = self.screen.look
        assert look is not None
        return look

    @property
    def chosen(self) -> StaffLine | None:
        """The row under the cursor."""
        lines = self.look.lines
        return next((one for one in lines if one.staff == self._chosen), lines[0] if lines else None)

    def head(self, cells: int) -> Row:
        return self.screen.head()

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        look, wide, week = self.look, cells >= WIDE_FROM, self.screen.next_week
        rota = rota_rows(week, height // 3) if week is not None and height >= TALL else []
        room = max(1, height - 2 - BELOW - (len(rota) + 1 if rota else 0))
        rows: list[Row] = [self._period(cells), _columns(wide)]
        chosen = self.chosen
        if chosen is None:
            return [*rows, " " + _("Nobody is planned in this month: F7 plans a week")]
        at = look.lines.index(chosen)
        self._top = window_of(at, self._top, len(look.lines), room)
        seen = look.lines[self._top : self._top + room]
        rows += [listed(_line(one, wide), _ink(one), chosen=one is chosen) for one in seen]
        rows += [""] * (2 + room - len(rows))
        people = _("Sum {count} people").format(count=len(look.lines))
        total = f" {fit(people, 24)}{_sums(look.total, wide)}"
        rows += [rule(cells), total, *(f" {one}" for one in self._about(chosen))]
        return [*rows, rule(cells), *rota] if rota else rows

    def _period(self, cells: int) -> str:
        look = self.look
        text = _("{month}   unit: days (0.5 = half a day)").format(month=look.month)
        remarks = [_("the month is running, all provisional ~")] if look.running else []
        remarks += [_("~ holidays not announced")] if look.provisional else []
        return spread(f" {text}   {'  '.join(remarks)}", f"{self._where()} ", cells)

    def _where(self) -> str:
        count = len(self.look.lines)
        return f"{self._top + 1}-{min(self._top + 11, count)}/{count}" if count else ""

    @staticmethod
    def _about(one: StaffLine) -> list[str]:
        """Today of the chosen person."""
        texts = []
        for half in one.today:
            said = outcome(half.record)
            if half.leave is not None:
                said = f"{said}  {state_text(half.leave)}"
            texts.append(f"{half_day_text(half.day, half.half)} {said}")
        return [f"{one.name} {one.staff}   {texts[0]}", " " * 4 + texts[1]] if texts else []

    def foot(self, cells: int) -> Row:
        return " " + _("Enter shows each half-day of this person")

    def hint(self) -> str:
        return _("digits change the page, arrows the row, Esc leaves")

    # keys

    def bar(self) -> list[Key]:
        none = "" if self.chosen else _("nobody is planned")
        correct = "" if self.look.rights.correct else _("the hall director and the assessor correct")
        leave = "" if self.look.rights.request else _("not for your roles")
        return [
            Key(Slot.F4, _("Month"), self._choose_month),
            Key(Slot.F5, _("Next"), self._next, "" if self.look.waiting else _("nothing waits")),
            Key(Slot.F6, _("Fix"), self.enter, none or correct),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.F8, _("Save"), self._choose_file),
            Key(Slot.INSERT, _("Leave"), self.screen.ask_own_leave, leave),
        ]

    def arrow(self, key: str) -> None:
        chosen, lines = self.chosen, self.look.lines
        if chosen is not None:
            self._chosen = lines[moved(lines.index(chosen), key, len(lines), 11)].staff

    def enter(self) -> None:
        if self.chosen is not None:
            self.screen.open_person(self.chosen.staff)

    def _next(self) -> None:
        self.screen.show_requests()

    def _choose_file(self) -> None:
        forms = (("XLSX", FileFormat.XLSX), ("CSV", FileFormat.CSV))
        options = [Option(words, lambda form=form: self.screen.save_table(form)) for words, form in forms]  # type: ignore[misc]
        self.screen.choice = Choice(_("The table of this month as a file"), options)

    def _choose_month(self) -> None:
        here = self.look.today[:7]
        months = [here, *(month_before(here, n) for n in range(1, 9))]
        options = [Option(month, lambda month=month: self.screen.of_month(month)) for month in months]  # type: ignore[misc]
        self.screen.choice = Choice(_("Which month?"), options)


def _columns(wide: bool) -> str:
    heads = (_("Sched"), _("Att"), _("Lt"), _("Ea"), _("Of"), _("Ann."), _("Pers."), _("Sick"), _("Ab"))
    text = f" {fit(_('No.'), 5)}{fit(_('Name'), 8)}{fit(_('Morn.'), 6)}{fit(_('Aft.'), 5)}"
    text += "".join(right(head, room) for head, room in zip(heads, SUM_CELLS, strict=True))
    if wide:
        text += "".join(right(head, 8) for head in (_("Other"), _("Window"), _("At noon")))
    return f"{text}{right(_('Minus'), 5)}{right(_('Points'), 7)}"


def _line(one: StaffLine, wide: bool) -> str:
    today = [today_cell(half) for half in one.today]
    text = f"{fit(one.staff, 5)}{fit(one.name, 8)}{fit(today[0], 6)}{fit(today[1], 5)}{_sums(one.sums, wide)}"
    mark = "~" if one.sums.pending else " "
    return f"{text}{right(off_text(one.deducted_milli), 5)}{right(points(one.points_milli), 7)}{mark}"


def _sums(sums: AttendanceSums, wide: bool) -> str:
    leave = [days(sums.leave.get(kind, 0)) for kind in NAMED]
    counts = (str(sums.late), str(sums.early), str(sums.off_post))
    texts = (days(sums.scheduled), days(sums.attended), *counts, *leave, str(sums.absences))
    text = "".join(right(one, room) for one, room in zip(texts, SUM_CELLS, strict=True))
    if not wide:
        return text
    other = sum(halves for kind, halves in sums.leave.items() if kind not in NAMED)
    return text + "".join(right(one, 8) for one in (days(other), days(sums.window_halves), str(sums.lunches)))


def _ink(one: StaffLine) -> Ink:
    return (
        Ink.RED if one.sums.alert else Ink.YELLOW if any(h.record and h.record.absent for h in one.today) else Ink.PLAIN
    )
