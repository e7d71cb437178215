"""Serial devices over days, and those that are locked until a technician has looked at them."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class DeviceDay(Model):
    """The sums of one device on one business day, as the station of its PC counted them; never averages.

    ``supply_mv`` and ``rtt_p95_ms`` are measures of the evening, 0 where nobody told.
    """

    hall = words()
    node = words()
    role = words()
    window = words()
    day = words()
    link_ok = integer()
    link_bad = integer()
    boots = integer()
    connections = integer()
    dropped_bytes = integer()
    echoes = integer()
    asked = integer()
    rated = integer()
    no_pad = integer()
    refused = integer()
    jobs_printed = integer()
    jobs_failed = integer()
    supply_mv = integer()
    rtt_p95_ms = integer()
    ord = words()

    class Meta:
        table_name = "device_day"
        primary_key = CompositeKey("hall", "node", "role", "window", "day")


class DeviceLock(Model):
    """A tampered pad: ``locked`` 1 until a technician released it; ``by`` is who did."""

    hall = words()
    node = words()
    role = words()
    window = words()
    locked = integer()
    reason = words()
    since_t = integer()
    by = words()
    ord = words()

    class Meta:
        table_name = "device_lock"
        primary_key = CompositeKey("hall", "node", "role", "window")
