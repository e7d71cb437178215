"""Leave is decided: what waits with its checks in words, approved, rejected, taken back, and its certificate seen. Rule 10.

A decision is checked against the request as it stands inside the transaction: whoever comes second is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.day import clock_text
from hallterm.rules.leave import NEEDS_REASON, OWN_REQUEST, Request, decision_refusal, leave_rule, span_of
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.undo import TOO_LATE, UNDO_WITHIN_MS
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.leave import (
    NO_SUCH_LEAVE,
    LeaveDone,
    LeaveDraft,
    Weighed,
    days_text,
    leave_span,
    moved,
    plain,
    span_text,
    weighed,
)
from hallterm.workflows.rights import is_allowed, refuse_unless_allowed
from hallterm.workflows.sign_on import grants_of
from storage import nodes, views
from storage.access import Action, may
from storage.database import Database
from storage.facts import (
    LeaveAction,
    LeaveApproved,
    LeaveCertified,
    LeaveDecisionUndone,
    LeaveRejected,
    LeaveState,
    Moment,
    Role,
)
from storage.journal import Write
from storage.views import attendance as rows
from storage.views.attendance import LeaveRow

APPROVED_ONE = N_("{time} approved: {staff} {what}")
APPROVED_MANY = N_("{time} approved {count} requests: {who}")
REJECTED = N_("{time} rejected: {staff} {what}")
TAKEN_BACK = N_("{time} taken back: {count} requests wait again")
CHANGED_SINCE = Reason(N_("somebody has changed it since: it stays"))
CERTIFIED = N_("the certificate of {staff} is noted")
NO_CERTIFICATE = Reason(N_("this kind of leave needs no certificate"))
CLEAN = Reason(N_("no objection"))
AFTERWARDS = Reason(N_("asked for afterwards"))
UNEXPLAINED = Reason(N_("asked for afterwards, explanation missing"))
PROVISIONAL = Reason(N_("holidays not announced"))
CONTESTED = Reason(N_("contested"))
CERTIFICATE_LATER = Reason(N_("certificate to follow"))
COSTS = N_("costs {points} points")


class Waiting(Struct, frozen=True):
    """A request that waits: its checks in words. ``clean``: nothing speaks against it; ``refusal``: why this person may
    not decide on it.
    """

    row: LeaveRow
    name: str
    stands_in: str
    checks: tuple[Reason, ...]
    clean: bool
    refusal: Reason | None


class LeaveUndo(Struct, frozen=True):
    """What was decided last, so that Backspace can take it back within 10 s: ``(request, decision, state before)``."""

    decided: tuple[tuple[str, str, LeaveState], ...]
    at: Moment


class Decided(Struct, frozen=True):
    """What was recorded, in words."""

    words: Reason
    undo: LeaveUndo | None = None


def waiting(db: Database, hall: str, staff: str, now: Moment) -> tuple[Waiting, ...]:
    """What waits for a decision in a hall, as ``staff`` sees it."""
    return tuple(_waiting(db, hall, staff, row, now) for row in rows.leaves_waiting(db, hall))


def _waiting(db: Database, hall: str, staff: str, row: LeaveRow, now: Moment) -> Waiting:
    person = views.staff(db, row.staff)
    draft = LeaveDraft(row.leave_type, span_of(leave_span(row)), again=row.id)
    seen = weighed(db, hall, row.staff, draft, now)
    against = _against(row, seen)
    return Waiting(
        row=row,
        name=person.name if person else row.staff,
        stands_in=seen.stands_in,
        checks=(*against, *_remarks(row, seen)) or (CLEAN,),
        clean=not against,
        refusal=_refusal(db, hall, staff, row),
    )


def _against(row: LeaveRow, seen: Weighed) -> tuple[Reason, ...]:
    """What an approver has to look at himself."""
    found = [seen.refusal] if seen.refusal is not None else []
    if row.contested:
        found.append(CONTESTED)
    if row.afterwards:
        found.append(AFTERWARDS if row.explained_t else UNEXPLAINED)
    return tuple(found)


def _remarks(row: LeaveRow, seen: Weighed) -> tuple[Reason, ...]:
    found = [CLEAN] if not _against(row, seen) else []
    if row.certificate and not row.certified_t:
        found.append(CERTIFICATE_LATER)
    if seen.points_milli:
        found.append(Reason(COSTS, {"points": points_text(seen.points_milli)}))
    if row.provisional:
        found.append(PROVISIONAL)
    return tuple(found)


def points_text(milli: int) -> str:
    """Thousandths of a point as people write them: ``2.5``."""
    return f"{milli / 1000:g}"


def _refusal(db: Database, hall: str, staff: str, row: LeaveRow) -> Reason | None:
    """Why this person may not decide: the grants that allow it here count, each with the length it is good for."""
    parents = nodes.parents(db)
    roles: Iterable[Role] = (
        one.role for one in grants_of(db, staff) if may([one], Action.APPROVE_LEAVE, hall, parents=parents)
    )
    request = Request(row.staff, span_of(leave_span(row)), row.half_days, row.state)
    return decision_refusal(roles, staff, request)


def approve_leaves(desk: Desk, leaves: Sequence[str], now: Moment) -> Decided:
    """Approve these requests, all or none; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        found = [_to_decide(tx, desk, leave, LeaveAction.APPROVE) for leave in leaves]
        decided = tuple(
            (row.id, tx.record(LeaveApproved(row.id, row.staff, row.leave_type, leave_span(row))), row.state)
            for row in found
        )
    undo, time = LeaveUndo(decided, now), clock_text(now.t)
    if len(found) == 1:
        return Decided(_one(APPROVED_ONE, found[0], time), undo)
    who = " ".join(f"{row.staff} {days_text(row.half_days)}" for row in found)
    return Decided(Reason(APPROVED_MANY, {"time": time, "count": len(found), "who": who}), undo)


def reject_leave(desk: Desk, leave: str, reason: str, now: Moment) -> Decided:
    """Reject a request and say why; raises Refused."""
    written = plain(reason)
    if not written:
        raise Refused(NEEDS_REASON)
    with desk.journal.write(desk.staff, now) as tx:
        row = _to_decide(tx, desk, leave, LeaveAction.REJECT)
        decision = tx.record(LeaveRejected(row.id, row.staff, written))
    return Decided(_one(REJECTED, row, clock_text(now.t)), LeaveUndo(((row.id, decision, row.state),), now))


def _one(words: str, row: LeaveRow, time: str) -> Reason:
    return Reason(words, {"time": time, "staff": row.staff, "what": span_text(row.leave_type, leave_span(row))})


def _to_decide(tx: Write, desk: Desk, leave: str, action: LeaveAction) -> LeaveRow:
    refuse_unless_allowed(tx.database, desk, Action.APPROVE_LEAVE)
    row = rows.leave(tx.database, leave)
    if row is None or row.hall != desk.hall:
        raise Refused(NO_SUCH_LEAVE)
    refused = _refusal(tx.database, desk.hall, desk.staff, row)
    if refused is not None:
        raise Refused(refused)
    moved(row, action)
    return row


def undo_decision(desk: Desk, undo: LeaveUndo, now: Moment) -> Decided:
    """Take one's own last decision back within 10 s; raises Refused."""
    if elapsed_ms(undo.at.t, undo.at.m, undo.at.boot, now) > UNDO_WITHIN_MS:
        raise Refused(TOO_LATE)
    with desk.journal.write(desk.staff, now) as tx:
        for leave, decision, state in undo.decided:
            row = rows.leave(tx.database, leave)
            if row is None or row.by != desk.staff or rows.last_decision(tx.database, leave) != decision:
                raise Refused(CHANGED_SINCE)
            tx.record(LeaveDecisionUndone(leave, row.staff, decision, state))
    return Decided(Reason(TAKEN_BACK, {"time": clock_text(now.t), "count": len(undo.decided)}))


def certify_leave(desk: Desk, leave: str, note: str, now: Moment) -> LeaveDone:
    """Somebody who decides on leave has seen the certificate; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed(tx.database, desk, Action.APPROVE_LEAVE)
        row = rows.leave(tx.database, leave)
        if row is None or row.hall != desk.hall:
            raise Refused(NO_SUCH_LEAVE)
        if row.staff == desk.staff:
            raise Refused(OWN_REQUEST)
        if not leave_rule(row.leave_type).certificate:
            raise Refused(NO_CERTIFICATE)
        tx.record(LeaveCertified(leave, row.staff, plain(note)))
    return LeaveDone(Reason(CERTIFIED, {"staff": row.staff}), leave)


def decides(db: Database, desk: Desk) -> bool:
    """Whether the person at the desk decides on leave of this hall at all."""
    return is_allowed(db, desk.staff, Action.APPROVE_LEAVE, desk.hall)
