"""The journal itself: lines, logs, received segments."""

from __future__ import annotations

from peewee import BigIntegerField, BlobField, CompositeKey, Model, TextField

from storage.tables.columns import integer, words


class NodeMeta(Model):
    """Names and values of the file: node, epoch, hall, schema."""

    name = TextField(primary_key=True)
    value = words()

    class Meta:
        table_name = "meta"


class Log(Model):
    """One log per (node, epoch): how far it is known here, its head, and what the upstream node said of it.

    ``parent`` is the hash of the line it parted from, at ``parent_epoch``/``parent_seq``; ``why`` and ``opened_t`` (wall
    ms) say how it began. ``closed`` 1: no line is added any more, and lines after ``upto`` go upstream under a later
    epoch. ``pruned``: the lines up to here are gone, their hashes stay. ``store``: the upstream store that answered last.
    """

    node = words()
    epoch = integer()
    have = integer()
    head = words()
    acked = integer()
    durable = integer()
    parent = words()
    parent_epoch = integer()
    parent_seq = integer()
    why = words()
    opened_t = integer()
    closed = integer()
    upto = integer()
    pruned = integer()
    store = words()

    class Meta:
        primary_key = CompositeKey("node", "epoch")


class Event(Model):
    """The lines as they were first written, with their chain hash. ``pos`` is the order of arrival in this file."""

    pos = BigIntegerField(primary_key=True)
    node = words()
    epoch = integer()
    seq = integer()
    line = BlobField()
    hash = BlobField()

    class Meta:
        indexes = ((("node", "epoch", "seq"), True),)


class Segment(Model):
    """Batches of other nodes exactly as received (raw truth of a centre)."""

    node = words()
    epoch = integer()
    first = integer()
    last = integer()
    received_t = integer()
    body = BlobField()

    class Meta:
        primary_key = CompositeKey("node", "epoch", "first", "last")


class TypedFact(Model):
    """One row a finished service, or one that takes it back, as a node that serves others keeps them for a while
    (:mod:`storage.typed`). ``province`` is the first two digits of the hall; sums are negative where one is taken back.
    """

    province = words()
    day = words()
    hall = words()
    node = words()
    epoch = integer()
    seq = integer()
    kind = words()
    at_t = integer()
    window = words()
    staff = words()
    code = words()
    service = words()
    services = integer()
    quantity = integer()
    counted_s = integer()
    excluded_s = integer()
    limit_s = integer()
    overtime = integer()

    class Meta:
        table_name = "fact"
        primary_key = CompositeKey("province", "day", "hall", "node", "epoch", "seq")


class Carried(Model):
    """Facts known here by a carried line first: their birth identity, and the line that was projected."""

    node = words()
    epoch = integer()
    seq = integer()
    digest = words()
    by_epoch = integer()
    by_seq = integer()

    class Meta:
        primary_key = CompositeKey("node", "epoch", "seq", "digest")


class ClockSample(Model):
    """What time it was by this store's clock (``at_t``, wall ms) when a node's CLOCK_BOOTTIME stood at ``m`` (ms): the
    latest exchange of each boot, and the earliest.
    """

    node = words()
    boot = words()
    first_m = integer()
    first_at_t = integer()
    last_m = integer()
    last_at_t = integer()

    class Meta:
        table_name = "clock_sample"
        primary_key = CompositeKey("node", "boot")


class Snapshot(Model):
    """The tables as the journal gives them up to a position, packed: what a rebuild begins with once lines are pruned."""

    name = words()
    part = integer()
    body = BlobField()

    class Meta:
        primary_key = CompositeKey("name", "part")
