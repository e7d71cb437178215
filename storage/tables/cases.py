"""What follows a rating: cases with their steps, appeals, revoked and paper ratings, comments, rewards."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class RatingCase(Model):
    """A bad rating's case. Times are ms UTC, 0: not yet; ``contact_in_time``: one of the call-backs was.

    ``due_t`` is when it must be corrected, by its class; 0: as ``measure_by_t`` says. ``after_steps``: what its closing has
    seen, "" where that is not known.
    """

    id = words()
    hall = words()
    number = words()
    rating = words()
    service = words()
    visit = words()
    window = words()
    staff = words()
    code = words()
    day = words()
    level = integer()
    scale = words()
    real_name = integer()
    options = words()
    contact_by_t = integer()
    measure_by_t = integer()
    opened_provisional = integer()
    opened_t = integer()
    contact = words()
    contacted_t = integer()
    contact_ord = words()
    contact_in_time = integer()
    cls = words()
    cause = words()
    due_t = integer()
    due_provisional = integer()
    class_ord = words()
    measure = words()
    plan_day = words()
    measured_t = integer()
    measure_ord = words()
    result = words()
    closed_in_time = integer()
    told = integer()
    closed_t = integer()
    after_steps = words()
    close_ord = words()
    again_level = integer()
    again_text = words()
    again_t = integer()
    again_ord = words()

    class Meta:
        table_name = "rating_case"
        primary_key = CompositeKey("id")
        indexes = ((("hall", "day"), False), (("rating",), False))


class CaseStep(Model):
    """One line of a case's course: what was done (the kind of the fact), by whom, and one word of its content."""

    id = words()
    case_id = words()
    kind = words()
    word = words()
    note = words()
    by = words()
    at_t = integer()
    after_steps = words()
    step_ord = words()

    class Meta:
        table_name = "case_step"
        primary_key = CompositeKey("id")
        indexes = ((("case_id",), False),)


class Appeal(Model):
    """A clerk's appeal; ``decision`` empty: not decided."""

    id = words()
    case_id = words()
    rating = words()
    staff = words()
    text = words()
    evidence = words()
    decide_by_t = integer()
    provisional = integer()
    filed_t = integer()
    filed_ord = words()
    withdrawn_t = integer()
    forwarded_t = integer()
    forwarded_by = words()
    forward_note = words()
    forward_ord = words()
    decision = words()
    reason = words()
    decided_by = words()
    decided_t = integer()
    decide_ord = words()

    class Meta:
        primary_key = CompositeKey("id")
        indexes = ((("case_id",), False),)


class RevokedRating(Model):
    """A rating that counts no more; the fact that said so first, and why."""

    rating = words()
    service = words()
    hall = words()
    day = words()
    reason = words()
    by = words()
    at_t = integer()
    ord = words()

    class Meta:
        table_name = "revoked_rating"
        primary_key = CompositeKey("rating")
        indexes = ((("hall", "day"), False), (("service",), False))


class RatingCard(Model):
    """A rating that came on paper, or late; ``day`` is that of the service."""

    id = words()
    hall = words()
    service = words()
    visit = words()
    window = words()
    staff = words()
    code = words()
    day = words()
    level = integer()
    scale = words()
    card = words()
    options = words()
    late = integer()
    frozen = integer()
    by = words()
    at_t = integer()

    class Meta:
        table_name = "rating_card"
        primary_key = CompositeKey("id")
        indexes = ((("hall", "day"), False), (("service",), False))


class WeeklyComment(Model):
    """The word on a clerk's week (ISO); a later one replaces it. ``text`` "": there is only a draft."""

    hall = words()
    staff = words()
    week = words()
    text = words()
    by = words()
    at_t = integer()
    ord = words()
    draft = words()
    draft_by = words()
    draft_t = integer()
    draft_ord = words()

    class Meta:
        table_name = "weekly_comment"
        primary_key = CompositeKey("hall", "staff", "week")


class Reward(Model):
    """A reward or penalty of a month; ``amount_fen`` is money, ``text`` words instead."""

    id = words()
    hall = words()
    staff = words()
    month = words()
    reward = words()
    ground = words()
    amount_fen = integer()
    text = words()
    by = words()
    given_t = integer()
    published_t = integer()
    published_by = words()
    publish_ord = words()
    withdrawn_t = integer()
    withdrawn_reason = words()
    withdraw_ord = words()

    class Meta:
        primary_key = CompositeKey("id")
        indexes = ((("hall", "month"), False),)
