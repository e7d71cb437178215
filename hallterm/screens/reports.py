"""Page 4 of the leaders: the reports there are for the person, one of them as table, bars or trend, what stands behind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.report_desk import ReportRequest, ReportsLook, reports_look
from hallterm.reports.registry import REPORTS
from hallterm.screens.panes import Pane, PaneScreen, moved, window_of
from hallterm.screens.report_scope import place_choice, place_needed, time_words
from hallterm.screens.technician_page import listed
from hallterm.widgets.cells import fit, right
from hallterm.widgets.lines import Ink, Row

if TYPE_CHECKING:
    from hallterm.screens.report_pane import ReportPane

A_PAGE = 9
USED_ON_TOP = 5


class ReportsScreen(PaneScreen):
    """The list, then one report; Esc leads back. ``imported`` is the page of the tax software's lists, if it may be used."""

    in_mode = "reports"
    title = N_("Reports")

    def __init__(self, settings: Settings, id: str = "reports") -> None:
        self.settings = settings
        self.look: ReportsLook | None = None
        self._used: dict[str, list[str]] = {}
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
        """The reports of the person, those used last on top."""
        if self.look is None:
            return []
        used = [id for id in self._used.get(self.look.staff, []) if id in self.look.ids]
        return [*used, *(id for id in self.look.ids if id not in used)]

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
            used = self._used.setdefault(self.look.staff, [])
            self._used[self.look.staff] = [request.id, *(id for id in used if id != request.id)][:USED_ON_TOP]
        self.turn_to(ReportPane(self, request, before))

    def _of_place(self, request: ReportRequest, before: ReportPane | None, code: str) -> None:
        self.open_report(msgspec.structs.replace(request, scope=code), before)

    def open_list(self) -> None:
        """The list again, as it stands now."""
        self.turn_to(self.list)


class ListPane(Pane):
    """The reports by number; a digit opens one at once."""

    screen: ReportsScreen

    def __init__(self, screen: ReportsScreen) -> None:
        super().__init__(screen)
        self._at = self._top = 0

    def read(self) -> None:
        self.screen.read_look()

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        ids = self.screen.ids
        self._top = window_of(self._at, self._top, len(ids), A_PAGE)
        rows: list[Row] = [((" " + _("Which report?"), Ink.BOLD),), ""]
        for place, id in enumerate(ids[self._top : self._top + A_PAGE], self._top):
            text = f" {place - self._top + 1}  {id}  {fit(_(REPORTS[id].name), 26)} {time_words(id)}"
            rows.append(listed(text, Ink.PLAIN, chosen=place == self._at))
        return rows

    def foot(self, cells: int) -> Row:
        ids = self.screen.ids
        last = min(self._top + A_PAGE, len(ids))
        return right(f"{self._top + 1}-{last}/{len(ids)} ", cells) if ids else ""

    def hint(self) -> str:
        return _("a digit opens a report, PgDn shows the others, Esc leaves")

    # keys

    def digit(self, digit: int) -> bool:
        place = self._top + digit - 1
        if 0 < digit <= A_PAGE and place < len(self.screen.ids):
            self._open(place)
        return True

    def arrow(self, key: str) -> None:
        self._at = moved(self._at, key, len(self.screen.ids), A_PAGE)
        if key in ("pageup", "pagedown"):
            self._top = self._at

    def enter(self) -> None:
        if self.screen.ids:
            self._open(self._at)

    def _open(self, place: int) -> None:
        id = self.screen.ids[place]
        self._at = self._top = 0
        self.screen.open_report(ReportRequest(id))
