"""A month is scored, proposed, frozen, opened again; what comes afterwards is a row of its own. On real files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hallterm.adjusting import changes
from hallterm.assessing import Assessment, assess
from hallterm.reports.make import make
from hallterm.rules.periods import Period, months_period
from hallterm.workflows.adjustments import note_adjustments
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.errors import ErrorDraft, record_error, withdraw_error
from hallterm.workflows.months import freeze_month, look_at_month, propose_month, reopen_month
from hallterm.workflows.setting_changes import SettingDraft, change_setting
from storage import facts as f
from storage.facts import AdjustmentKind, Moment, Part, Role
from storage.views import assessment as rows
from tests.hallterm.screens.assessed import DAYS, MONTH, month, service
from tests.hallterm.workflows.crew import ASSESSOR, DIRECTOR, LEADER
from tests.hallterm.workflows.founded import ADMIN, HALL, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI, Shift

OCTOBER = months_period(MONTH, MONTH)
NOW = at("10:45")
DEPT = "0900"


@pytest.fixture
def hall(shift: Shift) -> Shift:
    month(shift.stores)
    return shift


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as no:
        work()
    return no.value.reason.text()


def scores(hall: Shift, period: Period = OCTOBER, now: Moment = NOW) -> Assessment:
    return assess(hall.db, [HALL], period, now)


def totals(hall: Shift) -> dict[str, object]:
    return {one.staff: one.score.total for one in scores(hall).people}


def desk(hall: Shift, staff: str) -> Desk:
    return hall.desk(0, staff)


def test_every_part_is_made_of_what_was_recorded(hall: Shift) -> None:
    found = {one.staff: one for one in scores(hall).people}
    assert sorted(found) == [MEI, WEI, FANG]
    assert all(not one.score.missing for one in found.values())
    assert found[WEI].work.attendance[0].late == 1
    assert found[WEI].score.parts[Part.ATTENDANCE] == 98
    assert found[MEI].work.window_halves == 2 * len(DAYS)
    assert found[MEI].work.ratings.rated == 6 * len(DAYS)


def test_who_may_propose_and_who_may_freeze(hall: Shift) -> None:
    assert "assessor" in refused(lambda: freeze_month(desk(hall, DIRECTOR), HALL, MONTH, NOW))
    assert "hall director" in refused(lambda: propose_month(desk(hall, LEADER), HALL, MONTH, "", NOW))
    said = propose_month(desk(hall, DIRECTOR), HALL, MONTH, "", NOW).words.text()
    assert said == "2026-10 proposed to be frozen; nothing is open"
    assert look_at_month(hall.db, HALL, OCTOBER, NOW).is_proposed
    assert freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW).words.text().startswith("2026-10 frozen: 3 people")
    (freeze,) = rows.freezes(hall.db, [HALL], [MONTH]).values()
    assert freeze.by == ASSESSOR
    assert not look_at_month(hall.db, HALL, OCTOBER, NOW).is_proposed
    hall.check()


def test_a_month_that_runs_is_not_frozen(hall: Shift) -> None:
    said = refused(lambda: freeze_month(desk(hall, ASSESSOR), HALL, "2026-11", NOW))
    assert said == "2026-11 is not over: it can be frozen from 2026-12-01 on"
    assert "no month" in refused(lambda: freeze_month(desk(hall, ASSESSOR), HALL, "2026-Q3", NOW))


def test_an_open_receipt_by_hand_blocks_the_freeze_but_not_the_proposal(hall: Shift) -> None:
    with hall.stores.journal.write(LEADER, at("15:00", DAYS[0])) as tx:
        receipt = tx.record(f.ReceiptWritten("R-1", DAYS[0], "vat", 10_000))
    said = refused(lambda: freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW))
    assert said == "2026-10 cannot be frozen yet: receipts by hand not entered: 1"
    assert "receipts by hand" in propose_month(desk(hall, DIRECTOR), HALL, MONTH, "", NOW).words.text()
    with hall.stores.journal.write(LEADER, at("15:00", DAYS[1])) as tx:
        tx.record(f.ReceiptEntered(receipt, DAYS[1]))
    freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW)


def test_what_comes_after_the_freeze_is_an_adjustment(hall: Shift) -> None:
    freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW)
    then, pooled = totals(hall), scores(hall, months_period("2026-10", "2026-12")).people
    late = service(hall.stores, MEI, DAYS[1], "16:30", "B01", 8)
    assert totals(hall) == then, "frozen points stay"
    assert scores(hall, months_period("2026-10", "2026-12")).people == pooled, "in a quarter too"
    waiting = changes(hall.db, [HALL], [MONTH], NOW)
    assert {one.staff for one in waiting} == {MEI}
    assert {one.part for one in waiting} >= {Part.BUSINESS.value, ""}
    assert note_adjustments(hall.stores.journal, [HALL], NOW).words.text().startswith(f"{len(waiting)} adjustments")
    assert note_adjustments(hall.stores.journal, [HALL], NOW).words.text().startswith("nothing"), "noting twice"
    made = make(hall.db, "R26", MONTH, HALL, NOW)
    assert len(made.rows) == len(waiting)
    business = next(row for row in made.rows if row.cells[made.column("part")] == "Business")
    before, after = (business.cells[made.column(key)] for key in ("before", "after"))
    assert (str(before), str(after)) == ("10.00", "10.80")
    assert late
    hall.check()


def test_an_error_found_later_says_so_and_goes_away_when_it_is_withdrawn(hall: Shift) -> None:
    freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW)
    draft = ErrorDraft(FANG, DAYS[2], "b01", "wrong form accepted")
    record_error(desk(hall, DIRECTOR), draft, NOW)
    kinds = {one.adjustment for one in changes(hall.db, [HALL], [MONTH], NOW)}
    assert kinds == {AdjustmentKind.ERROR}
    (row,) = rows.errors(hall.db, HALL, DAYS[0], DAYS[-1])
    withdraw_error(desk(hall, ASSESSOR), row.id, "it was right", NOW)
    assert changes(hall.db, [HALL], [MONTH], NOW) == []
    assert "already" in refused(lambda: withdraw_error(desk(hall, ASSESSOR), row.id, "again", NOW))
    assert "not worked" in refused(
        lambda: record_error(desk(hall, DIRECTOR), ErrorDraft("9999", DAYS[0], "", "x"), NOW)
    )
    assert "recording errors needs" in refused(lambda: record_error(desk(hall, MEI), draft, NOW))
    hall.check()


def test_an_error_costs_points_of_business(hall: Shift) -> None:
    before = next(one for one in scores(hall).people if one.staff == FANG).score.parts[Part.BUSINESS]
    record_error(desk(hall, DIRECTOR), ErrorDraft(FANG, DAYS[2], "B01", "wrong form"), NOW)
    after = next(one for one in scores(hall).people if one.staff == FANG).score.parts[Part.BUSINESS]
    assert before is not None
    assert after == before - 2


def test_a_month_is_opened_again_with_a_reason_and_frozen_anew(hall: Shift) -> None:
    freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW)
    assert "frozen already" in refused(lambda: freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW))
    assert "say why" in refused(lambda: reopen_month(desk(hall, ASSESSOR), HALL, MONTH, " ", NOW))
    service(hall.stores, MEI, DAYS[1], "16:30", "B01", 8)
    then = totals(hall)
    reopen_month(desk(hall, ASSESSOR), HALL, MONTH, "a day was missing", NOW)
    assert totals(hall) != then
    freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW)
    assert changes(hall.db, [HALL], [MONTH], NOW) == []
    assert "not frozen" in refused(lambda: reopen_month(desk(hall, ASSESSOR), HALL, "2026-09", "x", NOW))
    hall.check()


def test_the_settings_of_a_frozen_month_stay_with_it(hall: Shift) -> None:
    with hall.stores.journal.write(ADMIN, NOW) as tx:
        tx.record(f.StaffSet(DEPT, "赵征管", HALL))
        tx.record(f.GrantSet(DEPT, Role.COLLECTION_DEPT, "360600"))
    freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW)
    then = totals(hall)
    said = refused(lambda: change_setting(desk(hall, DIRECTOR), SettingDraft("weights", "40/20/20/20"), NOW))
    assert "collection department" in said
    said = refused(lambda: change_setting(desk(hall, DEPT), SettingDraft("weights", "30/25/20/24"), NOW))
    assert "must add to 100" in said
    change_setting(desk(hall, DEPT), SettingDraft("weights", "0/0/0/100"), NOW)
    assert totals(hall) == then
    assert changes(hall.db, [HALL], [MONTH], NOW) == [], "other weights are no change of an old month"
    november = scores(hall, months_period("2026-11", "2026-11"))
    assert november.rules[HALL].weights[Part.ATTENDANCE] == 100


def test_a_large_hall_is_frozen_in_several_lines(hall: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hallterm.workflows.months.PEOPLE_A_LINE", 2)
    then = totals(hall)
    freeze_month(desk(hall, ASSESSOR), HALL, MONTH, NOW)
    assert hall.stores.kinds().count("month.frozen") == 2
    rounded = {staff: round(float(total), 2) for staff, total in totals(hall).items()}  # type: ignore[arg-type]
    assert rounded == {staff: round(float(total), 2) for staff, total in then.items()}  # type: ignore[arg-type]
    hall.check()
