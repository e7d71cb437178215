"""The command ``report``: a report on the screen, or as a file."""

from __future__ import annotations

from typing import Any

import click

from hallterm.cli import PATH, call, command
from hallterm.config import Settings
from hallterm.locale import N_, _

ROOM = "hallterm.report_command"
FORMATS = ("screen", "text", "csv", "xlsx", "json")


def report_command(name: str) -> click.Command:
    def report(settings: Settings, report: str, list_all: bool, **given: Any) -> int:
        if list_all or not report:
            return call(f"{ROOM}:list_reports", settings)
        from hallterm.report_command import ReportOptions

        return call(f"{ROOM}:main", settings, report, ReportOptions(**given))

    parameters = [
        click.Argument(["report"], metavar="[ID]", required=False, default=""),
        click.Option(["--period"], default="", metavar="TIME", help=_("Such as 2026-10; without it this month.")),
        click.Option(
            ["--scope"], default="", metavar="CODE", help=_("City, district, hall, or a staff number; else this hall.")
        ),
        click.Option(["--by"], default="", metavar="ROWS", help=_("Rows by hall, clerk, matter, group or hour.")),
        click.Option(["--format", "form"], type=click.Choice(FORMATS), default="screen", help=_("What is made of it.")),
        click.Option(["--out"], type=PATH, metavar="FILE", help=_("The file; - is standard output.")),
        click.Option(["--chart"], is_flag=True, help=_("Bars instead of the table, on the screen.")),
        click.Option(["--list", "list_all"], is_flag=True, help=_("List the reports.")),
        click.Option(["--centre"], is_flag=True, help=_("Read it at the centre, with your number and password.")),
        click.Option(["--staff"], default="", metavar="NUMBER", help=_("Who reads at the centre; else it is asked.")),
        click.Option(["--password-stdin"], is_flag=True, help=_("Read the password from standard input.")),
        click.Option(
            ["--database"], default="", metavar="URL", help=_("PostgreSQL URL; without it a file in the data folder.")
        ),
    ]
    return command(name, N_("Make a report, on screen or as a file."), report, parameters)
