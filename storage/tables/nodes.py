"""Nodes that enrolled here, and the offers that let them."""

from __future__ import annotations

from peewee import BlobField, Model, TextField

from storage.tables.columns import integer, words


class Node(Model):
    """``key`` is an Ed25519 and ``box`` an X25519 public key in hex; ``revoked_t`` 0 while the node may send."""

    name = TextField(primary_key=True)
    scope = words()
    key = words()
    box = words()
    app = words()
    ord = words()
    revoked_t = integer()
    reason = words()
    revoked_ord = words()


class EnrolOffer(Model):
    """A one-time code for one hall, as the key derived from it; never a fact, never sent. ``replaces``: a node whose
    key is lost and may be replaced.
    """

    key = BlobField(primary_key=True)
    scope = words()
    replaces = words()
    expires_t = integer()
    used_t = integer()

    class Meta:
        table_name = "enrol_offer"
