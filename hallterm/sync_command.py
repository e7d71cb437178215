"""``hallterm sync status`` and ``hallterm admin nodes``: the page of the nodes without a screen, for people and machines."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click
import msgspec

from hallterm.centre_place import is_centre, opener_of
from hallterm.cli_errors import OK, STOPPED
from hallterm.config import Settings
from hallterm.locale import N_, _

if TYPE_CHECKING:
    from hallterm.workflows.desk import Desk
    from hallterm.workflows.sync_look import NodeLine

NOT_SET_UP = N_("{folder} holds no hall and no centre yet.")
NO_NODES = N_("No node is enrolled here.")
WIDTH = 120


def status(settings: Settings, as_json: bool) -> int:
    """What has not arrived: of this PC, or at a centre of all that send there."""
    from hallterm.workflows.desk import Desk
    from storage.local import Board

    with ExitStack() as stack:
        journal = opener_of(settings)()
        stack.callback(journal.close)
        if not journal.is_set_up:
            print(_(NOT_SET_UP).format(folder=settings.data.path), file=sys.stderr)
            return STOPPED
        board = Board(settings.data.path / "local.db")
        stack.callback(board.close)
        hall = "" if is_centre(settings.data.path) else journal.identity.hall
        return tell(Desk(journal, board, hall), as_json)


def tell(desk: Desk, as_json: bool) -> int:
    """Print the rows of a journal; a desk without a hall is a centre's, so its own node is none of them."""
    from hallterm.rules.node_health import Trouble
    from hallterm.workflows.coverage import missing_now
    from hallterm.workflows.sync_look import every_line
    from storage.clock import now as read_clock

    now = read_clock()
    lines = every_line(desk, now)
    if as_json:
        rows = [msgspec.structs.asdict(one) | {"trouble": Trouble(one.trouble).name.lower()} for one in lines]
        click.echo(msgspec.json.encode(rows).decode())
        return OK
    gaps = () if desk.hall else missing_now(desk.journal.database, "", now)
    if not lines:
        click.echo(_(NO_NODES))
    _print(lines, now.t)
    if gaps:
        from hallterm.node_words import gaps_text

        click.echo(gaps_text(gaps))
    return OK


def _print(lines: tuple[NodeLine, ...], now_t: int) -> None:
    from hallterm.node_words import brief_of, head_row, node_text, words_of
    from hallterm.rules.node_health import Trouble

    if lines:
        click.echo(head_row(WIDTH).rstrip())
    for one in lines:
        click.echo(" " + node_text(one, now_t, WIDTH).rstrip())
    for one in lines:
        if one.trouble is not Trouble.NONE:
            click.echo(f"\n{brief_of(one, now_t)}")
            for todo in words_of(one).todo:
                click.echo(f"  {_(todo)}")
