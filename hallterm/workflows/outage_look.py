"""What the page of faults shows: outages, pauses that wait for a word, entries, last services, papers, receipts."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from hallterm.rules.day import business_day
from hallterm.workflows.back_entering import enterable, entry_until
from hallterm.workflows.desk import Desk
from hallterm.workflows.outage_cards import unanswered
from hallterm.workflows.own_records import refuse_unless_own
from hallterm.workflows.pause_words import pause_until_t, waiting_pauses
from hallterm.workflows.rights import is_allowed
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import Moment
from storage.views.outage_sums import OutageSum, outage_sums
from storage.views.outages import (
    BackEntryRow,
    CardRow,
    FaultPause,
    LastService,
    PaperRow,
    ReceiptRow,
    back_entries,
    cards,
    open_receipts,
    outages,
    papers,
)

SHOWN_DAYS = 30


class PauseLine(Struct, frozen=True):
    """``until_t`` ms UTC: then it counts."""

    pause: FaultPause
    name: str
    until_t: int


class EntryLine(Struct, frozen=True):
    entry: BackEntryRow
    name: str
    entered_by: str


class LastLine(Struct, frozen=True):
    outage: str
    last: LastService
    name: str


class OutageLook(Struct, frozen=True):
    """``leads``: confirms faults and pauses; ``confirms``: back-entries. Outages newest first.

    ``enter_until_t``: until when work may be entered (0: the outage goes on, None: there is none).
    """

    hall_name: str
    staff: str
    window: str
    leads: bool
    confirms: bool
    outages: tuple[OutageSum, ...]
    pauses: tuple[PauseLine, ...]
    entries: tuple[EntryLine, ...]
    last: tuple[LastLine, ...]
    papers: tuple[PaperRow, ...]
    cards: tuple[CardRow, ...]
    receipts: tuple[ReceiptRow, ...]
    enter_until_t: int | None

    @property
    def entries_waiting(self) -> int:
        return sum(not one.entry.confirmed_t and not one.entry.refused_t for one in self.entries)


def outage_look(desk: Desk, now: Moment) -> OutageLook:
    """Everything of the last 30 days; a clerk sees the pauses and entries that are his. Raises Refused."""
    db, hall = desk.journal.database, desk.hall
    leads = is_allowed(db, desk.staff, Action.CONFIRM_FAULT, hall)
    if not is_allowed(db, desk.staff, Action.DECLARE_FAULT, hall):
        refuse_unless_own(db, desk, Action.DECLARE_FAULT)
    confirms = is_allowed(db, desk.staff, Action.CONFIRM_BACK_ENTRY, hall)
    span = _span(db, hall, now)
    found = tuple(reversed(outage_sums(db, span)))
    names = {one.number: one.name for one in views.all_staff(db)}
    row = views.hall(db, hall)
    mine = [one for one in waiting_pauses(db, hall, now.t) if leads or one.staff == desk.staff]
    entries = [one for one in back_entries(db, span) if confirms or desk.staff in (one.staff, one.made_by)]
    over = [one.row for one in found if one.row.to_t and not one.row.withdrawn_t]
    last = [(one.id, service) for one in over for service in unanswered(desk, one)]
    may_enter = enterable(db, hall, now.t)
    until = entry_until(db, may_enter[0]) if may_enter else None
    return OutageLook(
        hall_name=row.name if row else hall,
        staff=names.get(desk.staff, desk.staff),
        window=desk.window,
        leads=leads,
        confirms=confirms,
        outages=found,
        pauses=tuple(PauseLine(one, names.get(one.staff, one.staff), pause_until_t(db, hall, one)) for one in mine),
        entries=tuple(_entry(one, names) for one in reversed(entries)),
        last=tuple(
            LastLine(id, one, names.get(one.staff, one.staff))
            for id, one in last
            if confirms or one.staff == desk.staff
        ),
        papers=tuple(paper for one in found for paper in papers(db, hall, one.row.id)),
        cards=tuple(card for one in found for card in cards(db, hall, one.row.id)),
        receipts=tuple(open_receipts(db, hall)),
        enter_until_t=None if not may_enter else until.t if until else 0,
    )


def faults_waiting(db: Database, hall: str, now: Moment) -> int:
    """How many faults of a hall go on, or are over and wait for a leader's word."""
    return sum(one.is_open or not (one.confirmed_t or one.withdrawn_t) for one in outages(db, _span(db, hall, now)))


def pauses_waiting(db: Database, hall: str, now: Moment) -> int:
    """How many pauses of a hall wait for a leader's word."""
    return len(waiting_pauses(db, hall, now.t))


def _span(db: Database, hall: str, now: Moment) -> tuple[str, str, str]:
    """Up to the hall's own business day, which a clock that is behind does not set back: what is declared is of that."""
    today = business_day(now.t, views.last_day(db, hall))
    return hall, (date.fromisoformat(today) - timedelta(days=SHOWN_DAYS)).isoformat(), today


def _entry(one: BackEntryRow, names: dict[str, str]) -> EntryLine:
    return EntryLine(one, names.get(one.staff, one.staff), names.get(one.made_by, one.made_by))
