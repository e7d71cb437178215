"""The command ``setting``: what the rules of a hall read."""

from __future__ import annotations

from typing import Any

import click

from hallterm.cli import call, command, group
from hallterm.config import Settings
from hallterm.locale import N_, _

ROOM = "hallterm.setting_command"


def setting_group(name: str) -> click.Command:
    return group(name, _("The settings that the rules of a hall read."), [_list_command(), _set_command()])


def _shared_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--scope"],
            default=None,
            metavar="CODE",
            help=_("Hall, district or city; without it the hall of this PC."),
        ),
        click.Option(
            ["--database"], default="", metavar="URL", help=_("PostgreSQL URL; without it a file in the data folder.")
        ),
    ]


def _list_command() -> click.Command:
    def list_(settings: Settings, json: bool, scope: str | None, database: str) -> int:
        return call(f"{ROOM}:list_settings", settings, scope, database, json)

    parameters = [click.Option(["--json"], is_flag=True, help=_("The list for a machine.")), *_shared_options()]
    return command("list", N_("List every setting with its value, its default and since when."), list_, parameters)


def _set_command() -> click.Command:
    def set_(settings: Settings, setting: str, value: str, **given: Any) -> int:
        from hallterm.setting_command import SetOptions

        return call(f"{ROOM}:set_setting", settings, setting, value, SetOptions(**given))

    parameters = [
        click.Argument(["setting"], metavar="NAME"),
        click.Argument(["value"], metavar="VALUE"),
        click.Option(["--from", "day"], default="today", metavar="DAY", help=_("today, tomorrow or YYYY-MM-DD.")),
        click.Option(["--may-override"], is_flag=True, help=_("Places below may have a value of their own.")),
        click.Option(["--staff"], default="", metavar="NUMBER", help=_("Staff number of who changes it.")),
        click.Option(["--password-stdin"], is_flag=True, help=_("Read the password from standard input.")),
        *_shared_options(),
    ]
    return command("set", N_("Change a setting from a day on."), set_, parameters)
