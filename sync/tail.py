"""A node asks its centre for the newest lines of its own log, when its disk was put back and has lost them.

What comes is what the node itself once sent, as segment files: whoever takes them over believes only where the own chain
goes on (:mod:`storage.salvage`, :mod:`storage.own_tail`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from storage import own_tail
from storage.journal import Journal
from storage.spooled import SUFFIX
from sync import segment, tokens
from sync.keys import NodeKey
from sync.post import NotAnAnswer, Post, Refused
from sync.wire import LOG_PATH, WireError

MOST_SEGMENTS = 20_000


def pull(journal: Journal, post: Post, key: NodeKey, wanted_by: str, now_t: int) -> int:
    """Ask for what this node's earlier logs lost and take it; returns the lines. Raises NoAnswer and StorageError."""
    with tempfile.TemporaryDirectory(prefix=".tail-", dir=_beside(journal)) as name:
        Asker(post, key, journal.identity.node).fetch(own_tail.marks(journal.database), Path(name), now_t)
        return own_tail.take_back(journal, Path(name), wanted_by)


def _beside(journal: Journal) -> Path | None:
    """The folder of the journal's file, if it has one."""
    where = journal.database.where
    return Path(where).parent if Path(where).is_file() else None


class Asker:
    """Who asks, of which centre; ``post`` is closed by whoever made it."""

    def __init__(self, post: Post, key: NodeKey, node: str) -> None:
        self._post = post
        self._key = key
        self._node = node
        self._off_ms = 0

    def fetch(self, have: Mapping[int, int], folder: Path, now_t: int) -> int:
        """Put the segments beyond ``have`` (lines by epoch) into an empty folder; returns how many. Raises NoAnswer."""
        known = dict(have)
        try:
            for n in range(MOST_SEGMENTS):
                body = self._next(known, now_t)
                if body is None:
                    return n
                header = segment.read(body).header
                last = header.first - 1 + header.n
                if header.node != self._node or last <= known.get(header.epoch, 0):
                    raise NotAnAnswer("other-log")
                known[header.epoch] = last
                (folder / f"{n:06d}{SUFFIX}").write_bytes(body)
        except WireError as error:
            raise NotAnAnswer(error.code) from error
        raise NotAnAnswer("endless")

    def _next(self, known: Mapping[int, int], now_t: int) -> bytes | None:
        target = f"{LOG_PATH}?{urlencode({'have': ','.join(f'{epoch}:{seq}' for epoch, seq in known.items())})}"
        try:
            return self._asked(target, now_t + self._off_ms)
        except Refused:
            off_ms = self._post.told_t - now_t if self._post.told_t else 0
            if abs(off_ms - self._off_ms) < tokens.NODE_WINDOW_MS:
                raise
        self._off_ms = off_ms  # this PC's clock is wrong: the centre said what time it is
        return self._asked(target, now_t + self._off_ms)

    def _asked(self, target: str, at_t: int) -> bytes | None:
        return self._post.fetch(target, tokens.authorization(self._key, self._node, target, at_t))
