"""What a leader sees and does: warnings, dispatch, today's groups of windows, proposals answered, breaks by rota."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class HallWarning(Model):
    """A warning, once for each time it was raised. ``*_milli`` are thousandths of the kind's unit."""

    id = words()
    hall = words()
    day = words()
    warning = words()
    level = words()
    about = words()
    value_milli = integer(null=True)
    above_milli = integer(null=True)
    since_t = integer()
    nth = integer()
    raised_t = integer()
    ended_t = integer()
    acknowledged_t = integer()
    acknowledged_by = words()
    did = words()
    ord = words()

    class Meta:
        table_name = "hall_warning"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class Dispatch(Model):
    """One step of a leader; ``undone_t`` 0: it holds. Groups are ticket prefixes joined by commas."""

    id = words()
    hall = words()
    day = words()
    dispatch = words()
    reason = words()
    note = words()
    window = words()
    staff = words()
    primary = words()
    secondary = words()
    primary_before = words()
    secondary_before = words()
    ticket = words()
    to = words()
    to_before = words()
    until_t = integer()
    proposal = words()
    by = words()
    at_t = integer()
    undone_t = integer()
    made_ord = words()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class WindowGroups(Model):
    """The groups a window has today, in place of its own; ``day`` empty: its own hold."""

    hall = words()
    window = words()
    day = words()
    primary = words()
    secondary = words()
    ord = words()

    class Meta:
        table_name = "window_groups"
        primary_key = CompositeKey("hall", "window")


class ProposalAnswered(Model):
    id = words()
    hall = words()
    day = words()
    proposal = words()
    answer = words()
    window = words()
    prefix = words()
    reason = words()
    by = words()
    at_t = integer()

    class Meta:
        table_name = "proposal_answered"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class BreakPlan(Model):
    """The break of a clerk at a window on a day, ms UTC; both 0: none."""

    hall = words()
    window = words()
    staff = words()
    day = words()
    reason = words()
    from_t = integer()
    to_t = integer()
    ord = words()

    class Meta:
        table_name = "break_plan"
        primary_key = CompositeKey("hall", "window", "staff", "day")


class BreakAsk(Model):
    """A break that the duty leader must allow; ``answered_t`` 0: he has not said anything yet."""

    id = words()
    hall = words()
    day = words()
    window = words()
    staff = words()
    reason = words()
    waiting = integer()
    asked_t = integer()
    answered_t = integer()
    allowed = integer()
    by = words()
    note = words()
    ord = words()

    class Meta:
        table_name = "break_ask"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)
