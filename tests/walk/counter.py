"""The counter of a demonstration hall in a real terminal, for benchmarks and for the walk through the screens."""

from __future__ import annotations

import os
import sys
from typing import TypeVar

from devices.sim.control import send_command
from hallterm.demo_hall import PASSWORD, STAFF, WINDOW, DemoHall
from hallterm.locale import _, use
from hallterm.rules.labels import WINDOW_STATES
from hallterm.workflows.desk import Desk
from hallterm.workflows.ticketing import issue
from storage.clock import now
from storage.facts import WindowState
from storage.journal import Journal
from storage.local import Board
from tests.end_to_end.terminal import Terminal

STATE_ROW = 4
PAD = str(int(WINDOW.rpartition("-")[2]))
"""The name of this window's devices among the simulators."""
LANGUAGES = {"zh_CN": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
"""LANG for each language of the program."""
RETRY_S = 1.5
TRIES = 10

T = TypeVar("T", bound=Terminal)


def open_terminal(
    hall: DemoHall,
    kind: type[T],
    *arguments: str,
    language: str = "zh_CN",
    size: tuple[int, int] = (80, 24),
    window: str = WINDOW,
) -> T:
    """``python -m hallterm`` on the folder of this hall; its own station runs already."""
    environment = {
        "LANG": LANGUAGES[language],
        "HALLTERM_NO_STATION": "1",
        "HALLTERM_SIMULATORS": os.environ.get("HALLTERM_SIMULATORS"),
    }
    config = ["--config", str(hall.settings.file), *(["--window", window] if window else [])]
    return kind([sys.executable, "-m", "hallterm", *arguments, *config], environment, size)


def words_of(state: WindowState, language: str) -> str:
    """How row 4 begins in a state."""
    use(language)
    return f" {_(WINDOW_STATES[state]).upper()}"


def wait_for_state(
    terminal: Terminal, *states: WindowState, language: str = "zh_CN", deadline_s: float = 120.0
) -> None:
    """Until row 4 names one of the states."""
    words = tuple(words_of(state, language) for state in states)
    terminal.wait_for(lambda rows: rows[STATE_ROW - 1].startswith(words), deadline_s)


def sign_on_shown(rows: list[str]) -> bool:
    """The fields of the sign-on screen are painted, in either language."""
    text = "\n".join(rows)
    return any(label in text for label in ("工号  [", "Staff no.  ["))


def devices_well(rows: list[str]) -> bool:
    """Row 2 says that the station serves the pad of this window, in either language."""
    return any(words in rows[1] for words in ("评价器 好", "Pad ok"))


def sign_on(terminal: Terminal, language: str = "zh_CN") -> None:
    """Number, password, and the counter is there."""
    give_password(terminal, STAFF)
    wait_for_state(terminal, WindowState.IDLE, language=language)


def give_password(terminal: Terminal, staff: str) -> None:
    """Number (unless the page knows it from the day before) and password."""
    terminal.wait_for(sign_on_shown)
    terminal.wait_quiet()
    if f"[{staff}" not in terminal.text():
        terminal.type(staff)
        terminal.wait_for(staff)
        terminal.press("enter")
    terminal.type(PASSWORD)
    terminal.wait_for("********")
    terminal.press("enter")


def sign_on_without_window(terminal: Terminal, staff: str, language: str) -> None:
    """A leader, or a technician; who may serve is asked for a window."""
    give_password(terminal, staff)
    use(language)
    terminal.wait_for(lambda rows: not sign_on_shown(rows) or any(_("without a window") in row for row in rows))
    if sign_on_shown(terminal.screen()):
        terminal.press("0")
    terminal.wait_for(lambda rows: not sign_on_shown(rows))


def rate(hall: DemoHall, terminal: Terminal, key: int = 1, language: str = "zh_CN") -> None:
    """The citizen presses; again if the pad had not been asked yet."""
    for _try in range(TRIES):
        send_command(hall.simulators, f"press {PAD} {key}")
        try:
            wait_for_state(terminal, WindowState.IDLE, language=language, deadline_s=RETRY_S)
        except AssertionError:
            continue
        return
    raise AssertionError(f"the rating never arrived\n{terminal.text()}")


def more_people(hall: DemoHall, codes: list[str]) -> None:
    """People take tickets for these matters."""
    journal, board = Journal.open(hall.folder / "hall.db"), Board(hall.folder / "local.db")
    desk = Desk(journal, board, journal.identity.hall)
    for code in codes:
        issue(desk, now(), code[0], service_code=code)
    board.close()
    journal.close()
