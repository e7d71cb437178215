"""What makes a warning and what costs points are settings: by day, by place, by who may; the defaults are the rule's own."""

from __future__ import annotations

import json
from fractions import Fraction

import msgspec
import pytest
from msgspec import structs

from hallterm.assessing_settings import NAMES, deductions_at, rule_of, values_at
from hallterm.rating_scales import uses_at
from hallterm.rules.assessment import RULE, Ratings, Rule, Work, score
from hallterm.rules.attendance import USUAL, AttendanceSums
from hallterm.rules.exact import half_up
from hallterm.rules.leave import Span
from hallterm.rules.ratings import use_of
from hallterm.rules.setting_form import Theme
from hallterm.rules.settings_table import SETTINGS, SettingName
from hallterm.rules.warnings import WARNINGS
from hallterm.workflows.desk import Refused
from hallterm.workflows.leave import LeaveDraft, weighed
from hallterm.workflows.months import PEOPLE_A_LINE
from hallterm.workflows.setting_changes import CHANGES, SettingDraft, change_refusal, change_setting
from hallterm.workflows.warning_settings import LIMITS, thresholds_on
from hallterm.workflows.warnings import watch
from storage.access import Action
from storage.facts import (
    FrozenScore,
    FrozenSetting,
    FrozenWork,
    GrantSet,
    Half,
    LeaveType,
    MonthFrozen,
    Role,
    Scale,
    SettingSet,
    StaffSet,
    WarningKind,
    WarningLevel,
)
from storage.journal import MAX_LINE, Journal
from storage.views.dispatch import warnings
from storage.views.reporting import settings_version
from tests.hallterm.workflows.founded import ADMIN, HALL, at
from tests.hallterm.workflows.leaders import DAY
from tests.hallterm.workflows.shift import MEI, Shift

CITY, TOMORROW = "360600", "2026-11-25"
DIRECTOR, COLLECTION = "0400", "0700"


def put(
    journal: Journal, name: SettingName, value: str, *, scope: str = HALL, day: str = "", own: bool = False
) -> None:
    with journal.write(ADMIN, at("08:05")) as tx:
        tx.record(SettingSet(name, value, scope, day, own))


def test_the_defaults_are_what_the_rules_say(shift: Shift) -> None:
    uses = uses_at(shift.db, HALL, DAY)
    assert uses == {scale: use_of(scale) for scale in Scale}
    assert rule_of({}) == structs.replace(RULE, level_weights={scale: use.worth for scale, use in uses.items()})
    assert deductions_at(shift.db, HALL, DAY) == USUAL
    found = thresholds_on(shift.db, HALL, DAY)
    assert found.limits == {kind: row.limits for kind, row in WARNINGS.items() if row.limits is not None}
    assert (found.least, found.long_wait_min, found.again_min, found.empty_post_min) == (10, 20, 15, 15)
    assert set(LIMITS) == set(found.limits)


def test_all_that_scores_are_made_of_is_kept_with_a_frozen_month() -> None:
    credited = {SettingName.STD_FACTOR_PCT, SettingName.BATCH_FACTOR_PCT, SettingName.EXPLAIN_WITHIN_DAYS}
    about = {one.name for one in SETTINGS.values() if one.about.theme is Theme.ASSESSMENT}
    assert set(NAMES) == about - credited, "read when a matter was finished, or a leave asked for"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (SettingName.LATE_POINTS, '"5"', Fraction(95)),
        (SettingName.EARLY_POINTS, '"1.5"', Fraction(98)),
        (SettingName.OFF_POST_POINTS, '"0"', Fraction(98)),
        (SettingName.ABSENCE_POINTS, '"30"', Fraction(98)),
        (SettingName.SICK_LEAVE_POINTS, '"5"', Fraction(98)),
    ],
)
def test_a_late_arrival_costs_what_the_setting_says(
    shift: Shift, name: SettingName, value: str, expected: Fraction
) -> None:
    put(shift.stores.journal, name, value)
    rule = rule_of(values_at(shift.db, HALL, DAY))
    late = Work(attendance=(AttendanceSums(scheduled=20, attended=20, late=1),))
    assert score(late, rule=rule).total == expected


def test_efficiency_and_the_hall_average_follow_their_settings() -> None:
    work = Work(timed=10, overtime=2, timed_std_milliminutes=60_000, timed_counted_s=7200)
    usual = score(work).total
    assert usual == Fraction(3, 5) * 70 + Fraction(2, 5) * 50
    stricter = rule_of({"free_overtime_pct": "0", "overtime_points": '"2.5"', "on_time_share_pct": "100"})
    assert score(work, rule=stricter).total == 50
    assert rule_of({"average_points": "70"}).average_points == 70
    half_rated = Work(ratings=Ratings({Scale.FIVE_SEED: {5: 60}}, unrated=40))
    assert [score(half_rated, rule=rule_of(held)).total for held in ({}, {"evaluation_duty_pct": "80"})] == [
        Fraction(100 * 60, 95),
        Fraction(75),
    ]
    assert rule_of({"level_weights": '"100/90/70/20/0"'}).level_weights[Scale.FIVE_SEED][3] == 70


def test_a_leave_costs_and_is_explained_by_what_holds_on_its_first_day(shift: Shift) -> None:
    put(shift.stores.journal, SettingName.PERSONAL_LEAVE_POINTS, '"4.5"', day=TOMORROW)
    put(shift.stores.journal, SettingName.EXPLAIN_WITHIN_DAYS, "3", day=TOMORROW)

    def asked(day: str, now: str) -> tuple[str, int]:
        draft = LeaveDraft(LeaveType.PERSONAL, Span((day, Half.AM), (day, Half.AM)))
        found = weighed(shift.db, HALL, MEI, draft, at("08:05", now))
        return str(half_up(Fraction(found.points_milli, 1000), 1)), found.explain_by_t

    assert asked(DAY, DAY)[0] == "6.0"
    points, by_t = asked(TOMORROW, "2026-11-26")
    assert (points, by_t) == ("4.5", at("18:00", "2026-11-30").t)


def test_a_hall_warns_by_its_own_limits_from_their_day_on(shift: Shift) -> None:
    put(shift.stores.journal, SettingName.WARN_SINGLE_WAIT_MIN, '"2/3/60"')
    put(shift.stores.journal, SettingName.WARN_SINGLE_WAIT_MIN, '"30/40/50"', day=TOMORROW)
    put(shift.stores.journal, SettingName.WARN_AGAIN_MIN, "1")
    shift.issue("B")
    for _minute in range(4):
        watch(shift.stores.journal, shift.clock.after(60))
    levels = [one.level for one in warnings(shift.db, HALL, DAY) if one.warning is WarningKind.SINGLE_WAIT]
    assert levels == [WarningLevel.YELLOW, WarningLevel.ORANGE]
    nobody = [one for one in warnings(shift.db, HALL, DAY) if one.warning is WarningKind.NO_OPEN_WINDOW]
    assert len(nobody) == 4, "it comes again every minute"
    assert thresholds_on(shift.db, HALL, TOMORROW).limits[WarningKind.SINGLE_WAIT] == (30, 40, 50)


def test_the_city_gives_the_limits_and_a_hall_differs_only_where_it_may(shift: Shift) -> None:
    journal = shift.stores.journal
    put(journal, SettingName.WARN_BAD_RATINGS, '"1/2/3"', scope=CITY)
    put(journal, SettingName.WARN_OVERTIME_COUNT, '"4/6/9"', scope=CITY, own=True)
    put(journal, SettingName.WARN_BAD_RATINGS, '"9/9/9"')
    put(journal, SettingName.WARN_OVERTIME_COUNT, '"2/2/2"')
    limits = thresholds_on(shift.db, HALL, DAY).limits
    assert limits[WarningKind.BAD_RATINGS] == (1, 2, 3)
    assert limits[WarningKind.OVERTIME_COUNT] == (2, 2, 2)


def test_a_director_sets_limits_and_only_the_collection_department_points(shift: Shift) -> None:
    journal = shift.stores.journal
    with journal.write(ADMIN, at("08:05")) as tx:
        for number, role, place in ((DIRECTOR, Role.HALL_DIRECTOR, HALL), (COLLECTION, Role.COLLECTION_DEPT, CITY)):
            tx.record(StaffSet(number, "赵主任", HALL))
            tx.record(GrantSet(number, role, place))
    before = settings_version(shift.db, HALL, DAY)
    change_setting(shift.stores.desk(staff=DIRECTOR), SettingDraft("warn_no_break_min", "60/90/120"), at("08:10"))
    assert settings_version(shift.db, HALL, DAY) == before + 1, "the header of a report tells"
    with pytest.raises(Refused) as refusal:
        change_setting(shift.stores.desk(staff=DIRECTOR), SettingDraft("late_points", "3"), at("08:11"))
    assert "collection department" in refusal.value.reason.text()
    change_setting(shift.stores.desk(staff=COLLECTION), SettingDraft("late_points", "3"), at("08:12"))
    assert deductions_at(shift.db, HALL, DAY).late == 3
    assert CHANGES[Theme.WARNINGS] is Action.EDIT_THRESHOLDS
    assert change_refusal(shift.db, MEI, HALL, SETTINGS[SettingName.WARN_NO_BREAK_MIN]) is not None


def test_weights_of_another_program_are_the_default() -> None:
    assert rule_of({"level_weights": '"1/2"', "late_points": '"x"', "weights": '"1"'}) == rule_of({})
    assert isinstance(rule_of({}), Rule)


def test_a_line_of_a_frozen_month_has_room_for_all_settings_and_people() -> None:
    names = [name for name in FrozenWork.__struct_fields__ if name not in ("levels", "leave")]
    most = {"levels": (9_999,) * 5, "leave": dict.fromkeys(list(LeaveType)[:3], 9)}
    work = msgspec.convert({**dict.fromkeys(names, 9_999_999), **most}, FrozenWork)
    scores = (FrozenScore("12345678", 9_999, 9_999, 9_999, 9_999, 9_999, 99, work),) * PEOPLE_A_LINE
    settings = tuple(FrozenSetting(name, json.dumps(SETTINGS[name].default)) for name in NAMES)
    fact = MonthFrozen(HALL, "2026-10", settings, scores, "12345678", "p" * 60, 9, 9, "f" * 60)
    assert len(msgspec.json.encode(fact)) + 400 < MAX_LINE, "and what stands around it in the line"
