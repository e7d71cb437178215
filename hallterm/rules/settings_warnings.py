"""The settings of the warnings: rows of :mod:`hallterm.rules.settings_table`. A level holds when a value is greater."""

from __future__ import annotations

from functools import partial
from typing import Final

from hallterm.locale import N_
from hallterm.rules.setting_form import About as Anything
from hallterm.rules.setting_form import SettingName, Theme, numbers, whole

About = partial(Anything, rule="13", theme=Theme.WARNINGS)
MIN, PERCENT = N_("min"), "%"
ROWS: Final = (
    numbers(
        SettingName.WARN_SINGLE_WAIT_MIN,
        "20/30/45",
        (1, 480),
        MIN,
        About(N_("Warns of a wait"), N_("Yellow, orange and red when the longest wait is over so many minutes")),
    ),
    numbers(
        SettingName.WARN_WAITING_OVERTIME_PCT,
        "10/20/30",
        (0, 100),
        PERCENT,
        About(N_("Warns of long waits"), N_("Yellow, orange and red when so large a share waited too long today")),
    ),
    numbers(
        SettingName.WARN_WINDOW_SATURATION,
        "5/8/12",
        (1, 100),
        "",
        About(N_("Warns of queues"), N_("Yellow, orange and red when more people wait for each open window")),
    ),
    numbers(
        SettingName.WARN_HALL_SATURATION_PCT,
        "80/100/120",
        (1, 500),
        PERCENT,
        About(N_("Warns of a full hall"), N_("Yellow, orange and red by the people in the hall against its seats")),
    ),
    numbers(
        SettingName.WARN_OVERTIME_SHARE_PCT,
        "5/10/20",
        (0, 100),
        PERCENT,
        About(N_("Warns of overtime"), N_("Yellow, orange and red by the share of overtime of today's services")),
    ),
    numbers(
        SettingName.WARN_OVERTIME_COUNT,
        "3/5/8",
        (0, 100),
        "",
        About(N_("Warns at a window"), N_("Yellow, orange and red when one window had more overtimes today")),
    ),
    numbers(
        SettingName.WARN_ABANDON_SHARE_PCT,
        "5/10/15",
        (0, 100),
        PERCENT,
        About(N_("Warns of no-shows"), N_("Yellow, orange and red by the share of called people who did not come")),
    ),
    numbers(
        SettingName.WARN_BAD_RATINGS,
        "0/1/2",
        (0, 100),
        "",
        About(N_("Warns of bad ratings"), N_("Yellow, orange and red when one clerk had more bad ratings today")),
    ),
    numbers(
        SettingName.WARN_NO_BREAK_MIN,
        "90/120/150",
        (15, 480),
        MIN,
        About(N_("Warns without a break"), N_("Yellow, orange and red when somebody works longer without a break")),
    ),
    whole(
        SettingName.LONG_WAIT_MIN,
        20,
        (1, 480),
        MIN,
        About(N_("A long wait is over"), N_("Who waited longer counts in the share of long waits")),
    ),
    whole(
        SettingName.WARN_LEAST,
        10,
        (1, 1000),
        "",
        About(N_("A share needs"), N_("No warning is made of a share of fewer people or services")),
    ),
    whole(
        SettingName.WARN_AGAIN_MIN,
        15,
        (1, 240),
        MIN,
        About(N_("Warns again after"), N_("The same warning comes again at the earliest after so many minutes")),
    ),
    whole(
        SettingName.EMPTY_POST_MIN,
        15,
        (0, 240),
        MIN,
        About(N_("A post is empty after"), N_("So long after opening a post without its person makes a warning")),
    ),
)
