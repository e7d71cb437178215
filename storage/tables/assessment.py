"""The assessment: verified errors, the outstanding vote, frozen months with their points, what was adjusted after."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class HandlingError(Model):
    """A verified handling error of a clerk; ``withdrawn_t`` 0: it stands."""

    id = words()
    hall = words()
    staff = words()
    day = words()
    code = words()
    service = words()
    note = words()
    by = words()
    at_t = integer()
    withdrawn_t = integer()

    class Meta:
        table_name = "handling_error"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class Complaint(Model):
    """A founded complaint about a clerk, by the number of its papers; ``withdrawn_t`` 0: it stands."""

    id = words()
    hall = words()
    staff = words()
    day = words()
    number = words()
    note = words()
    by = words()
    at_t = integer()
    withdrawn_t = integer()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class VoteRound(Model):
    """The vote of a hall and month: its box while it is open, its outcome (``counts`` is JSON) once it was counted."""

    hall = words()
    month = words()
    box = words()
    opened_by = words()
    opened_t = integer()
    opened_ord = words()
    counts = words()
    voters = integer()
    entitled = integer()
    invalid = integer()
    counted_t = integer()
    counted_ord = words()

    class Meta:
        table_name = "vote_round"
        primary_key = CompositeKey("hall", "month")


class Ballot(Model):
    """One sealed choice; whose it is stands there, what it says does not."""

    hall = words()
    month = words()
    voter = words()
    ballot = words()
    ord = words()

    class Meta:
        primary_key = CompositeKey("hall", "month", "voter")


class MonthState(Model):
    """Whether the month of a hall is frozen (``freeze`` names how), and who proposed it."""

    hall = words()
    month = words()
    freeze = words()
    state = words()
    at_t = integer()
    by = words()
    reason = words()
    ord = words()
    proposal = words()
    still_open = words()
    proposed_t = integer()
    proposed_by = words()
    proposed_ord = words()

    class Meta:
        table_name = "month_state"
        primary_key = CompositeKey("hall", "month")


class MonthFreeze(Model):
    """One freezing: the settings it was computed by (JSON), and how many of its parts are here."""

    id = words()
    hall = words()
    month = words()
    settings = words()
    best_clerk = words()
    at_t = integer()
    by = words()
    parts = integer()
    parts_here = integer()

    class Meta:
        table_name = "month_freeze"
        primary_key = CompositeKey("id", "hall")


class FrozenPoints(Model):
    """The points of one clerk in one freezing, hundredths; null is absent. ``work`` are the raw counts as JSON."""

    freeze = words()
    hall = words()
    staff = words()
    month = words()
    rating_centi = integer(null=True)
    business_centi = integer(null=True)
    efficiency_centi = integer(null=True)
    attendance_centi = integer(null=True)
    total_centi = integer(null=True)
    rank = integer()
    work = words()

    class Meta:
        table_name = "frozen_points"
        primary_key = CompositeKey("freeze", "hall", "staff")


class Adjustment(Model):
    """What would be otherwise in a frozen month; ``part`` empty: no one part, or the total."""

    id = words()
    hall = words()
    month = words()
    staff = words()
    adjustment = words()
    part = words()
    before_centi = integer(null=True)
    after_centi = integer(null=True)
    reason = words()
    of = words()
    by = words()
    at_t = integer()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "month"), False),)
