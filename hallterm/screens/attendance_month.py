"""A month of the hall: one row a person with today's half-days, sums in days, and the attendance part so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.reports.files import FileFormat
from hallterm.rules.attendance import AttendanceSums
from hallterm.rules.day import day_clock_text, local
from hallterm.rules.periods import month_before
from hallterm.screens.attendance_week import rota_rows
from hallterm.screens.attendance_words import (
    days,
    half_day_text,
    half_text,
    off_text,
    outcome,
    points,
    short_leave,
    state_text,
    today_cell,
)
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, listed, rule
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import cut, fit, right, spread
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.attendance_look import MonthLook, StaffLine
from storage.facts import Half, LeaveType

if TYPE_CHECKING:
    from hallterm.screens.attendance import AttendanceScreen

BELOW = 4
"""Rows below the list: the rule, the sum, and two about the chosen person."""
SUM_CELLS = (5, 6, 3, 4, 4, 6, 6, 5, 3)
TALL = 28
"""Rows of a body that has room for the plan of next week below the list."""
NAMED = (LeaveType.ANNUAL, LeaveType.PERSONAL, LeaveType.SICK)
OTHERS: Mapping[LeaveType, str] = {
    LeaveType.COMPENSATORY: N_("Cmp"),
    LeaveType.MARRIAGE: N_("Mar"),
    LeaveType.BEREAVEMENT: N_("Ber"),
    LeaveType.MATERNITY: N_("Mat"),
    LeaveType.PATERNITY: N_("Pat"),
    LeaveType.WORK_INJURY: N_("Inj"),
    LeaveType.OFFICIAL_TRIP: N_("Trp"),
    LeaveType.MEETING: N_("Mtg"),
    LeaveType.STUDY: N_("Stu"),
}
"""The other kinds of leave, where there is room for a column each."""
OTHER_CELLS = 4
NOON_HOUR = 12


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
        total = f" {fit(people, 24)}{_sums(look.total, wide)}{_end(look.deducted_milli, look.points_milli)}"
        total += "~" if look.running else " "
        rows += [rule(cells), total, *(f" {one}" for one in self._about(chosen))]
        return [*rows, rule(cells), *rota] if rota else rows

    def _period(self, cells: int) -> str:
        look = self.look
        text = _("{month}   unit: days (0.5 = half a day)").format(month=look.month)
        if look.running:
            half = Half.AM if local(self.screen.host.now().t).hour < NOON_HOUR else Half.PM
            text = f"{text}   {_('1 to {day} {half}').format(day=int(look.today[8:]), half=half_text(half))}"
        remarks = [_("still running, all ~")] if look.running else []
        remarks += [_("~ holidays not announced")] if look.provisional else []
        return cut(f" {text}   {'  '.join(remarks)}", cells)

    def _where(self) -> str:
        count = len(self.look.lines)
        return f"{self._top + 1}-{min(self._top + 11, count)}/{count}" if count else ""

    def _about(self, one: StaffLine) -> list[str]:
        """Today of the chosen person; who is absent without leave is told until when that can be explained."""
        texts = []
        absent = [half.half for half in one.today if half.record is not None and half.record.absent]
        if absent:
            text = _("{half} nobody signed on and no leave covers it: absence, to be explained by {until}")
            until = day_clock_text(self.look.explain_by_t)
            halves = _(", ").join(half_text(half) for half in absent)
            return [f"{one.name} {one.staff}", text.format(half=halves, until=until)]
        for half in one.today:
            said = outcome(half.record)
            if half.leave is not None:
                said = f"{said}  {state_text(half.leave)}"
            texts.append(f"{half_day_text(half.day, half.half)} {said}")
        return [f"{one.name} {one.staff}   {texts[0]}", " " * 4 + texts[1]] if texts else []

    def foot(self, cells: int) -> Row:
        text = " " + _("Enter shows each half-day of this person")
        return spread(text, f"{self._where()} ", cells)

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
            Key(Slot.F9, _("Veto"), self._next, _("nothing to reject here")),
            Key(Slot.INSERT, _("Ask"), self.screen.ask_own_leave, leave),
            Key(Slot.CTRL_R, _("Why"), self._tell_why, none),
        ]

    def _tell_why(self) -> None:
        """How the points of the chosen person came about, in one sentence."""
        one = self.chosen
        if one is None:
            return
        sums = one.sums
        counts = (
            (_("late {count}"), sums.late),
            (_("early {count}"), sums.early),
            (_("off post {count}"), sums.off_post),
            (_("absent {count}"), sums.absences),
        )
        parts = [words.format(count=count) for words, count in counts if count]
        parts += [f"{short_leave(kind)} {days(halves)}" for kind, halves in sums.leave.items() if halves]
        why = "  ".join(parts) or _("nothing taken off")
        self.screen.say(f"{one.name}: {why}   {off_text(one.deducted_milli)} -> {points(one.points_milli)}")

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
    text = f" {fit(_('Num'), 5)}{fit(_('Name'), 8)}{fit(_('Morn.'), 6)}{fit(_('Aft.'), 5)}"
    text += "".join(right(head, room) for head, room in zip(heads, SUM_CELLS, strict=True))
    if wide:
        text += "".join(right(_(head), OTHER_CELLS) for head in OTHERS.values())
    return f"{text}{right(_('Ded.'), 5)}{right(_('Points'), 7)}"


def _line(one: StaffLine, wide: bool) -> str:
    today = [today_cell(half) for half in one.today]
    text = f"{fit(one.staff, 5)}{fit(one.name, 8)}{fit(today[0], 6)}{fit(today[1], 5)}{_sums(one.sums, wide)}"
    mark = "~" if one.sums.pending else " "
    return f"{text}{_end(one.deducted_milli, one.points_milli)}{mark}"


def _end(deducted_milli: int, points_milli: int | None) -> str:
    return f"{right(off_text(deducted_milli), 5)}{right(points(points_milli), 7)}"


def _sums(sums: AttendanceSums, wide: bool) -> str:
    leave = [days(sums.leave.get(kind, 0)) for kind in NAMED]
    counts = (str(sums.late), str(sums.early), str(sums.off_post))
    texts = (days(sums.scheduled), days(sums.attended), *counts, *leave, str(sums.absences))
    text = "".join(right(one, room) for one, room in zip(texts, SUM_CELLS, strict=True))
    if not wide:
        return text
    return text + "".join(right(days(sums.leave.get(kind, 0)), OTHER_CELLS) for kind in OTHERS)


def _ink(one: StaffLine) -> Ink:
    return (
        Ink.RED if one.sums.alert else Ink.YELLOW if any(h.record and h.record.absent for h in one.today) else Ink.PLAIN
    )
