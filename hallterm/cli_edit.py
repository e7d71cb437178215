"""The commands ``hallterm admin staff | grant | setting | catalogue | hall``: reference data decided at a centre."""

from __future__ import annotations

from pathlib import Path

import click

from hallterm.cli import PATH, call, command, group
from hallterm.config import Settings
from hallterm.locale import N_, _

EDIT = "hallterm.edit_command"
FIRST_DAY = N_("The first business day it holds: today, tomorrow or a day as 2026-12-01.")


def edit_groups() -> list[click.Command]:
    """One group a kind of data."""
    return [
        group("staff", _("People, for all places below."), [_staff_set()]),
        group("grant", _("Roles of people at places."), [_grant("set", ended=False), _grant("end", ended=True)]),
        group("setting", _("Settings, for a place and all below it."), [_setting_set()]),
        group("catalogue", _("Matters, for a place and all below it."), [_catalogue_set()]),
        group("hall", _("Halls and points."), [_hall_set()]),
        group(
            "calendar",
            _("Announced years and closing days."),
            [_calendar_import(), _closing("close"), _closing("open")],
        ),
    ]


def _database() -> click.Option:
    text = _("PostgreSQL URL; without it a file in the data folder.")
    return click.Option(["--database"], default="", metavar="URL", help=text)


def _scope() -> click.Option:
    text = _("The place it holds for, with all below it.")
    return click.Option(["--scope"], required=True, metavar="PLACE", help=text)


def _may_override() -> click.Option:
    return click.Option(["--may-override"], is_flag=True, help=_("Places below may have their own."))


def _staff_set() -> click.Command:
    def run(
        settings: Settings, number: str, name: str, hall: str, inactive: bool, password_stdin: bool, database: str
    ) -> int:
        return call(f"{EDIT}:staff", settings, database, number, name, hall, not inactive, password_stdin)

    parameters = [
        click.Argument(["number"], metavar="NUMBER"),
        click.Option(["--name"], default="", metavar="NAME", help=_("Name of the person.")),
        click.Option(["--hall"], default="", metavar="PLACE", help=_("The place the person belongs to.")),
        click.Option(["--inactive"], is_flag=True, help=_("The person can sign on no more.")),
        click.Option(["--password-stdin"], is_flag=True, help=_("Read the password from standard input.")),
        _database(),
    ]
    return command("set", N_("Enter or change a person."), run, parameters)


def _grant(name: str, *, ended: bool) -> click.Command:
    def run(settings: Settings, number: str, role: str, place: str, database: str) -> int:
        return call(f"{EDIT}:grant", settings, database, number, role, place, ended)

    names = ("number", "role", "place")
    parameters: list[click.Parameter] = [click.Argument([one], metavar=one.upper()) for one in names]
    text = N_("End a role of a person.") if ended else N_("Give a person a role.")
    return command(name, text, run, [*parameters, _database()])


def _setting_set() -> click.Command:
    def run(
        settings: Settings, name: str, value: str, scope: str, from_day: str, may_override: bool, database: str
    ) -> int:
        return call(f"{EDIT}:setting", settings, database, name, value, scope, from_day, may_override)

    parameters = [
        click.Argument(["name"], metavar="NAME"),
        click.Argument(["value"], metavar="VALUE"),
        _scope(),
        click.Option(["--from", "from_day"], default="today", metavar="DAY", help=_(FIRST_DAY)),
        _may_override(),
        _database(),
    ]
    return command(
        "set", N_("Set a value from a day on; hallterm setting list shows which there are."), run, parameters
    )


def _catalogue_set() -> click.Command:
    def run(settings: Settings, file: Path, scope: str, first: str, may_override: bool, database: str) -> int:
        from hallterm.edit_command import read_matters

        return call(f"{EDIT}:catalogue", settings, database, read_matters(file), scope, first, may_override)

    parameters = [
        click.Argument(["file"], type=PATH, metavar="FILE"),
        _scope(),
        click.Option(["--from", "first"], default="today", metavar="DAY", help=_(FIRST_DAY)),
        _may_override(),
        _database(),
    ]
    return command("set", N_("Check a table of matters and put it to use."), run, parameters)


def _hall_set() -> click.Command:
    def run(settings: Settings, code: str, name: str, parent: str, kind: str, database: str) -> int:
        return call(f"{EDIT}:hall", settings, database, code, name, parent, kind)

    parameters = [
        click.Argument(["code"], metavar="CODE"),
        click.Option(["--name"], required=True, metavar="NAME", help=_("Name of the hall.")),
        click.Option(
            ["--parent"], default="", metavar="PLACE", help=_("What it stands under, if its code does not say.")
        ),
        click.Option(["--kind"], default="hall", type=click.Choice(["hall", "point"]), help=_("A hall or a point.")),
        _database(),
    ]
    return command("set", N_("Name a hall."), run, parameters)


def _calendar_import() -> click.Command:
    def run(settings: Settings, file: Path, scope: str, database: str) -> int:
        return call(f"{EDIT}:calendar", settings, database, file, scope)

    parameters = [click.Argument(["file"], type=PATH, metavar="FILE"), _scope(), _database()]
    return command("import", N_("Put a table of a year to use: columns day, kind, name."), run, parameters)


def _closing(name: str) -> click.Command:
    def run(settings: Settings, hall: str, day: str, why: str, database: str) -> int:
        return call(f"{EDIT}:closing_day", settings, database, hall, day, name == "close", why)

    parameters = [
        click.Argument(["hall"], metavar="HALL"),
        click.Argument(["day"], metavar="DAY"),
        click.Option(["--why"], default="", metavar="TEXT", help=_("Why; people read it.")),
        _database(),
    ]
    text = N_("Close a hall on a day.") if name == "close" else N_("Let a hall work on a day as usual.")
    return command(name, text, run, parameters)
