"""Moments of the hall's clock for the rules' tests."""

from __future__ import annotations

from datetime import datetime

from hallterm.rules.calendar import PUBLISHED
from hallterm.rules.day import ZONE, local
from hallterm.rules.deadlines import Hours

HOURS = Hours(PUBLISHED)


def t(text: str) -> int:
    """ISO time of the hall -> ms UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


def text(moment_t: int) -> str:
    """ms UTC -> ``YYYY-MM-DDTHH:MM`` of the hall."""
    return local(moment_t).strftime("%Y-%m-%dT%H:%M")
