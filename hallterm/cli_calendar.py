"""The commands ``hallterm calendar import | close | open``: working days of the hall of this PC."""

from __future__ import annotations

from pathlib import Path

import click

from hallterm.cli import PATH, call, command, group
from hallterm.config import Settings
from hallterm.locale import N_, _

ROOM = "hallterm.calendar_command"


def calendar_group(name: str) -> click.Command:
    return group(
        name,
        _("Announced years and closing days of this hall."),
        [_import(), _closing("close"), _closing("open")],
    )


def _who() -> list[click.Parameter]:
    return [
        click.Option(["--staff"], default="", metavar="NUMBER", help=_("Staff number of who changes it.")),
        click.Option(["--password-stdin"], is_flag=True, help=_("Read the password from standard input.")),
    ]


def _import() -> click.Command:
    def run(settings: Settings, file: Path, staff: str, password_stdin: bool) -> int:
        from hallterm.calendar_command import Who

        return call(f"{ROOM}:import_year", settings, file, Who(staff, password_stdin))

    parameters: list[click.Parameter] = [click.Argument(["file"], type=PATH, metavar="FILE"), *_who()]
    return command("import", N_("Put a table of a year to use: columns day, kind, name."), run, parameters)


def _closing(name: str) -> click.Command:
    def run(settings: Settings, day: str, why: str, staff: str, password_stdin: bool) -> int:
        from hallterm.calendar_command import Who

        return call(f"{ROOM}:closing", settings, day, name == "close", why, Who(staff, password_stdin))

    parameters: list[click.Parameter] = [
        click.Argument(["day"], metavar="DAY"),
        click.Option(["--why"], default="", metavar="TEXT", help=_("What the day is called.")),
        *_who(),
    ]
    text = N_("Close the hall on a day.") if name == "close" else N_("Let the hall work as usual on a day.")
    return command(name, text, run, parameters)
