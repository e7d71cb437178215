"""The settings of lamps, proposals and the plan of a full hall: rows of :mod:`hallterm.rules.settings_table`."""

from __future__ import annotations

from functools import partial
from typing import Final

from hallterm.locale import N_
from hallterm.rules.lamp import USUAL as LAMP
from hallterm.rules.proposals import USUAL as PROPOSE
from hallterm.rules.setting_form import About as Anything
from hallterm.rules.setting_form import SettingName, Theme, entries, numbers, whole

About = partial(Anything, rule="12", theme=Theme.WARNINGS)
MIN = N_("min")
MOST_STEPS, LONGEST_STEP = 9, 20
ROWS: Final = (
    numbers(
        SettingName.LAMP_PCT,
        f"{LAMP.yellow_pct}/{LAMP.red_pct}/{LAMP.escalate_pct}",
        (1, 1000),
        "%",
        Anything(
            N_("Lamp of a matter"),
            N_("Yellow from this share of the limit, red above the second, to the leader from the third"),
            "13",
            Theme.WARNINGS,
        ),
    ),
    whole(
        SettingName.PROPOSE_IDLE_MIN,
        PROPOSE.idle_min,
        (1, 240),
        MIN,
        About(N_("Helps when idle for"), N_("A window that is idle so long is proposed to help another group")),
    ),
    whole(
        SettingName.PROPOSE_GROUP_OVER,
        PROPOSE.group_over,
        (1, 100),
        "",
        About(N_("A group needs help"), N_("When more than so many wait for each of its open windows")),
    ),
    whole(
        SettingName.PROPOSE_RESERVE_OVER,
        PROPOSE.reserve_over,
        (1, 100),
        "",
        About(N_("Reserve window from"), N_("Proposed when nobody is idle and more than so many wait for each window")),
    ),
    whole(
        SettingName.PROPOSE_BREAK_MIN,
        PROPOSE.break_after_min,
        (15, 480),
        MIN,
        About(N_("Break proposed after"), N_("A break is proposed to who works longer than this without one")),
    ),
    whole(
        SettingName.PROPOSE_BREAK_WAITING,
        PROPOSE.break_waiting,
        (0, 100),
        "",
        About(N_("No break over"), N_("No break is proposed while more than so many wait in the groups of the window")),
    ),
    entries(
        SettingName.CROWDING_PLAN,
        MOST_STEPS,
        LONGEST_STEP,
        N_("the usual four steps"),
        Anything(
            N_("Plan of a full hall"),
            N_("The steps of the hall's own list, a semicolon between them; empty is the usual list"),
            "13",
        ),
    ),
)
