"""``hallterm setup``: found a hall without a screen, for installations by script, for tests and the demonstration.

The password is read from standard input, so that it stands in no list of processes and in no history of commands.
"""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from hallterm.centre_place import CENTRE_FILE, has_hall
from hallterm.config import ConfigError, Settings
from hallterm.locale import N_, _
from hallterm.workflows.desk import Refused
from hallterm.workflows.setup import SET_UP_ALREADY, FirstRun, WindowSpec, first_run
from storage import clock
from storage.facts import HallKind

WINDOW = re.compile(
    r"(?P<number>[0-9]{1,2})(:(?P<primary>[A-Z](,[A-Z])*)?(/(?P<secondary>[A-Z](,[A-Z])*))?)?", re.ASCII
)
WINDOW_FORM = N_(
    "--windows {text}: expected number:own groups/second groups, such as 1:A,B/C (a number alone: all groups)"
)
NEEDED = N_("{options} are needed: hallterm setup founds a hall; without options the first page of hallterm asks")


class SetupOptions(Struct, frozen=True):
    """What the command line gave; ``hours`` such as ``08:30-12:00 14:00-18:00``."""

    hall_name: str = ""
    hall_code: str = ""
    windows: tuple[str, ...] = ()
    admin: str = ""
    name: str = ""
    password_stdin: bool = False
    open_always: bool = False
    point: bool = False
    centre: bool = False
    hours: str = "08:30-12:00 14:00-18:00"


CENTRE_SET_UP = N_("{name} ({code}) is a centre in {folder}")
REQUIRED = ("hall_name", "hall_code", "admin", "name", "password_stdin")


def main(settings: Settings, options: SetupOptions = SetupOptions(), password_from: TextIO | None = None) -> int:  # noqa: B008
    """Found the hall in the data folder of these settings. Raises ConfigError with one sentence for the person."""
    missing = [f"--{name.replace('_', '-')}" for name in REQUIRED if not getattr(options, name)]
    if missing:
        raise ConfigError(_(NEEDED).format(options=" ".join(missing)))
    password = (password_from or sys.stdin).readline().rstrip("\r\n")
    if options.centre:
        set_up_centre(settings, options, password)
        print(_(CENTRE_SET_UP).format(name=options.hall_name, code=options.hall_code, folder=settings.data.path))
        return 0
    found(settings.data.path, first_run_of(options, password))
    print(
        _("{hall} ({code}) is set up in {folder}").format(
            hall=options.hall_name, code=options.hall_code, folder=settings.data.path
        )
    )
    return 0


def set_up_centre(settings: Settings, options: SetupOptions, password: str) -> None:
    """Make the data folder a centre's, with its first administrator. Raises ConfigError when a rule says no."""
    from hallterm.workflows.centre_setup import CentreRun, found_centre
    from hallterm.workflows.desk import Desk
    from storage.journal import Journal
    from storage.local import Board
    from storage.vault import Vault

    folder = settings.data.path
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if has_hall(folder):
            raise ConfigError(_("{folder}: {sentence}").format(folder=folder, sentence=SET_UP_ALREADY.text()))
        journal = Journal.open(folder / CENTRE_FILE)
        vault, board = Vault.open(folder), Board(folder / "local.db")
        for one in (journal, vault, board):
            stack.callback(one.close)
        run = CentreRun(options.hall_code, options.hall_name, options.admin.strip().upper(), options.name, password)
        try:
            found_centre(Desk(journal, board, ""), vault, run, clock.now())
        except Refused as refused:
            sentence = refused.reason.text()
            raise ConfigError(_("{folder}: {sentence}").format(folder=folder, sentence=sentence)) from refused


def first_run_of(options: SetupOptions, password: str) -> FirstRun:
    """The options as the first page has them; raises ConfigError."""
    am, noon, pm, end = hours_of(options.hours)
    return FirstRun(
        hall_name=options.hall_name,
        hall_code=options.hall_code,
        windows=tuple(window_of(text) for text in options.windows),
        admin_number=options.admin.strip().upper(),
        admin_name=options.name,
        password=password,
        kind=HallKind.POINT if options.point else HallKind.HALL,
        hours=(am, noon, pm, end),
        open_always=options.open_always,
    )


def window_of(text: str) -> WindowSpec:
    """``1:A,B/C`` is window 1 with groups A and B, and C when nobody of those waits; raises ConfigError."""
    match = WINDOW.fullmatch(text.strip().upper())
    if match is None:
        raise ConfigError(_(WINDOW_FORM).format(text=text))
    number = int(match["number"])
    if not match["primary"] and not match["secondary"]:
        return WindowSpec(number)
    return WindowSpec(number, _groups(match["primary"]), _groups(match["secondary"]))


def _groups(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def hours_of(text: str) -> tuple[str, str, str, str]:
    """Up to two stretches ``08:30-12:00``; what has no form is left to the checks of the first page."""
    times = [part for stretch in text.split()[:2] for part in (*stretch.split("-"), "")[:2]]
    am, noon, pm, end = (*times, "", "", "", "")[:4]
    return am, noon, pm, end


def found(folder: Path, run: FirstRun) -> None:
    """Make the data folder and the hall in it; raises ConfigError when a rule says no."""
    from storage.journal import Journal
    from storage.vault import Vault

    folder.mkdir(parents=True, exist_ok=True)
    journal, vault = Journal.open(folder / "hall.db"), Vault.open(folder)
    try:
        first_run(journal, vault, run, clock.now())
    except Refused as refused:
        raise ConfigError(_("{folder}: {sentence}").format(folder=folder, sentence=refused.reason.text())) from refused
    finally:
        journal.close()
        vault.close()
