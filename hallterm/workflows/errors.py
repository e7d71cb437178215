"""Verified handling errors of clerks: recorded by the director or the assessor, withdrawn with a reason. Business rule 9."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from hallterm.rules.day import business_day
from hallterm.rules.words import Reason
from hallterm.workflows import month_words as words
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.months import MonthDone
from hallterm.workflows.of_a_hall import refuse_elsewhere
from hallterm.workflows.rights import refuse_unless_allowed_at
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import ErrorRecorded, ErrorWithdrawn, Moment
from storage.views import assessment as rows


class ErrorDraft(Struct, frozen=True):
    """An error as it was typed; ``code`` is the matter, ``service`` "" when it cannot be named."""

    staff: str
    day: str
    code: str
    note: str
    service: str = ""


def record_error(desk: Desk, draft: ErrorDraft, now: Moment) -> MonthDone:
    """It costs points of the business part of its month; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed_at(tx.database, desk.staff, Action.RECORD_ERROR, desk.hall)
        day = past_day(draft.day, business_day(now.t))
        staff = draft.staff.strip()
        refuse_unless_served(tx.database, desk.hall, staff)
        if not draft.note.strip():
            raise Refused(words.NEEDS_NOTE)
        tx.record(ErrorRecorded(staff, day, draft.code.strip().upper(), draft.note.strip(), draft.service))
    return MonthDone(
        Reason(words.ERROR_NOTED, {"staff": staff, "day": day, "code": draft.code.strip().upper() or "--"})
    )


def withdraw_error(desk: Desk, error: str, reason: str, now: Moment) -> MonthDone:
    """It was none; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed_at(tx.database, desk.staff, Action.RECORD_ERROR, desk.hall)
        row = rows.error(tx.database, error)
        if row is None or row.hall != desk.hall:
            raise Refused(words.NO_ERROR)
        if row.withdrawn_t:
            raise Refused(words.ERROR_GONE)
        refuse_elsewhere(desk, row.id)
        if not reason.strip():
            raise Refused(words.NEEDS_REASON)
        tx.record(ErrorWithdrawn(row.id, row.staff, row.day, row.code, reason.strip()))
    return MonthDone(Reason(words.ERROR_TAKEN_BACK, {"staff": row.staff, "day": row.day}))


def refuse_unless_served(db: Database, hall: str, staff: str) -> None:
    """Only who belongs to a hall or has worked there has errors and complaints there; raises Refused."""
    known = views.staff(db, staff)
    if known is None or (known.hall != hall and not rows.has_served(db, hall, staff)):
        raise Refused(Reason(words.NOT_SERVED, {"staff": staff[:12] or "--"}))


def past_day(text: str, today: str) -> str:
    """A day that is not to come, as it was typed; raises Refused."""
    try:
        day = date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        day = ""
    if not day or day > today:
        raise Refused(Reason(words.NO_DAY, {"day": text[:12]}))
    return day
