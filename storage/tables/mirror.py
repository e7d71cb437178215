"""What came from the second screen: reasons of ratings, and entries that were shown to be checked."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class RatingReason(Model):
    """Why a level was given; ``codes`` with a blank between, ``rating`` the id of the rating."""

    rating = words()
    hall = words()
    day = words()
    service = words()
    staff = words()
    codes = words()
    text = words()
    pad = words()
    at_t = integer()
    ord = words()

    class Meta:
        table_name = "rating_reason"
        primary_key = CompositeKey("rating", "hall")
        indexes = ((("service",), False),)


class EntryCheck(Model):
    """An entry that was shown; ``answer`` is empty, ``right`` or ``wrong``. The words themselves are in the vault."""

    id = words()
    hall = words()
    day = words()
    service = words()
    visit = words()
    window = words()
    staff = words()
    ref = words()
    taxpayer = words()
    shown_t = integer()
    shown_ord = words()
    answer = words()
    answered_t = integer()
    answer_ord = words()

    class Meta:
        table_name = "entry_check"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("service",), False),)
