"""The counter: tickets, visits, services, ratings, punches, devices, days."""

from __future__ import annotations

from peewee import CompositeKey, Model

from storage.tables.columns import integer, words


class Quarantine(Model):
    """Facts stored but not projected, and why: an unknown kind, or data that cannot be decoded."""

    node = words()
    epoch = integer()
    seq = integer()
    why = words()

    class Meta:
        primary_key = CompositeKey("node", "epoch", "seq")


class Ticket(Model):
    id = words()
    hall = words()
    day = words()
    number = words()
    prefix = words()
    ticket_kind = words()
    service_code = words()
    issued_t = integer()
    issued_by = words()
    printed = integer()
    reinstated = integer()
    first_called_t = integer()
    wait_s = integer(null=True)
    first_call_ord = words()
    cls = words("normal")
    waiting_since_t = integer()
    queue_ord = words()
    calls = integer()
    last_called_t = integer()
    last_called_m = integer()
    last_called_boot = words()
    called_window = words()
    call_ord = words()
    state = words("closed")
    window = words()
    staff = words()
    hold_reason = words()
    held_t = integer()
    target = words()
    result = words()
    ord = words()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day", "state"), False), (("state",), False))


class Visit(Model):
    id = words()
    hall = words()
    day = words()
    ticket = words()
    window = words()
    first_inquiry_staff = words()
    opened_t = integer()
    closed_t = integer()
    ord = words()

    class Meta:
        primary_key = CompositeKey("id", "hall")


class Identification(Model):
    """Who a ticket, or a visit without one, belongs to: a reference into the vault of the node that took it."""

    subject = words()
    hall = words()
    window = words()
    ref = words()
    hash = words()
    ord = words()

    class Meta:
        primary_key = CompositeKey("subject", "hall")
        indexes = ((("hash",), False),)


class Service(Model):
    id = words()
    hall = words()
    day = words()
    visit = words()
    ticket = words()
    leg = integer()
    entry_mode = words()
    walk_up_reason = words()
    walk_up_ord = words()
    move_s = integer(null=True)
    start_t = integer()
    start_m = integer()
    start_boot = words()
    code = words()
    version = integer()
    quantity = integer()
    limit_s = integer()
    matter_ord = words()
    state = words("cancelled")
    window = words()
    staff = words()
    counted_ms = integer()
    excluded_ms = integer()
    run_t = integer()
    run_m = integer()
    run_boot = words()
    pause_id = words()
    pause_reason = words()
    pause_excluded = integer()
    pause_t = integer()
    pause_m = integer()
    pause_boot = words()
    ord = words()
    end_t = integer()
    wall_s = integer()
    excluded_s = integer()
    counted_s = integer()
    overtime = integer()
    std_milliminutes = integer()
    suspicious = integer()
    end_ord = words()
    counted_ord = words()
    rating = words()
    rating_ord = words()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day", "staff"), False), (("state",), False), (("visit",), False))


class ServiceInterval(Model):
    """A stretch in which the service did not run: a pause, a blocked key, a hold."""

    id = words()
    service = words()
    hall = words()
    day = words()
    staff = words()
    kind = words()
    reason = words()
    excluded = integer()
    from_t = integer()
    length_ms = integer()
    needs_confirmation = integer()
    length_ord = words()
    undone = integer()
    outage = words()
    recounted = integer()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        table_name = "service_interval"
        indexes = ((("service",), False), (("hall", "staff", "from_t"), False))


class RatingAsk(Model):
    """A pad's window: which service may be rated under which ``wid``, and how it ended."""

    id = words()
    hall = words()
    day = words()
    wid = integer()
    pad = words()
    service = words()
    visit = words()
    window = words()
    staff = words()
    timeout_s = integer()
    asked_t = integer()
    asked_m = integer()
    asked_boot = words()
    state = words()
    ord = words()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        table_name = "rating_ask"
        indexes = ((("window", "asked_t"), False), (("service",), False))


class Rating(Model):
    id = words()
    hall = words()
    day = words()
    service = words()
    visit = words()
    window = words()
    staff = words()
    code = words()
    wid = integer()
    pad = words()
    key = integer()
    level = integer()
    scale = words()
    t_ms = integer()
    held_ms = integer()
    map_hash = words()
    grace = integer()
    suspect = words()
    weak = integer()
    at_t = integer()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("wid", "pad", "day", "hall"), True), (("service",), False))


class RatingRefused(Model):
    id = words()
    hall = words()
    window = words()
    pad = words()
    wid = integer()
    why = words()
    at_t = integer()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        table_name = "rating_refused"


class Unrated(Model):
    service = words()
    hall = words()
    day = words()
    window = words()
    staff = words()
    code = words()
    reason = words()
    first_reason = words()
    exempt = integer()
    note = words()
    by = words()
    at_t = integer()
    undone = integer()
    ord = words()

    class Meta:
        primary_key = CompositeKey("service", "hall")
        indexes = ((("hall", "day"), False),)


class Punch(Model):
    """Sign-on and sign-off as attendance events."""

    id = words()
    hall = words()
    staff = words()
    window = words()
    day = words()
    kind = words()
    punch = integer()
    at_t = integer()

    class Meta:
        primary_key = CompositeKey("id", "hall")
        indexes = ((("hall", "day", "staff"), False),)


class DeviceState(Model):
    hall = words()
    node = words()
    role = words()
    window = words()
    state = words()
    reason = words()
    since_t = integer()
    ord = words()

    class Meta:
        table_name = "device_state"
        primary_key = CompositeKey("hall", "node", "role", "window")


class Day(Model):
    hall = words()
    day = words()
    opened_t = integer()
    closed_t = integer()

    class Meta:
        primary_key = CompositeKey("hall", "day")
