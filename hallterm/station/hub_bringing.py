"""A PC brings its number host the lines that the host's own disk lost when it was put back."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from storage import host_lost
from storage.journal import Journal
from storage.nodes import Upstream
from sync import answer, hub_wire
from sync.hub_wire import Lost, LostAnswer, LostPage
from sync.keys import NodeKey
from sync.post import NoAnswer, Post

MOST_PAGES = 100_000
NOTHING = "00" * 32
log = logging.getLogger(__name__)


def bring(
    journal: Journal, upstream: Upstream, post: Post, key: NodeKey, lost: Sequence[Lost], *, compared: bool
) -> None:
    """Every log of which the host has less, as far as it once signed it; what it never signed is noted. ``compared``: the
    host was told in this exchange what is known here, so ``lost`` is the whole of it. Raises NoAnswer, WireError.
    """
    unsigned = []
    for one in lost:
        kept = answer.kept_of(host_lost.signed(journal.database, one.epoch))
        if kept is None:
            unsigned.append(host_lost.Lost(one.epoch, one.after))
            continue
        asked = LostPage(node=journal.identity.node, epoch=one.epoch, first=1, prev=NOTHING, signed=kept)
        _bring(journal, upstream, post, key, asked)
    if compared and host_lost.note_unsigned(journal, upstream.node, unsigned):
        for epoch, after in unsigned:
            log.error("the number host lost epoch %s after line %s, and never signed more of it", epoch, after)


def _bring(journal: Journal, upstream: Upstream, post: Post, key: NodeKey, asked: LostPage) -> None:
    lines: tuple[bytes, ...] = ()
    for _n in range(MOST_PAGES):
        body = post.send(hub_wire.write(asked, key.sign, page=lines), hub_wire.LOST_PATH)
        wants, _pieces = hub_wire.answer(body, upstream.key, LostAnswer)
        if not wants.upto:
            return
        page = host_lost.page(journal.database, upstream.node, host_lost.Lost(asked.epoch, wants.after), wants.upto)
        if wants.epoch != asked.epoch or not page.lines:
            raise NoAnswer("not-an-answer")
        lines = page.lines
        asked = LostPage(
            node=asked.node, epoch=asked.epoch, first=page.first, prev=page.prev.hex(), signed=asked.signed
        )
