"""The settings of the assessment: rows of :mod:`hallterm.rules.settings_table`. They are kept with each frozen month."""

from __future__ import annotations

from functools import partial
from typing import Final

from hallterm.locale import N_
from hallterm.rules.ratings import EVALUATION_DUTY_PCT
from hallterm.rules.setting_form import (
    POINTS_UNIT,
    Choice,
    SettingName,
    Theme,
    choice,
    numbers,
    points,
    weights,
    whole,
    yes_no,
)
from hallterm.rules.setting_form import About as Anything
from storage.facts import BusinessMode

About = partial(Anything, theme=Theme.ASSESSMENT)
MODES = (
    Choice(BusinessMode.TARGET.value, N_("a target")),
    Choice(BusinessMode.HALL_AVERAGE.value, N_("the hall average")),
)
_PARTS = (
    weights(
        SettingName.WEIGHTS,
        "30/25/20/25",
        About(
            N_("Weights of the parts"),
            N_("Ratings, business, efficiency, attendance of the assessment; together 100"),
            "9 (total)",
        ),
    ),
    yes_no(
        SettingName.COVERAGE_PENALTY,
        True,
        About(
            N_("Too few rated costs"),
            N_("The rating part shrinks where fewer of the services were rated than have to be"),
            "9 (E)",
        ),
    ),
    whole(
        SettingName.EVALUATION_DUTY_PCT,
        EVALUATION_DUTY_PCT,
        (50, 100),
        "%",
        About(
            N_("Rated have to be"),
            N_("So large a share of the services has to be rated: for the rating part, the best clerk and the reports"),
            "8.3, 9 (E)",
        ),
    ),
    choice(
        SettingName.BUSINESS_MODE,
        MODES,
        About(
            N_("Business against"),
            N_("What the business part measures standard minutes by: a target a half-day, or the hall's average"),
            "9 (B)",
        ),
    ),
    whole(
        SettingName.TARGET_STD_MIN,
        75,
        (5, 300),
        N_("min"),
        About(
            N_("Target of a half-day"),
            N_("Standard minutes of half a day at a window that are worth 100 points; a point may take 15"),
            "9 (B)",
        ),
    ),
    whole(
        SettingName.ERROR_POINTS,
        2,
        (0, 50),
        POINTS_UNIT,
        About(
            N_("A handling error costs"),
            N_("Points off the business part for each verified error, shared among the months"),
            "9 (B)",
        ),
    ),
    whole(
        SettingName.COMPLAINT_DEDUCTION,
        0,
        (0, 100),
        POINTS_UNIT,
        About(
            N_("A complaint costs"),
            N_("Points off the total of a month for each founded complaint; 0 takes none"),
            "9 (total)",
        ),
    ),
    whole(
        SettingName.STD_FACTOR_PCT,
        60,
        (10, 100),
        "%",
        About(N_("Credit of a matter"), N_("Standard minutes of a matter as a share of its limit"), "9 (std_minutes)"),
    ),
    whole(
        SettingName.BATCH_FACTOR_PCT,
        20,
        (0, 100),
        "%",
        About(
            N_("Credit of each more"),
            N_("What each further piece of a batch adds to the credit of its matter"),
            "9 (std_minutes)",
        ),
    ),
    numbers(
        SettingName.LEVEL_WEIGHTS,
        "100/80/60/30/0",
        (0, 100),
        "",
        About(
            N_("Worth of the levels"),
            N_("What a rating of each level is worth in the satisfaction score, the best level first"),
            "8.2",
        ),
        falls=True,
    ),
    whole(
        SettingName.AVERAGE_POINTS,
        80,
        (50, 100),
        POINTS_UNIT,
        About(
            N_("The average is worth"),
            N_("Business against the hall average: the points of who does as much as the average"),
            "9 (B)",
        ),
    ),
    whole(
        SettingName.FREE_OVERTIME_PCT,
        5,
        (0, 50),
        "%",
        About(
            N_("Overtime that is free"), N_("So large a share of overtime takes nothing off the efficiency"), "9 (F)"
        ),
    ),
    points(
        SettingName.OVERTIME_POINTS,
        "2",
        20,
        About(N_("Overtime costs"), N_("Points off the efficiency for each percent of overtime beyond that"), "9 (F)"),
    ),
    whole(
        SettingName.ON_TIME_SHARE_PCT,
        60,
        (0, 100),
        "%",
        About(
            N_("Being in time counts"),
            N_("Its share in the efficiency part; the rest is the speed against the standard minutes"),
            "9 (F)",
        ),
    ),
)
_ATTENDANCE = (
    points(
        SettingName.LATE_POINTS,
        "2",
        100,
        About(N_("Coming late costs"), N_("Points off the attendance each time, up to half an hour late"), "10"),
    ),
    points(
        SettingName.EARLY_POINTS,
        "2",
        100,
        About(N_("Leaving early costs"), N_("Points off the attendance each time, up to half an hour early"), "10"),
    ),
    points(
        SettingName.OFF_POST_POINTS,
        "2",
        100,
        About(N_("Off post costs"), N_("Points off the attendance each time, up to half an hour away"), "10"),
    ),
    points(
        SettingName.ABSENCE_POINTS,
        "20",
        100,
        About(N_("Absence costs"), N_("Points off the attendance for each day with a half-day nothing covers"), "10"),
    ),
    points(
        SettingName.PERSONAL_LEAVE_POINTS,
        "6",
        50,
        About(N_("Personal leave costs"), N_("Points off the attendance for each half-day"), "10"),
    ),
    points(
        SettingName.SICK_LEAVE_POINTS,
        "2.5",
        50,
        About(
            N_("Sick leave costs"),
            N_("Points off the attendance for each half-day with a certificate; without one it is absence"),
            "10",
        ),
    ),
    whole(
        SettingName.EXPLAIN_WITHIN_DAYS,
        1,
        (1, 10),
        N_("working days"),
        About(
            N_("Explained within"),
            N_("So long after a leave that was asked for afterwards may its explanation or certificate come"),
            "10",
        ),
    ),
)
ROWS: Final = (*_PARTS, *_ATTENDANCE)
