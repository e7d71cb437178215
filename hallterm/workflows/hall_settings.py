"""Settings of a hall as its workflows read them: ``setting.set`` facts that hold on a business day, else the default.

What there is, with its defaults, is in :mod:`hallterm.rules.settings_table`. A value that is not understood (a newer
program wrote it) is the default: it must not stop a counter.
"""

from __future__ import annotations

from typing import Final

from hallterm.rules.settings_table import SettingName, SettingValue
from hallterm.rules.settings_table import understood as understood
from storage import views
from storage.database import Database
from storage.facts import RatingUnit

AUTO_RECALL: Final = SettingName.AUTO_RECALL
WORKS_EVERY_DAY: Final = SettingName.WORKS_EVERY_DAY
VOICE_MUTE_FROM: Final = SettingName.VOICE_MUTE_FROM
VOICE_MUTE_TO: Final = SettingName.VOICE_MUTE_TO


def setting(db: Database, name: SettingName, scope: str, day: str) -> int:
    """A whole-number setting that holds on a day."""
    found = value_on(db, name, scope, day)
    return found if isinstance(found, int) else 0


def is_on(db: Database, name: SettingName, scope: str, day: str) -> bool:
    """A setting that is on or off."""
    return value_on(db, name, scope, day) is True


def text(db: Database, name: SettingName, scope: str, day: str) -> str:
    """A setting that is a time of day or a text."""
    return str(value_on(db, name, scope, day))


def per_visit(db: Database, hall: str, day: str) -> bool:
    """Whether one rating is for a whole visit; by default each service has its own. Business rule 8.1."""
    return value_on(db, SettingName.RATING_UNIT, hall, day) == RatingUnit.PER_VISIT


def value_on(db: Database, name: SettingName, scope: str, day: str) -> SettingValue:
    """The value of a setting that holds on a day, or its default."""
    return understood(name, views.setting(db, name, scope, day))
