"""What the PCs of a hall and its number host say to each other beside segments: gzip of lines, signed as a whole.

A question is one line. Its ``turn`` is the random word of the last answer to this node: who overheard a question cannot
ask it again. An answer is one line, and for news the lines of the hall's logs, each log after a line that names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from storage import host_log
from storage.facts import Got, Want
from storage.hall_logs import Piece
from storage.receive import Parent
from sync.answer import Kept
from sync.keys import holds
from sync.segment import Parting
from sync.wire import (
    PROTOCOL,
    BadHeader,
    BadLines,
    BadSignature,
    Count,
    Hex,
    OtherProtocol,
    S,
    Signer,
    Time,
    by_itself,
    covered,
    decode,
    joined,
    pack,
    unpack,
)

HALL_PATH: Final = "/v1/hall"
CLAIM_PATH: Final = "/v1/claim"
LOST_PATH: Final = "/v1/lost"
Word = Annotated[str, Meta(max_length=64)]
Node = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}\Z")]


class Taken(Struct, frozen=True, array_like=True):
    """A window with a living terminal: its code, the staff number, since when (wall ms)."""

    window: Word
    staff: Word
    since_t: Time


class Mark(Struct, frozen=True, array_like=True):
    """The chain hash of a log after so many lines."""

    seq: Count
    digest: Hex


class KnownLog(Struct, frozen=True, array_like=True):
    """A log of the number host as this PC has it, from its end backwards."""

    epoch: Count
    marks: Annotated[tuple[Mark, ...], Meta(max_length=64)]


class HallQuestion(Struct, frozen=True, kw_only=True):
    """What is new in the hall? ``known`` as of :mod:`storage.hall_logs`; ``unsent`` facts of this node wait here;
    ``wait_s`` how long the answer may take while there is no news. ``yours``, in the first question after a pause: the
    number host's own newest logs as they are here (:mod:`storage.host_log`).
    """

    p: int = PROTOCOL
    node: Node
    turn: Word = ""
    known: Annotated[dict[Word, Count], Meta(max_length=10_000)]
    unsent: Count = 0
    taken: Annotated[tuple[Taken, ...], Meta(max_length=200)] = ()
    wait_s: Annotated[float, Meta(ge=0, le=30)] = 0.0
    yours: Annotated[tuple[KnownLog, ...], Meta(max_length=8)] = ()


def known_logs(logs: Iterable[host_log.KnownLog]) -> tuple[KnownLog, ...]:
    """As it is asked."""
    return tuple(KnownLog(one.epoch, tuple(Mark(*mark) for mark in one.marks)) for one in logs)


def host_logs(logs: Iterable[KnownLog]) -> list[host_log.KnownLog]:
    """As it is compared."""
    return [
        host_log.KnownLog(one.epoch, tuple(host_log.Mark(mark.seq, mark.digest) for mark in one.marks)) for one in logs
    ]


class Head(Struct, frozen=True, array_like=True):
    """The end of a log of the number host, as far as it is told here: the chain hash after line ``seq``."""

    epoch: Count
    seq: Count
    digest: Hex


class Lost(Struct, frozen=True, array_like=True):
    """A log of its own of which the number host has nothing after line ``after``, though the asking PC has more."""

    epoch: Count
    after: Count


class HallAnswer(Struct, frozen=True, kw_only=True):
    """``more`` waits; ``gives``: claims are answered now (after a start the number host waits for what was recorded
    meanwhile); ``taken`` are windows with terminals at other nodes. ``heads``: how far the number host's own logs go that
    are told in this answer (:mod:`storage.host_lost`); ``lost``: what the asking PC is to bring.
    """

    node: Node
    turn: Word
    now: Time
    more: bool = False
    gives: bool = False
    taken: tuple[Taken, ...] = ()
    heads: tuple[Head, ...] = ()
    lost: tuple[Lost, ...] = ()


class LostPage(Struct, frozen=True, kw_only=True):
    """Lines of the number host's own log brought back; none in the first question. ``prev``: the hash before ``first``;
    ``signed``: the answer in which the number host told the end of this log, without what came with it.
    """

    p: int = PROTOCOL
    node: Node
    epoch: Count
    first: Annotated[int, Meta(ge=1, le=2**53)]
    prev: Hex
    signed: Kept


class LostAnswer(Struct, frozen=True):
    """The next page goes up to line ``upto`` and holds nothing up to ``after``; ``upto`` 0: everything is there."""

    epoch: Count
    after: Count
    upto: Count


class PieceHead(Struct, frozen=True):
    """The line before ``n`` lines of one log."""

    node: Node
    epoch: Count
    first: Annotated[int, Meta(ge=1, le=2**53)]
    n: Count
    prev: Hex
    head: Hex
    parent: Parting | None = None


class ClaimQuestion(Struct, frozen=True, kw_only=True):
    """``claim`` is random and of one press: asked again it gets the same answer."""

    p: int = PROTOCOL
    node: Node
    claim: Annotated[str, Meta(min_length=16, max_length=64)]
    want: Want
    window: Word = ""
    staff: Word = ""
    prefix: Word = ""
    cls: Word = ""
    ticket: Word = ""


class ClaimAnswer(Struct, frozen=True, kw_only=True):
    """What was given, and the causal counter of the fact that says so: what follows from it is later."""

    claim: Word
    got: Got
    ticket: Word = ""
    number: Word = ""
    order: Count = 0


def write(first: Struct, sign: Signer, pieces: Sequence[Piece] = (), page: Sequence[bytes] = ()) -> bytes:
    """The bytes of a question or an answer; with pieces of logs, or lines of one."""
    lines = list(page)
    for one in pieces:
        parent = one.parent
        parting = Parting(parent.epoch, parent.seq, parent.digest, parent.why) if parent else None
        head = PieceHead(one.node, one.epoch, one.first, len(one.lines), one.prev.hex(), one.head.hex(), parting)
        lines += [msgspec.json.encode(head), *one.lines]
    return pack(first, lines, sign, whole=True)


class _Who(Struct, frozen=True):
    p: int
    node: Node


class Question(Struct, frozen=True):
    """A question whose signature is not checked yet."""

    node: str
    line: bytes
    covered: bytes
    signature: str
    lines: tuple[bytes, ...] = ()

    def read(self, key: str, kind: type[S]) -> S:
        """What ``key`` (hex) asked; raises WireError."""
        if not holds(key, self.covered, self.signature):
            raise BadSignature
        return decode(self.line, kind, BadHeader)


def question(body: bytes, *, with_lines: bool = False) -> Question:
    """Who asks, from any bytes; ``with_lines``: lines of a log may follow. Raises WireError."""
    lines, signature = unpack(body)
    if len(lines) != 1 and not with_lines:
        raise BadLines
    who = decode(lines[0], _Who)
    if who.p != PROTOCOL:
        raise OtherProtocol
    return Question(who.node, lines[0], covered(lines), signature, tuple(lines[1:]))


def answer(body: bytes, key: str, kind: type[S]) -> tuple[S, list[Piece]]:
    """What ``key`` (hex) answered; raises WireError."""
    found, pieces, _word = answer_to_keep(body, key, kind)
    return found, pieces


def answer_to_keep(body: bytes, key: str, kind: type[S]) -> tuple[S, list[Piece], Kept]:
    """The same, and its first line so that it can be proven later; raises WireError."""
    lines, signature = unpack(body)
    if not holds(key, covered(lines), signature):
        raise BadSignature
    pieces, at = [], 1
    while at < len(lines):
        head = decode(lines[at], PieceHead, BadLines)
        given = tuple(lines[at + 1 : at + 1 + head.n])
        if len(given) != head.n:
            raise BadLines
        pieces.append(_piece(head, given))
        at += 1 + head.n
    rest = hashlib.sha256(joined(lines[1:])).hexdigest()
    return decode(lines[0], kind), pieces, Kept(msgspec.Raw(lines[0]), rest, signature)


def end_signed(kept: Kept, key: str, node: str, epoch: int) -> tuple[int, str]:
    """Line and hash (hex) where ``node`` once told, with its ``key`` (hex), that its log ends; raises WireError."""
    line = bytes(kept.ack)
    if not holds(key, by_itself(line, kept.rest), kept.sig):
        raise BadSignature
    said = decode(line, HallAnswer)
    for head in said.heads:
        if said.node == node and head.epoch == epoch:
            return head.seq, head.digest
    raise BadHeader


def _piece(head: PieceHead, lines: tuple[bytes, ...]) -> Piece:
    parting = head.parent
    parent = Parent(parting.epoch, parting.seq, parting.hash, parting.why) if parting else None
    prev, last = bytes.fromhex(head.prev), bytes.fromhex(head.head)
    return Piece(head.node, head.epoch, head.first, prev, last, parent, lines)
