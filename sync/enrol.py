"""Enrolment: a node makes a key, and a one-time code that a person carries proves both sides to each other.

The code has 50 random bits; argon2id (RFC 9106) turns it into a key that is costly to guess, and HMAC-SHA-256 under that
key covers the request and the answer. So the code itself never travels, and an answer of anybody else is refused. The
same two messages go over HTTP or as files on a stick.

Errors: EnrolError; ``code`` names the fault.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from storage import facts, nodes
from storage.access import upwards
from storage.facts import Moment
from storage.journal import Journal
from storage.nodes import Offer, Upstream
from storage.promises import prepare_store
from sync.keys import NodeKey
from sync.wire import PROTOCOL, Hex

ENROL_PATH: Final = "/v1/enrol"
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit."""
LOOKS_LIKE: Final = str.maketrans("ILO", "110")
CODE_LENGTH: Final = 10
LIFE_MS: Final = 7 * 24 * 3600 * 1000
SALT: Final = b"hallterm/enrol/1"

Name = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}\Z")]
Scope = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,32}\Z")]


class EnrolError(Exception):
    """``code``: not-set-up, unknown-code (wrong, used, expired, or for another scope), name-taken (by
    another PC), bad-answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """What the new node says of itself; ``proof`` covers the other fields."""

    p: int
    node: Name
    scope: Scope
    key: Hex
    box: Hex
    app: Annotated[str, Meta(max_length=64)]
    proof: Hex


class Welcome(Struct, frozen=True):
    """What the upstream node answers; ``proof`` covers the other fields and the new node's key."""

    p: int
    node: Name
    key: Hex
    box: Hex
    scope: Scope
    store: Annotated[str, Meta(max_length=64)]
    proof: Hex


def new_code() -> str:
    """A code as it is shown to a person: ``7K3M-PQ9T-2H``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def code_key(code: str) -> bytes:
    """The key of a code, however it was typed; ValueError if it cannot be a code. Takes a few tenths of a second."""
    letters = "".join(code.upper().replace("-", " ").split()).translate(LOOKS_LIKE)
    if len(letters) != CODE_LENGTH or set(letters) - set(ALPHABET):
        raise ValueError("a code has ten letters and digits")
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        letters.encode(), SALT, time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, type=Type.ID
    )


def make_offer(journal: Journal, scope: str, now: Moment, replaces: str = "") -> str:
    """A new code that lets one node enrol at ``scope`` within seven days; it rests nowhere but with the person.

    ``replaces`` names a node whose key is lost: only then may another key speak for a name that is known.
    """
    code = new_code()
    nodes.offer(journal, code_key(code), scope, now.t + LIFE_MS, replaces)
    return code


def ask(journal: Journal, key: NodeKey, secret: bytes, app: str) -> Request:
    """The request of this file's node; ``secret`` is the :func:`code_key`. EnrolError before the hall is set up."""
    if not journal.is_set_up:
        raise EnrolError("not-set-up")
    who = journal.identity
    unproven = Request(PROTOCOL, who.node, who.hall, key.public, key.public_box, app, "")
    return msgspec.structs.replace(unproven, proof=_proof(secret, unproven))


def welcome(journal: Journal, key: NodeKey, request: Request, now: Moment) -> Welcome:
    """Let a node in whose code is right, in one transaction; asking again with the same key gives the same answer.

    Raises EnrolError and StorageError.
    """
    store = prepare_store(journal)
    with journal.write("-", now) as tx:
        offer = _matching(nodes.offers(tx.database, request.scope, now.t), request)
        before = nodes.registered(tx.database, request.node)
        same = before is not None and (before.scope, before.key) == (request.scope, request.key)
        if offer.used_t and not (same and before is not None and not before.revoked_t):
            raise EnrolError("unknown-code")
        if request.node == tx.identity.node or (before and not same and offer.replaces != request.node):
            raise EnrolError("name-taken")
        if not offer.used_t:
            nodes.use_offer(tx.database, offer.key, now.t)
            tx.record(
                facts.NodeEnrolled(
                    node=request.node, scope=request.scope, key=request.key, box=request.box, app=request.app
                )
            )
    unproven = Welcome(PROTOCOL, journal.identity.node, key.public, key.public_box, request.scope, store, "")
    return msgspec.structs.replace(unproven, proof=_proof(offer.key, unproven, request.key))


def accept_welcome(journal: Journal, key: NodeKey, secret: bytes, answer: Welcome) -> Upstream:
    """Trust the upstream node from now on, if it knew the code; raises EnrolError."""
    if not hmac.compare_digest(answer.proof, _proof(secret, answer, key.public)) or answer.p != PROTOCOL:
        raise EnrolError("bad-answer")
    if journal.identity.hall and answer.scope not in upwards(journal.identity.hall):
        raise EnrolError("bad-answer")
    found = Upstream(answer.node, answer.key, answer.box, answer.scope)
    nodes.enrolled_with(journal, found)
    return found


def _matching(offers: list[Offer], request: Request) -> Offer:
    for offer in offers:
        if hmac.compare_digest(request.proof, _proof(offer.key, request)):
            return offer
    raise EnrolError("unknown-code")


def _proof(secret: bytes, message: Struct, also: str = "") -> str:
    """HMAC over the fields of a message without its proof."""
    fields = msgspec.structs.asdict(message) | {"proof": also, "what": type(message).__name__}
    covered = msgspec.json.encode(sorted(fields.items()))
    return hmac.new(secret, covered, hashlib.sha256).hexdigest()
