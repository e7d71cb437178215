"""``hallterm calendar``: announced years and closing days of a hall, at its own PC, by somebody who may."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import click
from msgspec import Struct

from hallterm.cli_errors import OK
from hallterm.config import ConfigError, Settings
from hallterm.locale import N_, _
from hallterm.rules.words import Reason
from hallterm.setting_command import SetOptions, journal_here, shown_who
from hallterm.workflows.centre_calendar import import_calendar, set_closing_day
from hallterm.workflows.desk import Desk, Refused
from storage import clock

AT_A_CENTRE = N_("this is a centre: use hallterm admin calendar, which says for which place")


class Who(Struct, frozen=True):
    """Who decides; without ``staff`` number and password are asked."""

    staff: str = ""
    password_stdin: bool = False


def import_year(settings: Settings, file: Path, who: Who) -> int:
    """A table of an announced year holds for the hall."""
    return _decided(
        settings, who, lambda desk: import_calendar(desk.journal, file, desk.hall, clock.now(), by=desk.staff)
    )


def closing(settings: Settings, day: str, closed: bool, why: str, who: Who) -> int:
    """The hall is closed on a day, or works as usual."""
    return _decided(
        settings,
        who,
        lambda desk: set_closing_day(desk.journal, desk.hall, day, clock.now(), closed=closed, name=why, by=desk.staff),
    )


def _decided(settings: Settings, who: Who, work: Callable[[Desk], Reason], password_from: TextIO | None = None) -> int:
    from storage.local import Board

    folder = settings.data.path
    with journal_here(settings, "") as (journal, hall):
        if not hall:
            raise ConfigError(_(AT_A_CENTRE))
        desk = Desk(journal, Board(folder / "local.db"), hall)
        options = SetOptions(staff=who.staff, password_stdin=who.password_stdin)
        try:
            said = work(shown_who(desk, folder, options, password_from or sys.stdin))
        except Refused as refused:
            raise ConfigError(refused.reason.text()) from refused
        finally:
            desk.board.close()
    click.echo(said.text())
    return OK
