"""Page 4 of the leaders: the reports there are for the person, one of them as table, bars or trend, what stands behind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.report_desk import ReportRequest, ReportsLook, reports_look
from hallterm.reports.registry import REPORTS
from hallterm.screens.panes import Pane, PaneScreen, moved
from hallterm.screens.report_scope import place_choice, place_needed, time_words
from hallterm.screens.technician_page import listed
from hallterm.widgets.cells import fit, right
from hallterm.widgets.lines import Ink, Row

if TYPE_CHECKING:
    from hallterm.screens.report_pane import ReportPane

A_PAGE = 9


class ReportsScreen(PaneScreen):
    """The list, then one report; Esc leads back. ``imported`` is the page of the tax software's lists, if it may be used."""

    in_mode = "reports"
    heading = N_("Reports")

    def __init__(self, settings: Settings, id: str = "reports") -> None:
        self.settings = settings
        self.look: ReportsLook | None = None
        self._used: dict[str, str] = {}
        super().__init__(id=id)

    def first_pane(self) -> Pane:
        self.look = None
        self.list = ListPane(self)
        return self.list

    def place(self) -> tuple[str, str]:
        return (self.look.place, self.look.staff) if self.look else ("", "")

    # what is known

    def read_look(self) -> None:
        """Ask what the person may read; refused to who may read nothing."""
        self.ask_store(reports_look, self._show, writes=False, refused=self.refused)

    def _show(self, look: ReportsLook) -> None:
        if self.is_current:
            self.look = look
            self.repaint()

    @property
    def ids(self) -> list[str]:
        """The reports of the person, always in the same order: a hand learns their digits."""
        return list(self.look.ids) if self.look is not None else []

    @property
    def used(self) -> str:
        """The report that the person opened last; "" without one."""
        return self._used.get(self.look.staff, "") if self.look is not None else ""

    # from one to the other

    def open_report(self, request: ReportRequest, before: ReportPane | None = None) -> None:
        """Make it and show it; Esc leads back to the one before, or to the list."""
        from hallterm.screens.report_pane import ReportPane

        if self.look is not None:
            known = place_needed(self.look, request)
            if known:
                wanted = partial(self._of_place, request, before)
                self.choice = place_choice(_("Of which one?"), known, wanted)
                self.repaint()
                return
            self._used[self.look.staff] = request.id
        self.turn_to(ReportPane(self, request, before))

    def _of_place(self, request: ReportRequest, before: ReportPane | None, code: str) -> None:
        self.open_report(msgspec.structs.replace(request, scope=code), before)

    def open_list(self) -> None:
        """The list again, as it stands now."""
        self.turn_to(self.list)


class ListPane(Pane):
    """The reports by number; a digit opens one at once, 0 the one that was used last."""

    screen: ReportsScreen

    def __init__(self, screen: ReportsScreen) -> None:
        super().__init__(screen)
        self._at = 0

    @property
    def _top(self) -> int:
        """The first of the page: whole pages are turned, so that a digit does not move from line to line."""
        return self._at // A_PAGE * A_PAGE

    def read(self) -> None:
        self.screen.read_look()

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        ids = self.screen.ids
        rows: list[Row] = [((" " + _("Which report?"), Ink.BOLD),), self._last_used()]
        for place, id in enumerate(ids[self._top : self._top + A_PAGE], self._top):
            text = f" {place - self._top + 1}  {id}  {fit(_(REPORTS[id].name), 26)} {time_words(id)}"
            rows.append(listed(text, Ink.PLAIN, chosen=place == self._at))
        return rows

    def _last_used(self) -> str:
        id = self.screen.used
        return f" 0  {id}  {fit(_(REPORTS[id].name), 26)} {_('used last')}" if id else ""

    def foot(self, cells: int) -> Row:
        ids = self.screen.ids
        last = min(self._top + A_PAGE, len(ids))
        return right(f"{self._top + 1}-{last}/{len(ids)} ", cells) if ids else ""

    def hint(self) -> str:
        return _("a digit opens a report, PgDn shows the others, Esc leaves")

    # keys

    def digit(self, digit: int) -> bool:
        place = self._top + digit - 1
        if digit == 0 and self.screen.used:
            self.screen.open_report(ReportRequest(self.screen.used))
        elif 0 < digit <= A_PAGE and place < len(self.screen.ids):
            self._open(place)
        return True

    def arrow(self, key: str) -> None:
        self._at = moved(self._at, key, len(self.screen.ids), A_PAGE)

    def enter(self) -> None:
        if self.screen.ids:
            self._open(self._at)

    def _open(self, place: int) -> None:
        """The list begins with its first page again when it is seen next."""
        self._at = place if place < A_PAGE else 0
        self.screen.open_report(ReportRequest(self.screen.ids[place]))
