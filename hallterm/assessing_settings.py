"""The settings of the assessment as its rule takes them: those that hold at a hall on a day, or those of a frozen month."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from hallterm.rating_scales import NAME as RATING_SCALE
from hallterm.rating_scales import POSITIVE, WORTH, scale_at, uses_of
from hallterm.rules.assessment import RULE, Rule, weights_of
from hallterm.rules.attendance import Deductions
from hallterm.rules.settings_table import SettingName, SettingValue, points_of, understood
from storage.database import Database
from storage.facts import BusinessMode, LeaveType, Scale
from storage.views.settings import held_at, held_on

NAMES: Final = (
    *(SettingName.WEIGHTS, SettingName.COVERAGE_PENALTY, SettingName.EVALUATION_DUTY_PCT),
    *(SettingName.BUSINESS_MODE, SettingName.TARGET_STD_MIN),
    *(SettingName.ERROR_POINTS, SettingName.COMPLAINT_DEDUCTION, SettingName.LEVEL_WEIGHTS, SettingName.AVERAGE_POINTS),
    *(SettingName.FREE_OVERTIME_PCT, SettingName.OVERTIME_POINTS, SettingName.ON_TIME_SHARE_PCT),
    *(SettingName.LATE_POINTS, SettingName.EARLY_POINTS, SettingName.OFF_POST_POINTS, SettingName.ABSENCE_POINTS),
    *(SettingName.PERSONAL_LEAVE_POINTS, SettingName.SICK_LEAVE_POINTS),
    *(RATING_SCALE, *(name for name in WORTH.values() if name != SettingName.LEVEL_WEIGHTS), *POSITIVE.values()),
)
"""What is read when scores are made; the credit of a matter was read when it was finished."""


def values_at(db: Database, hall: str, day: str) -> dict[str, str]:
    """The JSON texts of the settings of the assessment that were set for a hall and hold on a day; the scale is that of
    the month, whatever was set for it since it began.
    """
    return held_on(db, NAMES, hall, day) | {str(RATING_SCALE): json.dumps(scale_at(db, hall, day).value)}


def rule_of(values: Mapping[str, str]) -> Rule:
    """The rule of these settings; what is not there is the default."""
    read: dict[SettingName, SettingValue] = {name: understood(name, values.get(name)) for name in NAMES}
    return Rule(
        weights=weights_of(str(read[SettingName.WEIGHTS])) or RULE.weights,
        coverage_penalty=read[SettingName.COVERAGE_PENALTY] is True,
        duty_pct=int(read[SettingName.EVALUATION_DUTY_PCT]),
        mode=BusinessMode(str(read[SettingName.BUSINESS_MODE])),
        target_std_min=max(1, int(read[SettingName.TARGET_STD_MIN])),
        error_points=int(read[SettingName.ERROR_POINTS]),
        complaint_points=Fraction(int(read[SettingName.COMPLAINT_DEDUCTION])),
        level_weights={scale: use.worth for scale, use in uses_of(values).items()},
        scale=Scale(str(read[RATING_SCALE])),
        average_points=int(read[SettingName.AVERAGE_POINTS]),
        free_pct=Fraction(int(read[SettingName.FREE_OVERTIME_PCT])),
        points_per_pct=points_of(read[SettingName.OVERTIME_POINTS]),
        on_time_weight=Fraction(int(read[SettingName.ON_TIME_SHARE_PCT]), 100),
        deductions=_deductions(read),
    )


def _deductions(read: Mapping[SettingName, SettingValue]) -> Deductions:
    return Deductions(
        late=points_of(read[SettingName.LATE_POINTS]),
        early=points_of(read[SettingName.EARLY_POINTS]),
        off_post=points_of(read[SettingName.OFF_POST_POINTS]),
        absence=points_of(read[SettingName.ABSENCE_POINTS]),
        leave_half={
            LeaveType.PERSONAL: points_of(read[SettingName.PERSONAL_LEAVE_POINTS]),
            LeaveType.SICK: points_of(read[SettingName.SICK_LEAVE_POINTS]),
        },
    )


def duty_pct_at(db: Database, hall: str, day: str) -> int:
    """So many percent of the services of a hall have to be rated, on a day."""
    name = SettingName.EVALUATION_DUTY_PCT
    return int(understood(name, held_on(db, (name,), hall, day).get(name)))


def deductions_at(db: Database, hall: str, day: str) -> Deductions:
    """What is taken off the attendance of a hall's people on a day."""
    return rule_of(values_at(db, hall, day)).deductions


def rules_at(db: Database, halls: Sequence[str], day: str) -> dict[str, Rule]:
    """The rule of each hall on a day."""
    found: dict[tuple[tuple[str, str], ...], Rule] = {}
    rules: dict[str, Rule] = {}
    for hall, values in held_at(db, NAMES, halls, day).items():
        key = tuple(sorted(values.items()))
        if key not in found:
            found[key] = rule_of(values)
        rules[hall] = found[key]
    return rules
