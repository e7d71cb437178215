"""The counter of the demonstration hall: the terminal app, and one key that plays the citizen."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from devices.sim.control import send_command
from hallterm.config import Settings
from hallterm.demo_hall import PASSWORD, STAFF
from hallterm.keys import KeyMap
from hallterm.locale import N_, _
from hallterm.screens.sign_on import SignOnScreen
from hallterm.wiring import TerminalApp

HINT = N_("Demonstration: number {staff}, password {password}, Enter after each. Ctrl+T presses the rating pad")


class DemoApp(TerminalApp):
    """Ctrl+T presses *very good* on the simulated pad of this window; it also presses by itself."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+t", "press_pad", priority=True, show=False)]

    def __init__(self, settings: Settings, key_map: KeyMap, simulators: Path) -> None:
        super().__init__(settings, key_map, "sign_on")
        self._simulators = simulators
        self._pad = str(int(settings.window.code.rpartition("-")[2]))

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self._hint)

    def _hint(self) -> None:
        if isinstance(self.screen, SignOnScreen):
            self.screen.say(_(HINT).format(staff=STAFF, password=PASSWORD))

    def action_press_pad(self) -> None:
        self._press()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _press(self) -> None:
        with contextlib.suppress(OSError):
            send_command(self._simulators, f"press {self._pad} 1")
