"""The terminal program: the screens of one terminal, its keys and its clock. Who does what next is wired by the launcher.

``HalltermApp`` shows the screens it was given (each is made once), hands them the views that the storage thread tells,
and leaves through the driver that survives stalled and vanished lines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.reactive import Reactive

from devices.card import CardCode, CardReading
from hallterm.driver import HalltermDriver
from hallterm.incident import RecordsIncidents
from hallterm.keys import KeyMap
from hallterm.locale import language, use
from hallterm.widgets.frame import FrameScreen
from hallterm.widgets.host import ModePage, Store
from hallterm.widgets.messages import Seen
from hallterm.workflows.desk import Desk
from hallterm.workflows.seen import CounterView
from storage.clock import now as read_clock
from storage.facts import Moment


class HalltermApp(RecordsIncidents, App[int], inherit_bindings=False):
    """One terminal. ``screens`` are made at their first use, by name; ``first`` is shown at the start.

    Set ``check_password`` (raises Refused) to unlock, ``pages`` to what the person may open from the menu, and
    ``when_signed_off`` to what follows a sign-off. Run it with ``mouse=False``.
    """

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    # Sixteen colours named by the terminal: fewest bytes, and colour only repeats what a mark says. As the default, not
    # set later: a change of the theme reads all styles again.
    theme: Reactive[str] = Reactive("ansi-dark")

    def __init__(
        self,
        *,
        store: Store,
        key_map: KeyMap,
        screens: Mapping[str, Callable[[], FrameScreen]],
        first: str,
        log_folder: Path,
        clock: Callable[[], Moment] = read_clock,
        driver_class: type[Driver] = HalltermDriver,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.store: Store = store
        self.key_map = key_map
        self.log_folder = log_folder
        self.pages: Mapping[str, Callable[[], None]] = {}
        self.mode: Sequence[ModePage] = ()
        self.check_password: Callable[[Desk, Moment, str], None] | None = None
        self.when_signed_off: Callable[[], None] | None = None
        self.card_of: Callable[[str], CardReading] | None = None
        self.view: CounterView | None = None
        self._makers = screens
        self._made: dict[str, FrameScreen] = {}
        self._first = first
        self._clock = clock

    def now(self) -> Moment:
        return self._clock()

    def case_now(self) -> Moment:
        """The clocks of the case."""
        return self.now()

    def on_mount(self) -> None:
        self.push_screen(self.made(self._first))

    def made(self, name: str) -> FrameScreen:
        """The screen of this name; each is made once and kept."""
        if name not in self._made:
            screen = self._made[name] = self._makers[name]()
            self.install_screen(screen, name)
            if self.view is not None:
                screen.show_view(self.view)
        return self._made[name]

    def go(self, name: str) -> None:
        """Show another screen in place of the one that is shown."""
        if self.screen is not self.made(name):
            self.switch_screen(name)

    def tell(self, view: Any) -> None:
        """A new view, from any thread."""
        self.post_message(Seen(view))

    def on_seen(self, message: Seen) -> None:
        if not self.is_running:  # it is being closed, and its screens are already empty
            return
        self.view = message.view
        for screen in self._made.values():
            screen.show_view(message.view)

    def change_language(self) -> None:
        """The other language, at once."""
        use("en" if language() == "zh_CN" else "zh_CN")
        if isinstance(self.screen, FrameScreen):
            self.screen.repaint()

    async def unlock(self, password: str) -> None:
        check = self.check_password
        if check is None:
            return

        def work(desk: Desk, now: Moment) -> None:
            check(desk, now, password)

        await self.store.do(work, self.now(), writes=False)

    async def read_card(self, window: str) -> CardReading:
        """The ID card on a window's reader; the station is asked beside the thread that draws."""
        if self.card_of is None:
            return CardReading(CardCode.NOT_READY)
        return await asyncio.to_thread(self.card_of, window)

    def signed_off(self) -> None:
        self.view = None
        if self.when_signed_off is not None:
            self.when_signed_off()
