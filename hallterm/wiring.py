"""Which screen follows which: the app of a terminal with its store, from the first page to the sign-off."""

from __future__ import annotations

from collections.abc import Callable

from hallterm.app import HalltermApp
from hallterm.config import Settings
from hallterm.keys import KeyMap
from hallterm.screens.counter import CounterScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.store import Store
from hallterm.widgets.frame import FrameScreen
from hallterm.workflows.desk import Desk
from hallterm.workflows.look import look
from hallterm.workflows.sign_on import SignedOn, unlock
from storage.facts import Moment

SIGN_ON, COUNTER, SETUP, KIOSK, BOARD, EDITOR = "sign_on", "counter", "setup", "kiosk", "board", "editor"


def _setup() -> FrameScreen:
    from hallterm.screens.setup import SetupScreen

    return SetupScreen()


def _kiosk() -> FrameScreen:
    from hallterm.screens.kiosk import KioskScreen

    return KioskScreen()


def _board() -> FrameScreen:
    from hallterm.screens.board import BoardScreen

    return BoardScreen()


def _editor() -> FrameScreen:
    from hallterm.screens.editor import EditorScreen

    return EditorScreen()


class TerminalApp(HalltermApp):
    """The app of one terminal; owns its storage thread."""

    def __init__(self, settings: Settings, key_map: KeyMap, page: str) -> None:
        window = settings.window.code
        screens: dict[str, Callable[[], FrameScreen]] = {
            SIGN_ON: lambda: SignOnScreen(window),
            COUNTER: CounterScreen,
            SETUP: _setup,
            KIOSK: _kiosk,
            BOARD: _board,
            EDITOR: _editor,
        }
        store = Store(settings.data.path, self.tell)
        desk = store.start()
        first = page if desk.hall else SETUP
        super().__init__(
            store=store, key_map=key_map, screens=screens, first=first, log_folder=settings.data.path / "log"
        )
        self.storage = store
        self.page = page
        self.check_password = self._check
        self.when_signed_off = self._signed_off

    def _check(self, desk: Desk, now: Moment, password: str) -> None:
        unlock(desk, self.storage.vault, desk.staff, password, now)

    def on_sign_on_screen_entered(self, message: SignOnScreen.Entered) -> None:
        """Somebody is signed on: the store is seated, the screen of the person comes."""
        signed = message.signed
        self.storage.sit(window=signed.window, staff=signed.staff.number, lease=signed.lease)
        self.pages = self._pages_of(signed)
        if signed.window:
            self.storage.watch(look)
            self.go(COUNTER)
        else:
            self.go(EDITOR)

    def _pages_of(self, signed: SignedOn) -> dict[str, Callable[[], None]]:
        return {"menu.language": self.change_language}

    def _signed_off(self) -> None:
        self.storage.watch(None)
        self.storage.sit()
        self.go(SIGN_ON)
