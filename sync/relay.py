"""Passing on: a number host posts the segments of its PCs to its own upstream node, byte for byte as they were signed.

The upstream node knows their keys from the number host's log, stores them as if they had come themselves, and answers for
the log they are of. What was passed on tells nothing of clocks, and gets no feed: its PC is fed by the number host.
"""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from storage import nodes, relays
from storage.journal import Journal
from storage.receive import Exchange, accept
from sync import answer, segment
from sync.centre import Centre
from sync.post import NotAnAnswer, Post
from sync.wire import WireError

RELAY_PATH: Final = "/v1/relay"
NEXT_S: Final = 0.0
log = logging.getLogger("sync.relay")


def take_in(centre: Centre, body: bytes, now_t: int) -> bytes:
    """A segment in that another node brings, its answer out, in the centre's thread.

    Raises WireError, StorageError, Problem.
    """
    received = segment.read(body)
    sender = centre.sender(received)
    batch = msgspec.structs.replace(received.batch, scope=sender.scope)
    receipt = accept(centre.journal, batch, now_t, Exchange("", 0))
    if receipt.have <= batch.last:
        centre.note_relayed(received.header)
    return answer.write(answer.ack_of(receipt, now_t=now_t, next_s=NEXT_S), centre.key.sign, [])


def pass_on(journal: Journal, post: Post) -> int:
    """One segment of each log that waits; returns how many went. Raises NoAnswer."""
    upstream = nodes.upstream(journal.database)
    passed = 0
    for one in relays.waiting(journal) if upstream is not None else ():
        body = relays.next_segment(journal.database, one)
        if body is None or upstream is None:
            continue
        try:
            ack = answer.read(post.send(body, RELAY_PATH), upstream.key)
        except WireError as error:
            raise NotAnAnswer(error.code) from error
        if (ack.node, ack.epoch) != (one.node, one.epoch):
            raise NotAnAnswer("other-log")
        if ack.have == one.acked:
            log.debug("log %s/%s is not taken upstream beyond %s", one.node, one.epoch, ack.have)
            continue
        relays.passed_on(journal, one, min(ack.have, ack.common), ack.durable)
        passed += 1
    return passed
