"""Many nodes that come back at once: raw sockets, each log with its own segments, pauses as the centre asks for them."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from storage.chain import first_hash, next_hash
from storage.facts import NodeEnrolled
from storage.journal import Journal
from sync import answer, segment
from sync.segment import Header
from sync.wire import SYNC_PATH, Clock
from tests.sync.facts import at, line_by_hand
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

LATEST_S = 900
AT_ONCE = 400
"""Connections this side keeps open; a machine has only so many descriptors."""


def names(count: int) -> list[str]:
    return [f"36{n:05d}" for n in range(count)]


def enrol(centre: Journal, count: int) -> None:
    """All of them have one key: that saves making thousands."""
    with centre.write("-", at(0)) as tx:
        for name in names(count):
            tx.record(NodeEnrolled(node=name, scope="3301", key=DEVICE_KEY.public))


def segments(node: str, count: int, events: int) -> Iterator[bytes]:
    """The log of a node, cut into so many segments."""
    prev = head = first_hash(node, 0)
    for part in range(count):
        first = part * events + 1
        lines = [line_by_hand(seq) for seq in range(first, first + events)]
        for line in lines:
            head = next_hash(head, line)
        header = Header(
            node=node, epoch=0, first=first, n=events, prev=prev.hex(), head=head.hex(), now=Clock(0, first, "b0")
        )
        yield segment.write(header, lines, DEVICE_KEY.sign)
        prev = head


class Herd(Struct, frozen=True):
    """What came of it: answers by status (0: none), s of each answer, s until each log was drained."""

    statuses: Counter[int]
    answers_s: list[float]
    drained_s: list[float]


class Comer:
    """One node; goes on until the centre has all of it."""

    def __init__(self, port: int, bodies: list[bytes], source: random.Random, pause_share: float) -> None:
        self.port, self.bodies, self.random, self.pause_share = port, bodies, source, pause_share
        self.statuses: Counter[int] = Counter()
        self.answers_s: list[float] = []
        self.drained_s = 0.0

    async def drain(self, room: asyncio.Semaphore) -> None:
        began = time.monotonic()
        for last, body in enumerate(self.bodies, 1):
            while True:
                async with room:
                    status, packed, wait_s = await self._ask(body)
                self.statuses[status] += 1
                if status == 200:
                    assert answer.read_whole(packed, CENTRE_KEY.public).ack.have >= last
                    break
                assert time.monotonic() - began < LATEST_S, f"never answered: {self.statuses}"
                await asyncio.sleep(self.random.uniform(0.2, 1) * max(wait_s, 1) * self.pause_share)
        self.drained_s = time.monotonic() - began

    async def _ask(self, body: bytes) -> tuple[int, bytes, float]:
        """Status, body, Retry-After; 0 when there was no answer."""
        began = time.monotonic()
        head = (
            f"POST {SYNC_PATH} HTTP/1.1\r\nHost: centre\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n"
            f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                writer.write(head.encode() + body)
                said = await reader.read()
            finally:
                writer.close()
        except OSError:
            return 0, b"", 1
        lines, _gap, packed = said.partition(b"\r\n\r\n")
        if not lines:
            return 0, b"", 1
        self.answers_s.append(time.monotonic() - began)
        fields = dict(line.lower().split(b": ", 1) for line in lines.split(b"\r\n")[1:])
        return int(lines.split()[1]), packed, float(fields.get(b"retry-after", b"0"))


def come_back(port: int, logs: list[list[bytes]], seed: int, pause_share: float = 1.0) -> Herd:
    """All at once; returns when all are drained. ``pause_share`` shortens the pauses that the centre asks for."""
    source = random.Random(seed)
    comers = [Comer(port, bodies, source, pause_share) for bodies in logs]

    async def all_at_once() -> None:
        room = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(comer.drain(room) for comer in comers))

    asyncio.run(all_at_once())
    return Herd(
        sum((comer.statuses for comer in comers), Counter()),
        [one for comer in comers for one in comer.answers_s],
        [comer.drained_s for comer in comers],
    )


def prepare(folder: Path, count: int, parts: int, events: int) -> tuple[Path, list[list[bytes]]]:
    """A centre's file that knows them, and their logs."""
    path = folder / "centre.db"
    centre = Journal.open(path)
    centre.found("centre-1", "")
    enrol(centre, count)
    centre.close()
    return path, [list(segments(name, parts, events)) for name in names(count)]
