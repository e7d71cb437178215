"""The counter of the demonstration hall: the terminal app, and one key that plays the citizen."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from devices.sim.control import send_command
from hallterm.config import Settings
from hallterm.demo_people import PLACES, who_rows
from hallterm.keys import KeyMap
from hallterm.locale import N_, _
from hallterm.modes import SIGN_ON
from hallterm.rules.numbers import window_number
from hallterm.screens.sign_on import SignOnScreen, Step
from hallterm.wiring import TerminalApp

HINT = N_("Demonstration: Ctrl+T presses the rating pad for the taxpayer")


GUEST_ROW = 5
"""Where those who may sign on are named, below the last day."""


class DemoSignOn(SignOnScreen):
    """Names who may sign on; a clerk sits at his own window, others choose one or none."""

    def _ask_who(self) -> None:
        self.window = ""
        super()._ask_who()

    def _below(self, now_t: int) -> list[str]:
        rows = super()._below(now_t)
        if self.step is Step.WHO and len(rows) > GUEST_ROW:
            named = [f"     {row}" for row in who_rows()]
            rows[GUEST_ROW : GUEST_ROW + len(named)] = named
        return rows

    def _sign_on(self) -> None:
        self.window = PLACES.get(self.number.value.strip(), "")
        super()._sign_on()


class DemoApp(TerminalApp):
    """Ctrl+T presses *very good* on the simulated pad of the person's window; it also presses by itself."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+t", "press_pad", priority=True, show=False)]

    def __init__(self, settings: Settings, key_map: KeyMap, simulators: Path) -> None:
        super().__init__(settings, key_map, "sign_on")
        self._makers = {**self._makers, SIGN_ON: DemoSignOn}
        self._simulators = simulators

    def on_mount(self) -> None:
        self.call_after_refresh(self._hint)

    def _hint(self) -> None:
        if isinstance(self.screen, SignOnScreen):
            self.screen.say(_(HINT))

    def action_press_pad(self) -> None:
        window = self.storage.desk.window
        if window:
            self._press(str(window_number(window)))

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _press(self, pad: str) -> None:
        with contextlib.suppress(OSError):
            send_command(self._simulators, f"press {pad} 1")
