"""``hallterm setting``: what the rules of a hall read, and another value from a day on, by somebody who may.

At a PC of a hall the director shows who he is; at a centre whoever is at its own machine decides, as with ``admin``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
import msgspec
from msgspec import Struct

from hallterm.asking import ask_password
from hallterm.cli_errors import OK
from hallterm.config import ConfigError, Settings
from hallterm.locale import N_, _
from hallterm.rules.settings_table import shown
from hallterm.widgets.cells import fit
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.setting_changes import SettingDraft, SettingLine, change_setting, setting_lines, today_of
from storage import clock

if TYPE_CHECKING:
    from storage.journal import Journal

NO_HALL = N_("{folder} holds no hall: run hallterm setup first, or name the folder with --data")
SCOPE_MISSING = N_("say with --scope for which hall, district or city the setting holds")
CENTRE_FILE = "centre.db"
WIDTHS = (26, 24, 24, 12)


class SetOptions(Struct, frozen=True):
    """What was given besides name and value; without ``staff`` number and password are asked."""

    scope: str | None = None
    day: str = "today"
    may_override: bool = False
    staff: str = ""
    password_stdin: bool = False
    database: str = ""


def list_settings(settings: Settings, scope: str | None, database: str, as_json: bool) -> int:
    """Every setting as it holds today, with its default and since when."""
    with journal_here(settings, database) as (journal, hall):
        place = hall if scope is None else scope
        lines = setting_lines(journal.database, place, today_of(journal.database, place, clock.now()))
    if as_json:
        click.echo(json.dumps([_as_json(line) for line in lines], ensure_ascii=False, indent=1))
        return OK
    for line in lines:
        one = line.setting
        since = line.since or (_("always") if line.is_set else "--")
        later = f"  {line.next_day}: {shown(one, line.next_value)}" if line.next_day else ""
        click.echo(_columns(one.name, shown(one, line.value), shown(one, one.default), since) + later)
        click.echo(f"  {_(one.explanation)}")
    return OK


def set_setting(
    settings: Settings, name: str, value: str, options: SetOptions, password_from: TextIO | None = None
) -> int:
    """Record another value; 0 done. Raises ConfigError with the sentence of a refusal."""
    from storage.local import Board

    draft = SettingDraft(name, value, options.day, options.scope, options.may_override)
    folder = settings.data.path
    with journal_here(settings, options.database) as (journal, hall):
        desk = Desk(journal, Board(folder / "local.db"), hall)
        if not hall and options.scope is None:
            raise ConfigError(_(SCOPE_MISSING))
        try:
            if hall:
                desk = shown_who(desk, folder, options, password_from or sys.stdin)
            done = change_setting(desk, draft, clock.now())
        except Refused as refused:
            raise ConfigError(refused.reason.text()) from refused
        finally:
            desk.board.close()
    click.echo(done.words.text())
    return OK


def shown_who(desk: Desk, folder: Path, options: SetOptions, password_from: TextIO) -> Desk:
    """The desk of the person who gives number and password; raises Refused."""
    from hallterm.workflows.sign_on import unlock
    from storage.vault import Vault

    number = options.staff or click.prompt(_("Staff number"), type=str)
    password = password_from.readline().rstrip("\r\n") if options.password_stdin else ask_password()
    vault = Vault.open(folder)
    try:
        unlock(desk, vault, number.strip().upper(), password, clock.now())
    finally:
        vault.close()
    return msgspec.structs.replace(desk, staff=number.strip().upper())


@contextmanager
def journal_here(settings: Settings, database: str) -> Iterator[tuple[Journal, str]]:
    """The journal of this PC and its hall, or a centre's and ""; raises ConfigError where there is neither."""
    from storage.journal import Journal

    folder = settings.data.path
    if database or (folder / CENTRE_FILE).exists():
        from hallterm.admin_command import centre_journal

        with centre_journal(settings, database) as journal:
            yield journal, ""
        return
    if not (folder / "hall.db").exists():
        raise ConfigError(_(NO_HALL).format(folder=folder))
    journal = Journal.open(folder / "hall.db")
    try:
        if not journal.is_set_up:
            raise ConfigError(_(NO_HALL).format(folder=folder))
        yield journal, journal.identity.hall
    finally:
        journal.close()


def _columns(*texts: str) -> str:
    return "  ".join(fit(text, cells) for text, cells in zip(texts, WIDTHS, strict=True)).rstrip()


def _as_json(line: SettingLine) -> dict[str, object]:
    one = line.setting
    return {
        "name": one.name,
        "kind": one.kind,
        "value": line.value,
        "default": one.default,
        "unit": one.unit,
        "from_day": line.since,
        "scope": line.scope,
        "is_set": line.is_set,
        "next_value": line.next_value if line.next_day else None,
        "next_day": line.next_day,
        "decided_above": line.decided is not None,
        "explanation": _(one.explanation),
    }
