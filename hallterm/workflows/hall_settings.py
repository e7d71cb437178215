"""Settings of a hall as its workflows read them: ``setting.set`` facts that hold on a business day, else the default.

A value that is not understood (a newer program wrote it) is the default: it must not stop a counter.
"""

from __future__ import annotations

import json
from typing import Any

from storage import views
from storage.database import Database
from storage.facts import RatingUnit

RATING_UNIT = "rating_unit"
"""``"per_service"`` (default) or ``"per_visit"``: what one rating is for."""
AUTO_RECALL = "auto_recall"
"""``true``: the second and third call go out by themselves; default off."""
WORKS_EVERY_DAY = "works_every_day"
"""``true``: rest days and holidays are working days of this hall too; default off."""

VOICE_MUTE_FROM = "voice_mute_from"
VOICE_MUTE_TO = "voice_mute_to"
"""``"12:00"`` and ``"14:00"``: the hours in which nothing is spoken; none by default."""


def setting(db: Database, name: str, scope: str, day: str, default: int) -> int:
    """A whole-number setting that holds on a day."""
    found = _value(db, name, scope, day)
    return found if isinstance(found, int) else default


def is_on(db: Database, name: str, scope: str, day: str) -> bool:
    """A setting that is on or off; off by default."""
    return _value(db, name, scope, day) is True


def text(db: Database, name: str, scope: str, day: str) -> str:
    """A setting that is a word; empty by default."""
    found = _value(db, name, scope, day)
    return found if isinstance(found, str) else ""


def per_visit(db: Database, hall: str, day: str) -> bool:
    """Whether one rating is for a whole visit; by default each service has its own. Business rule 8.1."""
    return bool(_value(db, RATING_UNIT, hall, day) == RatingUnit.PER_VISIT.value)


def _value(db: Database, name: str, scope: str, day: str) -> Any:
    found = views.setting(db, name, scope, day)
    try:
        return None if found is None else json.loads(found)
    except ValueError:
        return None
