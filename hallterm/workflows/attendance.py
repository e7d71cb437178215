"""Attendance is corrected, with a reason, and absence from the post noted: each a fact beside the punch. Business rule 10."""

from __future__ import annotations

from msgspec import Struct

from hallterm.half_days import read_book
from hallterm.locale import N_
from hallterm.rules.attendance import is_there, minute
from hallterm.rules.day import business_day, clock_t, local
from hallterm.rules.leave import NEEDS_REASON
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.leave import plain
from hallterm.workflows.rights import refuse_unless_allowed
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import AttendanceCorrected, Half, Moment, OffPostNoted, PunchKind

CORRECTED = N_("{time} corrected: {staff} {day} {clock}, the old entry stays below it")
WITHDRAWN = N_("{time} corrected: that entry of {staff} on {day} no longer counts")
NOTED = N_("{time} noted: {staff} away from {since} to {until}")
OWN_TIME = Reason(N_("nobody corrects his own attendance"))
OTHER_HALL = N_("{staff} does not belong to this hall")
IN_FUTURE = Reason(N_("that has not happened yet"))
NOT_A_TIME = N_("{clock} is no time of day such as 08:30")
ENDS_FIRST = Reason(N_("the end is before the start"))
WAS_NOT_THERE = N_("{staff} was not signed on at {clock}: that is no absence from the post")
NOON = "13:00"


class CorrectionDraft(Struct, frozen=True):
    """What really happened, at ``clock`` (``HH:MM``). ``of`` is the entry that no longer counts ("": none);
    ``withdrawn``: nothing stands in its place.
    """

    staff: str
    day: str
    half: Half
    what: PunchKind
    clock: str
    reason: str
    of: str = ""
    withdrawn: bool = False


def correct_attendance(desk: Desk, draft: CorrectionDraft, now: Moment) -> Done:
    """Record a correction; the hall director or the assessor, never his own. Raises Refused."""
    reason = plain(draft.reason)
    if not reason:
        raise Refused(NEEDS_REASON)
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed(tx.database, desk, Action.CORRECT_ATTENDANCE)
        _refuse_person(tx.database, desk, draft.staff)
        at_t = _moment(draft.day, draft.clock, now)
        tx.record(
            AttendanceCorrected(
                draft.staff, draft.day, draft.half, draft.what, at_t, reason, draft.of, withdrawn=draft.withdrawn
            )
        )
    words = WITHDRAWN if draft.withdrawn else CORRECTED
    values = {"time": _clock(now.t), "staff": draft.staff, "day": draft.day[5:]}
    return Done(Reason(words, values if draft.withdrawn else {**values, "clock": draft.clock}))


def note_off_post(
    desk: Desk, staff: str, since: str, until: str, now: Moment, *, day: str = "", note: str = ""
) -> Done:
    """A leader saw somebody away from the post, from ``HH:MM`` to ``HH:MM``; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed(db, desk, Action.DISPATCH)
        _refuse_person(db, desk, staff)
        day = day or business_day(now.t, views.last_day(db, desk.hall))
        from_t, to_t = _moment(day, since, now), _moment(day, until, now)
        if to_t <= from_t:
            raise Refused(ENDS_FIRST)
        there = read_book(db, [desk.hall], day, day, now, staff=staff).there(staff, day)
        if not is_there(there, minute(from_t)):
            raise Refused(Reason(WAS_NOT_THERE, {"staff": staff, "clock": since}))
        half = Half.AM if since < NOON else Half.PM
        tx.record(OffPostNoted(staff, day, half, from_t, to_t, note=plain(note)))
    return Done(Reason(NOTED, {"time": _clock(now.t), "staff": staff, "since": since, "until": until}))


def _refuse_person(db: Database, desk: Desk, staff: str) -> None:
    person = views.staff(db, staff)
    if person is None or person.hall != desk.hall:
        raise Refused(Reason(OTHER_HALL, {"staff": staff[:12]}))
    if staff == desk.staff:
        raise Refused(OWN_TIME)


def _moment(day: str, clock: str, now: Moment) -> int:
    try:
        hours, minutes = clock.split(":")
        if not (len(minutes) == 2 and 0 <= int(hours) < 24 and 0 <= int(minutes) < 60):
            raise ValueError(clock)
        at_t = clock_t(day, clock)
    except ValueError:
        raise Refused(Reason(NOT_A_TIME, {"clock": clock[:10]})) from None
    if at_t > now.t:
        raise Refused(IN_FUTURE)
    return at_t


def _clock(t: int) -> str:
    return f"{local(t):%H:%M}"
