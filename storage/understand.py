"""What a stored line says: its fact in its place, or why it cannot be told. Never raises for any bytes."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec
from msgspec import Struct

from storage.chain import Birth, birth_id, birth_order, causal_order, fact_id
from storage.facts import Line
from storage.journal import CARRIED_ROOM, MAX_LINE
from storage.projections import Placed, Unknown, decode

MAX_CAUSAL = 2**48
"""A causal counter beyond this is no counter: it would leave no room for the counters of everybody else."""

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_line_decoder = msgspec.json.Decoder(Line)


class Why(StrEnum):
    """Why a stored line is not in the tables."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    OTHER_SEQ = "other_seq"
    BAD_ORDER = "bad_order"
    NUL = "nul"
    CARRIED = "carried"
    UNKNOWN_KIND = "unknown_kind"
    BAD_DATA = "bad_data"
    REFUSED = "refused"
    OTHER_PLACE = "other_place"


class Said(Struct, frozen=True, gc=False):
    """A line that could be read: its causal counter, its place and hash, and the fact (None: a kind of a newer program).

    ``carried`` names the place where the fact was born, if that is another one.
    """

    order: int
    epoch: int
    seq: int
    digest: bytes
    placed: Placed | None
    carried: Birth | None = None

    @property
    def birth(self) -> Birth:
        """Which fact it is."""
        return self.carried or Birth(self.epoch, self.seq, self.digest.hex())


def understood(node: str, epoch: int, seq: int, line: bytes, digest: bytes) -> Said | Why:
    """What a line of a log says, with ``digest`` its chain hash there."""
    if len(line) > MAX_LINE + CARRIED_ROOM:
        return Why.TOO_LARGE
    if b"\\u0000" in line and _NUL.search(line):
        return Why.NUL
    try:
        read = _line_decoder.decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Why.UNREADABLE
    if len(line) > MAX_LINE and read.of is None:
        return Why.TOO_LARGE
    if read.s != seq:
        return Why.OTHER_SEQ
    carried = Birth(*read.of) if read.of is not None else None
    if carried is not None and not _may_be(carried, epoch):
        return Why.CARRIED
    order = read.n or read.s
    if not (carried.seq if carried is not None else seq) <= order <= MAX_CAUSAL:
        return Why.BAD_ORDER
    try:
        fact = decode(read.k, read.v, read.d)
    except Unknown:
        return Said(order, epoch, seq, digest, None, carried)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Why.BAD_DATA
    if carried is None:
        named, ordered = fact_id(node, epoch, seq, digest), causal_order(order, digest)
    else:
        named, ordered = birth_id(node, carried), birth_order(order, carried)
    placed = Placed(fact, named, ordered, node, read.t, read.m, read.b, read.a, read.h)
    return Said(order, epoch, seq, digest, placed, carried)


def _may_be(birth: Birth, epoch: int) -> bool:
    """Whether a carried line can have been born there: in another epoch of the same node."""
    return birth.epoch != epoch and birth.epoch >= 0 and birth.seq > 0 and bool(_HASH.match(birth.digest))
