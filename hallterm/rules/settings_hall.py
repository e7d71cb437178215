"""The settings of a hall's counters and boards: rows of :mod:`hallterm.rules.settings_table`."""

from __future__ import annotations

from typing import Final

from hallterm.locale import N_
from hallterm.rules.ratings import TIMEOUT_RANGE_S, TIMEOUT_S
from hallterm.rules.setting_form import About, Choice, SettingName, choice, line_of_text, time_of_day, whole, yes_no
from storage.facts import RatingUnit

NOTICE_LONGEST = 40
UNITS = (Choice(RatingUnit.PER_SERVICE.value, N_("each matter")), Choice(RatingUnit.PER_VISIT.value, N_("each visit")))
ROWS: Final = (
    whole(
        SettingName.RATING_TIMEOUT_S,
        TIMEOUT_S,
        TIMEOUT_RANGE_S,
        N_("s"),
        About(
            N_("Time to rate"), N_("How long the rating pad waits for a press; then the matter is unrated"), "7.2 (T17)"
        ),
    ),
    choice(
        SettingName.RATING_UNIT,
        UNITS,
        About(
            N_("One rating for"),
            N_("Whether each matter is rated, or all matters of a visit together at its end"),
            "8.1",
        ),
    ),
    yes_no(
        SettingName.AUTO_RECALL,
        False,
        About(
            N_("Calls again by itself"),
            N_("The second and third call go out by themselves, 20 seconds apart"),
            "7.2 (T3, T4)",
        ),
    ),
    yes_no(
        SettingName.WORKS_EVERY_DAY,
        False,
        About(N_("Works every day"), N_("Rest days and holidays are working days of this hall too"), "7.2 (T1), 11"),
    ),
    time_of_day(
        SettingName.VOICE_MUTE_FROM,
        N_("never"),
        About(N_("Voice silent from"), N_("From this time nothing is spoken; needs the end as well"), "7.2 (T2)"),
    ),
    time_of_day(
        SettingName.VOICE_MUTE_TO,
        N_("never"),
        About(
            N_("Voice silent until"),
            N_("From this time the voice speaks again; an earlier time is on the next day"),
            "7.2 (T2)",
        ),
    ),
    line_of_text(
        SettingName.HALL_NOTICE,
        NOTICE_LONGEST,
        N_("none"),
        About(
            N_("Notice on the board"),
            N_("One line that the screen on the wall shows to everybody"),
            "none: the board of the hall",
        ),
    ),
    whole(
        SettingName.LOCK_AFTER_S,
        300,
        (60, 3600),
        N_("s"),
        About(
            N_("Locks after"),
            N_("A window where nobody presses a key locks itself, never while somebody is served"),
            "none: a counter left alone",
        ),
    ),
    whole(
        SettingName.FORGET_IDENTITY_DAYS,
        180,
        (30, 720),
        N_("days"),
        About(
            N_("Identities kept"),
            N_("So long after a visit the number of its person is forgotten; a hash that tells nobody stays"),
            "18",
        ),
    ),
    whole(
        SettingName.HALL_SEATS,
        0,
        (0, 2000),
        "",
        About(
            N_("Seats of the hall"),
            N_("For the warning of a full hall: people in it against its seats; 0 makes no such warning"),
            "13",
        ),
    ),
)
