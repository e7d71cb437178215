"""Schedules, corrections of attendance, leave, and posts with two people."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class ScheduleSlot(Model):
    """What somebody is planned for on one slot of a day, in the hall that planned it last."""

    staff = words()
    day = words()
    slot = words()
    hall = words()
    duty = words()
    window = words()
    duty_rota = integer()
    by = words()
    at_t = integer()
    ord = words()

    class Meta:
        table_name = "schedule_slot"
        primary_key = CompositeKey("staff", "day", "slot")
        indexes = ((("hall", "day"), False),)


class AttendanceCorrection(Model):
    """What really happened in a half-day; ``at_t`` is the corrected moment, ``made_t`` when it was said."""

    id = words(primary_key=True)
    hall = words()
    staff = words()
    day = words()
    half = words()
    what = words()
    at_t = integer()
    reason = words()
    of = words()
    withdrawn = integer()
    by = words()
    made_t = integer()

    class Meta:
        table_name = "attendance_correction"
        indexes = ((("hall", "day"), False),)


class OffPost(Model):
    """A leader saw somebody away from the post."""

    id = words(primary_key=True)
    hall = words()
    staff = words()
    day = words()
    half = words()
    from_t = integer()
    to_t = integer()
    window = words()
    note = words()
    by = words()
    made_t = integer()

    class Meta:
        table_name = "off_post"
        indexes = ((("hall", "day"), False),)


class LeaveRequest(Model):
    """A leave as it was asked for last, what became of it, and its papers."""

    id = words(primary_key=True)
    hall = words()
    staff = words()
    leave_type = words()
    from_day = words()
    from_half = words()
    to_day = words()
    to_half = words()
    half_days = integer()
    provisional = integer()
    reason = words()
    certificate = integer()
    afterwards = integer()
    explain_by_t = integer()
    certify_by_t = integer()
    asked_t = integer()
    asked_ord = words()
    state = words()
    by = words()
    decided_t = integer()
    note = words()
    ord = words()
    explanation = words()
    explained_in_time = integer()
    explained_t = integer()
    explained_ord = words()
    certified_t = integer()
    certificate_note = words()
    certified_ord = words()

    class Meta:
        table_name = "leave_request"
        indexes = ((("hall", "to_day"), False), (("staff", "to_day"), False))


class LeaveDecision(Model):
    """Each approval and rejection: two contrary ones of the same request are contested."""

    id = words(primary_key=True)
    leave = words()
    decision = words()
    by = words()
    at_t = integer()
    decided_ord = words()
    undone = integer()

    class Meta:
        table_name = "leave_decision"
        indexes = ((("leave",), False),)


class Post(Model):
    """Who stands at a window from a day on, and who stands in."""

    window = words()
    from_day = words()
    hall = words()
    staff_a = words()
    staff_b = words()
    ord = words()

    class Meta:
        primary_key = CompositeKey("window", "from_day")


class Substitution(Model):
    """Somebody stands in at a window; ``ended_t`` 0: for the rest of the day."""

    id = words(primary_key=True)
    hall = words()
    window = words()
    staff_a = words()
    staff = words()
    day = words()
    reason = words()
    note = words()
    leave = words()
    began_t = integer()
    ended_t = integer()

    class Meta:
        indexes = ((("hall", "day"), False),)
