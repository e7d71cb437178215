"""The feed: reference facts that travel down. Part of the journal: a rebuild projects what came from above."""

from __future__ import annotations

from peewee import BlobField, CompositeKey, Model

from storage.tables.columns import integer, words


class FeedFact(Model):
    """The causally last fact of each item (``key``) at each ``place`` that may read it, with its origin and exact line.

    ``rev`` is the order of receipt, ``prev`` the chain hash before the line (so the line proves its own hash, and with it
    the id of its fact), ``ord`` its causal order. ``above`` 1: it came from the upstream node and is in no log here.
    """

    key = words()
    place = words()
    rev = integer()
    kind = words()
    node = words()
    epoch = integer()
    seq = integer()
    prev = BlobField()
    line = BlobField()
    ord = words()
    above = integer()
    min_app = words()

    class Meta:
        table_name = "feed"
        primary_key = CompositeKey("key", "place")
        indexes = ((("place", "rev"), False), (("rev",), False))


class NodeState(Model):
    """What a node last said of itself; no fact, may be deleted. ``contact_t`` wall ms here, ``disk`` free bytes there
    of ``disk_size`` (0: not told),
    ``err`` the code of its last fault, ``feed_rev`` how far it has the feed of this store.
    """

    node = words(primary_key=True)
    contact_t = integer()
    epoch = integer()
    backlog = integer()
    disk = integer()
    disk_size = integer()
    skew_ms = integer()
    err = words()
    app = words()
    feed_rev = integer()

    class Meta:
        table_name = "node_state"
