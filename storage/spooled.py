"""The second copy of what is not in a backup upstream: segment files in ``spool/``, read again when a file is lost.

A file is believed as far as its chain holds: from ``prev`` through every line to ``head``.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from storage.chain import next_hash
from storage.receive import Parent

FOLDER = "spool"
SUFFIX = ".seg"
MOST_BYTES = 4 * 1024 * 1024


class _Parting(Struct, frozen=True):
    epoch: int
    seq: int
    hash: str
    why: str = ""


class _Header(Struct, frozen=True):
    """What of a segment's header is needed here."""

    node: str
    epoch: int
    first: int
    n: int
    prev: str
    head: str
    parent: _Parting | None = None


class SpooledFile(NamedTuple):
    """The lines of one file, each with its chain hash; ``parent`` of an epoch that is not the node's first."""

    node: str
    epoch: int
    first: int
    parent: Parent | None
    lines: list[tuple[bytes, bytes]]


def files_in(folder: Path) -> Iterator[SpooledFile]:
    """Every file that holds, by log and place; what does not is passed over."""
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
        found = read(path)
        if found is not None:
            yield found


def read(path: Path) -> SpooledFile | None:
    """One file; None if it is damaged or none of ours."""
    with suppress(OSError, EOFError, zlib.error, ValueError, msgspec.MsgspecError):
        with gzip.open(path) as file:
            head, *lines = file.read(MOST_BYTES).split(b"\n")
        header = msgspec.json.decode(head, type=_Header)
        digest, chained = bytes.fromhex(header.prev), []
        for line in lines[: header.n]:
            digest = next_hash(digest, line)
            chained.append((line, digest))
        if digest.hex() == header.head and len(chained) == header.n:
            at = header.parent
            parent = Parent(at.epoch, at.seq, at.hash, at.why) if at else None
            return SpooledFile(header.node, header.epoch, header.first, parent, chained)
    return None
