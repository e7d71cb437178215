"""The answer: what comes down. gzip of an acknowledgement line, feed lines (none yet) and a signature line.

The acknowledgement is a high-water mark with its hash. It means "these bytes are on our disk", never "we understood them".
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from storage.receive import Receipt
from sync.keys import holds
from sync.wire import BadLines, BadSignature, Count, Hex, Signer, decode, joined, pack, unpack

MAX_NEXT_S = 3600


class Ack(Struct, frozen=True):
    """``have`` the last seq on the answering disk and ``head`` its hash; ``common`` the last seq of this segment's log
    known to be equal on both sides; ``durable`` the last seq in a verified backup; ``now`` wall ms; ``next`` s until
    the next exchange is wanted; ``store`` and ``rev`` the identity and last position of the store; ``quarantined`` the
    lines of this segment that are stored but not understood, and why.
    """

    have: Count
    head: Hex
    common: Count
    durable: Count
    now: int
    next: Annotated[float, Meta(ge=0, le=MAX_NEXT_S)]
    store: Annotated[str, Meta(max_length=64)]
    rev: Count
    quarantined: tuple[tuple[int, str], ...] = ()


def ack_of(receipt: Receipt, *, now_t: int, next_s: float) -> Ack:
    """The acknowledgement of what was stored."""
    return Ack(
        have=receipt.have,
        head=receipt.head.hex(),
        common=receipt.common,
        durable=receipt.durable,
        now=now_t,
        next=next_s,
        store=receipt.store,
        rev=receipt.rev,
        quarantined=receipt.quarantined,
    )


def write(ack: Ack, sign: Signer) -> bytes:
    """The bytes of an answer, signed as a whole."""
    return pack(ack, [], sign, whole=True)


def read(body: bytes, key: str) -> Ack:
    """The acknowledgement of any bytes, if the upstream node's ``key`` (hex) signed it; raises WireError."""
    lines, signature = unpack(body)
    if not holds(key, joined(lines), signature):
        raise BadSignature
    if len(lines) > 1:
        raise BadLines
    return decode(lines[0], Ack)
