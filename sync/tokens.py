"""Who asks: a person with a short-lived token, or a node with the signature of its key.

A token is ``base64url(claims).base64url(signature)``, Ed25519 of the centre's node key over a prefix of its own and the
claims, good for 15 minutes. It says who somebody is, never what he may: that is read from the grants at each request
(:mod:`storage.access`), so that what is withdrawn is gone at once. A node signs method, path and its time; its clock may
differ by five minutes, and sending a request to read again reads again.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct

from storage import nodes
from storage.access import Action, Grant, may, upwards
from storage.database import Database
from storage.facts import Role
from sync.keys import NodeKey, holds

LIFE_S: Final = 15 * 60
NODE_WINDOW_MS: Final = 5 * 60 * 1000
TOKEN_PREFIX: Final = b"hallterm/token/1\n"
REQUEST_PREFIX: Final = "hallterm/request/1\n"
GRANTS: Final = "SELECT role, node FROM staff_grant WHERE staff = ? AND active = 1"
ACTIVE: Final = "SELECT active FROM staff WHERE number = ?"
MAX_HEADER: Final = 2048


class Claims(Struct, frozen=True):
    """Whom a token speaks for, and until when (wall ms of the centre)."""

    staff: Annotated[str, Meta(max_length=32)]
    until_t: int


class Passed(NamedTuple):
    """What came of a password; ``wait_s`` until the next try is taken, ``must_change`` before it is good for anything."""

    ok: bool
    wait_s: int = 0
    must_change: bool = False


PasswordCheck = Callable[[str, str, int], Passed]
"""Staff number, password, wall ms: the check of the counter, with its pauses and its record."""


class Caller(NamedTuple):
    """Who asks: a person by ``staff``, or a node by ``node`` and its ``scope``."""

    staff: str = ""
    node: str = ""
    scope: str = ""

    def is_active(self, database: Database) -> bool:
        """Whether the person still works here."""
        return bool(database.value(ACTIVE, (self.staff,)))

    def may(self, database: Database, action: Action, scope: str) -> bool:
        """Whether this caller may do it at ``scope``: a node at its own place and below, a person within his grants."""
        known = nodes.parents(database)
        if self.node:
            return self.scope in upwards(scope, known)
        if not self.is_active(database):
            return False
        rows = database.rows(GRANTS, (self.staff,))
        grants = [Grant(Role(role), node) for role, node in rows if role in Role.__members__.values()]
        return may(grants, action, scope, parents=known)


def make(key: NodeKey, staff: str, now_t: int) -> str:
    """A token for a person whose password was right."""
    claims = msgspec.json.encode(Claims(staff, now_t + LIFE_S * 1000))
    return f"{_text(claims)}.{_text(bytes.fromhex(key.sign(TOKEN_PREFIX + claims)))}"


def read(public: str, token: str, now_t: int) -> Claims | None:
    """The claims of a token that this key (hex) signed and that still holds; None for anything else."""
    if len(token) > MAX_HEADER:
        return None
    first, _dot, second = token.partition(".")
    try:
        raw, signature = _bytes(first), _bytes(second).hex()
        if not holds(public, TOKEN_PREFIX + raw, signature):
            return None
        claims = msgspec.json.decode(raw, type=Claims)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None
    return claims if now_t < claims.until_t <= now_t + LIFE_S * 1000 else None


def authorization(key: NodeKey, node: str, target: str, now_t: int) -> str:
    """The header of a node that asks: ``Node name:time:signature``; ``target`` is path and query."""
    return f"Node {node}:{now_t}:{key.sign(_asked(target, now_t))}"


def caller_of(database: Database, public: str, header: str, target: str, now_t: int) -> Caller | None:
    """Who stands behind an Authorization header; None if nobody does."""
    scheme, _space, value = header.partition(" ")
    if scheme.lower() == "bearer":
        claims = read(public, value.strip(), now_t)
        return Caller(staff=claims.staff) if claims else None
    if scheme.lower() != "node" or len(value) > MAX_HEADER:
        return None
    name, _colon, rest = value.strip().rpartition(":")[0].rpartition(":")
    signature = value.strip().rpartition(":")[2]
    if not (rest.isascii() and rest.isdigit()) or abs(int(rest[:16]) - now_t) > NODE_WINDOW_MS:
        return None
    known = nodes.registered(database, name)
    if known is None or known.revoked_t or not holds(known.key, _asked(target, int(rest[:16])), signature):
        return None
    return Caller(node=name, scope=known.scope)


def _asked(target: str, now_t: int) -> bytes:
    return f"{REQUEST_PREFIX}GET\n{target}\n{now_t}\n".encode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
