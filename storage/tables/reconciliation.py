"""The comparison with the tax software: what was imported, and what it says of each service."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class Reconciliation(Model):
    """A day of a hall was compared; ``lines`` of the tax software, ``matched`` of them found here. One row a part."""

    id = words()
    hall = words()
    day = words()
    file_hash = words()
    part = integer()
    parts = integer()
    lines = integer()
    matched = integer()
    in_time = integer()
    by = words()
    at_t = integer()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False), (("hall", "file_hash"), False))


class Verification(Model):
    """What the tax software says of one service, by the last import of its day."""

    service = words()
    hall = words()
    day = words()
    staff = words()
    code = words()
    verified = words("unknown")
    tax_core_no = words()
    reconciliation = words()
    ord = words()

    class Meta:
        primary_key = CompositeKey("service", "hall")
        indexes = ((("hall", "day"), False),)
