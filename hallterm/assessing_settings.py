"""The settings of the assessment as its rule takes them: those that hold at a hall on a day, or those of a frozen month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from hallterm.rules.assessment import RULE, Rule, weights_of
from hallterm.rules.settings_table import SettingName, SettingValue, understood
from storage.database import Database
from storage.facts import BusinessMode
from storage.views.settings import holding, setting_rows

NAMES: Final = (
    *(SettingName.WEIGHTS, SettingName.COVERAGE_PENALTY, SettingName.BUSINESS_MODE, SettingName.TARGET_STD_MIN),
    *(SettingName.ERROR_POINTS, SettingName.COMPLAINT_DEDUCTION),
)
"""What is read when scores are made; the credit of a matter was read when it was finished."""


def values_at(db: Database, hall: str, day: str) -> dict[str, str]:
    """The JSON texts of the settings of the assessment that were set for a hall and hold on a day."""
    chain, found = setting_rows(db, hall)
    held = {name: holding([row for row in found if row.name == name], chain, day) for name in NAMES}
    return {name.value: row.value for name, row in held.items() if row is not None}


def rule_of(values: Mapping[str, str]) -> Rule:
    """The rule of these settings; what is not there is the default."""
    read: dict[SettingName, SettingValue] = {name: understood(name, values.get(name)) for name in NAMES}
    return Rule(
        weights=weights_of(str(read[SettingName.WEIGHTS])) or RULE.weights,
        coverage_penalty=read[SettingName.COVERAGE_PENALTY] is True,
        mode=BusinessMode(str(read[SettingName.BUSINESS_MODE])),
        target_std_min=max(1, int(read[SettingName.TARGET_STD_MIN])),
        error_points=int(read[SettingName.ERROR_POINTS]),
        complaint_points=Fraction(int(read[SettingName.COMPLAINT_DEDUCTION])),
    )


def rules_at(db: Database, halls: Sequence[str], day: str) -> dict[str, Rule]:
    """The rule of each hall on a day."""
    return {hall: rule_of(values_at(db, hall, day)) for hall in halls}
