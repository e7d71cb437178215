"""Projections of failures: outages, words on pauses, recounts, cards and papers, back-entries, receipts by hand."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.changes import Keeps, counted_change
from storage.facts import EntryMode, ServiceNow, ServiceState, UnratedReason
from storage.figures import figure
from storage.projections.counter import (
    INTERVAL_RECOUNTED,
    SERVICE,
    SERVICE_COUNTED,
    SERVICE_END,
    SERVICE_MATTER,
    SERVICE_RATING,
    TICKET_CALLS,
    TICKET_PLACE,
    TICKET_REINSTATED,
    VISIT,
    VISIT_CLOSED,
    clock,
    ticket_now,
)
from storage.projections.ratings import UNRATED, UNRATED_NOW
from storage.projections.register import Placed, projects
from storage.statements import Step, latest, opening

BY_ID = ("id", "hall")
DECLARED = opening(
    "outage", BY_ID, ("day", "fault", "windows", "from_t", "expected_t", "note", "declared_t", "declared_by")
)
CONFIRMED = latest("outage", BY_ID, ("confirmed_t", "confirmed_by", "whole", "expected_now_t"), order="confirmed_ord")
WITHDRAWN = latest("outage", BY_ID, ("withdrawn_t", "withdrawn_by", "reason"), order="withdrawn_ord")
ENDED = latest("outage", BY_ID, ("to_t", "ended_by"))
SAID = latest(
    "pause_word",
    ("pause", "hall"),
    ("service", "staff", "day", "outage", "confirmed", "note", "said_t", "by"),
)
ANSWERED = latest(
    "last_answer", ("outage", "window", "hall"), ("staff", "service", "answer", "note", "answered_t", "by")
)
CARD = opening(
    "outage_card",
    BY_ID,
    ("number", "prefix", "outage", "day", "last_day", "ticket", "signature", "issued_t", "issued_by"),
)
CARD_USED = latest("outage_card", BY_ID, ("used_t", "used_day", "used_ticket"))
PAPER = opening(
    "paper_kept", BY_ID, ("outage", "slip", "window", "staff", "code", "day", "ref", "note", "kept_t", "by")
)
ENTRY = opening(
    "back_entry",
    BY_ID,
    (
        *("outage", "slip", "window", "staff", "code", "number", "quantity", "day", "from_t", "to_t"),
        *("std_milliminutes", "ticket", "note", "made_t", "made_by"),
    ),
)
ENTRY_CONFIRMED = latest("back_entry", BY_ID, ("confirmed_t", "confirmed_by"), order="confirmed_ord")
ENTRY_REFUSED = latest("back_entry", BY_ID, ("refused_t", "refused_by", "reason"))
RECEIPT = opening(
    "manual_receipt",
    BY_ID,
    ("receipt_no", "day", "tax_kind", "amount_fen", "late_fee_fen", "fine_fen", "ref", "written_t", "by"),
)
RECEIPT_ENTERED = latest("manual_receipt", BY_ID, ("entered_t", "entered_by", "entered_day", "service"))


@projects(f.OutageDeclared)
def declared(p: Placed) -> Iterator[Step]:
    d = p.fact
    where = (",".join(d.windows), d.from_t, d.expected_t, d.note)
    yield Step(DECLARED, (p.id, p.hall, d.day, d.fault.value, *where, p.t, p.actor))


@projects(f.OutageConfirmed)
def confirmed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(CONFIRMED, (d.outage, p.hall, p.t, p.actor, int(d.whole), d.expected_t, p.ord))


@projects(f.OutageWithdrawn)
def withdrawn(p: Placed) -> Iterator[Step]:
    yield Step(WITHDRAWN, (p.fact.outage, p.hall, p.t, p.actor, p.fact.reason, p.ord))


@projects(f.OutageEnded)
def ended(p: Placed) -> Iterator[Step]:
    yield Step(ENDED, (p.fact.outage, p.hall, p.fact.to_t, p.actor, p.ord))


@projects(f.PauseConfirmed)
def pause_confirmed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(SAID, (d.pause, p.hall, d.service, d.staff, d.day, d.outage, 1, d.note, p.t, p.actor, p.ord))


@projects(f.PauseRefused)
def pause_refused(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(SAID, (d.pause, p.hall, d.service, d.staff, d.day, "", 0, d.reason, p.t, p.actor, p.ord))


@projects(f.ServiceRecounted)
def recounted(p: Placed) -> Iterator[Step]:
    """The row gets the totals that hold now; the sums of the service's day and month change by the difference."""
    d = p.fact
    timed = not d.suspicious
    yield Step(SERVICE_COUNTED, (d.service, d.excluded_s, d.counted_s, int(d.overtime), p.ord))
    yield Step(INTERVAL_RECOUNTED, (d.pause, 1))
    yield from figure(
        p,
        counted_s=d.counted_change_s,
        excluded_s=d.excluded_change_s,
        overtime=d.overtime_change * timed,
        timed_counted_s=d.counted_change_s * timed,
    )
    if timed:
        yield counted_change(Keeps.LONGEST, p.hall, d.day)


@projects(f.LastTransactionAnswered)
def last_answered(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.staff, d.service, d.answer.value, d.note)
    yield Step(ANSWERED, (d.outage, d.window, p.hall, *what, p.t, p.actor, p.ord))


@projects(f.CardIssued)
def card_issued(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.number, d.prefix, d.outage, d.day, d.last_day, d.ticket, d.signature)
    yield Step(CARD, (p.id, p.hall, *what, p.t, p.actor))


@projects(f.CardUsed)
def card_used(p: Placed) -> Iterator[Step]:
    yield Step(CARD_USED, (p.fact.card, p.hall, p.t, p.fact.day, p.fact.ticket, p.ord))


@projects(f.PaperAccepted)
def paper_accepted(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(PAPER, (p.id, p.hall, d.outage, d.slip, d.window, d.staff, d.code, d.day, d.ref, d.note, p.t, p.actor))


@projects(f.BackEntryMade)
def back_entry_made(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.outage, d.slip, d.window, d.staff, d.code, d.number, d.quantity, d.day, d.from_t, d.to_t)
    yield Step(ENTRY, (p.id, p.hall, *what, d.std_milliminutes, d.ticket, d.note, p.t, p.actor))


@projects(f.BackEntryConfirmed)
def back_entry_confirmed(p: Placed) -> Iterator[Step]:
    """From here on it is a finished service under this fact's id: business and no efficiency, exempt from rating."""
    d, made = p.fact, p.fact.made
    wall_s = max(0, made.to_t - made.from_t) // 1000
    yield Step(ENTRY_CONFIRMED, (d.entry, p.hall, p.t, p.actor, p.ord))
    yield Step(VISIT, (p.id, p.hall, made.day, made.ticket, made.window, made.staff, made.from_t))
    yield Step(VISIT_CLOSED, (p.id, made.to_t, p.ord))
    opened = (made.ticket, 1, EntryMode.BACK_ENTRY.value, None, made.from_t, 0, "")
    yield Step(SERVICE, (p.id, p.hall, made.day, p.id, *opened))
    yield Step(SERVICE_MATTER, (p.id, made.code, made.number, made.quantity, 0, p.ord))
    now = ServiceNow(ServiceState.FINISHED, window=made.window, staff=made.staff, counted_ms=wall_s * 1000)
    yield clock(p, p.id, now)
    yield Step(SERVICE_END, (p.id, made.to_t, wall_s, made.std_milliminutes, 0, p.ord))
    yield Step(SERVICE_COUNTED, (p.id, 0, wall_s, 0, p.ord))
    who = (made.window, made.staff, made.code)
    yield Step(UNRATED, (p.id, p.hall, made.day, *who, UnratedReason.BACK_ENTRY.value, p.t))
    yield Step(UNRATED_NOW, (p.id, UnratedReason.BACK_ENTRY.value, 1, "", "", 0, p.ord))
    yield Step(SERVICE_RATING, (p.id, "unrated", p.ord))
    yield from figure(
        p,
        of=made,
        services=1,
        quantity=made.quantity,
        std_milliminutes=made.std_milliminutes,
        wall_s=wall_s,
        counted_s=wall_s,
        back_entries=1,
        unrated=1,
        exempt=1,
    )


@projects(f.BackEntryRefused)
def back_entry_refused(p: Placed) -> Iterator[Step]:
    yield Step(ENTRY_REFUSED, (p.fact.entry, p.hall, p.t, p.actor, p.fact.reason, p.ord))


@projects(f.ReceiptWritten)
def receipt_written(p: Placed) -> Iterator[Step]:
    d = p.fact
    sums = (d.amount_fen, d.late_fee_fen, d.fine_fen)
    yield Step(RECEIPT, (p.id, p.hall, d.receipt_no, d.day, d.tax_kind, *sums, d.ref, p.t, p.actor))


@projects(f.ReceiptEntered)
def receipt_entered(p: Placed) -> Iterator[Step]:
    yield Step(RECEIPT_ENTERED, (p.fact.receipt, p.hall, p.t, p.actor, p.fact.day, p.fact.service, p.ord))


@projects(f.TicketReinstated)
def reinstated(p: Placed) -> Iterator[Step]:
    """It waits again from now on; the no-show is taken out of the sums, its own comes anew if nobody comes again."""
    d = p.fact
    yield from ticket_now(p, d.ticket, f.TicketState.WAITING)
    yield Step(TICKET_PLACE, (d.ticket, f.TicketClass.REINSTATED, p.t, p.ord))
    yield Step(TICKET_CALLS, (d.ticket, 0, 0, 0, "", "", p.ord))
    yield Step(TICKET_REINSTATED, (d.ticket, 1))
    yield from figure(p, code=d.prefix, no_shows=-1)
