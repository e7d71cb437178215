"""The answer: what comes down. gzip of an acknowledgement line, feed lines (:mod:`sync.feed`) and a signature line.

The acknowledgement is a high-water mark with its hash. It means "these bytes are on our disk", never "we understood them".
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from storage.receive import Receipt
from sync.keys import holds
from sync.wire import (
    BadLines,
    BadSignature,
    Count,
    Hex,
    Signer,
    by_itself,
    covered,
    decode,
    joined,
    pack,
    unpack,
)

MAX_NEXT_S = 3600


class Ack(Struct, frozen=True):
    """Of the log ``(node, epoch)``: ``have`` the last seq on the answering disk and ``head`` its hash; ``common`` the
    last seq of this segment's log known to be equal on both sides; ``durable`` the last seq in a verified backup;
    ``now`` wall ms; ``next`` s until the next exchange is wanted; ``store`` and ``rev`` the identity and last position of
    the store; ``quarantined`` the lines of this segment that are stored but not understood, and why. ``feed`` is the
    position in the feed after the lines that follow (0: no feed), ``more`` whether more waits. ``asked`` is the hash after
    the last line of the segment that is answered: the answer to another one, sent again by somebody, says nothing here.
    """

    node: Annotated[str, Meta(max_length=64)]
    epoch: Count
    have: Count
    head: Hex
    common: Count
    durable: Count
    now: int
    next: Annotated[float, Meta(ge=0, le=MAX_NEXT_S)]
    store: Annotated[str, Meta(max_length=64)]
    rev: Count
    quarantined: tuple[tuple[int, str], ...] = ()
    feed: Count = 0
    more: bool = False
    asked: Hex = ""


def ack_of(receipt: Receipt, *, now_t: int, next_s: float) -> Ack:
    """The acknowledgement of what was stored."""
    return Ack(
        node=receipt.node,
        epoch=receipt.epoch,
        have=receipt.have,
        head=receipt.head.hex(),
        common=receipt.common,
        durable=receipt.durable,
        now=now_t,
        next=next_s,
        store=receipt.store,
        rev=receipt.rev,
        quarantined=receipt.quarantined,
        asked=receipt.asked.hex(),
    )


def write(ack: Ack, sign: Signer, lines: Sequence[bytes] = ()) -> bytes:
    """The bytes of an answer with its feed lines, signed as a whole."""
    return pack(ack, lines, sign, whole=True)


class Kept(Struct, frozen=True):
    """An acknowledgement that can be proven by itself: its bytes, the digest of what came with it, the signature."""

    ack: msgspec.Raw
    rest: Hex
    sig: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]


class Answer(NamedTuple):
    """A whole answer whose signature holds: the acknowledgement, the lines that came with it, and what to keep of it."""

    ack: Ack
    lines: list[bytes]
    kept: Kept


def read_whole(body: bytes, key: str) -> Answer:
    """The answer of any bytes, if the upstream node's ``key`` (hex) signed it; raises WireError."""
    lines, signature = unpack(body)
    if not holds(key, covered(lines), signature):
        raise BadSignature
    rest = hashlib.sha256(joined(lines[1:])).hexdigest()
    return Answer(decode(lines[0], Ack), lines[1:], Kept(msgspec.Raw(lines[0]), rest, signature))


def read(body: bytes, key: str) -> Ack:
    """The acknowledgement of an answer that carries nothing else; raises WireError."""
    found = read_whole(body, key)
    if found.lines:
        raise BadLines
    return found.ack


def kept_of(text: str) -> Kept | None:
    """What was kept of an answer, from its text; None for anything else."""
    try:
        return msgspec.json.decode(text, type=Kept)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def text_of(kept: Kept) -> str:
    """The other way."""
    return msgspec.json.encode(kept).decode()


def proven(kept: Kept, key: str) -> Ack | None:
    """The acknowledgement that ``key`` (hex) once signed; None if it did not."""
    line = bytes(kept.ack)
    if not holds(key, by_itself(line, kept.rest), kept.sig):
        return None
    try:
        return msgspec.json.decode(line, type=Ack)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
