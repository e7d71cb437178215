"""A version of a matter that holds from a day on: the counter has the old one until that day is opened, then the new one."""

from __future__ import annotations

import pytest

from hallterm.rules.day import business_day, midnight_t
from hallterm.workflows import counter
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import look
from hallterm.workflows.reference import as_fact, change_matter
from hallterm.workflows.serving import matter_of
from storage import views
from storage.facts import HallKind, HallSet, ServiceTypeSet
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import WEI, Shift

DAY, NEXT, LATER = "2026-11-24", "2026-11-25", "2026-11-26"
CITY, ADMIN = "360600", "0001"


@pytest.fixture
def desk(shift: Shift) -> Desk:
    """A clerk in a hall that is open at night."""
    with shift.stores.journal.write(ADMIN, shift.clock()) as tx:
        tx.record(HallSet(HALL, "厅", HallKind.HALL, open_always=True))
    return shift.open()


def decide(shift: Shift, limit_min: int, from_day: str, scope: str = "") -> None:
    """Another limit of B01, as it comes down from a centre."""
    known = views.matter(shift.db, HALL, "B01")
    assert known is not None
    values = {name: getattr(as_fact(known), name) for name in ServiceTypeSet.__struct_fields__}
    values |= {"limit_min": limit_min, "number": known.number + 1, "scope": scope, "from_day": from_day}
    with shift.stores.journal.write("-", shift.clock()) as tx:
        tx.record(ServiceTypeSet(**values))


def offered(shift: Shift, desk: Desk) -> int:
    """The limit of B01 among what the counter offers."""
    return next(one.limit_min for one in look(desk, shift.clock()).matters if one.code == "B01")


def to(shift: Shift, day: str) -> None:
    """Time passes until a minute into a day."""
    shift.clock.after((midnight_t(day) - shift.clock.t) / 1000 + 60)


def test_a_new_limit_holds_from_the_opening_of_its_day_and_what_runs_keeps_the_old_one(
    shift: Shift, desk: Desk
) -> None:
    old = offered(shift, desk)
    decide(shift, old + 7, NEXT, CITY)
    assert offered(shift, desk) == old
    shift.serve(desk)
    before = shift.serving(desk)
    assert before.limit_s == old * 60
    to(shift, NEXT)
    assert offered(shift, desk) == old + 7
    shift.do(counter.finish, desk)
    row = shift.service(before.id)
    assert (row.limit_s, row.version) == (old * 60, before.version)
    other = shift.open(2, WEI)
    shift.serve(other)
    after = shift.serving(other)
    assert (after.limit_s, after.version) == ((old + 7) * 60, before.version + 1)
    shift.check()


def test_a_decision_for_a_later_day_stands_beside_one_for_today(shift: Shift, desk: Desk) -> None:
    decide(shift, 31, LATER)
    change_matter(shift.stores.desk(staff=ADMIN), "B01", shift.clock(), limit_min=21)
    limits = [views.matter(shift.db, HALL, "B01", day=day) for day in (DAY, NEXT, LATER)]
    assert [one.limit_min for one in limits if one] == [21, 21, 31]
    assert [one.limit_min for one in views.matters(shift.db, HALL, NEXT) if one.code == "B01"] == [21]


def test_what_only_begins_later_cannot_be_started_and_a_slip_has_the_limit_of_its_own_day(
    shift: Shift, desk: Desk
) -> None:
    known = views.matter(shift.db, HALL, "B01")
    assert known is not None
    decide(shift, 31, NEXT)
    to(shift, NEXT)
    with shift.stores.journal.write("-", shift.clock()) as tx:
        ensure_day(tx)
        tx.record(ServiceTypeSet("B90", "新", "", "B", "B", 5, from_day=LATER))
        yesterday = business_day(midnight_t(DAY) + 3_600_000)
        assert matter_of(tx, desk, "B01", yesterday).limit_min == known.limit_min
        assert matter_of(tx, desk, "B01").limit_min == 31
        with pytest.raises(Refused):
            matter_of(tx, desk, "B90")
