"""What is wrong with a PC that sends here, and how badly: a closed set in the order of the list, worst first."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

DAY_MS = 86_400_000
SILENT_MS = 7 * DAY_MS
ONLINE_MS = 15 * 60_000
"""Nodes come every five minutes at the centre's usual pace; three of these may be missed."""
SKEW_MS = 120_000
DISK_FREE_PERCENT = 5
TOO_OLD = ("upgrade", "other-protocol")


class Trouble(IntEnum):
    """What a row of the list may say; a lower one is worse."""

    SILENT = 0
    NEVER = 1
    TOO_OLD = 2
    SKEW = 3
    CLONE = 4
    ASIDE = 5
    DISK = 6
    NONE = 8
    REVOKED = 9


class NodeFacts(Struct, frozen=True, kw_only=True):
    """What is known of a node; ``contact_t`` 0: never heard of, ``disk_size`` 0: not told (bytes)."""

    contact_t: int
    skew_ms: int = 0
    disk_free: int = 0
    disk_size: int = 0
    clones: int = 0
    aside: int = 0
    fault: str = ""
    revoked: bool = False


def free_percent(free: int, size: int) -> int | None:
    """How much of a disk is free, rounded down; None if its size is not known."""
    return free * 100 // size if size else None


def troubles(node: NodeFacts, now_t: int) -> list[Trouble]:
    """Everything that is wrong, the worst first; empty for a healthy node. A revoked node has no other trouble."""
    if node.revoked:
        return [Trouble.REVOKED]
    free = free_percent(node.disk_free, node.disk_size)
    found = {
        Trouble.NEVER: not node.contact_t,
        Trouble.SILENT: bool(node.contact_t) and now_t - node.contact_t >= SILENT_MS,
        Trouble.TOO_OLD: node.fault.rpartition(" ")[2] in TOO_OLD,
        Trouble.SKEW: bool(node.contact_t) and abs(node.skew_ms) >= SKEW_MS,
        Trouble.CLONE: node.clones > 0,
        Trouble.ASIDE: node.aside > 0,
        Trouble.DISK: free is not None and free < DISK_FREE_PERCENT,
    }
    return sorted(one for one, is_so in found.items() if is_so)


def worst(node: NodeFacts, now_t: int) -> Trouble:
    """What its row says."""
    return next(iter(troubles(node, now_t)), Trouble.NONE)


def is_online(contact_t: int, now_t: int) -> bool:
    """It was heard of lately."""
    return bool(contact_t) and now_t - contact_t < ONLINE_MS
