"""The segment: what goes up. The same bytes travel over HTTP, on a stick and through a hub.

gzip of a header line, ``n`` event lines exactly as the journal holds them, and a signature line. ``prev`` and ``head``
are the chain hashes before the first and after the last line, so the header binds the lines; whoever stores the segment
verifies the chain (:func:`storage.receive.accept`). The signature is of the node's key over the header line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from storage.receive import Batch, Parent
from sync.answer import Kept
from sync.wire import MAX_EVENTS, PROTOCOL, BadLines, Clock, Count, Hex, OtherProtocol, Signer, decode, pack, unpack

MAX_LINES_SIZE = 256 * 1024
"""Bytes of lines in one segment that we cut; a single line always fits (a line is at most 16 KiB)."""


class Cursor(Struct, frozen=True):
    """How far the sender knows the other side's feed."""

    store: Annotated[str, Meta(max_length=64)] = ""
    rev: Count = 0


class Status(Struct, frozen=True):
    """What the sender says of itself: events that wait, free bytes on its disk, code of its last fault, bytes of its disk."""

    backlog: Count = 0
    disk: Count = 0
    err: Annotated[str, Meta(max_length=64)] = ""
    size: Count = 0


class Parting(Struct, frozen=True):
    """Where an epoch that is not the node's first parted from an earlier one, and why."""

    epoch: Count
    seq: Count
    hash: Hex
    why: Annotated[str, Meta(max_length=32)] = ""


class Header(Struct, frozen=True, kw_only=True):
    """``first`` is the seq of the first line (of the next line when ``n`` is 0: a heartbeat); ``receipt`` the last answer
    that came from there.
    """

    p: int = PROTOCOL
    node: Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}\Z")]
    epoch: Count
    first: Annotated[int, Meta(ge=1, le=2**53)]
    n: Annotated[int, Meta(ge=0, le=MAX_EVENTS)]
    prev: Hex
    head: Hex
    now: Clock
    cursor: Cursor = Cursor()
    app: Annotated[str, Meta(max_length=64)] = ""
    st: Status = Status()
    parent: Parting | None = None
    receipt: Kept | None = None


class Segment(NamedTuple):
    """A segment that was read; whoever knows the node's key checks ``signature`` over ``covered``."""

    header: Header
    batch: Batch
    covered: bytes
    signature: str


class Line(NamedTuple):
    """One line of the journal with its chain hash."""

    line: bytes
    digest: bytes


class _Version(Struct, frozen=True):
    p: int


def fitting(lines: Sequence[Line], most: int) -> list[Line]:
    """The first of these lines, as many as one segment may carry; at least one if there is any."""
    size = 0
    for taken, one in enumerate(lines[: min(most, MAX_EVENTS)]):
        size += len(one.line) + 1
        if taken and size > MAX_LINES_SIZE:
            return list(lines[:taken])
    return list(lines[: min(most, MAX_EVENTS)])


def write(header: Header, lines: Sequence[bytes], sign: Signer) -> bytes:
    """The bytes of a segment."""
    return pack(header, lines, sign, whole=False)


def read(body: bytes) -> Segment:
    """A segment from any bytes; raises WireError."""
    (first, *lines), signature = unpack(body)
    if decode(first, _Version).p != PROTOCOL:
        raise OtherProtocol
    header = decode(first, Header)
    if len(lines) != header.n:
        raise BadLines
    parting = header.parent
    batch = Batch(
        node=header.node,
        epoch=header.epoch,
        first=header.first,
        prev=bytes.fromhex(header.prev),
        head=bytes.fromhex(header.head),
        lines=tuple(lines),
        body=body,
        parent=Parent(parting.epoch, parting.seq, parting.hash, parting.why) if parting else None,
    )
    return Segment(header, batch, first, signature)
