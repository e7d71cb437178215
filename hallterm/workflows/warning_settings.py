"""The settings of the warnings of a hall as its rule takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hallterm.rules.settings_table import SettingName, SettingValue, numbers_of, understood
from hallterm.rules.warnings import Thresholds
from storage.database import Database
from storage.facts import WarningKind
from storage.views.settings import held_on

LIMITS: Final[Mapping[WarningKind, SettingName]] = {
    WarningKind.SINGLE_WAIT: SettingName.WARN_SINGLE_WAIT_MIN,
    WarningKind.WAITING_OVERTIME: SettingName.WARN_WAITING_OVERTIME_PCT,
    WarningKind.WINDOW_SATURATION: SettingName.WARN_WINDOW_SATURATION,
    WarningKind.HALL_SATURATION: SettingName.WARN_HALL_SATURATION_PCT,
    WarningKind.OVERTIME_SHARE: SettingName.WARN_OVERTIME_SHARE_PCT,
    WarningKind.OVERTIME_COUNT: SettingName.WARN_OVERTIME_COUNT,
    WarningKind.ABANDON_SHARE: SettingName.WARN_ABANDON_SHARE_PCT,
    WarningKind.BAD_RATINGS: SettingName.WARN_BAD_RATINGS,
    WarningKind.NO_BREAK: SettingName.WARN_NO_BREAK_MIN,
}
NUMBERS: Final = {
    "least": SettingName.WARN_LEAST,
    "long_wait_min": SettingName.LONG_WAIT_MIN,
    "again_min": SettingName.WARN_AGAIN_MIN,
    "empty_post_min": SettingName.EMPTY_POST_MIN,
}


def thresholds_on(db: Database, hall: str, day: str) -> Thresholds:
    """What makes a warning in a hall on a day."""
    held = held_on(db, (*LIMITS.values(), *NUMBERS.values()), hall, day)
    limits = {kind: _three(understood(name, held.get(name))) for kind, name in LIMITS.items()}
    return Thresholds(limits, **{field: int(understood(name, held.get(name))) for field, name in NUMBERS.items()})


def _three(value: SettingValue) -> tuple[int, int, int]:
    yellow, orange, red = numbers_of(value)
    return yellow, orange, red
