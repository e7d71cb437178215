"""Faults of the hall at this PC: windows paused and resumed as facts of other PCs ask, pauses counted again that lapsed."""

from __future__ import annotations

from hallterm.workflows.desk import Desk
from hallterm.workflows.outages import follow, needs_following
from hallterm.workflows.pause_words import count_again, follow_confirmed
from storage.facts import Moment
from storage.journal import Journal
from storage.local import Board


def each_second(journal: Journal, board: Board, now: Moment) -> None:
    """What a fault that was declared at another PC asks of the windows here."""
    desk = Desk(journal, board, journal.identity.hall, staff="-")
    if needs_following(desk):
        with journal.write("-", now) as tx:
            follow(tx, desk, now)


def each_minute(journal: Journal, now: Moment) -> None:
    """Pauses that a fault confirms which was confirmed elsewhere; pauses that nobody confirmed in time."""
    follow_confirmed(journal, now)
    count_again(journal, now)
