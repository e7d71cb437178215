"""``hallterm catalogue import``: put a checked table of matters to use, as somebody who may edit the catalogue."""

from __future__ import annotations

import click

from hallterm.asking import ask_person
from hallterm.config import Settings
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.reference import put_matters
from hallterm.workflows.sign_on import unlock
from storage import clock
from storage.facts import ServiceTypeSet
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault


def main(settings: Settings, matters: list[ServiceTypeSet]) -> int:
    """Ask who does it, record what differs; 0 done, 2 refused with one sentence."""
    folder = settings.data.path
    number, password = ask_person()
    journal, vault, board = Journal.open(folder / "hall.db"), Vault.open(folder), Board(folder / "local.db")
    try:
        desk = Desk(journal, board, journal.identity.hall, staff=number)
        unlock(desk, vault, number, password, clock.now())
        click.echo(put_matters(desk, matters, clock.now()).words.text())
    except Refused as refused:
        click.echo(refused.reason.text(), err=True)
        return 2
    finally:
        board.close()
        vault.close()
        journal.close()
    return 0
