"""A receipt that came back: the same judgement as over the line, for each answer in turn.

A receipt may be old: the line worked meanwhile, or another stick was faster. What it says is then known already and moves
nothing. Which of two answers is the later one is told by the position of the store that gave them, not by a clock; an
answer of a store with another id (it was put back to an earlier state) counts only if nothing was heard since the bundle
was made.

Errors: BundleError.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from storage import nodes, outbox
from storage.feed import Cursor
from storage.feed import cursor as cursor_of
from storage.journal import Journal
from storage.outbox import Standing
from sync import answer, receipt, taking
from sync.answer import Ack
from sync.bundle import BundleError
from sync.feed import Intake
from sync.outgoing import Sent
from sync.post import NotAnAnswer
from sync.receipt import Entry, Manifest, Place
from sync.settle import Result
from sync.taking import Answered, Asked


class Came(StrEnum):
    """What a receipt, or one answer in it, came to. ``known``: it says nothing new; ``gap``: an earlier bundle is not there
    yet; ``forked``, ``went_back``: this disk goes on under a new epoch; ``rewound``: the next bundle holds more again.
    """

    STORED = "stored"
    KNOWN = "known"
    GAP = "gap"
    REWOUND = "rewound"
    FORKED = "forked"
    WENT_BACK = "went_back"


CAME = {
    Result.STORED: Came.STORED,
    Result.REWOUND: Came.REWOUND,
    Result.SEARCHING: Came.REWOUND,
    Result.FORKED: Came.FORKED,
    Result.WENT_BACK: Came.WENT_BACK,
}


class Returned(Struct, frozen=True):
    """Of one receipt: facts of that log upstream now, facts that wait in all logs, facts of the feed that came, and
    whether more of the feed waits there.
    """

    came: Came
    acked: int
    waiting: int
    fed: int
    more: bool


def take_receipt(journal: Journal, intake: Intake, parts: list[bytes], now_t: int) -> Returned:
    """Judge and settle every answer, each in its own transaction; doing it again changes nothing.

    Raises BundleError and StorageError.
    """
    upstream = nodes.upstream(journal.database)
    if upstream is None:
        raise BundleError("not-enrolled")
    manifest, answers = receipt.read(parts, upstream.key)
    if manifest.node != journal.identity.node:
        raise BundleError("other-log")
    came, fed, more = Came.KNOWN, 0, False
    for entry, packed in zip(manifest.answers, answers, strict=True):
        try:
            found = taking.read(packed, upstream.key)
            if _is_known(journal, upstream.key, manifest, found.ack):
                continue
            with_feed = _goes_on(cursor_of(journal.database), entry.since, found.ack)
            now_came = _take(journal, intake, entry, found, now_t, with_feed=with_feed)
        except NotAnAnswer as error:
            raise BundleError("other-log") from error
        if now_came is Came.KNOWN:
            continue
        came, more = now_came, found.ack.more
        if came is Came.GAP:
            break
        fed += len(found.given) if with_feed else 0
    acked = _standing(journal, manifest.answers[-1].epoch).acked
    return Returned(came, acked, outbox.all_waiting(journal), fed, more)


def _take(journal: Journal, intake: Intake, entry: Entry, found: Answered, now_t: int, *, with_feed: bool) -> Came:
    own, ack = _standing(journal, entry.epoch), found.ack
    if outbox.hash_at(journal, own, entry.last) != bytes.fromhex(entry.head):
        raise BundleError("other-log")  # of a copy of this disk, or from before it was put back
    if own.is_closed and entry.last > own.end:
        return Came.KNOWN  # those lines were carried into another log since
    sent = Sent(entry.first, entry.last)
    if own.acked <= ack.have < sent.first - 1 and outbox.hash_at(journal, own, ack.have) == bytes.fromhex(ack.head):
        return Came.GAP
    step = taking.take(journal, intake, Asked(own, sent), found, now_t, with_feed=with_feed)
    if step.result is Result.SEARCHING:  # one question a stick would take for ever: the next bundle tells everything
        own = _standing(journal, entry.epoch)
        outbox.acknowledge(journal, own, own.pruned, own.durable)
    return CAME[step.result]


def _standing(journal: Journal, epoch: int) -> Standing:
    for one in outbox.logs(journal):
        if one.epoch == epoch:
            return one
    raise BundleError("other-log")


def _is_known(journal: Journal, key: str, manifest: Manifest, ack: Ack) -> bool:
    """Whether something later was heard of the upstream node."""
    kept = answer.kept_of(outbox.receipt(journal))
    last = answer.proven(kept, key) if kept else None
    if last is None:
        return False
    if ack.store == last.store:
        return ack.rev < last.rev
    return Place(last.store, last.rev) != manifest.heard


def _goes_on(known: Cursor, since: Place, ack: Ack) -> bool:
    """Whether the feed lines of an answer follow on what is known here, and lead beyond it."""
    if since.store == known.store:
        return since.rev <= known.rev < ack.feed
    return since.rev == 0
