"""Feed lines: reference facts on their way down, as they stand in an answer between the acknowledgement and the signature.

A line carries one fact: its origin, the chain hash before it and its exact bytes. ``sealed`` beside ``credential.changed`` is
the hash of that password, sealed (:mod:`sync.seal`) for the one node that is answered: nobody else reads it, not even who
carries the answer on a stick.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from storage import facts as f
from storage import feed
from storage.chain import fact_id
from storage.database import Database
from storage.feed import Cursor, Origin, Share
from storage.vault import Vault
from sync.keys import NodeKey
from sync.seal import NotSealed, seal, unseal
from sync.wire import BadLines, Count, Hex, decode

GIVEN = "SELECT value FROM meta WHERE name = ?"
log = logging.getLogger("sync.feed")


class FeedLine(Struct, frozen=True, omit_defaults=True):
    """One fact; ``min_app`` is the first version of the program that knows its kind."""

    node: Annotated[str, Meta(max_length=64)]
    epoch: Count
    seq: Count
    prev: Hex
    line: msgspec.Raw
    min_app: Annotated[str, Meta(max_length=64)] = ""
    sealed: Annotated[str, Meta(max_length=4096)] = ""


class Secret(Struct, frozen=True):
    """What is sealed: the argon2id hash of a person's password."""

    staff: str
    hash: str
    must_change: bool


def lines_of(share: Share, box: str, vault: Vault | None) -> list[bytes]:
    """The lines of an answer to the node whose box key (X25519 public, hex; "": it has none) this is."""
    return [msgspec.json.encode(_line(kind, one, box, vault)) for kind, one in share.facts]


def _line(kind: str, one: Origin, box: str, vault: Vault | None) -> FeedLine:
    sealed = ""
    if kind == f.CredentialChanged.kind and vault is not None and box:
        staff = _staff_of(one.line)
        known = vault.credential(staff)
        if known is not None:
            secret = msgspec.json.encode(Secret(staff, known.hash, known.must_change))
            sealed = base64.b64encode(seal(box, secret)).decode()
    return FeedLine(one.node, one.epoch, one.seq, one.prev.hex(), msgspec.Raw(one.line), one.min_app, sealed)


class _Data(Struct, frozen=True):
    d: f.CredentialChanged


def _staff_of(line: bytes) -> str:
    try:
        return msgspec.json.decode(line, type=_Data).d.staff
    except msgspec.MsgspecError:
        return ""


def read_lines(lines: Sequence[bytes]) -> list[FeedLine]:
    """The facts of an answer whose signature held; raises BadLines."""
    return [decode(line, FeedLine, BadLines) for line in lines]


class Intake:
    """Takes the feed in at the node that asked for it; use it in the thread of its journal."""

    def __init__(self, key: NodeKey, open_vault: Callable[[], Vault] | None = None) -> None:
        self._key = key
        self._open_vault = open_vault
        self._vault: Vault | None = None

    def take(self, database: Database, own: str, given: Sequence[FeedLine], upto: Cursor) -> None:
        """Facts, passwords and cursor, within the caller's transaction.

        A password is taken once for each fact that says it changed: sent again, it would undo what its owner chose since.
        """
        origins = [
            Origin(one.node, one.epoch, one.seq, bytes.fromhex(one.prev), bytes(one.line), one.min_app) for one in given
        ]
        aside = feed.apply(database, own, origins, upto)
        if aside:
            newest = max((one.min_app for one in given), default="")
            log.warning("%s facts of the feed are not understood here; known from version %s on", aside, newest or "?")
        for one, origin in zip(given, origins, strict=True):
            if one.sealed:
                self._take_secret(database, one.sealed, fact_id(one.node, one.epoch, one.seq, origin.digest))

    def close(self) -> None:
        """Let the vault go."""
        if self._vault is not None:
            self._vault.close()
            self._vault = None

    def _take_secret(self, database: Database, sealed: str, fact: str) -> None:
        try:
            secret = msgspec.json.decode(unseal(self._key.box, base64.b64decode(sealed)), type=Secret)
        except (NotSealed, ValueError, msgspec.MsgspecError):
            log.warning("a password of the feed cannot be opened here")
            return
        name = f"credential:{secret.staff}"
        if self._open_vault is None or database.value(GIVEN, (name,)) == fact:
            return
        if self._vault is None:
            self._vault = self._open_vault()
        self._vault.adopt(secret.staff, secret.hash, must_change=secret.must_change)
        database.execute(feed.SET_META, (name, fact))
