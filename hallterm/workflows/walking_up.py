"""People without a number: a walk-up is started, and why it is one may be corrected. Business rule 7.2 (T7)."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.counter import WALK_UP_LABELS, walk_up_choices, walk_up_prefixes, walk_up_reason
from hallterm.rules.day import clock_text
from hallterm.rules.numbers import parse_number
from hallterm.rules.timers import limit_s
from hallterm.rules.words import Reason
from hallterm.workflows.calling import close_visit, undoable
from hallterm.workflows.case import Case, read_case, require
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.serving import NOT_CHOSEN, STARTED, matter_of, pieces, service_of
from hallterm.workflows.ticketing import NOT_A_NUMBER
from storage import claims, views
from storage.facts import CounterAction, EntryMode, Moment, ServiceStarted, ServiceWalkUpChanged, WalkUpReason
from storage.journal import Write

WALK_UP_NOW = N_("without a number, reason: {reason}. Backspace takes it back within 10 s")
CALL_IT = Reason(N_("the number host is there: call the number instead"))
SERVED_ALREADY = N_("{number} was served already today")
ONLY_CONSULT = Reason(N_("people are waiting: without a number only consultation (L)"))


def walk_up(desk: Desk, now: Moment, code: str, quantity: int = 1, number: str = "") -> Done:
    """T7: a person without a number; the reason is derived, and people who wait are not jumped.

    ``number`` is what somebody shows whose ticket cannot be called: the number host is away. It is matched when it is back.
    """
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        reason = walk_up_reason(require(case, desk, now, CounterAction.WALK_UP))
        matter = matter_of(tx, desk, code)
        only = walk_up_prefixes(reason)
        if only is not None and matter.code[0] not in only:
            raise Refused(ONLY_CONSULT)
        shown = _shown(tx, case, number, reason) if number else ""
        pieces(matter, quantity)
        close_visit(tx, case)
        started = ServiceStarted(
            window=desk.window,
            staff=desk.staff,
            day=case.day,
            code=matter.code,
            number=matter.number,
            limit_s=limit_s(matter.limit_min, quantity, matter.batchable),
            quantity=quantity,
            entry_mode=EntryMode.WALK_UP,
            walk_up_reason=reason,
            shown_number=shown,
        )
        fact = tx.record(started)
    subject = shown or Reason(WALK_UP_LABELS[reason])
    words = Reason(STARTED, {"time": clock_text(now.t), "subject": subject, "code": matter.code})
    return Done(words, undoable(case, CounterAction.WALK_UP, fact, started, now))


def _shown(tx: Write, case: Case, text: str, reason: WalkUpReason) -> str:
    """The number as it stands on the slip; raises Refused where the ticket itself can be called, or was served here."""
    number = text.strip().upper()
    if parse_number(number) is None:
        raise Refused(Reason(NOT_A_NUMBER, {"text": text[:12]}))
    if reason is not WalkUpReason.LAN_DOWN:
        raise Refused(CALL_IT)
    row = views.ticket_by_number(tx.database, case.hall.code, case.day, number)
    if (row is not None and row.result) or claims.served_under(tx.database, case.hall.code, case.day, number):
        raise Refused(Reason(SERVED_ALREADY, {"number": number}))
    return number


def change_walk_up_reason(desk: Desk, now: Moment, reason: WalkUpReason) -> Done:
    """Why somebody is served without a number, where the derived reason is not the true one."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        looked_at = require(case, desk, now, CounterAction.WALK_UP_REASON)
        refused = dict(walk_up_choices(looked_at))[reason]
        label = Reason(WALK_UP_LABELS[reason])
        if refused is not None:
            raise Refused(Reason(NOT_CHOSEN, {"reason": label, "why": refused}))
        service = service_of(case)
        body = ServiceWalkUpChanged(service.id, desk.window, desk.staff, reason, service.walk_up_reason)
        fact = tx.record(body)
    return Done(Reason(WALK_UP_NOW, {"reason": label}), undoable(case, CounterAction.WALK_UP_REASON, fact, body, now))
