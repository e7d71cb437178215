"""Reference data: halls, windows, staff, grants, matters, settings."""

from __future__ import annotations

from peewee import CompositeKey, Model, TextField

from storage.tables.columns import integer, words


class Hall(Model):
    code = TextField(primary_key=True)
    name = words()
    hall_kind = words()
    parent = words()
    opening_am = words()
    closing_am = words()
    opening_pm = words()
    closing_pm = words()
    open_always = integer()
    ord = words()


class Window(Model):
    """A position at the counter: what it is, and (``state`` … ``reason``) what happens there now."""

    code = TextField(primary_key=True)
    hall = words()
    name = words()
    primary = words()
    secondary = words()
    active = integer()
    ref_ord = words()
    state = words("closed")
    staff = words()
    ticket = words()
    visit = words()
    service = words()
    since_t = integer()
    reason = words()
    ord = words()


class Staff(Model):
    number = TextField(primary_key=True)
    name = words()
    hall = words()
    active = integer()
    ord = words()


class StaffGrant(Model):
    staff = words()
    role = words()
    node = words()
    active = integer()
    ord = words()

    class Meta:
        table_name = "staff_grant"
        primary_key = CompositeKey("staff", "role", "node")


class ServiceType(Model):
    """One version of a matter; ``number`` counts the versions of a code within ``hall``, a hall or what stands above."""

    hall = words()
    code = words()
    number = integer()
    name_zh = words()
    name_en = words()
    category = words()
    ticket_prefix = words()
    limit_min = integer()
    batchable = integer()
    completion_workdays = integer()
    rating_required = integer()
    initials = words()
    hidden = integer()
    may_override = integer()
    tax_core_ref = words()
    from_day = words()
    ord = words()

    class Meta:
        table_name = "service_type"
        primary_key = CompositeKey("hall", "code", "number")


class Setting(Model):
    name = words()
    scope = words()
    from_day = words()
    value = words()
    may_override = integer()
    ord = words()

    class Meta:
        primary_key = CompositeKey("name", "scope", "from_day")
