"""The half-days of past months are added up once; whatever they hang on makes them anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from hallterm import month_longest
from hallterm.month_keeper import LOOKS_EVERY_MS, MonthKeeper, months_kept
from hallterm.reports.efficiency import NOT_YET
from hallterm.reports.make import make
from hallterm.reports.model import Cell, encode
from storage import facts as f
from storage import schema
from storage.database import Database, open_sqlite
from storage.facts import DaySlot, Duty, Fact, Half, LeaveSpan, LeaveType, Moment, PunchKind
from storage.journal import Journal
from storage.projections import project
from tests.bench.reports import noted
from tests.hallterm.reports.city import MINUTE, HallDays, hall_code, opens_t

CITY = "360600"
DAYS = ("2026-09-01", "2026-09-02", "2026-09-03")
NOW = Moment(opens_t("2026-10-12"), 0, "b")
HOUR = 60 * MINUTE
AT_NINE = opens_t(DAYS[0]) + 30 * MINUTE
HALL = hall_code(0)
DEADLINE_S = 60
LENT, HOME = "0101", "0201"


class Planned:
    """Two halls whose people are planned for three days of a past month."""

    def __init__(self, database: Database) -> None:
        self.db = database
        self.halls = [HallDays(number, 1, 2) for number in range(2)]
        for hall in self.halls:
            hall.found(opens_t(DAYS[0]) - HOUR)
            for day in DAYS:
                for staff, slot in product(hall.staff, (DaySlot.AM, DaySlot.PM)):
                    hall.log.add(f.ScheduleSet(staff, day, slot, Duty.WINDOW), opens_t(day) - 1)
                hall.day(day, 2)
        self.put()

    def put(self) -> None:
        self.db.execute("BEGIN")
        for hall in self.halls:
            project(self.db, hall.log.placed)
            hall.log.placed = []
        self.db.execute("COMMIT")

    def add(self, fact: Fact, t: int = AT_NINE, hall: int = 0) -> str:
        added = self.halls[hall].log.add(fact, t)
        self.put()
        return added

    def report(self, scope: str = CITY, now: Moment = NOW, period: str = "2026-09") -> bytes:
        return encode(make(self.db, "R10", period, scope, now, by="clerk"))

    def anew(self, scope: str = CITY, now: Moment = NOW) -> bytes:
        """As if nothing had been kept."""
        self.db.execute("DELETE FROM kept_month")
        return self.report(scope, now)

    @property
    def kept(self) -> int:
        return int(self.db.value("SELECT count(*) FROM kept_month WHERE what = 'half_days'"))


@pytest.fixture
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    with closing(open_sqlite(tmp_path_factory.mktemp("half") / "c.db", synchronous="OFF")) as database:
        schema.migrate(database)
        yield Planned(database)


SPAN = LeaveSpan(DAYS[0], Half.AM, DAYS[1], Half.PM, 4)


def leave(staff: str, certify_by_t: int = NOW.t + HOUR) -> f.LeaveSubmitted:
    return f.LeaveSubmitted(staff, LeaveType.SICK, SPAN, "ill", certify_by_t=certify_by_t)


def approved(asked: str, staff: str) -> f.LeaveApproved:
    return f.LeaveApproved(asked, staff, LeaveType.SICK, SPAN)


TAKEN_OVER = "a plan that another hall takes over"
CHANGES: dict[str, Fact] = {
    "a plan": f.ScheduleSet(LENT, DAYS[0], DaySlot.AM, Duty.OFF),
    "a plan for a guest": f.ScheduleSet(HOME, "2026-09-04", DaySlot.AM, Duty.WINDOW),
    "a sign-off": f.SignOffDone(LENT, DAYS[1], f"{HALL}-01"),
    TAKEN_OVER: f.ScheduleSet("0102", DAYS[1], DaySlot.PM, Duty.WINDOW),
    "a correction": f.AttendanceCorrected(LENT, DAYS[2], Half.AM, PunchKind.SIGN_OFF, AT_NINE, "seen"),
    "somebody away": f.OffPostNoted("0102", DAYS[0], Half.AM, AT_NINE, AT_NINE + 10 * MINUTE, f"{HALL}-02", "seen"),
    "the hours": f.HallSet(HALL, "market", opening_am="08:00"),
}


def test_whatever_changes_is_seen_in_a_month_that_was_added_up(planned: Planned) -> None:
    before = planned.report()
    assert planned.kept == 2
    assert planned.report() == before
    for what, fact in CHANGES.items():
        planned.add(fact, hall=1 if what == TAKEN_OVER else 0)
        after = planned.report()
        assert after != before, what
        assert planned.anew() == after, what
        assert planned.report(HALL) == planned.anew(HALL), what
        before = planned.report()


def test_a_leave_and_what_becomes_of_it_are_seen(planned: Planned) -> None:
    without = planned.report()
    asked = planned.add(leave(LENT))
    planned.add(approved(asked, LENT))
    with_leave = planned.report()
    assert with_leave != without
    late = Moment(NOW.t + 2 * HOUR, 0, "b")
    no_certificate = planned.report(now=late)
    assert no_certificate.replace(str(late.t).encode(), str(NOW.t).encode()) != with_leave
    assert planned.anew(now=late) == no_certificate


def test_the_leave_of_a_guest_holds_where_it_was_planned(planned: Planned) -> None:
    planned.add(f.ScheduleSet(HOME, DAYS[0], DaySlot.AM, Duty.WINDOW), hall=0)
    before = planned.report(HALL)
    asked = planned.add(leave(HOME), hall=1)
    planned.add(approved(asked, HOME), hall=1)
    after = planned.report(HALL)
    assert after != before
    assert planned.anew(HALL) == after


def test_what_was_kept_is_what_is_read(planned: Planned) -> None:
    before = planned.report()
    planned.db.execute("UPDATE kept_month SET body = replace(body, '\"attended\":6', '\"attended\":5')")
    assert planned.report() != before
    planned.db.execute("UPDATE kept_month SET mark = 'other'")
    assert planned.report() == before


def test_a_month_that_goes_on_is_kept_up_to_yesterday(planned: Planned) -> None:
    """What happens today leaves it as it was kept; tomorrow today is in it."""
    for day, second in (("2026-09-01", 0), ("2026-09-02", 2), ("2026-09-03", 2)):
        for minutes in (0, 60, 240, 500):
            now = Moment(opens_t(day) + minutes * MINUTE, 0, "b")
            read = planned.report(now=now)
            assert planned.kept == second, day
            assert planned.report(now=now) == read == planned.anew(now=now), (day, minutes)
    now = Moment(opens_t("2026-09-02") + 5 * HOUR, 0, "b")
    planned.report(now=now)
    kept = planned.db.rows("SELECT * FROM kept_month ORDER BY hall")
    planned.add(f.SignOffDone(LENT, DAYS[1], f"{HALL}-01"), now.t)
    after = planned.report(now=now)
    assert planned.db.rows("SELECT * FROM kept_month ORDER BY hall") == kept
    assert planned.anew(now=now) == after


def test_who_reads_within_a_transaction_keeps_nothing(planned: Planned) -> None:
    before = planned.report()
    planned.db.execute("DELETE FROM kept_month")
    planned.db.execute("BEGIN")
    assert planned.report() == before
    planned.db.execute("ROLLBACK")
    assert planned.kept == 0


def test_what_the_keeper_kept_is_all_that_a_reading_needs(planned: Planned) -> None:
    """Then no reading looks at plans, punches or services of days that have passed."""
    keeper, steps = MonthKeeper(), 0
    while keeper.step(planned.db, NOW):
        steps += 1
    assert steps == 2 * 2 * 10, "half-days and the longest of two halls, January to what has passed of October"
    assert not keeper.step(planned.db, Moment(NOW.t + LOOKS_EVERY_MS, LOOKS_EVERY_MS, "b")), "all of it holds"
    with noted(planned.db) as statements:
        read = planned.report(), planned.report(period="2026")
    asked = [sql for sql, params in statements if any(f"FROM {table}" in sql for table in ("schedule_slot", "punch"))]
    assert len(asked) == 2, "only of today, in the year that goes on"
    assert (planned.anew(), planned.report(period="2026")) == read


def test_the_longest_is_that_of_the_services_that_stand(planned: Planned) -> None:
    """Taken back, it is the longest no more; a centre that has not gathered them yet says so."""

    def longest() -> Cell:
        return make(planned.db, "R04", "2026-09", CITY, NOW).sum_of("longest")

    made = HallDays(0, 1, 2)
    made.log = planned.halls[0].log
    before, t = longest(), AT_NINE
    assert isinstance(before, int)
    service = planned.add(f.ServiceStarted(f"{HALL}-01", LENT, DAYS[0], "A01", 1, 600), t)
    done = f.ServiceFinished(
        *(service, service, f"{HALL}-01", LENT, DAYS[0], "A01", 1, 1, before + 60, 0, before + 60, 600, True, 6000),
        counted_ms=(before + 60) * 1000,
        end_t=t + 1,
    )
    end = planned.add(done, t + 1)
    assert longest() == before + 60
    made.take_back(done, end)
    planned.put()
    assert longest() == before


def test_so_many_months_are_not_gathered_while_somebody_waits(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month_longest, "MOST_MADE", 1)
    made = make(planned.db, "R04", "2026-09", CITY, NOW)
    assert (made.sum_of("longest"), made.notes[-1]) == (None, NOT_YET)
    keeper = MonthKeeper()
    while keeper.step(planned.db, NOW):
        pass
    assert make(planned.db, "R04", "2026-09", CITY, NOW).sum_of("longest") is not None


def test_a_centre_keeps_its_months_beside_its_work(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.clock.now", lambda: NOW)
    with months_kept(lambda: Journal.open(Path(planned.db.where))):
        deadline = time.monotonic() + DEADLINE_S
        while planned.kept < 2 * 10:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert not [one for one in threading.enumerate() if one.name == "months"]
