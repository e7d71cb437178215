"""The settings of the assessment: rows of :mod:`hallterm.rules.settings_table`. They are kept with each frozen month."""

from __future__ import annotations

from typing import Final

from hallterm.locale import N_
from hallterm.rules.setting_form import YES_NO, Choice, Kind, Setting, SettingName
from storage.facts import BusinessMode

MODES = (
    Choice(BusinessMode.TARGET.value, N_("a target")),
    Choice(BusinessMode.HALL_AVERAGE.value, N_("the hall average")),
)
POINTS: Final = N_("points")
ROWS: Final = (
    Setting(
        name=SettingName.WEIGHTS,
        kind=Kind.WEIGHTS,
        default="30/25/20/25",
        title=N_("Weights of the parts"),
        explanation=N_("Ratings, business, efficiency, attendance of the assessment; together 100"),
        rule="9 (total)",
        of_assessment=True,
    ),
    Setting(
        name=SettingName.COVERAGE_PENALTY,
        kind=Kind.YES_NO,
        default=True,
        title=N_("Too few rated costs"),
        explanation=N_("The rating part shrinks where fewer than 95 % of the services were rated"),
        rule="9 (E)",
        choices=YES_NO,
        of_assessment=True,
    ),
    Setting(
        name=SettingName.BUSINESS_MODE,
        kind=Kind.CHOICE,
        default=BusinessMode.TARGET.value,
        title=N_("Business against"),
        explanation=N_(
            "What the business part measures standard minutes by: a target a half-day, or the hall's average"
        ),
        rule="9 (B)",
        choices=MODES,
        of_assessment=True,
    ),
    Setting(
        name=SettingName.TARGET_STD_MIN,
        kind=Kind.WHOLE_NUMBER,
        default=75,
        title=N_("Target of a half-day"),
        explanation=N_("Standard minutes of half a day at a window that are worth 100 points; a point may take 15"),
        rule="9 (B)",
        unit=N_("min"),
        lowest=5,
        highest=300,
        of_assessment=True,
    ),
    Setting(
        name=SettingName.ERROR_POINTS,
        kind=Kind.WHOLE_NUMBER,
        default=2,
        title=N_("A handling error costs"),
        explanation=N_("Points off the business part for each verified error, shared among the months"),
        rule="9 (B)",
        unit=POINTS,
        lowest=0,
        highest=50,
        of_assessment=True,
    ),
    Setting(
        name=SettingName.COMPLAINT_DEDUCTION,
        kind=Kind.WHOLE_NUMBER,
        default=0,
        title=N_("A complaint costs"),
        explanation=N_("Points off the total of a month for each founded complaint; 0 takes none"),
        rule="9 (total)",
        unit=POINTS,
        lowest=0,
        highest=100,
        of_assessment=True,
    ),
    Setting(
        name=SettingName.STD_FACTOR_PCT,
        kind=Kind.WHOLE_NUMBER,
        default=60,
        title=N_("Credit of a matter"),
        explanation=N_("Standard minutes of a matter as a share of its limit"),
        rule="9 (std_minutes)",
        unit="%",
        lowest=10,
        highest=100,
        of_assessment=True,
    ),
    Setting(
        name=SettingName.BATCH_FACTOR_PCT,
        kind=Kind.WHOLE_NUMBER,
        default=20,
        title=N_("Credit of each more"),
        explanation=N_("What each further piece of a batch adds to the credit of its matter"),
        rule="9 (std_minutes)",
        unit="%",
        lowest=0,
        highest=100,
        of_assessment=True,
    ),
)
