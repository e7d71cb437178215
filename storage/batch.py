"""A batch of consecutive lines as it arrives from another node, and what is answered to it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from storage.promises import Promise


class Verdict(StrEnum):
    """``stored`` now or before; ``gap``: earlier lines are missing here; ``fork``: two logs have this name."""

    STORED = "stored"
    GAP = "gap"
    FORK = "fork"


class Parent(Struct, frozen=True):
    """The line a later epoch of a node parted from, with its hash in hex ("" at the very beginning), and why."""

    epoch: int
    seq: int
    digest: str
    why: str


class Batch(Struct, frozen=True):
    """Consecutive lines of one log as received: ``prev`` and ``head`` the hashes around them, ``body`` the raw bytes,
    ``scope`` the place in the scope tree that its node may speak for ("" for all); ``parent`` of an epoch that is not
    the node's first.
    """

    node: str
    epoch: int
    first: int
    prev: bytes
    head: bytes
    lines: tuple[bytes, ...]
    body: bytes
    scope: str = ""
    parent: Parent | None = None

    @property
    def last(self) -> int:
        """Seq of the last line; ``first - 1`` when there is none."""
        return self.first - 1 + len(self.lines)


class Receipt(Struct, frozen=True):
    """What is on this disk now. ``common`` is the last seq of the batch's log known to be equal on both sides; on a fork
    it is less than ``first - 1`` when they parted before this batch. ``asked`` is the hash after the batch's last line.
    ``added`` lines were new, the last of the store up to position ``rev``; their facts are of these ``kinds``.
    """

    node: str
    epoch: int
    verdict: Verdict
    have: int
    head: bytes
    common: int
    durable: int
    store: str
    rev: int
    quarantined: tuple[tuple[int, str], ...] = ()
    asked: bytes = b""
    added: int = 0
    kinds: frozenset[str] = frozenset()


class Exchange(Struct, frozen=True):
    """What came with a batch: the sender's boot and CLOCK_BOOTTIME (ms) just now ("": it was carried here, who knows how
    long), and what this store promised last.
    """

    boot: str
    m: int
    promise: Promise | None = None
