"""Following the journal: the facts that arrived in this file after a position."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from storage.chain import causal_order, fact_id
from storage.facts import Line
from storage.journal import Journal
from storage.projections import Placed, Unknown, decode

SELECT = "SELECT pos, node, epoch, seq, line, hash FROM event WHERE pos > ? ORDER BY pos LIMIT ?"
MOST = 500
_lines = msgspec.json.Decoder(Line)


class Tail(NamedTuple):
    """Facts in order of arrival, and the position to go on from."""

    facts: list[Placed]
    pos: int


def after(journal: Journal, pos: int) -> Tail:
    """The next facts (at most 500); what this program does not understand is passed over."""
    found: list[Placed] = []
    for at, node, epoch, seq, raw, digest in journal.database.rows(SELECT, (pos, MOST)):
        pos = int(at)
        try:
            line = _lines.decode(bytes(raw))
            fact = decode(line.k, line.v, line.d)
        except (msgspec.DecodeError, Unknown):
            continue
        digest = bytes(digest)
        found.append(
            Placed(
                fact=fact,
                id=fact_id(node, int(epoch), int(seq), digest),
                ord=causal_order(line.n or line.s, digest),
                node=node,
                t=line.t,
                m=line.m,
                boot=line.b,
                actor=line.a,
                hall=line.h,
            )
        )
    return Tail(found, pos)


class Newest(NamedTuple):
    """Number and wall time (ms UTC) of the newest line of a file."""

    seq: int
    t: int


def newest(journal: Journal) -> Newest | None:
    """The newest line; None in an empty file."""
    rows = journal.database.rows("SELECT seq, line FROM event ORDER BY pos DESC LIMIT 1")
    return Newest(int(rows[0][0]), _lines.decode(bytes(rows[0][1])).t) if rows else None
