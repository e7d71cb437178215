"""A node enrols with its upstream node: over HTTP at once, or by two files that a person carries.

Errors: EnrolError, NoAnswer, WireError (a file or an answer that is none), ValueError for a code that cannot be one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from storage.journal import Journal
from storage.nodes import Upstream
from sync import enrol
from sync.keys import NodeKey
from sync.post import Post
from sync.wire import decode

if TYPE_CHECKING:
    import httpx


def request_of(journal: Journal, key: NodeKey, code: str, app: str) -> bytes:
    """The request as it travels."""
    return msgspec.json.encode(enrol.ask(journal, key, enrol.code_key(code), app))


def take_welcome(journal: Journal, key: NodeKey, code: str, answer: bytes) -> Upstream:
    """The upstream node is trusted from now on."""
    return enrol.accept_welcome(journal, key, enrol.code_key(code), decode(answer, enrol.Welcome))


def join(
    journal: Journal,
    key: NodeKey,
    url: str,
    code: str,
    app: str,
    transport: httpx.BaseTransport | None = None,
    ca: Path | None = None,
) -> Upstream:
    """Both at once."""
    request = request_of(journal, key, code, app)
    post = Post(url, transport, ca)
    try:
        answer = post.send_json(enrol.ENROL_PATH, request)
    finally:
        post.close()
    return take_welcome(journal, key, code, answer)
