"""Following the journal: the facts that arrived in this file after a position."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from storage.carried import Told, tells_first
from storage.chain import as_bytes
from storage.facts import Line
from storage.journal import Journal
from storage.projections import Placed
from storage.understand import Why, understood

SELECT = "SELECT pos, node, epoch, seq, line, hash FROM event WHERE pos > ? ORDER BY pos LIMIT ?"
MOST = 500
_lines = msgspec.json.Decoder(Line)


class Tail(NamedTuple):
    """Facts in order of arrival, and the position to go on from."""

    facts: list[Placed]
    pos: int


def after(journal: Journal, pos: int) -> Tail:
    """The next facts (at most 500), each once; what this program does not understand is passed over."""
    database = journal.database
    found: list[Placed] = []
    for at, node, epoch, seq, raw, digest in database.rows(SELECT, (pos, MOST)):
        pos = int(at)
        said = understood(node, int(epoch), int(seq), as_bytes(raw), as_bytes(digest))
        if isinstance(said, Why) or said.placed is None:
            continue
        if tells_first(database, Told(pos, node, int(epoch), int(seq), said.birth)):
            found.append(said.placed)
    return Tail(found, pos)


class Newest(NamedTuple):
    """Number and wall time (ms UTC) of the newest line of a file."""

    seq: int
    t: int


def newest(journal: Journal) -> Newest | None:
    """The newest line; None in an empty file."""
    rows = journal.database.rows("SELECT seq, line FROM event ORDER BY pos DESC LIMIT 1")
    return Newest(int(rows[0][0]), _lines.decode(bytes(rows[0][1])).t) if rows else None
