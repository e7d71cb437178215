"""The hash chain over the exact bytes of every line (SHA-256)."""

from __future__ import annotations

import hashlib

from msgspec import Struct


def first_hash(node: str, epoch: int, parent_head: str = "") -> bytes:
    """h0 of a log: SHA256 of ``hallterm/1\\n<node>\\n<epoch decimal>\\n<parent head hex or ->\\n``."""
    return hashlib.sha256(f"hallterm/1\n{node}\n{epoch}\n{parent_head or '-'}\n".encode()).digest()


def next_hash(previous: bytes, line: bytes) -> bytes:
    """h_n = SHA256(h_{n-1} as 32 bytes, then the line without its newline)."""
    return hashlib.sha256(previous + line).digest()


def fact_id(node: str, epoch: int, seq: int, digest: bytes) -> str:
    """``node/epoch/seq/h8``: unique even when a cloned disk gives one (node, epoch, seq) to two facts."""
    return f"{node}/{epoch}/{seq}/{digest[:4].hex()}"


def causal_order(n: int, digest: bytes) -> str:
    """Sorts facts by causal counter, then by hash; the same text order on every engine and collation."""
    return (n.to_bytes(7, "big") + digest[:4]).hex()


class Birth(Struct, frozen=True, gc=False):
    """Which fact a line is, wherever it stands: its first epoch and seq, and its first chain hash in hex."""

    epoch: int
    seq: int
    digest: str


def birth_id(node: str, birth: Birth) -> str:
    """The id of the fact."""
    return f"{node}/{birth.epoch}/{birth.seq}/{birth.digest[:8]}"


def birth_order(n: int, birth: Birth) -> str:
    """Its causal order, the same as where it was born."""
    return n.to_bytes(7, "big").hex() + birth.digest[:8]


def as_bytes(content: bytes | str) -> bytes:
    """A stored line or hash; who changes a file by hand may leave text behind."""
    return content.encode() if isinstance(content, str) else bytes(content)
