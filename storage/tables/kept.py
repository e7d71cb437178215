"""What is kept of months besides their sums, and how often what it hangs on changed. Both may be deleted, together."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class ChangeCount(Model):
    """How many facts changed what is kept (``what``) of a hall in a ``period`` (``YYYY-MM-DD`` or ``YYYY-MM``); ``staff``:
    whose, where that matters.
    """

    what = words()
    hall = words()
    period = words()
    staff = words()
    times = integer()

    class Meta:
        table_name = "change_count"
        primary_key = CompositeKey("what", "hall", "period", "staff")
        indexes = ((("what", "staff", "period"), False),)


class KeptMonth(Model):
    """What was worked out of a hall's month, as JSON; ``mark`` tells of what."""

    what = words()
    hall = words()
    month = words()
    mark = words()
    body = words()

    class Meta:
        table_name = "kept_month"
        primary_key = CompositeKey("what", "hall", "month")
