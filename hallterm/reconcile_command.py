"""``hallterm reconcile``: what a list of the tax software says of the services of this hall; recorded with ``--yes`` only.

Who may read the data folder may see what the list would say; to record it somebody who may import shows who he is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click
import msgspec
from msgspec import Struct

from hallterm.cli_errors import BAD_INPUT, OK
from hallterm.config import ConfigError, Settings
from hallterm.core_file import CoreFile, FileError, read_core_file
from hallterm.locale import N_, _
from hallterm.reconciling import day_changes, day_words, faults, inputs, remarks
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.reconciling import Preview, Recorded, days_of, foreseen, record_day
from storage import clock
from storage.journal import Journal
from storage.local import Board

NO_HALL = N_("{folder} holds no hall: run hallterm setup first, or name the folder with --data")
OTHER_HALL = N_("this PC is of hall {here}, not of {hall}: take the list in there")
NOT_RECORDED = N_("Nothing is recorded. With --yes it is")


class ReconcileOptions(Struct, frozen=True):
    """What was given besides the file; without ``staff`` number and password are asked."""

    hall: str = ""
    yes: bool = False
    as_json: bool = False
    staff: str = ""
    password_stdin: bool = False


def main(settings: Settings, file: Path, options: ReconcileOptions, password_from: TextIO | None = None) -> int:
    """0 shown or recorded; 2 where lines cannot be used. Raises ConfigError with the sentence of a refusal."""
    folder = settings.data.path
    if not (folder / "hall.db").exists():
        raise ConfigError(_(NO_HALL).format(folder=folder))
    try:
        read = read_core_file(file)
    except FileError as error:
        raise ConfigError(str(error)) from error
    journal, board = Journal.open(folder / "hall.db"), Board(folder / "local.db")
    try:
        hall = journal.identity.hall
        if options.hall not in ("", hall):
            raise ConfigError(_(OTHER_HALL).format(here=hall, hall=options.hall))
        return _compare(Desk(journal, board, hall), settings, read, options, password_from or sys.stdin)
    except Refused as refused:
        raise ConfigError(refused.reason.text()) from refused
    finally:
        board.close()
        journal.close()


def _compare(desk: Desk, settings: Settings, file: CoreFile, options: ReconcileOptions, password_from: TextIO) -> int:
    found = foreseen(desk.journal.database, desk.hall, clock.now(), inputs(file), file.file_hash)
    wrong = faults(file, found)
    done: list[Recorded] = []
    if options.yes and not wrong:
        from hallterm.setting_command import SetOptions, shown_who

        shown = SetOptions(staff=options.staff, password_stdin=options.password_stdin)
        desk = shown_who(desk, settings.data.path, shown, password_from)
        done = [record_day(desk, clock.now(), inputs(file), file.file_hash, day) for day in days_of(inputs(file))]
    if options.as_json:
        click.echo(_json(file, found, wrong, done))
    else:
        _tell(found, wrong, done)
    return BAD_INPUT if wrong else OK


def _tell(found: Preview, wrong: list[str], done: list[Recorded]) -> None:
    for day in found.days:
        click.echo(day_words(day))
        click.echo(f"  {day_changes(day)}")
    for remark in remarks(found):
        click.echo(remark)
    for sentence in wrong:
        click.echo(sentence, err=True)
    for one in done:
        click.echo(one.words.text())
    if not done:
        click.echo(_(NOT_RECORDED))


def _json(file: CoreFile, found: Preview, wrong: list[str], done: list[Recorded]) -> str:
    days = [
        {**msgspec.to_builtins(day), "no": day.no, "share": None if day.share is None else float(day.share)}
        for day in found.days
    ]
    whole = {
        "file": file.name,
        "file_hash": file.file_hash,
        "days": days,
        "faults": wrong,
        "remarks": remarks(found),
        "recorded": [{"day": one.day, "changed": one.changed} for one in done],
    }
    return msgspec.json.encode(whole).decode()
