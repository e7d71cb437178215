"""The whole city at the PC of a hall, read at the centre: the reports of page 4 on what the person may see there.

The password is asked once for the page and kept nowhere; the centre gives a token of fifteen minutes, gone with the page.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Final

import msgspec
from textual.events import ScreenSuspend
from textual.worker import Worker

from hallterm.actions import Slot
from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.report_city import city_look
from hallterm.report_desk import ReportRequest, ReportsLook
from hallterm.reports.model import Report
from hallterm.reports.model import Row as Line
from hallterm.screens.city_line import ask, report_of
from hallterm.screens.panes import Pane, PaneScreen
from hallterm.screens.report_drill import Whole, opened
from hallterm.screens.report_pane import ReportPane
from hallterm.screens.report_scope import place_choice, place_needed
from hallterm.screens.reports import ListPane, ReportsScreen
from hallterm.screens.technician_page import Key
from hallterm.screens.waiting import ENDED, say_since
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.lines import Row
from hallterm.widgets.writing import reason_text

NO_TOKEN: Final = "no-token"
OTHER_ANSWER = N_("the centre answered something that this program does not know: update it")


class CityScreen(ReportsScreen):
    """First the password, then the list of the reports of the centre, then one of them."""

    in_mode = "city"
    title = N_("Whole city")
    heading = N_("Whole city")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.look: ReportsLook | None = None
        self._used: dict[str, str] = {}
        self.token = ""
        self._talk: Worker[None] | None = None
        PaneScreen.__init__(self, id="city")

    def first_pane(self) -> Pane:
        self.token, self.look = "", None
        self.list = ListPane(self)
        return PassPane(self)

    def read_look(self) -> None:
        """The places above this hall, and the reports that are made of them."""
        self.ask_store(city_look, self._show, writes=False, refused=self.refused)

    def _show(self, look: ReportsLook) -> None:
        super()._show(look)
        if isinstance(self.pane, PassPane):
            self.pane.ask()

    def open_report(self, request: ReportRequest, before: ReportPane | None = None) -> None:
        """Ask the centre for it."""
        if self.look is None:
            return
        if not request.scope:
            request = msgspec.structs.replace(request, scope=self.look.scopes[0].code)
        known = place_needed(self.look, request)
        if known:

            def of_place(code: str) -> None:
                self.open_report(msgspec.structs.replace(request, scope=code), before)

            self.choice = place_choice(_("Of which one?"), known, of_place)
            self.repaint()
            return
        self._used[self.look.staff] = request.id
        self.turn_to(CityPane(self, request, before))

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        self.token, self.input.secret = "", False
        self.end_asking()
        super().on_screen_suspend(event)

    def sign_on(self, password: str) -> None:
        """Show the centre who it is."""

        def asked(number: str) -> None:
            self._put(self._sign_on(number, password))

        self.ask_store(lambda desk, _now: desk.staff, asked, writes=False)

    async def _sign_on(self, number: str, password: str) -> None:
        self.say(_("Asking the centre .."))
        told = await ask(self.settings, {"number": number, "password": password})
        if not self.is_current or not isinstance(self.pane, PassPane):
            return
        if told.told:
            self.say(told.told, NOT_DONE)
            self.pane.ask()
            return
        self.token = told.token
        self.say("")
        self.turn_to(self.list)

    def read_at_centre(
        self, request: ReportRequest, then: Callable[[Report], None], refused: Callable[[str], None]
    ) -> None:
        """Read one report there; a token that ran out asks for the password again."""
        self._put(self._read(request, then, refused))

    def _put(self, question: Coroutine[None, None, None]) -> None:
        """One question at a time; after half a second row 22 says since when it is asked."""
        asked = self._talk = self.run_worker(question, exclusive=True)
        say_since(self, lambda: self._talk is asked and not asked.is_finished)

    def end_asking(self) -> bool:
        """Nobody waits for the centre any longer; whether somebody did."""
        asked, self._talk = self._talk, None
        if asked is None or asked.is_finished:
            return False
        asked.cancel()
        return True

    async def _read(
        self, request: ReportRequest, then: Callable[[Report], None], refused: Callable[[str], None]
    ) -> None:
        names = {one.code: one.name for one in self.look.scopes} if self.look else {}
        asked = {"id": request.id, "period": request.period, "scope": request.scope, "rows": request.by}
        told = await ask(self.settings, {"token": self.token, "asked": asked, "names": names})
        if not self.is_current:
            return
        report = report_of(told)
        if report is not None:
            then(report)
        elif told.code == NO_TOKEN:
            self.turn_to(PassPane(self))
            self.say(told.told, ATTENTION)
        else:
            refused(told.told or _(OTHER_ANSWER))


class PassPane(Pane):
    """Asks for the password of the person at this PC."""

    screen: CityScreen

    def read(self) -> None:
        self.screen.read_look()

    def ask(self) -> None:
        """Open the field; what is typed is not shown."""
        self.screen.input.secret = True
        self.screen.ask_text(_("Password"), _("your own, as at the counter"), 24, self._given)

    def _given(self, password: str) -> None:
        self.screen.input.secret = False
        self.screen.sign_on(password)

    def rows(self, cells: int, height: int) -> list[Row]:
        return [
            "",
            " " + _("The reports of the whole city are read at the centre, with the rights that it grants you."),
            " " + _("Show the centre who you are. Without a line the pages of this hall go on as they are."),
        ]

    def hint(self) -> str:
        return _("Esc leads back")


class CityPane(ReportPane):
    """A report of the centre; it opens down to a place or a person, what stands behind that is in its own hall."""

    screen: CityScreen

    def read(self) -> None:
        self.screen.say(_("Asking the centre .."))
        self.screen.read_at_centre(self.request, self._show, self._refused)

    def back(self) -> bool:
        ended = self.screen.end_asking()
        done = super().back()
        if ended:
            self.screen.say(reason_text(self.screen, ENDED), NOT_DONE)
        return done

    def bar(self) -> list[Key]:
        found = super().bar()
        return [key for key in found if key.slot is not Slot.F7] + [
            Key(Slot.F7, _("View"), self._other_view, "" if self.shown.rows else _("there is no line"))
        ]

    def enter(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self._open(chosen)

    def _open(self, chosen: Line) -> None:
        found = opened(self.shown, chosen, self.request)
        if isinstance(found, ReportRequest):
            self.screen.open_report(found, before=self)
        elif isinstance(found, Whole):
            self.screen.turn_to(self._behind(self.shown, chosen, found))
        else:
            self.screen.say(_("What stands behind it is read in its own hall"), NOT_DONE)

    def change(self, request: ReportRequest) -> None:
        self.screen.turn_to(CityPane(self.screen, request, self.before))

    def _read_trend(self) -> None:
        self.view = "table"
        self.screen.repaint()
