"""What a batch comes to if it goes on exactly where its log stands: all that can be made of it without asking the store.

What :mod:`storage.together` stores many of at once.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from storage import speech, typed
from storage.batch import Batch, Exchange
from storage.chain import next_hash
from storage.folding import Change
from storage.projections import Placed, changes_of
from storage.understand import Said, Why, understood


class Prepared(Struct, frozen=True):
    """``lines`` with seq and chain hash; those that are put ``aside``, and why; the largest causal counter; the ``places``
    the facts speak of, their ``kinds``, what they change in the tables, and their typed rows.
    """

    lines: list[tuple[int, bytes, bytes]]
    aside: list[tuple[int, str]]
    causal: int
    places: frozenset[str]
    kinds: frozenset[str]
    changes: list[Change]
    rows: list[typed.Row]


class Arrival(NamedTuple):
    """A batch, what came with it, and what it comes to if that is known."""

    batch: Batch
    exchange: Exchange | None = None
    prepared: Prepared | None = None


def prepared(batch: Batch) -> Prepared | None:
    """None: there is nothing in it, or only the store can tell what becomes of its lines."""
    lines: list[tuple[int, bytes, bytes]] = []
    said: list[tuple[int, Said]] = []
    aside: list[tuple[int, str]] = []
    digest, node, epoch = batch.prev, batch.node, batch.epoch
    for seq, line in enumerate(batch.lines, batch.first):
        digest = next_hash(digest, line)
        lines.append((seq, line, digest))
        read = understood(node, epoch, seq, line, digest)
        if isinstance(read, Why):
            aside.append((seq, read.value))
        elif read.carried is not None:
            return None
        else:
            said.append((seq, read))
    if not lines or digest != batch.head:
        return None
    aside += [(seq, Why.UNKNOWN_KIND.value) for seq, one in said if one.placed is None]
    placed = [(seq, one.placed) for seq, one in said if one.placed is not None]
    places = _places(placed)
    if places is None:
        return None
    causal = max((one.order for _, one in said), default=0)
    kinds = frozenset([one.fact.kind for _, one in placed])
    try:
        changes = changes_of(one for _, one in placed)
        rows = typed.rows_of(node, epoch, placed)
    except Exception:  # whatever a hostile fact provokes: then each is tried by itself
        return None
    return Prepared(lines, sorted(aside), causal, places, kinds, changes, rows)


def _places(placed: list[tuple[int, Placed]]) -> frozenset[str] | None:
    found: set[str] = set()
    for _, one in placed:
        about = speech.places_of(one)
        if about is None:
            return None
        found.update(about)
    return frozenset(found)
