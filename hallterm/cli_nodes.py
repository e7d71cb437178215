"""The commands about nodes: ``enrol`` on a PC, ``admin`` at a centre."""

from __future__ import annotations

from pathlib import Path

import click

from hallterm.cli import call, command, group
from hallterm.cli_edit import edit_groups
from hallterm.config import Settings
from hallterm.locale import N_, _

ENROL = "hallterm.enrol_command:main"
ADMIN = "hallterm.admin_command"


def enrol_command(name: str) -> click.Command:
    def enrol(
        settings: Settings, code: str, url: str, request: Path | None, answer: Path | None, centre_of: str
    ) -> int:
        return call(ENROL, settings, code, url, request, answer, centre_of)

    parameters = [
        click.Argument(["code"], metavar="CODE"),
        click.Option(["--url"], default="", metavar="ADDRESS", help=_("Address of the centre, if not configured.")),
        click.Option(["--request"], type=click.Path(path_type=Path), metavar="FILE", help=_("Write a request file.")),
        click.Option(["--answer"], type=click.Path(path_type=Path), metavar="FILE", help=_("Take the answer file.")),
        click.Option(
            ["--centre-of"],
            default="",
            metavar="PLACE",
            help=_("This is the centre of a district, city or province: tell its sums to the higher centre."),
        ),
    ]
    return command(name, N_("Join the centre with a one-time code."), enrol, parameters)


def admin_group(name: str) -> click.Command:
    commands = [
        *(_code_command(), _welcome_command(), _nodes_command(), _revoke_command()),
        *(_copies_command(), _backup_command(), _reproject_command()),
        *edit_groups(),
    ]
    return group(name, _("Decide at the centre which PCs may send."), commands)


def _database_option() -> click.Option:
    text = _("PostgreSQL URL; without it a file in the data folder.")
    return click.Option(["--database"], default="", metavar="URL", help=text)


def _code_command() -> click.Command:
    def code(settings: Settings, scope: str, replaces: str, database: str) -> int:
        return call(f"{ADMIN}:code", settings, database, scope, replaces)

    parameters = [
        click.Argument(["scope"], metavar="HALL"),
        click.Option(["--replaces"], default="", metavar="NODE", help=_("A node whose key is lost.")),
        _database_option(),
    ]
    return command("code", N_("Make a one-time code for one hall."), code, parameters)


def _welcome_command() -> click.Command:
    def welcome(settings: Settings, request: Path, answer: Path, database: str) -> int:
        return call(f"{ADMIN}:welcome", settings, database, request, answer)

    parameters = [
        click.Argument(["request"], type=click.Path(exists=True, path_type=Path), metavar="REQUEST"),
        click.Argument(["answer"], type=click.Path(path_type=Path), metavar="ANSWER"),
        _database_option(),
    ]
    return command("welcome", N_("Answer the request file of a PC without a line."), welcome, parameters)


def _nodes_command() -> click.Command:
    def nodes(settings: Settings, json: bool, database: str) -> int:
        return call(f"{ADMIN}:list_nodes", settings, database, json)

    parameters = [click.Option(["--json"], is_flag=True, help=_("The list for a machine.")), _database_option()]
    return command("nodes", N_("List the nodes that enrolled here."), nodes, parameters)


def _revoke_command() -> click.Command:
    def revoke(settings: Settings, node: str, reason: str, database: str) -> int:
        return call(f"{ADMIN}:revoke", settings, database, node, reason)

    parameters = [
        click.Argument(["node"], metavar="NODE"),
        click.Option(["--reason"], required=True, metavar="TEXT", help=_("Why; it is recorded.")),
        _database_option(),
    ]
    return command("revoke", N_("Take nothing more from a node."), revoke, parameters)


def _copies_command() -> click.Command:
    def copies(settings: Settings, json: bool, database: str) -> int:
        return call(f"{ADMIN}:list_copies", settings, database, json)

    parameters = [click.Option(["--json"], is_flag=True, help=_("The list for a machine.")), _database_option()]
    return command("copies", N_("List disks that were copied or put back."), copies, parameters)


def _backup_command() -> click.Command:
    def backup(settings: Settings, to: Path | None, database: str) -> int:
        return call(f"{ADMIN}:back_up", settings, database, to)

    folder = click.Option(["--to"], type=click.Path(path_type=Path), metavar="FOLDER", help=_("Where backups go."))
    return command("backup", N_("Back up the centre and verify the copy."), backup, [folder, _database_option()])


def _reproject_command() -> click.Command:
    def reproject(settings: Settings, database: str) -> int:
        return call(f"{ADMIN}:reproject", settings, database)

    return command("reproject", N_("Read again what was not understood."), reproject, [_database_option()])


def sync_group(name: str) -> click.Command:
    def status(settings: Settings, as_json: bool) -> int:
        return call("hallterm.sync_command:status", settings, as_json)

    option = click.Option(["--json", "as_json"], is_flag=True, help=_("The list for a machine."))
    text = N_("Say what has not arrived, since when, and what to do.")
    return group(
        name,
        _("Say how far the data has come."),
        [command("status", text, status, [option])],
    )
