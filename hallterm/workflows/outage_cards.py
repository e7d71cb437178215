"""Beside a fault: cards for later, papers that were kept, the last service before it, receipts by hand, a no-show who
is here after all. Business rules 7.2 (T5), 12 and 16.2-16.5.
"""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.day import local
from hallterm.rules.numbers import window_number
from hallterm.rules.outages import LAST_ANSWERS, card_number, card_text, last_card_day
from hallterm.rules.queue import CALL_GAP_S, reinstate_allowed
from hallterm.rules.words import Reason
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.number_host import has_host
from hallterm.workflows.numbering import own_digit
from hallterm.workflows.own_records import refuse_unless_own
from hallterm.workflows.rights import refuse_unless_allowed
from hallterm.workflows.serving import matter_of
from hallterm.workflows.ticketing import Issued, find_ticket, issue
from hallterm.workflows.workdays import hall_calendar
from storage import views
from storage.access import Action
from storage.facts import (
    CardIssued,
    CardUsed,
    LastTransaction,
    LastTransactionAnswered,
    Moment,
    PaperAccepted,
    ReceiptEntered,
    ReceiptWritten,
    TicketClass,
    TicketReinstated,
    TicketResult,
    TicketState,
)
from storage.journal import Write
from storage.views.outages import (
    CardRow,
    LastService,
    OutageRow,
    answers,
    card_by_number,
    cards_issued,
    last_services,
    open_outages,
    outage,
    papers,
    receipt,
)

CARD = N_("card {number}: goes first, once, until {day}")
CARD_USED_NOW = N_("card {card} is used: {number} goes first")
PAPER = N_("slip {slip}: the papers are kept")
ANSWER = N_("window {window}: {answer}")
RECEIPT = N_("receipt {number} is open until it stands in the tax software")
RECEIPT_DONE = N_("receipt {number} stands in the tax software")
BACK_IN = N_("{number} waits again; a second time it cannot be re-instated")

NO_OUTAGE = Reason(N_("no fault is on record: cards and slips belong to one"))
NO_CARD = N_("there is no card {number} here; look at it again")
CARD_GONE = N_("card {number} was used on {day}")
CARD_OLD = N_("card {number} was good until {day}")
NO_GROUP = N_("{group} is not handled here")
NO_SLIP = Reason(N_("the number of the slip is missing"))
SLIP_KEPT = N_("slip {slip} is on record already")
NO_SERVICE = Reason(N_("this window served nobody before the fault"))
NO_NUMBER = Reason(N_("the number of the receipt is missing"))
RECEIPT_KNOWN = N_("receipt {number} is on record already")
NO_RECEIPT = N_("there is no open receipt {number}")
NO_AMOUNT = Reason(N_("the amount is more than nothing"))
NOT_A_NO_SHOW = N_("{number} is no no-show")
TWICE = N_("{number} was re-instated once already: take a new number")
TOO_LATE = N_("{number}: the 30 minutes are over, take a new number")
HOST_ONLY = Reason(N_("another PC gives out the numbers of this hall: do it there"))


def fault_now(tx: Write, hall: str) -> OutageRow:
    """The fault that goes on, the oldest of several; raises Refused."""
    found = open_outages(tx.database, hall)
    if not found:
        raise Refused(NO_OUTAGE)
    return found[0]


# cards


def issue_card(desk: Desk, now: Moment, prefix: str, ticket: str = "") -> Done:
    """A card for somebody who does not wait for the end of the fault; ``ticket`` is the number he had. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        db, day = tx.database, ensure_day(tx)
        refuse_unless_allowed(db, desk, Action.ISSUE)
        row = fault_now(tx, desk.hall)
        if prefix not in {one.ticket_prefix for one in views.matters(db, desk.hall, day) if not one.hidden}:
            raise Refused(Reason(NO_GROUP, {"group": prefix}))
        hall = views.hall(db, desk.hall)
        last_day = last_card_day(hall_calendar(db, hall, day), day) if hall else day
        digit = own_digit(tx.identity.node) if has_host(desk) else 0
        count = cards_issued(db, desk.hall, day) + 1
        while card_by_number(db, desk.hall, card_number(day, count, digit)) is not None:
            count += 1
        number = card_number(day, count, digit)
        signed = desk.vault.keyed_hash(card_text(desk.hall, number, last_day))[:16] if desk.vault else ""
        card = tx.record(CardIssued(number, prefix, row.id, day, last_day, ticket, signed))
    desk.board.request("print_card", {"card": card}, now)
    return Done(Reason(CARD, {"number": number, "day": last_day}), number=number)


def new_card(desk: Desk, now: Moment, prefix: str) -> str:
    """The number of a new card of a group."""
    return issue_card(desk, now, prefix).number


def ticket_for_card(desk: Desk, now: Moment, number: str) -> str:
    """The number of the ticket that a card was exchanged for."""
    return use_card(desk, now, number).number


def good_card(tx_or_desk: Desk, number: str, day: str) -> CardRow:
    """The card with a number, fit for use on a day; raises Refused."""
    name = number.strip().upper()
    row = card_by_number(tx_or_desk.journal.database, tx_or_desk.hall, name)
    if row is None:
        raise Refused(Reason(NO_CARD, {"number": name[:16]}))
    if row.used_t:
        raise Refused(Reason(CARD_GONE, {"number": row.number, "day": row.used_day}))
    if day > row.last_day:
        raise Refused(Reason(CARD_OLD, {"number": row.number, "day": row.last_day}))
    return row


def use_card(desk: Desk, now: Moment, number: str) -> Issued:
    """A card becomes a ticket that goes first, in one transaction; once. Raises Refused."""
    db = desk.journal.database
    refuse_unless_allowed(db, desk, Action.ISSUE)
    today = f"{local(now.t):%Y-%m-%d}"
    card = good_card(desk, number, today)

    def used(tx: Write, day: str, ticket: str) -> None:
        good_card(desk, number, day)
        tx.record(CardUsed(card.id, card.number, day, ticket))

    return issue(desk, now, card.prefix, TicketClass.OUTAGE_CARD, also=used)


# papers


def accept_papers(desk: Desk, now: Moment, slip: str, code: str, *, contact: str = "", note: str = "") -> Done:
    """Papers are kept with a slip; who it was and the telephone go into the vault. Raises Refused."""
    name = slip.strip().upper()
    if not name:
        raise Refused(NO_SLIP)
    with desk.journal.write(desk.staff, now) as tx:
        db, day = tx.database, ensure_day(tx)
        refuse_unless_own(db, desk, Action.BACK_ENTER)
        row, matter = fault_now(tx, desk.hall), matter_of(tx, desk, code.strip().upper())
        if any(one.slip == name for one in papers(db, desk.hall, row.id)):
            raise Refused(Reason(SLIP_KEPT, {"slip": name}))
        ref = desk.vault.seal(contact.strip()) if desk.vault and contact.strip() else ""
        tx.record(PaperAccepted(name, row.id, desk.window, desk.staff, matter.code, day, ref, note.strip()[:200]))
    return Done(Reason(PAPER, {"slip": name}))


# the last service before a failure


def unanswered(desk: Desk, row: OutageRow) -> list[LastService]:
    """The last services before a fault that nobody has answered for."""
    db = desk.journal.database
    said = {one.window for one in answers(db, row.hall, row.id)}
    found = last_services(db, row.hall, row.day, row.from_t)
    return [one for one in found if one.window not in said and row.concerns(one.window)]


def answer_last(desk: Desk, now: Moment, id: str, window: str, answer: LastTransaction, note: str = "") -> Done:
    """What became of it in the tax software: by who served, or by a leader. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        ensure_day(tx)
        row = outage(tx.database, id)
        if row is None or row.hall != desk.hall:
            raise Refused(NO_OUTAGE)
        found = last_services(tx.database, desk.hall, row.day, row.from_t)
        last = next((one for one in found if one.window == window), None)
        if last is None:
            raise Refused(NO_SERVICE)
        if last.staff == desk.staff:
            refuse_unless_own(tx.database, desk, Action.BACK_ENTER)
        else:
            refuse_unless_allowed(tx.database, desk, Action.BACK_ENTER)
        tx.record(LastTransactionAnswered(id, window, last.staff, last.id, answer, note.strip()[:200]))
    said = Reason(LAST_ANSWERS[answer])
    return Done(Reason(ANSWER, {"window": window_number(window), "answer": said}))


# receipts by hand


def write_receipt(
    desk: Desk, now: Moment, number: str, tax_kind: str, amount_fen: int, late_fee_fen: int = 0, fine_fen: int = 0
) -> Done:
    """A receipt that was written by hand; its month is not frozen while it is open. Raises Refused."""
    name = number.strip().upper()
    if not name:
        raise Refused(NO_NUMBER)
    if min(amount_fen, late_fee_fen, fine_fen) < 0 or not amount_fen + late_fee_fen + fine_fen:
        raise Refused(NO_AMOUNT)
    with desk.journal.write(desk.staff, now) as tx:
        day = ensure_day(tx)
        refuse_unless_own(tx.database, desk, Action.BACK_ENTER)
        if receipt(tx.database, desk.hall, name) is not None:
            raise Refused(Reason(RECEIPT_KNOWN, {"number": name}))
        tx.record(ReceiptWritten(name, day, tax_kind.strip()[:40], amount_fen, late_fee_fen, fine_fen))
    return Done(Reason(RECEIPT, {"number": name}))


def enter_receipt(desk: Desk, now: Moment, number: str) -> Done:
    """Its amounts stand in the tax software now. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        day = ensure_day(tx)
        refuse_unless_own(tx.database, desk, Action.BACK_ENTER)
        row = receipt(tx.database, desk.hall, number.strip().upper())
        if row is None or row.entered_t:
            raise Refused(Reason(NO_RECEIPT, {"number": number.strip()[:20]}))
        tx.record(ReceiptEntered(row.id, day))
    return Done(Reason(RECEIPT_DONE, {"number": row.receipt_no}))


# a no-show who is here after all


def reinstate(desk: Desk, now: Moment, text: str) -> str:
    """T5: a no-show waits again, once, within 30 minutes; by a guide or leader. Returns the number; raises Refused.

    When nobody came is not stored: it was at the earliest 20 s after the last call, and from then on it is counted.
    """
    if has_host(desk):
        raise Refused(HOST_ONLY)
    with desk.journal.write(desk.staff or "-", now) as tx:
        db = tx.database
        refuse_unless_allowed(db, desk, Action.CANCEL)
        row = find_ticket(db, desk.hall, now, text)
        if row.state is not TicketState.CLOSED or row.result != TicketResult.NO_SHOW:
            raise Refused(Reason(NOT_A_NO_SHOW, {"number": row.number}))
        before = bool(db.value('SELECT "reinstated" FROM ticket WHERE "id" = ?', (row.id,)))
        since_s = max(0, (now.t - row.last_called_t) // 1000 - CALL_GAP_S)
        if not reinstate_allowed(since_s, before):
            raise Refused(Reason(TWICE if before else TOO_LATE, {"number": row.number}))
        tx.record(TicketReinstated(row.id, row.day, row.prefix, row.staff))
    return row.number
