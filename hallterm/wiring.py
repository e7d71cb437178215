"""Which screen follows which: the app of a terminal with its store, from the first page to the sign-off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import work
from textual.message import Message

from hallterm.app import HalltermApp
from hallterm.config import Settings
from hallterm.keys import KeyMap
from hallterm.screens.board import BoardScreen, read_board
from hallterm.screens.counter import CounterScreen
from hallterm.screens.editor import EditorScreen
from hallterm.screens.kiosk import KioskScreen
from hallterm.screens.setup import SetupScreen
from hallterm.screens.setup_form import Purpose
from hallterm.screens.sign_on import SignOnScreen
from hallterm.station.lock import start_for
from hallterm.store import SLOW_MS, Store, Viewer
from hallterm.widgets.frame import FrameScreen
from hallterm.widgets.messages import Seen
from hallterm.workflows.desk import Desk
from hallterm.workflows.look import look
from hallterm.workflows.seen import CounterView
from hallterm.workflows.sign_on import SignedOn, unlock
from hallterm.workflows.ticketing import kiosk_view
from storage.facts import Moment, Role

SIGN_ON, COUNTER, SETUP, KIOSK, BOARD, EDITOR, TICKETS = (
    *("sign_on", "counter", "setup", "kiosk", "board", "editor", "tickets"),
)
EDITORS = frozenset({Role.ADMIN, Role.HALL_DIRECTOR})
STATION_LOOK_S = 10.0
VIEWERS: Mapping[str, Viewer] = {COUNTER: look, KIOSK: kiosk_view, TICKETS: kiosk_view, BOARD: read_board}
"""What the storage thread reads while a screen is shown; the others ask by themselves."""


class DeskKiosk(KioskScreen):
    """The ticket page as a clerk opens it from the counter: Esc and the menu lead back."""

    class Left(Message):
        """Back to the counter."""

    def act(self, action: str) -> None:
        if action in ("back", "menu"):
            self.post_message(self.Left())
        else:
            super().act(action)


class StorageStopped(Message):
    """The storage thread ended by an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class TerminalApp(HalltermApp):
    """The app of one terminal; owns its storage thread. ``page`` is where it begins once the hall is set up."""

    def __init__(self, settings: Settings, key_map: KeyMap, page: str) -> None:
        screens: dict[str, Callable[[], FrameScreen]] = {
            SIGN_ON: lambda: SignOnScreen(settings.window.code),
            COUNTER: CounterScreen,
            SETUP: lambda: SetupScreen(settings.machine_folder),
            KIOSK: KioskScreen,
            BOARD: BoardScreen,
            EDITOR: EditorScreen,
            TICKETS: DeskKiosk,
        }
        store = Store(settings.data.path, self.tell, failed=self.storage_failed)
        desk = store.start()
        self.storage = store
        self.page = page
        self.settings = settings
        self._starting = False
        first = page if desk.hall else SETUP
        super().__init__(
            store=store, key_map=key_map, screens=screens, first=first, log_folder=settings.data.path / "log"
        )
        self.check_password = self._check
        self.when_signed_off = self._signed_off

    def on_mount(self) -> None:
        super().on_mount()
        self.storage.watch(VIEWERS.get(self._first))
        self.set_interval(STATION_LOOK_S, self._look_after_station)

    def storage_failed(self, error: Exception) -> None:
        """From the storage thread: nothing can be saved any more; stop with the incident's screen."""
        self.post_message(StorageStopped(error))

    def on_storage_stopped(self, message: StorageStopped) -> None:
        raise message.error

    def _look_after_station(self) -> None:
        """Any terminal starts the station again when it is gone."""
        if self.storage.desk.hall and not self._starting:
            self._ensure_station()

    def case_now(self) -> Moment:
        """Standing still since a write failed, or since one has been hanging for more than a second."""
        now = self.now()
        hanging = self.storage.in_flight_since
        if hanging is not None and now.m - hanging.m > SLOW_MS:
            return self.storage.blocked_since or hanging
        return self.storage.blocked_since or now

    def _check(self, desk: Desk, now: Moment, password: str) -> None:
        unlock(desk, self.storage.vault, desk.staff, password, now)

    def open_page(self, name: str) -> None:
        """Show a screen and read what it shows from now on."""
        self.storage.watch(VIEWERS.get(name))
        self.go(name)

    def on_seen(self, message: Seen) -> None:
        """A counter's view goes to the counter, any other to the screen that is shown."""
        if isinstance(message.view, CounterView):
            super().on_seen(message)
        elif isinstance(self.screen, FrameScreen):
            self.screen.show_view(message.view)

    # --- from one screen to the next ----------------------------------------------------------------------------------

    def on_setup_screen_founded(self, message: SetupScreen.Founded) -> None:
        """The hall is there: the station begins, the machine goes on with its purpose."""
        self.storage.sit()
        self._ensure_station()
        self.open_page({Purpose.KIOSK: KIOSK, Purpose.BOARD: BOARD}.get(message.purpose, SIGN_ON))

    @work(thread=True, exit_on_error=False)
    def _ensure_station(self) -> None:
        self._starting = True
        try:
            start_for(self.settings)
        finally:
            self._starting = False

    def on_sign_on_screen_entered(self, message: SignOnScreen.Entered) -> None:
        """Somebody is signed on: the store is seated, the screen of the person comes."""
        signed = message.signed
        self.storage.sit(window=signed.window, staff=signed.staff.number, lease=signed.lease)
        self.pages = self._pages_of(signed)
        self.open_page(COUNTER if signed.window else EDITOR)

    def _pages_of(self, signed: SignedOn) -> dict[str, Callable[[], None]]:
        """What the menu may open for this person."""
        pages: dict[str, Callable[[], None]] = {"tickets.issue": lambda: self.open_page(TICKETS)}
        if EDITORS & set(signed.roles):
            pages["catalogue"] = lambda: self.open_page(EDITOR)
        return pages

    def on_desk_kiosk_left(self) -> None:
        self.open_page(COUNTER)

    def on_editor_screen_left(self) -> None:
        """Back to the counter, or, for somebody without a window, to the sign-on."""
        if self.storage.desk.window:
            self.open_page(COUNTER)
        else:
            self._signed_off()

    def _signed_off(self) -> None:
        self.storage.sit()
        self.open_page(SIGN_ON)
