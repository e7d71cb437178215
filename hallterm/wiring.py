"""Which screen follows which: the app of a terminal with its store, from the first page to the sign-off."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.events import Resize
from textual.message import Message

from devices.card import CardReading
from hallterm.app import HalltermApp
from hallterm.centre_place import REOPEN, is_centre, opener_of
from hallterm.config import Settings
from hallterm.keys import KeyMap
from hallterm.modes import (
    BOARD,
    CENTRE_SETUP,
    COUNTER,
    KIOSK,
    MODE_MENU,
    SETUP,
    SIGN_ON,
    home_of,
    is_office,
    makers,
    menu_pages,
    mode_pages,
    viewer,
)
from hallterm.reader_settings import TypingReader, reader_of
from hallterm.rules.words import Reason
from hallterm.station.lock import start_for
from hallterm.store import SLOW_MS, Store
from hallterm.widgets.bars import is_roomy
from hallterm.widgets.frame import ATTENTION, FrameScreen
from hallterm.widgets.messages import Seen
from hallterm.workflows.desk import Desk
from hallterm.workflows.rights_age import NEW_RIGHTS
from hallterm.workflows.seen import CounterView
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.launching import Launches
    from hallterm.screens.setup import SetupScreen
    from hallterm.screens.sign_on import SignOnScreen
    from hallterm.screens.technician import TechnicianScreen
    from hallterm.swipes import Swipes

STATION_LOOK_S = 10.0
AFTER_ANSWER_S = 0.5


def _card_of(folder: Path, window: str) -> CardReading:
    from hallterm.station.cards import read_card

    return read_card(folder, window)


class StorageStopped(Message):
    """The storage thread ended by an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class ScanWaits(Message):
    """The station holds what was scanned at a window."""

    def __init__(self, window: str) -> None:
        super().__init__()
        self.window = window


class TerminalApp(HalltermApp):
    """The app of one terminal; owns its storage thread. ``page`` is where it begins once the hall is set up."""

    def __init__(self, settings: Settings, key_map: KeyMap, page: str) -> None:
        store = Store(
            settings.data.path,
            self.tell,
            failed=self.storage_failed,
            scanned=self.scanned,
            open_journal=opener_of(settings),
        )
        desk = store.start()
        self.storage = store
        self.page = page
        self.settings = settings
        self._starting = False
        self._shown = ""
        self._roomy = False
        self._home = self._left_for_menu = SIGN_ON
        self._swipes: Swipes | None = None
        self._launching: Launches | None = None
        self._rights = NEW_RIGHTS
        self.at_centre = is_centre(settings.data.path)
        first = self._first_at_centre() if self.at_centre else page if desk.hall else SETUP
        super().__init__(
            store=store,
            key_map=key_map,
            screens=makers(settings),
            first=first,
            log_folder=settings.data.path / "log",
        )
        self.check_password = self._check
        self.card_of = partial(_card_of, settings.data.path)
        self.when_signed_off = self._signed_off
        self._watch_reader(settings.window.code)

    def _first_at_centre(self) -> str:
        """Its first administrator is asked for until somebody can sign on."""
        from hallterm.workflows.centre_setup import needs_administrator

        vault = self.storage.vault
        asked = self.storage.submit(lambda desk, _now: needs_administrator(desk.journal, vault), writes=False)
        return CENTRE_SETUP if asked.result() else SIGN_ON

    def on_mount(self) -> None:
        """Textual itself calls that of the class below too; called from here it would show the first screen twice."""
        self.call_next(self._watch, self._first)
        self.set_interval(STATION_LOOK_S, self._look_after_station)

    def _watch_reader(self, window: str) -> None:
        """Catch swipes where this window has a reader that types; without one no key takes a longer way."""
        reader = reader_of(self.settings.readers, window, self.settings.window.typing_reader)
        if reader is not None and self._swipes is None:
            self._catch_swipes(reader)

    def _catch_swipes(self, reader: TypingReader) -> None:
        from hallterm.swipes import Swipes

        if self._swipes is None:
            self._swipes = Swipes(self, reader)
            self._swipes.install()
        else:
            self._swipes.use(reader)

    def storage_failed(self, error: Exception) -> None:
        """From the storage thread: nothing can be saved any more; stop with the incident's screen."""
        self.post_message(StorageStopped(error))

    def scanned(self, window: str) -> None:
        """From the storage thread: the scanner of this window read something."""
        self.post_message(ScanWaits(window))

    def on_scan_waits(self, message: ScanWaits) -> None:
        from hallterm.swipes import fill_waiting

        self.run_worker(fill_waiting(self, self.settings.data.path, message.window))

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
        from hallterm.workflows.sign_on import unlock

        unlock(desk, self.storage.vault, desk.staff, password, now)

    def open_page(self, name: str) -> None:
        """Show a screen and read what it shows from now on."""
        self._watch(name)
        self.go(name)

    def _watch(self, name: str) -> None:
        self._shown, self._roomy = name, is_roomy(*self.size)
        self.storage.watch(viewer(name, self._roomy, self.settings))

    def on_resize(self, event: Resize) -> None:
        """A terminal that grew shows more of the same screen."""
        if self._shown and is_roomy(*event.size) != self._roomy:
            self.call_after_refresh(self._watch, self._shown)

    def on_seen(self, message: Seen) -> None:
        """A counter's view goes to the counter, any other to the screen that is shown."""
        message.prevent_default()  # else the handler of the class below is called as well, with any view
        if isinstance(message.view, CounterView):
            super().on_seen(message)
            if self.settings.launch.command:
                self._launches().seen(message.view)
        elif isinstance(self.screen, FrameScreen):
            self.screen.show_view(message.view)

    def _launches(self) -> Launches:
        """What opens the tax software; most PCs open nothing and never load it."""
        from hallterm.launching import Launches

        if self._launching is None:
            self._launching = Launches(self.settings.launch.command, self._not_launched)
        return self._launching

    def _not_launched(self, sentence: str) -> None:
        """From the thread of a start: row 22 says it, nothing else waits for it."""
        with contextlib.suppress(RuntimeError):  # the program ends just now
            self.call_from_thread(self._tell_launch, sentence)

    def _tell_launch(self, sentence: str) -> None:
        """After the answer to the key that started the matter, which would take its place."""

        def tell() -> None:
            if isinstance(self.screen, FrameScreen):
                self.screen.say(sentence, ATTENTION)

        self.set_timer(AFTER_ANSWER_S, tell)

    # --- from one screen to the next ----------------------------------------------------------------------------------

    def on_setup_screen_founded(self, message: SetupScreen.Founded) -> None:
        """The hall is there: the station begins, the machine goes on with its purpose."""
        from hallterm.screens.setup_form import Purpose

        if message.purpose is Purpose.CENTRE:
            self.exit(return_code=REOPEN)
            return
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
        self._watch_reader(signed.window)
        hall = self.storage.desk.hall
        self.pages = menu_pages(signed, hall, self._open_fresh)
        self.mode = mode_pages(signed, hall, self._open_fresh)
        self._rights = signed.rights
        self._home = home_of(signed, hall)
        if signed.rights.refused and is_office(self._home):
            self._home = MODE_MENU
        self._left_for_menu = self._home
        self.open_page(self._home)
        if signed.rights.said:
            self.made(self._home).call_after_refresh(self._say, signed.rights.said)

    def _open_fresh(self, name: str) -> None:
        """The same for a page that was asked for: with old rights those of the office want a sync first."""
        if self._rights.refused and is_office(name):
            self._say(self._rights.refused)
        else:
            self.open_page(name)

    def _say(self, sentence: Reason) -> None:
        if isinstance(self.screen, FrameScreen):
            self.screen.say(sentence.text(), ATTENTION)

    def on_desk_kiosk_left(self) -> None:
        self.open_page(COUNTER)

    # Who works without a window has the menu as a page of its own.

    def on_technician_screen_left(self) -> None:
        self._open_menu()

    def on_technician_screen_reader_learnt(self, message: TechnicianScreen.ReaderLearnt) -> None:
        self._catch_swipes(message.reader)

    def on_technician_screen_menu_wanted(self) -> None:
        self._open_menu()

    def on_editor_screen_menu_wanted(self) -> None:
        self._open_menu()

    def on_device_status_screen_left(self) -> None:
        self._open_menu()

    def on_presses_screen_left(self) -> None:
        self._open_menu()

    def on_in_mode_left(self) -> None:
        self._open_menu()

    def _open_menu(self) -> None:
        if self._shown != MODE_MENU:
            self._left_for_menu = self._shown
        self.open_page(COUNTER if self.storage.desk.window else MODE_MENU)

    def on_mode_menu_screen_left(self) -> None:
        self.open_page(self._left_for_menu)

    def on_mode_menu_screen_signed_off(self) -> None:
        self._signed_off()

    def on_editor_screen_left(self) -> None:
        self._open_menu()

    def _signed_off(self) -> None:
        self.mode = ()
        self.storage.sit()
        self.open_page(SIGN_ON)
