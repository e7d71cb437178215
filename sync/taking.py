"""Taking an answer, however it came: over the line or on a stick. One judgement, one transaction."""

from __future__ import annotations

import logging
from typing import NamedTuple

from storage import outbox
from storage.database import Database
from storage.feed import Cursor
from storage.journal import Journal
from storage.outbox import Standing
from sync import answer, feed
from sync.answer import Ack, Kept
from sync.feed import FeedLine, Intake
from sync.outgoing import Sent
from sync.post import NotAnAnswer
from sync.settle import Search, Step, judge, settle
from sync.wire import WireError

log = logging.getLogger("sync.taking")


class Asked(NamedTuple):
    """What was sent: lines of an own log as it stands, and the search it belongs to."""

    own: Standing
    sent: Sent
    search: Search | None = None


class Answered(NamedTuple):
    """An answer that the upstream node signed."""

    ack: Ack
    kept: Kept
    given: list[FeedLine]


def read(packed: bytes, key: str) -> Answered:
    """The answer of any bytes, if ``key`` (hex) signed it; raises NotAnAnswer."""
    try:
        found = answer.read_whole(packed, key)
        return Answered(found.ack, found.kept, feed.read_lines(found.lines))
    except WireError as error:
        raise NotAnAnswer(error.code) from error


def take(
    journal: Journal, intake: Intake, asked: Asked, found: Answered, now_t: int, *, with_feed: bool = True
) -> Step:
    """What follows for the log, its mark and the feed, done; raises NotAnAnswer when it cannot be about what was sent."""
    own, ack = outbox.as_it_stands(journal, asked.own), found.ack
    if ack.asked != (outbox.hash_at(journal, own, asked.sent.last) or b"").hex():
        raise NotAnAnswer("other-request")
    step = judge(own, ack, asked.sent, lambda seq: outbox.hash_at(journal, own, seq), asked.search)
    upto = Cursor(ack.store, ack.feed)

    def also(database: Database) -> None:
        if ack.feed and with_feed:
            intake.take(database, own=own.node, given=found.given, upto=upto)
        outbox.keep_heard(database, now_t)

    parted = settle(journal, own, step, ack, found.kept, now_t, also)
    if parted is not None:
        words = "epoch %s of %s ended (%s): %s facts carried, %s lost"
        log.warning(words, own.epoch, own.node, step.cause, parted.carried, parted.lost)
    return step
