"""``hallterm admin``: what is decided at a centre, on its own machine: which nodes may send, and which no longer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hallterm.cli_errors import BAD_INPUT, OK, STOPPED
from hallterm.config import Settings
from hallterm.locale import N_, _

if TYPE_CHECKING:
    from storage.journal import Journal

CODE = N_("{code}   {scope}   good once, within 7 days. Shown now and never again.")
ANSWERED = N_("{node} of {scope} is enrolled. {file} is the answer: take it back to that PC.")
NOT_ANSWERED = N_("{file}: the code of this request is unknown here, used, or too old.")
NAME_TAKEN = N_("{node} is known here with another key: make a code that replaces it.")
UNREADABLE = N_("{file}: this is no request of a PC.")
REVOKED = N_("{node}: nothing more is taken from it. What it sent stays.")
UNKNOWN_NODE = N_("{node}: no such node is enrolled here; hallterm admin nodes lists them.")
NO_COPIES = N_("No disk of any node was copied or put back.")
COPY = N_("{node}: parted at line {common} on {when} ({why}), {have} lines since")
CAUSES = {
    "forked": N_("two disks wrote one log"),
    "went_back": N_("the disk was put back to an earlier state"),
    "moved": N_("the disk is in another machine"),
    "pruned": N_("lines were no longer there"),
    "damaged": N_("a line was damaged"),
}
BACKED_UP = N_("{events} lines copied and verified: {file}. {raised} logs may now be pruned up to there at their PCs.")
NOT_SOUND = N_("What was copied does not hold, so there is no backup: run hallterm doctor.")
REPROJECTED = N_("{projected} of {tried} lines that were put aside are understood now.")
REMOVED = N_("Old backups removed: {count}; kept: {kept}")
MOST_PERCENT = 95
NO_CENTRE = N_("{folder} holds no centre yet: start hallterm serve once.")


@contextmanager
def centre_journal(settings: Settings, database: str) -> Iterator[Journal]:
    """The centre's journal; one sentence and exit code 1 if there is none."""
    from hallterm.centre import allow_postgresql, journal_file
    from storage.journal import Journal

    path = journal_file(settings.data.path)
    if database:
        allow_postgresql()
    elif not path.exists():
        print(_(NO_CENTRE).format(folder=settings.data.path), file=sys.stderr)
        raise click.exceptions.Exit(STOPPED)
    journal = Journal.open(database or path)
    try:
        yield journal
    finally:
        journal.close()


def code(settings: Settings, database: str, scope: str, replaces: str) -> int:
    """Make a one-time code for a hall (or a centre below this one); a hall that is not known yet is, once it joined."""
    from hallterm.workflows.centre_editing import place_refusal
    from hallterm.workflows.known_places import not_yet
    from storage import nodes
    from storage.clock import now
    from sync.enrol import make_offer

    wrong = place_refusal(scope)
    if wrong is not None:
        return _told(wrong.text(), BAD_INPUT)
    with centre_journal(settings, database) as journal:
        if replaces and nodes.registered(journal.database, replaces) is None:
            return _told(_(UNKNOWN_NODE).format(node=replaces), BAD_INPUT)
        new = not_yet(journal.database, scope)
        if new is not None:
            print(new[0].text(), file=sys.stderr)
        if new is not None and not new[1]:
            return BAD_INPUT
        made = make_offer(journal, scope, now(), replaces)
    click.echo(_(CODE).format(code=made, scope=scope))
    return OK


def welcome(settings: Settings, database: str, request: Path, answer: Path) -> int:
    """Answer the request file of a PC without a line."""
    import msgspec

    from storage.clock import now
    from sync import enrol
    from sync.keys import load_or_make
    from sync.wire import WireError, decode

    try:
        asked = decode(request.read_bytes(), enrol.Request)
    except WireError:
        return _told(_(UNREADABLE).format(file=request), BAD_INPUT)
    with centre_journal(settings, database) as journal:
        try:
            found = enrol.welcome(journal, load_or_make(settings.data.path), asked, now())
        except enrol.EnrolError as error:
            text = NAME_TAKEN if error.code == "name-taken" else NOT_ANSWERED
            return _told(_(text).format(file=request, node=asked.node), STOPPED)
    answer.write_bytes(msgspec.json.encode(found))
    click.echo(_(ANSWERED).format(node=asked.node, scope=asked.scope, file=answer))
    return OK


def revoke(settings: Settings, database: str, node: str, reason: str) -> int:
    """Take nothing more from a node."""
    from storage import facts, nodes
    from storage.clock import now

    with centre_journal(settings, database) as journal, journal.write("-", now()) as tx:
        known = nodes.registered(tx.database, node)
        if known is None:
            return _told(_(UNKNOWN_NODE).format(node=node), BAD_INPUT)
        tx.record(facts.NodeRevoked(node=node, reason=reason))
    click.echo(_(REVOKED).format(node=node))
    return OK


def list_nodes(settings: Settings, database: str, as_json: bool) -> int:
    """Every node that enrolled here: what it sent, what waits there, when it last came, what is wrong."""
    from hallterm.sync_command import tell
    from hallterm.workflows.desk import Desk
    from storage.local import Board

    with centre_journal(settings, database) as journal:
        board = Board(settings.data.path / "local.db")
        try:
            return tell(Desk(journal, board, ""), as_json)
        finally:
            board.close()


def list_copies(settings: Settings, database: str, as_json: bool) -> int:
    """Every disk that was copied or put back, and where it parted."""
    from hallterm.rules.day import local
    from storage import nodes

    with centre_journal(settings, database) as journal:
        found = nodes.later_epochs(journal.database)
    if as_json:
        click.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False))
        return OK
    if not found:
        click.echo(_(NO_COPIES))
    for one in found:
        when, why = f"{local(one.opened_t):%Y-%m-%d %H:%M}", _(CAUSES.get(one.why, one.why))
        click.echo(_(COPY).format(node=one.node, common=one.common, when=when, why=why, have=one.have))
    return OK


def back_up(settings: Settings, database: str, target: Path | None) -> int:
    """Copy the centre, verify the copy, and let the PCs drop what is in it; old copies go, but not from a ``target`` of its
    own.
    """
    from hallterm.centre_backups import folder_of, make
    from storage import durable
    from storage.clock import now
    from storage.errors import StorageDamaged

    removed: list[str] = []
    with centre_journal(settings, database) as journal:
        try:
            if target is None:
                made, removed = make(settings, journal, now(), _percent)
            else:
                made = durable.back_up(journal, target, now(), _percent)
        except StorageDamaged:
            return _told(_(NOT_SOUND), STOPPED)
    click.echo(_(BACKED_UP).format(events=made.events, file=made.path, raised=made.raised))
    if removed:
        kept = len(durable.made(folder_of(settings)))
        click.echo(_(REMOVED).format(count=len(removed), kept=kept))
    return OK


def _percent(done: int) -> None:
    """How far it is, for who looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:3} %" if done < MOST_PERCENT else "\r      \r")
        sys.stderr.flush()


def reproject(settings: Settings, database: str) -> int:
    """Try again what was put aside, after an upgrade."""
    from storage.reproject import reproject as again

    with centre_journal(settings, database) as journal:
        done = again(journal)
    click.echo(_(REPROJECTED).format(projected=done.projected, tried=done.tried))
    return OK


def _told(text: str, exit_code: int) -> int:
    print(text, file=sys.stderr)
    return exit_code
