"""At a number host that was put back: which of its own lines each PC still has, and taking them back page by page.

``POST /v1/lost``: a page of lines out of the host's own log with the host's own signed word of the end of that log; the
answer says which page comes next. Nothing is believed that does not end at a hash this node has signed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from storage import host_lost
from storage.host_log import KnownLog
from storage.host_lost import Page, Regaining
from storage.journal import Journal
from sync import hub_wire
from sync.hub_wire import Lost, LostAnswer, LostPage

log = logging.getLogger("sync.hub")


class LostLines:
    """What is on its way back, by node and epoch; in the hub's thread."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._missed: dict[str, dict[int, int]] = {}
        self._coming: dict[tuple[str, int], Regaining] = {}
        self._unasked: set[str] = set()

    def compare(self, journal: Journal, node: str, known: Sequence[KnownLog]) -> None:
        """What ``node`` has and this host has not; what was on its way begins again."""
        found = host_lost.lost(journal, known)
        self._missed[node] = {one.epoch: one.after for one in found}
        for one in found:
            self._coming.pop((node, one.epoch), None)
        self._unasked.add(node)

    def wanted_of(self, node: str) -> tuple[Lost, ...]:
        """What the next answer asks of it, once."""
        if node not in self._unasked:
            return ()
        self._unasked.discard(node)
        return tuple(Lost(epoch, after) for epoch, after in self._missed.get(node, {}).items())

    def take(self, journal: Journal, asked: LostPage, lines: tuple[bytes, ...]) -> LostAnswer:
        """One page in, the name of the next one out; raises WireError for what this node never signed."""
        end = hub_wire.end_signed(asked.signed, self._key, journal.identity.node, asked.epoch)
        after = self._missed.get(asked.node, {}).get(asked.epoch)
        if after is None:
            return LostAnswer(asked.epoch, 0, 0)
        at = (asked.node, asked.epoch)
        coming = self._coming.get(at)
        if coming is None or coming.end != end:
            coming = self._coming[at] = Regaining(host_lost.Lost(asked.epoch, after), end)
        coming.take(journal, Page(asked.first, bytes.fromhex(asked.prev), lines))
        if not coming.wanted:
            del self._coming[at], self._missed[asked.node][asked.epoch]
            log.warning(
                "%s brought back %s lines of epoch %s that were lost here", asked.node, coming.lines, asked.epoch
            )
        return LostAnswer(asked.epoch, coming.after, coming.wanted)
