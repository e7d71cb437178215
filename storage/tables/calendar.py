"""Announced years and closing days."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class CalendarYear(Model):
    """The announced days of a year at a place, as imported last; ``days`` is the JSON text of the fact's days."""

    scope = words()
    year = integer()
    days = words()
    source = words()
    file_hash = words()
    ord = words()

    class Meta:
        table_name = "calendar_year"
        primary_key = CompositeKey("scope", "year")


class ClosingDay(Model):
    """A day on which a hall is closed by its own choice; ``closed`` 0: no longer."""

    hall = words()
    day = words()
    closed = integer()
    name = words()
    ord = words()

    class Meta:
        table_name = "closing_day"
        primary_key = CompositeKey("hall", "day")
