"""The technician's mode: eight pages over one list of ports, all by keyboard. Looking never opens a port."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.events import Key as KeyEvent
from textual.events import ScreenResume, ScreenSuspend, Unmount
from textual.message import Message

from devices.technician.findings import Finding
from hallterm.actions import Slot
from hallterm.keys import key_name
from hallterm.locale import _
from hallterm.reader_settings import TypingReader
from hallterm.rules.day import local
from hallterm.screens.menu import CardLine, card_rows
from hallterm.screens.technician_base import SCAN_EVERY_MS, PortsScreen
from hallterm.screens.technician_bind import Binder
from hallterm.screens.technician_checkup import CheckPage
from hallterm.screens.technician_figures import health_line
from hallterm.screens.technician_identify import IdentifyPage
from hallterm.screens.technician_jobs import Jobs
from hallterm.screens.technician_keys import KeysPage
from hallterm.screens.technician_loopback import LoopPage
from hallterm.screens.technician_monitor import MonitorPage
from hallterm.screens.technician_page import Key, Page
from hallterm.screens.technician_parameters import ParametersPage
from hallterm.screens.technician_ports import PortsPage
from hallterm.screens.technician_report import ReportPage
from hallterm.widgets.bars import reasons_text
from hallterm.widgets.cells import fit, width
from hallterm.widgets.frame import ATTENTION, NOT_DONE, PAGES_COLUMN
from hallterm.widgets.lines import Row
from hallterm.widgets.seconds import SECOND_S
from hallterm.workflows.technician.look import Place, Ports
from hallterm.workflows.technician.station import StationLine
from hallterm.workflows.technician.visit import Visit
from hallterm.workflows.technician.workshop import Workshop
from storage.facts import Moment

PAGES: tuple[Callable[[TechnicianScreen], Page], ...]


class TechnicianScreen(PortsScreen):
    """Digits 1-8 choose the page, arrows the port; a page says what its keys do and why one does not."""

    class Left(Message):
        """Back to where the person came from."""

    class MenuWanted(Message):
        """The menu of the person."""

    class ReaderLearnt(Message):
        """A reader types at this window from now on, with these habits."""

        def __init__(self, reader: TypingReader) -> None:
            super().__init__()
            self.reader = reader

    def __init__(self, place: Place) -> None:
        super().__init__(place, "technician")
        self.workshop = Workshop()
        self.jobs = Jobs(self)
        self.binder = Binder(self)
        self.helping = False
        self.noisy: set[str] = set()
        self.failed: dict[str, Finding] = {}
        self.station: StationLine
        self.pages: tuple[Page, ...] = tuple(make(self) for make in PAGES)
        self.page = self.pages[0]

    # what is known

    def on_screen_resume(self, event: ScreenResume) -> None:
        if not hasattr(self, "visit"):
            store: Any = self.host.store
            self.visit = Visit(self.host.now())
            self.station = StationLine(
                store, self.host.now, lambda: self.look is not None and self.look.station, self.place
            )
        super().on_screen_resume(event)
        self.page.shown()
        self.read()

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        super().on_screen_suspend(event)
        self.page.leave()

    def on_unmount(self, _event: Unmount) -> None:
        self.jobs.stop()
        self.workshop.close()

    def ports_changed(self, before: Ports) -> None:
        self.binder.news(before, self.ports)

    def move(self, key: str) -> None:
        """The cursor of the list of ports."""
        rows, here = self.ports.rows, self.chosen
        if here is None or self.jobs.now is not None:
            return
        place, last = rows.index(here), len(rows) - 1
        steps = {"up": -1, "down": 1, "pageup": -5, "pagedown": 5, "home": -last, "end": last}
        self.choose(rows[max(0, min(last, place + steps.get(key, 0)))])
        self.draw()

    # drawing

    def paint(self) -> None:
        self.binder.crossed()
        self.set_health(health_line(self.look, self.ports, self.size.width) if self.look else "")
        self.draw()

    def draw(self) -> None:
        """The body, the reasons and the bar: only rows that differ are painted."""
        if self.helping:
            self._line("page", *self._card(max(1, self.size.height - 7)))
        else:
            self.draw_page()
        self._draw_keys()

    def draw_page(self) -> None:
        """The body alone."""
        if not self.helping:
            height = max(1, self.size.height - 7)
            self._line("page", *self.page.rows(self.size.width, height)[:height])

    def _draw_keys(self) -> None:
        keys = [*self.page.bar(), self._menu_key()]
        self.set_keys([self.slot(key.slot, key.label, self.refusal(key) or None) for key in keys])
        if self.field is not None:
            return
        names = [(self.key_of(self.slot_action(key.slot)), self.refusal(key)) for key in keys]
        text = reasons_text([(name, why) for name, why in names if why], self.size.width - 2)
        self.set_reasons(text or self.page.hint())

    def _menu_key(self) -> Key:
        return Key(Slot.CTRL_P, _("Menu"), lambda: None)

    def refusal(self, key: Key) -> str:
        """Why a key of a page does not work now."""
        if key.slot is Slot.CTRL_P:
            return ""
        if self.look is None:
            return _("the data is being read")
        if not self.look.may_work:
            return _("your roles only let you look; the administrator can grant more")
        return key.refused

    def _card(self, height: int) -> list[Row]:
        lines = [
            CardLine(key_name(self.host.key_map.slot_key(key.slot)), key.label, "", self.refusal(key))
            for key in self.page.bar()
        ]
        return card_rows(lines, self.host.key_map, height, self.size.width)

    def _draw_title(self) -> None:
        now, look = self.host.now(), self.look
        end = f" {local(now.t):%m-%d} "
        window = self.place.window.rpartition("-")[2].lstrip("0")
        place = _("Window {number}").format(number=window) if window else look.hall_name if look else ""
        names = " ".join(f"{'>' if page is self.page else ''}{_(page.title)}" for page in self.pages)
        start = fit(f" {place} {look.staff if look else ''}", PAGES_COLUMN)
        cells = self.size.width - 6
        self._line("title", fit(start + names, cells - width(end)) + end)
        self.draw_clock()

    def second(self) -> None:
        now = self.host.now()
        if self.jobs.now is not None:
            self.page.second()
            self.draw_page()
        elif self.scan_due:
            self.scan()
        self.binder.second(now)

    def rest_s(self, now: Moment) -> float:
        return SECOND_S if self.jobs.now is not None else SCAN_EVERY_MS / 1000

    # keys

    @property
    def raw_keys(self) -> bool:  # type: ignore[override]  # a page says so
        return self.page.learning

    def on_key(self, event: KeyEvent) -> None:
        """Before the key of the frame: a page may want it as it arrived."""
        if self.page.raw(event):
            self.last_key_m = self.host.now().m
            event.stop()
            event.prevent_default()

    def act(self, action: str) -> None:
        keys = {self.slot_action(key.slot): key for key in self.page.bar()}
        if action == "menu":
            self.post_message(self.MenuWanted())
        elif action == "help":
            self.helping = not self.helping
            self.draw()
        elif action == "back":
            self._back()
        elif action == "undo":
            self.binder.undo()
        elif action in keys:
            self._key(keys[action])
        else:
            super().act(action)

    def _key(self, key: Key) -> None:
        refused = self.refusal(key)
        if refused:
            self.say(f"{self.key_of(self.slot_action(key.slot))}  {refused}", NOT_DONE)
            return
        self.helping = False
        if self.field is not None:
            self.end_text()
        key.do()
        self.draw()

    def _back(self) -> None:
        if self.helping:
            self.helping = False
        elif self.field is not None:
            self.end_text()
        elif self.jobs.stop() or self.page.back():
            pass
        else:
            self.post_message(self.Left())
            return
        self.draw()

    def digit(self, digit: int) -> None:
        if self.look is not None and self.look.may_work and self.page.digit(digit):
            self.draw()
        elif 1 <= digit <= len(self.pages):
            self.open_page(self.pages[digit - 1])

    def open_page(self, page: Page) -> None:
        """Another page; what runs must end first."""
        if self.jobs.now is not None:
            self.say(_("{name} is running: Esc stops it").format(name=self.jobs.now.name), ATTENTION)
            return
        if page is not self.page:
            self.page.leave()
            self.page = page
            self.helping = False
            self.say("")
            page.shown()
        self.repaint()

    def arrow(self, key: str) -> None:
        self.page.arrow(key)
        self.draw()

    def enter(self) -> None:
        self.page.enter()
        self.draw()


PAGES = (PortsPage, IdentifyPage, MonitorPage, LoopPage, KeysPage, ParametersPage, CheckPage, ReportPage)
