"""Failures: declared outages, words on fault pauses, cards and papers, work entered afterwards, receipts by hand."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class Outage(Model):
    """A fault of the hall. ``windows`` are codes joined by commas, empty: the whole hall; ``to_t`` 0: it goes on."""

    id = words()
    hall = words()
    day = words()
    fault = words()
    windows = words()
    from_t = integer()
    expected_t = integer()
    note = words()
    declared_t = integer()
    declared_by = words()
    confirmed_t = integer()
    confirmed_by = words()
    whole = integer()
    expected_now_t = integer()
    confirmed_ord = words()
    withdrawn_t = integer()
    withdrawn_by = words()
    reason = words()
    withdrawn_ord = words()
    to_t = integer()
    ended_by = words()
    ord = words()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class PauseWord(Model):
    """What a leader said of a fault pause; ``confirmed`` 1: it stays excluded, 0 with a ``said_t``: it counts."""

    pause = words()
    hall = words()
    service = words()
    staff = words()
    day = words()
    outage = words()
    confirmed = integer()
    note = words()
    said_t = integer()
    by = words()
    ord = words()

    class Meta:
        table_name = "pause_word"
        primary_key = CompositeKey("pause", "hall")


class LastAnswer(Model):
    """What became of the last service of a window before a failure."""

    outage = words()
    window = words()
    hall = words()
    staff = words()
    service = words()
    answer = words()
    note = words()
    answered_t = integer()
    by = words()
    ord = words()

    class Meta:
        table_name = "last_answer"
        primary_key = CompositeKey("outage", "window", "hall")


class OutageCard(Model):
    """A card that lets its holder go first, once; ``used_t`` 0: not yet."""

    id = words()
    hall = words()
    number = words()
    prefix = words()
    outage = words()
    day = words()
    last_day = words()
    ticket = words()
    signature = words()
    issued_t = integer()
    issued_by = words()
    used_t = integer()
    used_day = words()
    used_ticket = words()
    ord = words()

    class Meta:
        table_name = "outage_card"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "number"), False),)


class PaperKept(Model):
    """Papers that were kept to be worked on later; ``ref`` is who it was, in the vault."""

    id = words()
    hall = words()
    outage = words()
    slip = words()
    window = words()
    staff = words()
    code = words()
    day = words()
    ref = words()
    note = words()
    kept_t = integer()
    by = words()

    class Meta:
        table_name = "paper_kept"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class BackEntry(Model):
    """Work done by hand in an outage, entered afterwards; it counts once ``confirmed_t`` is set."""

    id = words()
    hall = words()
    outage = words()
    slip = words()
    window = words()
    staff = words()
    code = words()
    number = integer()
    quantity = integer()
    day = words()
    from_t = integer()
    to_t = integer()
    std_milliminutes = integer()
    ticket = words()
    note = words()
    made_t = integer()
    made_by = words()
    confirmed_t = integer()
    confirmed_by = words()
    confirmed_ord = words()
    refused_t = integer()
    refused_by = words()
    reason = words()
    ord = words()

    class Meta:
        table_name = "back_entry"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)


class ManualReceipt(Model):
    """A receipt written by hand, in fen; ``entered_t`` 0: it does not stand in the tax software yet."""

    id = words()
    hall = words()
    receipt_no = words()
    day = words()
    tax_kind = words()
    amount_fen = integer()
    late_fee_fen = integer()
    fine_fen = integer()
    ref = words()
    written_t = integer()
    by = words()
    entered_t = integer()
    entered_by = words()
    entered_day = words()
    service = words()
    ord = words()

    class Meta:
        table_name = "manual_receipt"
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day"), False),)
