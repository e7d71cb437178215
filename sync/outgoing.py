"""The next segment of an own log: cut from the mark on, or nothing but hashes when the place is sought where logs part."""

from __future__ import annotations

from typing import NamedTuple

from storage import outbox
from storage.chain import next_hash
from storage.facts import Moment
from storage.journal import Journal
from storage.outbox import Standing
from sync import answer, segment
from sync.keys import NodeKey
from sync.segment import Cursor, Header, Line, Parting, Status
from sync.wire import Clock


class Sent(NamedTuple):
    """The span of a segment: its first and last seq; ``last`` is ``first - 1`` when it carries no line."""

    first: int
    last: int

    @property
    def lines(self) -> int:
        """How many lines it carries."""
        return self.last - self.first + 1


class Outgoing(NamedTuple):
    """A segment and what it spans."""

    body: bytes
    sent: Sent


def next_segment(
    journal: Journal,
    own: Standing,
    key: NodeKey,
    now: Moment,
    most: int,
    *,
    cursor: Cursor = Cursor(),  # noqa: B008
    status: Status = Status(),  # noqa: B008
    app: str = "",
    probe: int | None = None,
    with_receipt: bool = True,
) -> Outgoing:
    """At most ``most`` lines after the mark, as far as they are what was written (none: the first of them is damaged
    here); with ``probe`` only the question whether the logs are equal up to there; ``with_receipt``: the last answer is
    enclosed.
    """
    before = own.acked if probe is None else probe
    rows = [] if probe is not None else [Line(*row) for row in outbox.unsent(journal, own, most)]
    prev = outbox.hash_at(journal, own, before) or b""
    lines = segment.fitting(_sound(prev, rows), most)
    header = Header(
        node=own.node,
        epoch=own.epoch,
        first=before + 1,
        n=len(lines),
        prev=prev.hex(),
        head=(lines[-1].digest if lines else prev).hex(),
        now=Clock(now.t, now.m, now.boot),
        cursor=cursor,
        app=app,
        st=status,
        parent=Parting(own.parent_epoch, own.parent_seq, own.parent, own.why) if own.parent else None,
        receipt=answer.kept_of(outbox.receipt(journal)) if with_receipt else None,
    )
    body = segment.write(header, [one.line for one in lines], key.sign)
    return Outgoing(body, Sent(before + 1, before + len(lines)))


def _sound(prev: bytes, rows: list[Line]) -> list[Line]:
    """The lines up to the first that does not hash to what stands beside it."""
    for n, row in enumerate(rows):
        if next_hash(prev, row.line) != row.digest:
            return rows[:n]
        prev = row.digest
    return rows
