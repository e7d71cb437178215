"""The receipt of a bundle: the answers to its segments, bound together by a manifest that the answering node signed.

The manifest says of each answer which lines it is about (their span, and the chain hash after the last), its SHA-256, and
the position in the feed it goes on from. So whoever carries a receipt can leave nothing out, repeat nothing, put nothing
of another receipt in, and the answer to one disk is not taken for the answer to its copy.

Parts (:mod:`sync.bundle`): the manifest (gzip of its line and a signature line), then the answers as over HTTP.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from sync.bundle import MOST_PARTS, BundleError
from sync.keys import holds
from sync.wire import PROTOCOL, Count, Hex, OtherProtocol, Signer, WireError, covered, decode, pack, unpack

Store = Annotated[str, Meta(max_length=64)]


class Place(Struct, frozen=True):
    """A position in a store of the answering node."""

    store: Store = ""
    rev: Count = 0


class Entry(Struct, frozen=True):
    """One answer: to the lines ``first`` to ``last`` of an epoch (none if ``last`` is ``first - 1``), ``head`` the chain
    hash after them, ``answer`` the SHA-256 of its bytes, ``since`` where its feed lines go on from.
    """

    epoch: Count
    first: Count
    last: Count
    head: Hex
    answer: Hex
    since: Place


class Manifest(Struct, frozen=True, tag_field="what", tag="receipt"):
    """``node`` sent the bundle; ``heard`` is the last answer it had when the bundle was made."""

    p: int
    node: Annotated[str, Meta(max_length=64)]
    heard: Place
    answers: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=MOST_PARTS)]


class Receipt(NamedTuple):
    """A manifest whose signature holds, and the answers it names."""

    manifest: Manifest
    answers: list[bytes]


def digest(answer: bytes) -> str:
    """What a manifest names an answer by."""
    return hashlib.sha256(answer).hexdigest()


def write(node: str, heard: Place, entries: list[Entry], answers: list[bytes], sign: Signer) -> list[bytes]:
    """The parts of a receipt."""
    return [pack(Manifest(PROTOCOL, node, heard, tuple(entries)), [], sign, whole=True), *answers]


def read(parts: list[bytes], key: str) -> Receipt:
    """The receipt, if the node with this ``key`` (hex) signed it and nothing of it was exchanged; raises BundleError."""
    try:
        lines, signature = unpack(parts[0])
        if not holds(key, covered(lines), signature):
            raise BundleError("not-signed")
        manifest = decode(lines[0], Manifest)
        if manifest.p != PROTOCOL:
            raise OtherProtocol
    except WireError as error:
        raise BundleError("no-bundle") from error
    answers = parts[1:]
    if [one.answer for one in manifest.answers] != [digest(one) for one in answers]:
        raise BundleError("not-signed")
    return Receipt(manifest, answers)
