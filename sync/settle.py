"""What an answer means for an own log, and what follows: the whole table, as one pure function and one that acts.

| the answer says                                    | meaning                        | then                                |
|----------------------------------------------------|--------------------------------|-------------------------------------|
| all that was sent is there                         | stored, now or before          | the mark moves                      |
| less than the mark, with our hash there            | the store was put back         | the mark goes back, lines go again  |
| the same, but those lines are pruned here          | they are lost to that store    | new epoch, the rest is carried      |
| other lines after a place within what was sent     | two disks wrote this log       | new epoch, the rest is carried      |
| other lines from somewhere before what was sent on | the same                       | the place is sought by hashes first |
| more than we have, and all of ours was compared    | this disk was put back         | new epoch, nothing to carry         |
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from storage import epochs, outbox
from storage.database import Database
from storage.epochs import Cause, Parted
from storage.journal import Journal
from storage.outbox import Standing
from sync import answer
from sync.answer import Ack, Kept
from sync.outgoing import Sent
from sync.post import NotAnAnswer

Mine = Callable[[int], bytes | None]
"""The own chain hash after so many lines."""


class Result(StrEnum):
    """What one exchange came to. Only the first group moves the mark; nothing ever loses a fact."""

    STORED = "stored"
    REWOUND = "rewound"
    FORKED = "forked"
    WENT_BACK = "went_back"
    SEARCHING = "searching"

    BUSY = "busy"
    REFUSED = "refused"
    NOT_ENROLLED = "not_enrolled"
    NOT_AN_ANSWER = "not_an_answer"
    UNREACHABLE = "unreachable"
    STORE_FAULT = "store_fault"


class Search(Struct, frozen=True):
    """Both logs are equal up to ``low`` and not at ``high``."""

    epoch: int
    low: int
    high: int

    @property
    def probe(self) -> int:
        """Where to ask next."""
        return (self.low + self.high) // 2


class Step(Struct, frozen=True):
    """What follows from an answer: the mark, where and why the log ends if it does, the search if it goes on."""

    result: Result
    acked: int
    common: int = 0
    cause: Cause | None = None
    search: Search | None = None


def judge(own: Standing, ack: Ack, sent: Sent, mine: Mine, search: Search | None = None) -> Step:
    """Raises NotAnAnswer when the answer cannot be about this log and what was sent of it."""
    if (ack.node, ack.epoch) != (own.node, own.epoch):
        raise NotAnAnswer("other-log")
    if ack.have <= own.have and mine(ack.have) == bytes.fromhex(ack.head):
        return _agreed(own, ack, sent)
    if not sent.first - 1 <= ack.common <= sent.last:
        return _narrowed(own, Search(own.epoch, search.low if search else 0, min(sent.first - 1, ack.have)))
    if ack.common < sent.last:
        return Step(Result.FORKED, own.acked, ack.common, Cause.FORKED)
    if search is not None:
        return _narrowed(own, Search(own.epoch, max(search.low, sent.last), search.high))
    return _compared(own, ack, sent)


def _agreed(own: Standing, ack: Ack, sent: Sent) -> Step:
    """What is there is a beginning of our log."""
    if ack.have >= sent.last and ack.have >= own.acked:
        return Step(Result.STORED, min(ack.have, own.end))
    if ack.have >= own.acked:
        raise NotAnAnswer("contradiction")
    if ack.have < own.pruned:
        return Step(Result.FORKED, ack.have, ack.have, Cause.PRUNED)
    return Step(Result.REWOUND, ack.have)


def _narrowed(own: Standing, search: Search) -> Step:
    if search.high <= search.low:
        raise NotAnAnswer("contradiction")
    if search.high - search.low == 1:
        return Step(Result.FORKED, min(own.acked, search.low), search.low, Cause.FORKED)
    return Step(Result.SEARCHING, own.acked, search=search)


def _compared(own: Standing, ack: Ack, sent: Sent) -> Step:
    """All that was sent is there, and then comes something else. It was put back only if nothing of ours is left."""
    if sent.last < own.end or own.is_closed:
        return Step(Result.STORED, sent.last)
    if ack.have <= own.have:
        raise NotAnAnswer("contradiction")
    return Step(Result.WENT_BACK, sent.last, sent.last, Cause.WENT_BACK)


def settle(
    journal: Journal,
    own: Standing,
    step: Step,
    ack: Ack,
    kept: Kept,
    now_t: int,
    also: Callable[[Database], None] | None = None,
) -> Parted | None:
    """Do what follows; each part is one transaction, and doing it again changes nothing. ``also`` belongs to the first.

    While the place is sought where two logs part, nothing is known of this log at that store: no mark, nothing durable.
    """
    if step.search is not None:
        if also is not None:
            with journal.transaction() as database:
                also(database)
        return None
    text = answer.text_of(kept)
    outbox.acknowledge(journal, own, step.acked, ack.durable, store=ack.store, receipt=text, rev=ack.rev, also=also)
    if step.cause is None:
        return None
    return epochs.part(journal, own.epoch, step.common, step.cause, now_t)
