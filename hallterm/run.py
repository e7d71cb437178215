"""Opening a terminal: look at line, keys and data; start the station; run the app; after a crash offer to reopen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hallterm.centre_place import CENTRE_FILE, HALL_FILE, REOPEN, is_centre, opener_of
from hallterm.config import Settings
from hallterm.incident import record_what_escapes
from hallterm.keys import KeyMap, resolve
from hallterm.locale import _, use
from hallterm.plain_screens import IncidentFacts, incident_screen
from hallterm.platform import quiet_terminal, read_key
from hallterm.terminal import Dress, TerminalAnswer, decide, look_at_terminal
from storage.errors import StorageError

if TYPE_CHECKING:
    from hallterm.wiring import TerminalApp

HANGUP_CODES = 128


def main(settings: Settings) -> int:
    """The counter, or the desk of whoever signs on."""
    return _run(settings, "sign_on")


def kiosk(settings: Settings) -> int:
    """The ticket machine."""
    return _run(settings, "kiosk")


def board(settings: Settings) -> int:
    """The hall TV."""
    return _run(settings, "board")


def mirror(settings: Settings) -> int:
    """The mirror of the window of these settings."""
    return _run(settings, "mirror")


def _run(settings: Settings, page: str) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(_("hallterm needs a terminal (standard input and output); over SSH use ssh -t"), file=sys.stderr)
        return 2
    return run_settings(settings, page, lambda key_map: open_app(settings, key_map, page))


def run_settings(settings: Settings, page: str, make: Callable[[KeyMap], TerminalApp]) -> int:
    """Run the app until somebody leaves; after a crash it may be opened again. Returns the exit code."""
    folder = settings.data.path
    folder.mkdir(parents=True, exist_ok=True)
    record_what_escapes(folder / "log")
    dress = dress_of(settings)
    key_map = resolve(settings.keys, settings.reserved, settings.window.code)
    if dress.remark:
        print(dress.remark)
    while True:
        try:
            check_data(settings)
        except StorageError as error:
            from hallterm.repair import cannot_open

            if cannot_open(error, settings):
                return 1
            continue
        ensure_station(settings)
        app = make(key_map)
        if dress.ascii_only:
            show_ascii(app)
        try:
            app.run(mouse=False)
        finally:
            app.storage.close()
        code = app.return_code or 0
        if code == REOPEN:
            continue
        if not app.incident_number or code >= HANGUP_CODES or not _open_again(app, folder):
            return code


def dress_of(settings: Settings) -> Dress:
    """Ask the terminal what it can show, and switch to the language that follows."""
    answer = look_at_terminal() if sys.stdin.isatty() else TerminalAnswer()
    dress = decide(settings.ui.language, os.environ, answer)
    use(dress.language)
    return dress


def show_ascii(app: TerminalApp) -> None:
    """Names in Chinese become question marks of the same width."""
    from hallterm.driver import AsciiDriver

    app.driver_class = AsciiDriver


def check_data(settings: Settings) -> None:
    """Open the data once; raises the StorageError that everybody would meet. The station checks the whole chain."""
    from storage import tail, views
    from storage.vault import Vault

    journal = opener_of(settings)()
    try:
        tail.newest(journal)
        views.windows(journal.database, journal.identity.hall if journal.is_set_up else "")
    finally:
        journal.close()
    Vault.open(settings.data.path).close()


def ensure_station(settings: Settings) -> None:
    """Start the background process of this folder unless one runs, or the hall is not set up yet; a centre has none."""
    from hallterm.station.lock import start_for
    from storage.journal import Journal

    if is_centre(settings.data.path):
        return
    journal = Journal.open(settings.data.path / "hall.db")
    try:
        if journal.is_set_up:
            start_for(settings)
    finally:
        journal.close()


def open_app(settings: Settings, key_map: KeyMap, page: str) -> TerminalApp:
    """Make the app; Textual is imported here, after its environment is set."""
    from hallterm.wiring import TerminalApp

    return TerminalApp(settings, key_map, page)


def _open_again(app: TerminalApp, folder: Path) -> bool:
    """The incident's screen; Enter opens again."""
    text = incident_screen(app.incident_number, incident_facts(app, folder))
    with quiet_terminal(0):
        print(text, end="", flush=True)
        while True:
            key = read_key(None)
            if key in ("\r", "\n"):
                return True
            if key in ("", "\x03", "\x11"):
                return False


def incident_facts(app: TerminalApp, folder: Path) -> IncidentFacts:
    """What is certainly saved, without anybody's data."""
    from hallterm.station.lock import station_runs
    from storage import tail
    from storage.journal import Journal

    name = CENTRE_FILE if is_centre(folder) else HALL_FILE
    stopped_at = app.incident_at or datetime.now().astimezone()
    try:
        journal = Journal.open(folder / name)
        last = tail.newest(journal)
        journal.close()
    except StorageError:
        last = None
    return IncidentFacts(
        stopped_at=stopped_at,
        record_folder=str(folder / "log"),
        last_saved_at=datetime.fromtimestamp(last.t / 1000, UTC).astimezone() if last else None,
        last_saved_seq=last.seq if last else None,
        station_runs=station_runs(folder),
    )
