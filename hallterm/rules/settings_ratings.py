"""The settings of ratings and of what follows them: scale, its levels, terms. Rows of :mod:`hallterm.rules.settings_table`."""

from __future__ import annotations

from functools import partial
from typing import Final

from hallterm.locale import N_
from hallterm.rules.deadlines import DEADLINES, DeadlineId
from hallterm.rules.ratings import SCALES
from hallterm.rules.setting_form import About as Anything
from hallterm.rules.setting_form import Choice, Setting, SettingName, Theme, choice, numbers, whole
from storage.facts import Scale

About = partial(Anything, rule="8.2", theme=Theme.ASSESSMENT)
SCALE_CHOICES = (
    Choice(Scale.FIVE_SEED.value, N_("very good to very poor, five")),
    Choice(Scale.FIVE_NATIONAL.value, N_("national, five")),
    Choice(Scale.FOUR.value, N_("four levels")),
    Choice(Scale.THREE.value, N_("three levels")),
)
WORTH = N_("What a rating of each level is worth in the satisfaction score, the best level first")
POSITIVE = N_("So many levels count as satisfied, from the best one on")


def _worth(scale: Scale, name: SettingName, title: str) -> Setting:
    default = "/".join(str(one.weight) for one in SCALES[scale])
    return numbers(name, default, (0, 100), "", About(title, WORTH), falls=True)


def _positive(scale: Scale, name: SettingName, title: str) -> Setting:
    levels = SCALES[scale]
    return whole(name, sum(one.positive for one in levels), (1, len(levels) - 1), "", About(title, POSITIVE))


_SCALES = (
    choice(
        SettingName.RATING_SCALE,
        SCALE_CHOICES,
        Anything(
            N_("Scale of the ratings"),
            N_(
                "The levels people choose from; another scale begins with a month. Pads with other keys are taught anew"
            ),
            "8.1, 8.2",
            Theme.ASSESSMENT,
        ),
        monthly=True,
    ),
    _worth(Scale.FIVE_NATIONAL, SettingName.LEVEL_WEIGHTS_NATIONAL, N_("Worth, national scale")),
    _worth(Scale.FOUR, SettingName.LEVEL_WEIGHTS_FOUR, N_("Worth, four levels")),
    _worth(Scale.THREE, SettingName.LEVEL_WEIGHTS_THREE, N_("Worth, three levels")),
    _positive(Scale.FIVE_SEED, SettingName.POSITIVE_SEED, N_("Satisfied, of five")),
    _positive(Scale.FIVE_NATIONAL, SettingName.POSITIVE_NATIONAL, N_("Satisfied, national")),
    _positive(Scale.FOUR, SettingName.POSITIVE_FOUR, N_("Satisfied, of four")),
    _positive(Scale.THREE, SettingName.POSITIVE_THREE, N_("Satisfied, of three")),
)
MOST_DAYS = 60


def _term(name: SettingName, which: DeadlineId, title: str, what: str) -> Setting:
    least = 0 if which is DeadlineId.K20 else 1
    rule = f"11.3 ({which.value[:3]})"
    about = Anything(title, what, rule, Theme.TERMS)
    return whole(name, DEADLINES[which].n, (least, MOST_DAYS), N_("working days"), about)


_TERMS = (
    _term(
        SettingName.CALL_BACK_DAYS,
        DeadlineId.K15,
        N_("First call-back within"),
        N_("So long after a bad rating its person is called back"),
    ),
    _term(
        SettingName.CORRECT_DAYS,
        DeadlineId.K16,
        N_("Corrected within"),
        N_("So long after a bad rating its cause is corrected and told"),
    ),
    _term(
        SettingName.CORRECT_COMPLEX_DAYS,
        DeadlineId.K16_COMPLEX,
        N_("Complex: within"),
        N_("So long after a complex bad rating its cause is corrected and told"),
    ),
    _term(
        SettingName.APPEAL_DAYS,
        DeadlineId.K17_APPEAL,
        N_("Appeals within"),
        N_("So long after a bad rating its clerk may appeal"),
    ),
    _term(
        SettingName.APPEAL_DECISION_DAYS,
        DeadlineId.K17_DECISION,
        N_("Appeal decided within"),
        N_("So long after an appeal it is decided"),
    ),
    _term(
        SettingName.BACK_ENTRY_DAYS,
        DeadlineId.K19,
        N_("Slips entered within"),
        N_("So long after an outage its slips may be entered"),
    ),
    _term(
        SettingName.UNRATED_REASON_DAYS,
        DeadlineId.K20,
        N_("Reason corrected within"),
        N_("So long after a matter the reason for no rating may be corrected; 0 is the same day"),
    ),
    _term(
        SettingName.LATE_RATING_DAYS,
        DeadlineId.K21,
        N_("Late rating within"),
        N_("So long after a matter its rating may come on paper"),
    ),
    _term(
        SettingName.RECONCILIATION_DAYS,
        DeadlineId.K25,
        N_("Comparison within"),
        N_("So long after a day the list of the tax software counts as brought in time"),
    ),
)
ROWS: Final = (*_SCALES, *_TERMS)
