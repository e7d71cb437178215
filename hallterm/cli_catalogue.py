"""The command ``catalogue``: the table of matters of a hall."""

from __future__ import annotations

from pathlib import Path

import click

from hallterm.cli import PATH, call, command, group
from hallterm.cli_errors import OK
from hallterm.config import Settings
from hallterm.locale import N_, _

IMPORT = "hallterm.catalogue_command:main"


def catalogue_group(name: str) -> click.Command:
    return group(name, _("The catalogue of matters."), [_check_command(), _import_command()])


def _file_argument() -> click.Argument:
    return click.Argument(["file"], type=PATH, metavar="FILE")


def _check_command() -> click.Command:
    def check(_settings: Settings, file: Path) -> int:
        from hallterm.catalogue import read_catalogue_file

        count = len(read_catalogue_file(file))
        click.echo(_("{file}: {count} matters, no fault").format(file=file.name, count=count))
        return OK

    text = N_("Check a table of matters and tell every fault with its line.")
    return command("check", text, check, [_file_argument()])


def _import_command() -> click.Command:
    def import_(settings: Settings, file: Path) -> int:
        from hallterm.catalogue import read_catalogue_file

        return call(IMPORT, settings, read_catalogue_file(file))

    return command("import", N_("Check a table of matters and put it to use."), import_, [_file_argument()])
