"""What a stored line says: its fact in its place, or why it cannot be told. Never raises for any bytes."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec
from msgspec import Struct

from storage.chain import Birth, birth_id, birth_order
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
    """A line that could be read: its causal counter, which fact it is (a carried line names another place than its
    own), and the fact; None: a kind of a newer program.
    """

    order: int
    birth: Birth
    placed: Placed | None
    is_carried: bool = False


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
    birth = Birth(epoch, seq, digest.hex()) if read.of is None else Birth(*read.of)
    if read.of is not None and not _may_be(birth, epoch):
        return Why.CARRIED
    order = read.n or read.s
    if not birth.seq <= order <= MAX_CAUSAL:
        return Why.BAD_ORDER
    is_carried = read.of is not None
    try:
        fact = decode(read.k, read.v, read.d)
    except Unknown:
        return Said(order, birth, None, is_carried)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Why.BAD_DATA
    named, ordered = birth_id(node, birth), birth_order(order, birth)
    placed = Placed(fact, named, ordered, node, read.t, read.m, read.b, read.a, read.h)
    return Said(order, birth, placed, is_carried)


def _may_be(birth: Birth, epoch: int) -> bool:
    """Whether a carried line can have been born there: in another epoch of the same node."""
    return birth.epoch != epoch and birth.epoch >= 0 and birth.seq > 0 and bool(_HASH.match(birth.digest))
