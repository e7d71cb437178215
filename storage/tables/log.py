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
    """One log per (node, epoch): how far it is known here, its head, and what the upstream node said of it."""

    node = words()
    epoch = integer()
    have = integer()
    head = words()
    acked = integer()
    durable = integer()
    parent = words()

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
