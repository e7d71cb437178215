"""The devices of this PC for everybody else (menu 31): what each is, how it stands, what to do. Nothing can be changed."""

from __future__ import annotations

from textual.events import ScreenResume
from textual.message import Message

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import local
from hallterm.screens.mode_screen import InMode
from hallterm.screens.panes import BAR
from hallterm.screens.technician_base import SCAN_EVERY_MS, PortsScreen
from hallterm.screens.technician_figures import link_text
from hallterm.screens.technician_sentences import row_sentence
from hallterm.screens.technician_words import place_text, state_word
from hallterm.widgets.cells import fit, right
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.look import Place, same_window
from hallterm.workflows.technician.visit import Visit
from storage.facts import Moment
from storage.local import DeviceWord


class DeviceStatusScreen(InMode, PortsScreen):
    """One row a device and one sentence for each in trouble; Esc and the menu lead back."""

    in_mode = "devices"

    class Left(Message):
        """Back to where the person came from."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, "device-status")

    def on_screen_resume(self, event: ScreenResume) -> None:
        self.visit = Visit(self.host.now())
        super().on_screen_resume(event)
        self.read()

    def paint(self) -> None:
        look = self.look
        self.set_keys([self.slot(Slot.CTRL_P, _("Menu"))])
        self.set_reasons(_("Esc goes back; a technician can test and bind devices"))
        if look is None:
            return
        self.title_in_mode(look.hall_name, look.name or look.staff, _("Devices"))
        self.set_health(health_row(look.health, self.host.now().t, self.size.width))
        rows: list[Row] = [f" {fit(_('Device'), 24)}{fit(_('State'), 10)}{fit(_('since'), 8)}{right(_('Link %'), 8)}"]
        rows += [self._row(word) for word in look.devices]
        if not look.devices:
            rows.append(" " + _("No device is bound to this PC; a technician binds them"))
        rows += ["", *self._sentences(look.devices)]
        self._line("page", *rows[: max(1, self.size.height - 7)])

    def _row(self, word: DeviceWord) -> Row:
        name, ink = state_word(word.state)
        since = f"{local(word.since_t):%H:%M}" if word.since_t else "--"
        head = f" {fit(place_text(word.role, word.window), 24)}{fit(name, 10)}{fit(since, 8)}"
        return ((f"{head}{right(link_text(word), 8)}", ink),)

    def _sentences(self, devices: tuple[DeviceWord, ...]) -> list[Row]:
        rows: list[Row] = []
        for word in devices:
            row = next(
                (
                    row
                    for row in self.ports.rows
                    if any(one.role == word.role and same_window(word.window, one.window) for one in row.bound)
                ),
                None,
            )
            sentence = row_sentence(row, word) if row is not None else ""
            if sentence:
                rows.append(((f" {sentence}", Ink.PLAIN),))
        return rows

    def second(self) -> None:
        if self.scan_due:
            self.scan()

    def rest_s(self, now: Moment) -> float:
        return SCAN_EVERY_MS / 1000

    def act(self, action: str) -> None:
        if action in ("back", "menu"):
            self.post_message(self.Left())
        elif action in BAR:
            self.say(f"{self.key_of(action)}  {_('not used on this page')}", NOT_DONE)
        else:
            super().act(action)
