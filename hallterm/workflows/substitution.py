"""Posts with two people: who they are, and who stands in now. Business rule 10 (AB posts)."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.day import business_day, local
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason, Value
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.leave import plain
from hallterm.workflows.rights import refuse_unless_allowed
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import Moment, PostSet, SubstitutionBegan, SubstitutionEnded, SubstitutionReason
from storage.views.attendance import plans
from storage.views.posts import posts, stand_in, stand_ins

POST_IS = N_("window {window} is the post of {a}, {b} stands in")
POST_ALONE = N_("window {window} is the post of {a}, nobody stands in")
POST_NONE = N_("window {window} is nobody's post any more")
BEGAN = N_("{time} {staff} stands in at window {window}")
ENDED = N_("{time} {staff} no longer stands in at window {window}")
NO_WINDOW = Reason(N_("this window is not one of this hall"))
OTHER_HALL = N_("{staff} does not belong to this hall")
TWICE = Reason(N_("A and B are two people"))
STANDS_ALREADY = N_("{staff} stands in at window {window} already")
NOT_OPEN = Reason(N_("nobody stands in there any more"))


def set_post(desk: Desk, window: str, staff_a: str, staff_b: str, now: Moment, *, from_day: str = "") -> Done:
    """Who stands at a window and who stands in, from today or a later day; empty ``staff_a``: nobody. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed(db, desk, Action.EDIT_WINDOWS)
        _refuse_window(db, desk, window)
        for one in (staff_a, staff_b):
            if one:
                _refuse_stranger(db, desk, one)
        if staff_a == staff_b and staff_a:
            raise Refused(TWICE)
        tx.record(PostSet(window, staff_a, staff_b, max(from_day, _today(db, desk, now))))
    words = POST_NONE if not staff_a else POST_IS if staff_b else POST_ALONE
    values: dict[str, Value] = {"window": window_number(window), "a": staff_a, "b": staff_b}
    return Done(Reason(words, {name: values[name] for name in values if f"{{{name}}}" in words}))


def begin_substitution(
    desk: Desk,
    window: str,
    staff: str,
    now: Moment,
    *,
    reason: SubstitutionReason = SubstitutionReason.ABSENCE,
    note: str = "",
) -> Done:
    """``staff`` stands in at a window from now on; who stood in there before no longer does. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        db, day = tx.database, _today(tx.database, desk, now)
        refuse_unless_allowed(db, desk, Action.DISPATCH)
        _refuse_window(db, desk, window)
        _refuse_stranger(db, desk, staff)
        for one in stand_ins(db, desk.hall, day):
            if one.window == window and not one.ended_t:
                if one.staff == staff:
                    raise Refused(Reason(STANDS_ALREADY, {"staff": staff, "window": window_number(window)}))
                tx.record(SubstitutionEnded(one.id, window, one.staff, day))
        began = SubstitutionBegan(window, _staff_a(db, desk, window, day), staff, day, reason, plain(note))
        tx.record(began)
    return Done(Reason(BEGAN, {"time": _clock(now), "staff": staff, "window": window_number(window)}))


def end_substitution(desk: Desk, substitution: str, now: Moment) -> Done:
    """Somebody no longer stands in; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed(tx.database, desk, Action.DISPATCH)
        one = stand_in(tx.database, substitution)
        if one is None or not one.window or one.ended_t:
            raise Refused(NOT_OPEN)
        tx.record(SubstitutionEnded(substitution, one.window, one.staff, one.day))
    return Done(Reason(ENDED, {"time": _clock(now), "staff": one.staff, "window": window_number(one.window)}))


def _staff_a(db: Database, desk: Desk, window: str, day: str) -> str:
    """Whose post it is: by the schedule of the day, else as it was set."""
    planned = [one.staff for one in plans(db, [desk.hall], day, day) if one.window == window]
    owners = [one.staff_a for one in posts(db, desk.hall, day) if one.window == window]
    return next(iter([*planned, *owners]), "")


def _refuse_window(db: Database, desk: Desk, window: str) -> None:
    row = views.window(db, window)
    if row is None or row.hall != desk.hall:
        raise Refused(NO_WINDOW)


def _refuse_stranger(db: Database, desk: Desk, staff: str) -> None:
    person = views.staff(db, staff)
    if person is None or person.hall != desk.hall or not person.active:
        raise Refused(Reason(OTHER_HALL, {"staff": staff[:12]}))


def _today(db: Database, desk: Desk, now: Moment) -> str:
    return business_day(now.t, views.last_day(db, desk.hall))


def _clock(now: Moment) -> str:
    return f"{local(now.t):%H:%M}"
