"""Posts with two people are set: who stands at a window, and who stands in. Business rule 10 (AB posts)."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.day import business_day
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason, Value
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.rights import refuse_unless_allowed
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import Moment, PostSet

POST_IS = N_("window {window} is the post of {a}, {b} stands in")
POST_ALONE = N_("window {window} is the post of {a}, nobody stands in")
POST_NONE = N_("window {window} is nobody's post any more")
NO_WINDOW = Reason(N_("this window is not one of this hall"))
OTHER_HALL = N_("{staff} does not belong to this hall")
TWICE = Reason(N_("A and B are two people"))


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
