"""``hallterm admin staff | grant | setting | catalogue | hall``: what a centre decides for the places below it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hallterm.admin_command import centre_journal
from hallterm.cli_errors import BAD_INPUT, OK
from hallterm.config import Settings
from hallterm.rules.words import Reason

if TYPE_CHECKING:
    from storage.facts import Moment, ServiceTypeSet
    from storage.journal import Journal

Work = Callable[["Journal", "Moment"], Reason]


def staff(
    settings: Settings, database: str, number: str, name: str, hall: str, active: bool, password_stdin: bool
) -> int:
    """Enter or change a person."""
    from hallterm.workflows.centre_editing import put_staff
    from storage.vault import Vault

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    vault = Vault.open(settings.data.path)
    try:
        return _done(
            settings,
            database,
            lambda journal, now: put_staff(
                journal, vault, number.upper(), name, hall, now, active=active, password=password
            ),
        )
    finally:
        vault.close()


def grant(settings: Settings, database: str, number: str, role: str, place: str, ended: bool) -> int:
    """Give a role at a place, or end it."""
    from hallterm.workflows.centre_editing import put_grant

    return _done(
        settings,
        database,
        lambda journal, now: put_grant(journal, number.upper(), role, place, now, ended=ended),
    )


def setting(
    settings: Settings, database: str, name: str, value: str, scope: str, from_day: str, may_override: bool
) -> int:
    """Set a value for a place and all below it."""
    from hallterm.workflows.centre_editing import put_setting
    from storage.local import Board

    board = Board(settings.data.path / "local.db")
    try:
        return _done(
            settings,
            database,
            lambda journal, now: put_setting(
                journal, board, name, value, scope, now, from_day=from_day, may_override=may_override
            ),
        )
    finally:
        board.close()


def catalogue(
    settings: Settings, database: str, matters: list[ServiceTypeSet], scope: str, first: str, may_override: bool
) -> int:
    """Put a checked table of matters to use for a place and all below it."""
    from hallterm.workflows.centre_editing import put_matters

    return _done(
        settings,
        database,
        lambda journal, now: put_matters(journal, matters, scope, now, may_override=may_override, first=first),
    )


def hall(settings: Settings, database: str, code: str, name: str, parent: str, kind: str) -> int:
    """Name a hall and what it stands under."""
    from hallterm.workflows.centre_editing import put_hall

    return _done(settings, database, lambda journal, now: put_hall(journal, code, name, parent, now, kind=kind))


def calendar(settings: Settings, database: str, file: Path, scope: str) -> int:
    """Put a table of a year to use."""
    from hallterm.workflows.centre_calendar import import_calendar

    return _done(settings, database, lambda journal, now: import_calendar(journal, file, scope, now))


def closing_day(settings: Settings, database: str, hall: str, day: str, closed: bool, why: str) -> int:
    """Close a hall on a day, or let it work as usual."""
    from hallterm.workflows.centre_calendar import set_closing_day

    return _done(
        settings,
        database,
        lambda journal, now: set_closing_day(journal, hall, day, now, closed=closed, name=why),
    )


def _done(settings: Settings, database: str, work: Work) -> int:
    """Record it and say so; a refusal is one sentence and exit code 2."""
    from hallterm.workflows.desk import Refused
    from storage.clock import now

    with centre_journal(settings, database) as journal:
        try:
            click.echo(work(journal, now()).text())
        except Refused as refused:
            click.echo(refused.reason.text(), err=True)
            return BAD_INPUT
    return OK


def read_matters(file: Path) -> list[ServiceTypeSet]:
    """The table; CatalogueError names every fault with its line."""
    from hallterm.catalogue import read_catalogue_file

    return read_catalogue_file(file)
