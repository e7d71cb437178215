"""What a finished matter is worth in standard minutes, by the settings of its hall and day. Business rule 9."""

from __future__ import annotations

from decimal import Decimal

from hallterm.rules.settings_table import SettingName
from hallterm.rules.timers import std_milliminutes
from hallterm.workflows.hall_settings import setting
from storage.database import Database
from storage.views import Matter


def credited(db: Database, hall: str, day: str, matter: Matter, quantity: int) -> int:
    """Thousandths of a standard minute; the actual time does not matter."""
    each_more = Decimal(setting(db, SettingName.BATCH_FACTOR_PCT, hall, day)) / 100
    of_limit = Decimal(setting(db, SettingName.STD_FACTOR_PCT, hall, day)) / 100
    return std_milliminutes(matter.limit_min, quantity, matter.batchable, each_more, of_limit)
