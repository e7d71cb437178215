"""The number host decides: which ticket a window of another PC gets, which number is next, what was done twice.

Each claim is decided once, in one transaction with the fact that says so; asked again it gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from hallterm.rules.day import business_day
from hallterm.workflows.case import queue_of
from hallterm.workflows.day import ensure_day
from hallterm.workflows.doubles_look import DAY_MS, TWICE_DAYS
from hallterm.workflows.matching import end_served
from hallterm.workflows.numbering import next_number
from storage import claims, views
from storage.claims import Twice
from storage.facts import (
    DoubleFound,
    DoubleKind,
    Got,
    Moment,
    NumberClaimed,
    TicketCancelled,
    TicketClaimed,
    TicketClass,
    TicketResult,
    TicketState,
    Want,
)
from storage.journal import Journal, Write
from storage.views.places import opened_days
from sync.hub_wire import ClaimAnswer, ClaimQuestion

DOUBLES_EVERY_MS = 5_000


class NumberHost:
    """What a hub does with claims and with logs that have met; used from one thread."""

    def __init__(self) -> None:
        self._matched = self._compared = -1
        self._compared_m = -DOUBLES_EVERY_MS
        self._older: list[str] = []

    def decide(self, journal: Journal, asked: ClaimQuestion, now: Moment) -> ClaimAnswer:
        """One claim of a node of this hall."""
        with journal.write(asked.staff or "-", now) as tx:
            known = claims.claim(tx.database, asked.claim)
            if known is not None and not known.dropped:
                given = ClaimAnswer(claim=known.id, got=Got.GIVEN, ticket=known.ticket, number=known.number)
            elif known is not None:
                given = ClaimAnswer(claim=asked.claim, got=Got.NO)
            else:
                day = ensure_day(tx)
                end_served(tx, day)
                given = DECIDE[asked.want](tx, asked, day)
            order = tx.head.causal
        return ClaimAnswer(claim=given.claim, got=given.got, ticket=given.ticket, number=given.number, order=order)

    def tidy(self, journal: Journal, now: Moment) -> None:
        """Ends tickets whose holders were served without a call; every few seconds reports what was done twice.

        Today, and in turns one earlier day: a PC may bring what it did alone after midnight, or weeks later. Does
        nothing while the journal does not grow and all days were looked at; call it often.
        """
        pos, hall = journal.last_pos(), journal.identity.hall
        day = views.last_day(journal.database, hall)
        if day and pos != self._matched and claims.served_without_call(journal.database, hall, day):
            with journal.write("-", now) as tx:
                end_served(tx, day)
        self._matched = pos
        if day and (pos != self._compared or self._older) and now.m - self._compared_m >= DOUBLES_EVERY_MS:
            self._report(journal, day, now)
            self._compared_m = now.m

    def _report(self, journal: Journal, day: str, now: Moment) -> None:
        if not self._older:
            self._compared = journal.last_pos()
            first = business_day(now.t - TWICE_DAYS * DAY_MS)
            self._older = sorted(opened_days(journal.database, journal.identity.hall, first, day) - {day})
        report_doubles(journal, day, now)
        if self._older:
            report_doubles(journal, self._older.pop(), now)


def _call(tx: Write, asked: ClaimQuestion, day: str) -> ClaimAnswer:
    hall = tx.identity.hall
    window = views.window(tx.database, asked.window)
    if window is None or window.hall != hall:
        return ClaimAnswer(claim=asked.claim, got=Got.NO)
    rows = {row.id: row for row in claims.waiting(tx.database, hall, day)}
    ordered = queue_of(window, tuple(rows.values()), tx.now.t)
    if not ordered:
        return ClaimAnswer(claim=asked.claim, got=Got.NOBODY)
    row = rows[ordered[0].ticket]
    tx.record(
        TicketClaimed(
            claim=asked.claim, ticket=row.id, node=asked.node, window=asked.window, staff=asked.staff, target=row.target
        )
    )
    return ClaimAnswer(claim=asked.claim, got=Got.GIVEN, ticket=row.id, number=row.number)


def _number(tx: Write, asked: ClaimQuestion, day: str) -> ClaimAnswer:
    if asked.cls not in TicketClass.__members__.values():
        return ClaimAnswer(claim=asked.claim, got=Got.NO)
    who = tx.identity
    number = next_number(tx.database, who.hall, day, asked.prefix, TicketClass(asked.cls), who.node)
    tx.record(NumberClaimed(claim=asked.claim, node=asked.node, day=day, number=number))
    return ClaimAnswer(claim=asked.claim, got=Got.GIVEN, number=number)


def _cancel(tx: Write, asked: ClaimQuestion, _day: str) -> ClaimAnswer:
    row = views.ticket(tx.database, asked.ticket)
    if row is None or row.hall != tx.identity.hall:
        return ClaimAnswer(claim=asked.claim, got=Got.NO)
    if row.result == TicketResult.CANCELLED:
        return ClaimAnswer(claim=asked.claim, got=Got.GIVEN, ticket=row.id, number=row.number)
    if row.state is not TicketState.WAITING or row.id in claims.keepers(tx.database):
        return ClaimAnswer(claim=asked.claim, got=Got.NO)
    tx.record(TicketCancelled(row.id))
    return ClaimAnswer(claim=asked.claim, got=Got.GIVEN, ticket=row.id, number=row.number)


DECIDE = {Want.CALL: _call, Want.NUMBER: _number, Want.CANCEL: _cancel}


def report_doubles(journal: Journal, day: str, now: Moment) -> None:
    """Each double once. Business rule 7.5.3 across nodes that were cut off from each other."""
    if not list(_unreported(journal, day, now)):
        return
    with journal.write("-", now) as tx:
        for what, twice in _unreported(journal, day, now):
            tx.record(DoubleFound(what=what, day=day, subject=twice.subject, first=twice.first, second=twice.second))


def _unreported(journal: Journal, day: str, now: Moment) -> Iterator[tuple[DoubleKind, Twice]]:
    db, hall = journal.database, journal.identity.hall
    found = {
        DoubleKind.NUMBER: claims.numbers_twice(db, hall, day),
        DoubleKind.TICKET: claims.tickets_twice(db, hall, day),
        DoubleKind.CLERK: claims.at_once(db, hall, day, "staff", now.t),
        DoubleKind.WINDOW: claims.at_once(db, hall, day, "window", now.t),
    }
    for what, many in found.items():
        for twice in dict.fromkeys(many):
            if not claims.is_reported(db, what, twice):
                yield what, twice
