"""The commands ``hallterm complaint list | record | withdraw``: founded complaints of a hall."""

from __future__ import annotations

from typing import Any

import click

from hallterm.cli import call, command, group
from hallterm.config import Settings
from hallterm.locale import N_, _

ROOM = "hallterm.complaint_command"


def complaint_group(name: str) -> click.Command:
    return group(name, _("Founded complaints about clerks of a hall."), [_list(), _record(), _withdraw()])


def _who() -> list[click.Parameter]:
    return [
        click.Option(
            ["--scope"], default="", metavar="HALL", help=_("The hall, at a centre; elsewhere it is that of this PC.")
        ),
        click.Option(["--staff"], default="", metavar="NUMBER", help=_("Staff number of who asks.")),
        click.Option(["--password-stdin"], is_flag=True, help=_("Read the password from standard input.")),
    ]


def _list() -> click.Command:
    def run(settings: Settings, month: str, **who: Any) -> int:
        from hallterm.complaint_command import Who

        return call(f"{ROOM}:list_complaints", settings, month, Who(**who))

    parameters = [
        click.Option(["--month"], default="", metavar="YYYY-MM", help=_("Another month than the running one.")),
        *_who(),
    ]
    return command("list", N_("List the founded complaints of a month with their ids."), run, parameters)


def _record() -> click.Command:
    def run(settings: Settings, about: str, number: str, note: str, day: str, **who: Any) -> int:
        from hallterm.complaint_command import Who

        return call(f"{ROOM}:record", settings, (about, day, number, note), Who(**who))

    parameters = [
        click.Argument(["about"], metavar="CLERK"),
        click.Argument(["number"], metavar="NUMBER"),
        click.Option(["--note"], default="", metavar="TEXT", help=_("A short note without names.")),
        click.Option(["--day"], default="", metavar="DAY", help=_("Another day than today.")),
        *_who(),
    ]
    return command("record", N_("Record a founded complaint by the number of its papers."), run, parameters)


def _withdraw() -> click.Command:
    def run(settings: Settings, complaint: str, reason: str, **who: Any) -> int:
        from hallterm.complaint_command import Who

        return call(f"{ROOM}:withdraw", settings, complaint, reason, Who(**who))

    parameters = [click.Argument(["complaint"], metavar="ID"), click.Argument(["reason"], metavar="WHY"), *_who()]
    return command("withdraw", N_("Withdraw a complaint after a review."), run, parameters)
