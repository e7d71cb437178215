"""What both directions of an exchange share: gzip of lines that each end with a newline, with limits, and its errors.

WireError            the bytes are not what the protocol says; ``code`` names the fault, nothing of the bytes is kept
├── TooLarge         more bytes, packed or unpacked, than the limit
├── NotGzip          not one whole gzip member: garbled, cut short, or followed by something
├── BadLines         no newline at the end, too few lines, or another number of lines than announced
├── BadHeader        the first line cannot be decoded
├── BadSignature     the last line is no signature line, or the signature is not of the key that was expected
└── OtherProtocol    a protocol version that is not spoken here
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

PROTOCOL = 1
MAX_PACKED = 1024 * 1024
"""Bytes of one body on the wire."""
MAX_UNPACKED = 4 * 1024 * 1024
"""Bytes of one body after inflation."""
MAX_EVENTS = 500
"""Event lines of one segment."""
MAX_LINES = 500
"""Lines of one body beside its first and its last: events up, feed lines down."""

CONTENT_TYPE = "application/x-ndjson"
ENCODING = "gzip"
SYNC_PATH = "/v1/sync"
SEALED_TYPE = "application/octet-stream"
BUNDLE_PATH = "/v1/bundle"
LOG_PATH = "/v1/log"

Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Time = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""Milliseconds; a clock may say anything that a table can hold."""

PACKING = 7
"""Lines of facts pack no better at 9, and cost twice the time there."""
_CHUNK = 64 * 1024


class WireError(Exception):
    """Base; the message is the code and nothing else."""

    code: ClassVar[str] = "malformed"

    def __init__(self) -> None:
        super().__init__(self.code)


class TooLarge(WireError):
    code = "too-large"


class NotGzip(WireError):
    code = "not-gzip"


class BadLines(WireError):
    code = "bad-lines"


class BadHeader(WireError):
    code = "bad-header"


class BadSignature(WireError):
    code = "bad-signature"


class OtherProtocol(WireError):
    code = "other-protocol"


class Clock(Struct, frozen=True):
    """A reading of the sender's clocks: ``t`` wall ms UTC, ``m`` CLOCK_BOOTTIME ms, ``b`` boot."""

    t: Time
    m: Time
    b: Annotated[str, Meta(max_length=64)]


class Signature(Struct, frozen=True):
    """The last line: Ed25519 in hex, over what each direction says."""

    sig: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]


class Unpacked(NamedTuple):
    """The lines of a body without its signature line, and the signature; nothing is verified yet."""

    lines: list[bytes]
    signature: str


Signer = Callable[[bytes], str]
"""Signs the SHA-256 of these bytes; the answer is hex."""


S = TypeVar("S", bound=Struct)
_encoder = msgspec.json.Encoder()


def pack(first: Struct, lines: Sequence[bytes], sign: Signer, *, whole: bool) -> bytes:
    """One body: the first line, the lines, the signature line. ``whole``: the signature covers all lines, not the first.

    The same input gives the same bytes.
    """
    head = _encoder.encode(first)
    signed = covered([head, *lines]) if whole else head
    return gzip.compress(joined([head, *lines, _encoder.encode(Signature(sign(signed)))]), PACKING, mtime=0)


def covered(lines: Sequence[bytes]) -> bytes:
    """What a signature over a whole body is made over: the first line, and a digest of the others, so that the first
    line can be proven later without them.
    """
    return by_itself(lines[0], hashlib.sha256(joined(lines[1:])).hexdigest())


def by_itself(first: bytes, rest: str) -> bytes:
    """The same from the first line and the digest (hex) of the others."""
    return first + b"\n" + rest.encode() + b"\n"


def joined(lines: Sequence[bytes]) -> bytes:
    """Lines as they stand in a body, each with its newline."""
    return b"\n".join(lines) + b"\n"


def unpack(body: bytes) -> Unpacked:
    """The lines of one body and its signature; raises WireError. The first line is there."""
    text = inflate(body)
    if not text.endswith(b"\n"):
        raise BadLines
    lines = text.split(b"\n", MAX_LINES + 3)  # bounded: millions of empty lines must not become millions of objects
    if lines.pop() or len(lines) < 2:
        raise BadLines
    signature = decode(lines.pop(), Signature, BadSignature).sig
    return Unpacked(lines, signature)


def inflate(body: bytes, limit: int = MAX_UNPACKED) -> bytes:
    """Exactly one gzip member (RFC 1952) of at most ``limit`` bytes; never holds more than that. Raises WireError."""
    if len(body) > MAX_PACKED:
        raise TooLarge
    inflator = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    size = 0
    rest = body
    try:
        while rest and not inflator.eof:
            part = inflator.decompress(rest, _CHUNK)
            size += len(part)
            if size > limit:
                raise TooLarge
            parts.append(part)
            rest = inflator.unconsumed_tail
    except zlib.error as error:
        raise NotGzip from error
    if not inflator.eof or inflator.unused_data:
        raise NotGzip
    return b"".join(parts)


def decode(line: bytes, kind: type[S], error: type[WireError] = BadHeader) -> S:
    """One line as a struct; raises ``error``. Fields that a newer program added are ignored."""
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as reason:
        raise error from reason
