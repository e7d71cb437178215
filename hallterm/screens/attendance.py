"""Page 2 of the leaders: leave to decide, the month of the hall, the plan of a week. It opens at what waits. Rule 10."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hallterm.locale import N_, _
from hallterm.reports.files import FileFormat, export
from hallterm.reports.make import make
from hallterm.rules.calendar import later
from hallterm.screens.attendance_month import MonthPane
from hallterm.screens.attendance_person import PersonPane
from hallterm.screens.attendance_requests import RequestsPane
from hallterm.screens.attendance_week import WeekPane
from hallterm.screens.panes import Pane, PaneScreen, void
from hallterm.widgets.bars import is_roomy
from hallterm.widgets.cells import spread, width
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.health import net_piece
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.attendance_look import MonthLook, WeekLook, month_look, week_look
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.rules.words import Reason
    from hallterm.workflows.desk import Desk

READ_EVERY_S = 30.0
OWN_LEAVE = "my.leave"


class AttendanceScreen(PaneScreen):
    """F7 goes round: requests, month, week."""

    in_mode = "attendance"
    heading = N_("Attendance and leave")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.look: MonthLook | None = None
        self.next_week: WeekLook | None = None
        self.month = ""
        super().__init__(id="attendance")

    def first_pane(self) -> Pane:
        self.look, self.next_week, self.month = None, None, ""
        self.requests, self.month_pane, self.week = RequestsPane(self), MonthPane(self), WeekPane(self)
        return self.requests

    def place(self) -> tuple[str, str]:
        return (self.look.hall_name, self.look.viewer) if self.look else ("", "")

    # what is known

    def read_month(self) -> None:
        """Ask for the month and what waits; refused to who may not see it."""
        month = self.month
        self.ask_store(lambda desk, now: month_look(desk, now, month), self._show, writes=False, refused=self.refused)

    def _show(self, look: MonthLook) -> None:
        if not self.is_current:
            return
        first, self.look = self.look is None, look
        if first and not look.waiting and self.pane is self.requests:
            self.pane = self.month_pane
        self.repaint()
        if is_roomy(*self.size):
            after = later(look.today, 7)
            self.ask_store(lambda desk, now: week_look(desk, now, after), self._show_week, writes=False)

    def _show_week(self, look: WeekLook) -> None:
        if self.is_current and self.look is not None:
            self.next_week = look
            self.repaint()

    def second(self) -> None:
        super().second()
        if self.field is None and self.choice is None and self.pane.is_read:
            self.pane.read()

    def rest_s(self, now: Moment) -> float:
        return READ_EVERY_S if self._undo is None else 1.0

    def head(self) -> Row:
        """Row 2: who is expected today, and who came."""
        look = self.look
        if look is None:
            return ""
        now, (word, ink) = look.counts, net_piece(look.health, self.host.now().t)
        text = _("due {expected}  in {here}  leave {leave}  late {late}  absent {missing}")
        said = text.format(
            expected=now.expected, here=now.here, leave=now.on_leave, late=now.late, missing=now.absent_halves
        )
        end = _("warn {warnings}  decide {waiting}").format(warnings=look.warnings, waiting=len(look.waiting))
        return (" ", ink), (word, ink), (spread(f"  {said}", f"{end} ", self.size.width - width(word) - 1), Ink.PLAIN)

    # from one pane to the next

    def next_view(self) -> None:
        """Requests, month, week, and round."""
        after: dict[Pane, Pane] = {self.requests: self.month_pane, self.month_pane: self.week, self.week: self.requests}
        self.turn_to(after[self.pane])

    def show_requests(self) -> None:
        self.turn_to(self.requests)

    def of_month(self, month: str) -> None:
        """Another month."""
        self.month = month
        self.read_month()

    def open_person(self, staff: str) -> None:
        """The half-days of one person; Esc leads back."""
        self.turn_to(PersonPane(self, staff, self.look.month if self.look else "", before=self.pane))

    def ask_own_leave(self) -> None:
        """The page of one's own leave."""
        page = self.host.pages.get(OWN_LEAVE)
        if page is None:
            self.say(_("leave is asked for at the hall's own PC"), NOT_DONE)
        else:
            page()

    def save_table(self, form: FileFormat) -> None:
        """R10 of the shown month into the folder of reports; for who sees the hall with its names."""
        month, folder = self.look.month if self.look else "", self.folder

        def work(desk: Desk, now: Moment) -> Path:
            month_look(desk, now, month)
            report = make(desk.journal.database, "R10", month, desk.hall, now, masked=self.masked)
            return export(report, form, folder)

        self.ask_store(work, lambda path: self.say(_("saved: {file}").format(file=path)), writes=False)

    @property
    def masked(self) -> bool:
        """Names are not for this person."""
        return self.look is None or self.look.masked

    def write(self, work: Callable[[Desk, Moment], Reason]) -> None:
        """Record something that is not taken back."""
        void(self.ask_store(work, self.wrote))
