"""The settings of warnings, lamps and proposals of a hall as their rules take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hallterm.rules.lamp import LampShares
from hallterm.rules.proposals import Limits
from hallterm.rules.settings_table import SettingName, SettingValue, entries_of, numbers_of, understood
from hallterm.rules.warnings import Thresholds
from hallterm.workflows.hall_settings import value_on
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

PROPOSALS: Final = {
    "idle_min": SettingName.PROPOSE_IDLE_MIN,
    "group_over": SettingName.PROPOSE_GROUP_OVER,
    "reserve_over": SettingName.PROPOSE_RESERVE_OVER,
    "break_after_min": SettingName.PROPOSE_BREAK_MIN,
    "break_waiting": SettingName.PROPOSE_BREAK_WAITING,
}


def proposal_limits_on(db: Database, hall: str, day: str) -> Limits:
    """When something is proposed in a hall on a day."""
    held = held_on(db, PROPOSALS.values(), hall, day)
    return Limits(**{field: int(understood(name, held.get(name))) for field, name in PROPOSALS.items()})


def lamp_shares_on(db: Database, hall: str, day: str) -> LampShares:
    """From which share of its limit a matter has which lamp, in a hall on a day."""
    return LampShares(*numbers_of(value_on(db, SettingName.LAMP_PCT, hall, day)))


def crowding_plan_on(db: Database, hall: str, day: str) -> tuple[str, ...]:
    """The hall's own steps against too many people; none: the usual ones."""
    return entries_of(value_on(db, SettingName.CROWDING_PLAN, hall, day))


def thresholds_on(db: Database, hall: str, day: str) -> Thresholds:
    """What makes a warning in a hall on a day."""
    held = held_on(db, (*LIMITS.values(), *NUMBERS.values()), hall, day)
    limits = {kind: _three(understood(name, held.get(name))) for kind, name in LIMITS.items()}
    return Thresholds(limits, **{field: int(understood(name, held.get(name))) for field, name in NUMBERS.items()})


def _three(value: SettingValue) -> tuple[int, int, int]:
    yellow, orange, red = numbers_of(value)
    return yellow, orange, red
