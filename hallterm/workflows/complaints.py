"""Founded complaints about clerks: recorded by the assessor or the collection department, withdrawn after a review. Rule 9.

What a complaint says stands nowhere here: only the number of its papers, so that it costs what the setting says. Nobody
records one about himself, and who leads the hall does not record any.
"""

from __future__ import annotations

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.day import business_day
from hallterm.rules.periods import months_period
from hallterm.rules.words import Reason
from hallterm.workflows import month_words as words
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.errors import past_day, refuse_unless_served
from hallterm.workflows.months import MonthDone, month_of
from hallterm.workflows.of_a_hall import refuse_elsewhere
from hallterm.workflows.ratings_look import Page
from hallterm.workflows.rights import refuse_unless_allowed_at
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import ComplaintFounded, ComplaintWithdrawn, Moment
from storage.views import assessment as rows
from storage.views.assessment import ComplaintRow

RECORDED = N_("founded complaint {number} about {staff} recorded, of {day}")
TAKEN_BACK = N_("the complaint {number} about {staff} is withdrawn")
NO_NUMBER = Reason(N_("give the number of the complaint's papers, at most 20 characters, and a note of at most 40"))
NO_COMPLAINT = Reason(N_("there is no such complaint"))
GONE = Reason(N_("this complaint was withdrawn already"))
TWICE = N_("the complaint {number} about {staff} is recorded already")
ABOUT_ONESELF = Reason(N_("nobody records a complaint about himself"))
NUMBER_LONGEST, NOTE_LONGEST = 20, 40


class ComplaintDraft(Struct, frozen=True):
    """A founded complaint as it was typed: about whom, on which day it was found so, the number of its papers."""

    staff: str
    day: str
    number: str
    note: str = ""


def record_complaint(desk: Desk, draft: ComplaintDraft, now: Moment) -> MonthDone:
    """It costs points of the total of its month where the settings say so; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed_at(tx.database, desk.staff, Action.RECORD_COMPLAINT, desk.hall)
        today = business_day(now.t)
        staff, day = draft.staff.strip().upper(), past_day(draft.day or today, today)
        number, note = " ".join(draft.number.split()), " ".join(draft.note.split())
        _refuse(tx.database, desk, staff, number, note)
        tx.record(ComplaintFounded(staff, day, number, note))
    return MonthDone(Reason(RECORDED, {"number": number, "staff": staff, "day": day}))


def _refuse(db: Database, desk: Desk, staff: str, number: str, note: str) -> None:
    refuse_unless_served(db, desk.hall, staff)
    if staff == desk.staff:
        raise Refused(ABOUT_ONESELF)
    if not number or len(number) > NUMBER_LONGEST or len(note) > NOTE_LONGEST or not f"{number}{note}".isprintable():
        raise Refused(NO_NUMBER)
    there = rows.complaints(db, [desk.hall], "", "9999", staff)
    if any(one.number == number and not one.withdrawn_t for one in there):
        raise Refused(Reason(TWICE, {"number": number, "staff": staff}))


def withdraw_complaint(desk: Desk, complaint: str, reason: str, now: Moment) -> MonthDone:
    """A review found otherwise; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed_at(tx.database, desk.staff, Action.RECORD_COMPLAINT, desk.hall)
        row = rows.complaint(tx.database, complaint)
        if row is None or row.hall != desk.hall:
            raise Refused(NO_COMPLAINT)
        if row.withdrawn_t:
            raise Refused(GONE)
        if row.staff == desk.staff:
            raise Refused(ABOUT_ONESELF)
        refuse_elsewhere(desk, row.id)
        if not reason.strip():
            raise Refused(words.NEEDS_REASON)
        tx.record(ComplaintWithdrawn(row.id, row.staff, row.day, " ".join(reason.split())))
    return MonthDone(Reason(TAKEN_BACK, {"number": row.number, "staff": row.staff}))


class ComplaintsLook(Struct, frozen=True):
    """The founded complaints of a month in a hall, and the people whom one may be about."""

    page: Page
    month: str
    lines: tuple[ComplaintRow, ...]
    names: dict[str, str]
    people: tuple[tuple[str, str], ...]


def complaints_look(desk: Desk, now: Moment, month: str = "") -> ComplaintsLook:
    """Read a month (empty: the running one); raises Refused for who may not record any."""
    db = desk.journal.database
    refuse_unless_allowed_at(db, desk.staff, Action.RECORD_COMPLAINT, desk.hall)
    staff = {one.number: one.name for one in views.all_staff(db)}
    hall, today = views.hall(db, desk.hall), business_day(now.t, views.last_day(db, desk.hall))
    page = Page(hall.name if hall else desk.hall, staff.get(desk.staff, desk.staff), today)
    code = month_of(month or today[:7]).months[0]
    span = months_period(code, code)
    found = tuple(reversed(rows.complaints(db, [desk.hall], span.first, span.last)))
    here = tuple(
        (one.number, one.name)
        for one in views.all_staff(db)
        if one.hall == desk.hall and one.active and one.number != desk.staff
    )
    return ComplaintsLook(page, code, found, {one.staff: staff.get(one.staff, one.staff) for one in found}, here)
