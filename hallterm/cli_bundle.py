"""The commands about bundles: what is carried on a stick where there is no line."""

from __future__ import annotations

from pathlib import Path

import click

from hallterm.cli import PATH, call, command, group
from hallterm.config import Settings
from hallterm.locale import N_, _

BUNDLE = "hallterm.bundle_command"


def bundle_group(name: str) -> click.Command:
    return group(name, _("Carry facts to the centre and back on a stick."), [_export_command(), _import_command()])


def _json_option() -> click.Option:
    return click.Option(["--json", "as_json"], is_flag=True, help=_("The list for a machine."))


def _export_command() -> click.Command:
    def export(settings: Settings, folder: Path, as_json: bool) -> int:
        return call(f"{BUNDLE}:export", settings, folder, as_json)

    parameters = [click.Argument(["folder"], type=PATH, metavar="FOLDER"), _json_option()]
    return command("export", N_("Write everything that waits here onto a stick."), export, parameters)


def _import_command() -> click.Command:
    def import_(settings: Settings, paths: tuple[Path, ...], database: str, as_json: bool) -> int:
        return call(f"{BUNDLE}:import_", settings, paths, database, as_json)

    text = _("PostgreSQL URL; without it a file in the data folder.")
    parameters = [
        click.Argument(["paths"], type=PATH, nargs=-1, required=True, metavar="PATH..."),
        click.Option(["--database"], default="", metavar="URL", help=text),
        _json_option(),
    ]
    text = N_("Take in bundles at the centre, receipts at a PC; a PC with a line forwards bundles of others.")
    return command("import", text, import_, parameters)
