"""Figures: the sums that reports and scores are made of."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class Figure(Model):
    """Sums (never averages) per period (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``), hall, clerk and matter.

    ``timed_*`` are of timed services alone (finished, no back-entry, not suspicious); every finished service is timed,
    suspicious or one of ``back_entries``. ``verified_*`` count what the tax software said of services (``outside``: it has
    no such matter), ``errors`` the verified handling errors.
    """

    period = words()
    hall = words()
    staff = words()
    code = words()
    tickets = integer()
    called = integer()
    no_shows = integer()
    wait_s = integer()
    services = integer()
    quantity = integer()
    timed = integer()
    suspicious = integer()
    std_milliminutes = integer()
    wall_s = integer()
    counted_s = integer()
    excluded_s = integer()
    overtime = integer()
    transferred = integer()
    transferred_s = integer()
    level_5 = integer()
    level_4 = integer()
    level_3 = integer()
    level_2 = integer()
    level_1 = integer()
    rated = integer()
    unrated = integer()
    exempt = integer()
    timed_wall_s = integer()
    timed_counted_s = integer()
    timed_limit_s = integer()
    timed_std_milliminutes = integer()
    back_entries = integer()
    clock_jumps = integer()
    verified_yes = integer()
    verified_no = integer()
    verified_outside = integer()
    errors = integer()

    class Meta:
        primary_key = CompositeKey("period", "hall", "staff", "code")
