"""Each fact counts once: the first line that tells it here, in order of arrival.

A fact is told by the line it was born as, and again by each line that carried it into a later epoch of its node (after
its disk was copied or rolled back). Which of them arrives first, and whether the others ever do, is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from storage.chain import Birth
from storage.database import Database

BORN = "SELECT pos FROM event WHERE node = ? AND epoch = ? AND seq = ? AND hash = ?"
CLAIM = "SELECT by_epoch, by_seq FROM carried WHERE node = ? AND epoch = ? AND seq = ? AND digest = ?"
CLAIMS = "SELECT seq, digest FROM carried WHERE node = ? AND epoch = ? AND seq BETWEEN ? AND ?"
INSERT_CLAIM = "INSERT INTO carried (node, epoch, seq, digest, by_epoch, by_seq) VALUES (?, ?, ?, ?, ?, ?)"


class Told(NamedTuple):
    """A line in its place, and which fact it tells."""

    pos: int
    node: str
    epoch: int
    seq: int
    birth: Birth

    @property
    def is_carried(self) -> bool:
        """Whether the fact was born elsewhere."""
        return (self.birth.epoch, self.birth.seq) != (self.epoch, self.seq)

    @property
    def fact(self) -> tuple[str, int, int, str]:
        """Node, epoch, seq and hash it was born with."""
        return self.node, self.birth.epoch, self.birth.seq, self.birth.digest


Claims = set[tuple[str, int, int, str]]
"""Node, epoch, seq and hash of facts that a carried line has told."""


def repeated(lines: Database, tables: Database, told: Sequence[Told], claims: Claims | None = None) -> set[int]:
    """Places in ``told`` whose fact an earlier line has told already; the first carried line of a fact is remembered.

    ``lines`` is where the journal rests, ``tables`` where it is projected (another file in a rebuild); ``claims`` what
    :func:`claimed` said of these lines.
    """
    known_claims = _claimed(tables, told) if claims is None else claims
    found = set()
    for n, one in enumerate(told):
        fact = one.fact
        if not one.is_carried:
            known = fact in known_claims
        else:
            known = _is_known(lines, tables, one)
            known_claims.add(fact)
        if known:
            found.add(n)
    return found


def claimed(tables: Database, node: str, epoch: int, first: int, last: int) -> Claims:
    """Facts born in these lines of a log that a carried line has told before."""
    rows = tables.rows(CLAIMS, (node, epoch, first, last))
    return {(node, epoch, int(seq), digest) for seq, digest in rows}


def _claimed(tables: Database, told: Sequence[Told]) -> Claims:
    """The same of lines of any logs."""
    spans: dict[tuple[str, int], tuple[int, int]] = {}
    for one in told:
        if not one.is_carried:
            low, high = spans.get((one.node, one.epoch), (one.seq, one.seq))
            spans[one.node, one.epoch] = (min(low, one.seq), max(high, one.seq))
    return {fact for log, span in spans.items() for fact in claimed(tables, *log, *span)}


def _is_known(lines: Database, tables: Database, one: Told) -> bool:
    """Whether the fact of a carried line is known; if not, this line is from now on the one that told it."""
    born = lines.value(BORN, (one.node, one.birth.epoch, one.birth.seq, bytes.fromhex(one.birth.digest)))
    if born is not None and born < one.pos:
        return True
    claim = tables.rows(CLAIM, one.fact)
    if not claim:
        tables.execute(INSERT_CLAIM, (*one.fact, one.epoch, one.seq))
        return False
    return tuple(map(int, claim[0])) != (one.epoch, one.seq)


def tells_first(tables: Database, one: Told) -> bool:
    """Whether the tables know a stored line's fact by this line."""
    claim = tables.rows(CLAIM, one.fact)
    if one.is_carried:
        return bool(claim) and tuple(map(int, claim[0])) == (one.epoch, one.seq)
    return not claim
