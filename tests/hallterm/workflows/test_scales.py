"""The scale of a hall and month, the terms, the lamp, the proposals and the plan of a full hall are settings."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest
from msgspec.structs import replace

from hallterm.assessing import frozen_work, thawed
from hallterm.assessing_settings import rule_of, values_at
from hallterm.rating_scales import scale_at, scales_of
from hallterm.reports.make import make
from hallterm.rules.assessment import Ratings, Work
from hallterm.rules.deadlines import DeadlineId, due
from hallterm.rules.lamp import Lamp, LampShares, lamp
from hallterm.rules.proposals import Limits
from hallterm.rules.ratings import pad_levels
from hallterm.rules.settings_table import SETTINGS, SettingName, takes, typed
from hallterm.rules.words import Reason
from hallterm.workflows import dispatch, late_ratings, mirror
from hallterm.workflows.desk import Refused
from hallterm.workflows.dispatch import Order
from hallterm.workflows.setting_changes import SettingDraft, change_setting
from hallterm.workflows.warning_settings import lamp_shares_on, proposal_limits_on
from hallterm.workflows.workdays import TERMS, term_hours
from storage import views
from storage.facts import DispatchKind, DispatchReason, GrantSet, Role, Scale, SettingSet, StaffSet, UnratedReason
from storage.views import cases as rows
from tests.hallterm.workflows.founded import ADMIN, HALL, at
from tests.hallterm.workflows.leaders import DAY
from tests.hallterm.workflows.shift import MEI, Shift
from tests.hallterm.workflows.test_bad_ratings import LEADER, hall, next_days, person, unrated  # noqa: F401

CITY, DEPT = "360600", "0700"
FIVE = {1: 5, 2: 4, 3: 3, 4: 2, 5: 1}


def put(shift: Shift, name: SettingName, value: object, day: str = "", scope: str = HALL) -> None:
    with shift.stores.journal.write(ADMIN, at("08:05")) as tx:
        tx.record(SettingSet(name, json.dumps(value, ensure_ascii=False), scope, day))


def test_a_hall_and_month_have_one_scale_that_of_the_first_rating(hall: Shift) -> None:  # noqa: F811
    """A change that arrives late begins with the hall's next month; what was frozen keeps its own."""
    put(hall, SettingName.RATING_SCALE, "four", "2026-11-01")
    first, second = unrated(hall), unrated(hall)
    leader = person(hall, LEADER)
    late_ratings.enter_card(leader, hall.clock.after(1), first, 2, "K-1")
    put(hall, SettingName.RATING_SCALE, "three", "2026-11-01")
    late_ratings.enter_card(leader, hall.clock.after(1), second, 1, "K-2")
    assert {one.scale for one in rows.cards(hall.db, HALL, DAY, DAY)} == {Scale.FOUR}
    assert len(rows.open_cases(hall.db, HALL)) == 1, "1 is bad of four, 2 is not"


def test_the_mirror_the_reports_and_the_score_read_the_scale_of_the_month(hall: Shift) -> None:  # noqa: F811
    put(hall, SettingName.RATING_SCALE, "four", "2026-11-01")
    put(hall, SettingName.RATING_SCALE, "three", "2026-12-01")
    put(hall, SettingName.LEVEL_WEIGHTS_FOUR, "100/70/50/0")
    put(hall, SettingName.POSITIVE_FOUR, 1)
    desk = hall.open(1, MEI)
    for level in (4, 3, 1):
        hall.await_rating(desk)
        mirror.rate(desk, hall.clock.after(2), level)
    given = hall.stores.facts("rating.given")
    assert [(one["level"], one["scale"]) for one in given] == [(4, "four"), (3, "four"), (1, "four")]
    assert len(rows.open_cases(hall.db, HALL)) == 1, "the lowest of four is the only bad one"
    hall.await_rating(desk)
    with pytest.raises(ValueError, match="5"):
        mirror.rate(desk, hall.clock.after(2), 5)
    put(hall, SettingName.RATING_SCALE, "three", "2026-11-01")
    assert scales_of(hall.db, [HALL], ["2026-10", "2026-11", "2026-12"]) == {
        (HALL, "2026-10"): Scale.FIVE_SEED,
        (HALL, "2026-11"): Scale.FOUR,
        (HALL, "2026-12"): Scale.THREE,
    }, "November keeps the scale of its first rating"
    report = make(hall.db, "R01", "2026-11", HALL, hall.clock(), by="hall")
    labels = [one.heading for one in report.columns if one.key.startswith("level_")]
    assert labels == ["Well satisfied", "Satisfied", "Fair", "Dissatisfied"]
    (row,) = report.rows
    cells = dict(zip((one.key for one in report.columns), row.cells, strict=True))
    assert [cells[f"level_{n}"] for n in (4, 3, 2, 1)] == [1, 1, 0, 1]
    assert (str(cells["satisfaction_rate"]), str(cells["score"]), cells["bad"]) == ("33.33", "56.67", 1)
    rule = rule_of(values_at(hall.db, HALL, DAY))
    assert rule.scale is Scale.FOUR
    assert Ratings({Scale.FOUR: {4: 1, 3: 1, 1: 1}}).satisfaction(rule.level_weights) == Fraction(170, 3)


def test_a_year_of_two_scales_is_told_by_rank_and_counted_by_each(hall: Shift) -> None:  # noqa: F811
    put(hall, SettingName.RATING_SCALE, "three", "2026-11-01")
    put(hall, SettingName.RATING_SCALE, "four", "2026-12-01")
    desk = hall.open(1, MEI)
    hall.await_rating(desk)
    mirror.rate(desk, hall.clock.after(2), 3)
    next_days(hall, "09:00", "2026-12-01")
    hall.await_rating(desk)
    mirror.rate(desk, hall.clock.after(2), 3)
    report = make(hall.db, "R01", "2026", HALL, hall.clock(), by="hall")
    (row,) = report.rows
    cells = dict(zip((one.key for one in report.columns), row.cells, strict=True))
    assert [cells[f"level_{n}"] for n in (5, 4, 3, 2, 1)] == [1, 1, 0, 0, 0], "the best of three, the second of four"
    assert str(cells["score"]) == "90.00"


def test_a_frozen_month_keeps_the_levels_of_its_scale() -> None:
    work = Work(ratings=Ratings({Scale.THREE: {3: 5, 2: 1, 1: 2}}, 1, 0))
    frozen = frozen_work(work)
    assert frozen.levels == (5, 1, 2)
    assert thawed(frozen, Scale.THREE).ratings == work.ratings


@pytest.mark.parametrize(
    ("keys", "scale", "means"),
    [
        (FIVE, Scale.FIVE_SEED, FIVE),
        (FIVE, Scale.FIVE_NATIONAL, FIVE),
        (FIVE, Scale.FOUR, {}),
        ({1: 4, 2: 3, 3: 2, 4: 1}, Scale.FOUR, {1: 4, 2: 3, 3: 2, 4: 1}),
        ({1: 5, 2: 4, 3: 3}, Scale.THREE, {1: 3, 2: 2, 3: 1}),
        ({3: 1, 2: 2, 1: 3}, Scale.FIVE_SEED, {}),
    ],
)
def test_a_pad_means_the_scale_or_nothing(keys: dict[int, int], scale: Scale, means: dict[int, int]) -> None:
    assert pad_levels(keys, scale) == means


def test_another_scale_begins_with_a_later_month_only(shift: Shift) -> None:
    with shift.stores.journal.write(ADMIN, at("08:05")) as tx:
        tx.record(StaffSet(DEPT, "孙征管", HALL))
        tx.record(GrantSet(DEPT, Role.COLLECTION_DEPT, CITY))
    desk = shift.stores.desk(staff=DEPT)
    for day in ("today", "tomorrow", "2026-12-02"):
        with pytest.raises(Refused) as no:
            change_setting(desk, SettingDraft("rating_scale", "four", day), at("08:10"))
        assert "give the first of a later month, such as 2026-12-01" in no.value.reason.text()
    change_setting(desk, SettingDraft("rating_scale", "3", "2026-12-01"), at("08:11"))
    assert scale_at(shift.db, HALL, DAY) is Scale.FIVE_SEED
    assert scale_at(shift.db, HALL, "2026-12-31") is Scale.FOUR


def test_terms_are_those_of_the_hall_on_the_day(hall: Shift) -> None:  # noqa: F811
    put(hall, SettingName.LATE_RATING_DAYS, 1)
    put(hall, SettingName.UNRATED_REASON_DAYS, 1)
    put(hall, SettingName.LATE_RATING_DAYS, 9, "2026-11-25")
    service, leader = unrated(hall), person(hall, LEADER)
    late_ratings.correct_unrated(leader, next_days(hall, "08:30", "2026-11-25"), service, UnratedReason.LEFT)
    with pytest.raises(Refused) as late:
        late_ratings.enter_card(leader, next_days(hall, "09:00", "2026-11-26"), service, 5, "K-1")
    assert "2026-11-25" in late.value.reason.text()
    found = views.hall(hall.db, HALL)
    assert found is not None
    names = {one: int(SETTINGS[name].default) for one, name in TERMS.items()}
    assert names[DeadlineId.K16_COMPLEX] == 15
    for name in TERMS.values():
        put(hall, name, 2, "2026-12-01")
    hours = term_hours(hall.db, found, "2026-12-01")
    for which in TERMS:
        until = due(which, at("10:00", "2026-12-01").t, hours)
        assert until.day == (date(2026, 12, 1) + timedelta(days=2)).isoformat(), which


def test_lamp_and_proposals_are_the_hall_s(shift: Shift) -> None:
    put(shift, SettingName.LAMP_PCT, "50/90/200")
    put(shift, SettingName.PROPOSE_IDLE_MIN, 3)
    shares = lamp_shares_on(shift.db, HALL, DAY)
    assert shares == LampShares(50, 90, 200)
    seen = [lamp(counted_s, 100, shares) for counted_s in (49, 50, 90, 91, 199, 200)]
    assert seen == [Lamp.GREEN, Lamp.YELLOW, Lamp.YELLOW, Lamp.RED, Lamp.RED, Lamp.ESCALATE]
    assert shares.changes_ms(100) == (50_000, 91_000, 200_000)
    assert proposal_limits_on(shift.db, HALL, DAY) == Limits(idle_min=3)


def test_a_hall_has_its_own_list_against_too_many_people(hall: Shift) -> None:  # noqa: F811
    plan = SETTINGS[SettingName.CROWDING_PLAN]
    assert typed(plan, " 加开窗口；引导分流; ") == "加开窗口;引导分流"
    assert typed(plan, "甲;甲") == takes(plan)
    assert isinstance(typed(plan, ";".join("一二三四五六七八九十")), Reason)
    put(hall, SettingName.CROWDING_PLAN, "加开窗口;引导分流")
    assert dispatch.plan_of(hall.db, HALL, DAY) == ("加开窗口", "引导分流")
    leader = person(hall, LEADER)
    step = Order(dispatch=DispatchKind.CROWDING, reason=DispatchReason.LONG_QUEUE, to="引导分流")
    done = dispatch.dispatch(leader, hall.clock.after(1), step)
    assert "引导分流" in done.words.text()
    with pytest.raises(Refused) as gone:
        dispatch.dispatch(leader, hall.clock(), replace(step, to="guides"))
    assert "guides" in gone.value.reason.text()
