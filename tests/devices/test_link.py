"""A link whose loop is busy while its device floods: what waits is bounded, and everything but bytes is kept."""

import asyncio

from devices.errors import LineSettings
from devices.link import WAITING_MOST_BYTES, Link
from devices.port import Down, Received, Sink, Up, Written

PIECE = bytes(4096)
FLOOD_PIECES = 4_000


class Held:
    """A transport in the test's hands."""

    sink: Sink

    def start(self, sink: Sink) -> None:
        self.sink = sink

    def write(self, data: bytes) -> None:
        """Taken, and told by the test."""

    def stop(self) -> None: ...

    def close(self) -> None: ...


async def test_what_a_flood_brings_while_the_loop_is_busy_does_not_pile_up() -> None:
    transport, heard = Held(), bytearray()
    link = Link("A", LineSettings(), lambda: 0, lambda port, line: transport)
    link.receiver = heard.extend
    opening = asyncio.create_task(link.open())
    await asyncio.sleep(0)
    transport.sink(Up())
    await opening
    link.send(b"?")
    for _ in range(FLOOD_PIECES):  # the loop does not run meanwhile
        transport.sink(Received(PIECE))
    transport.sink(Written(1))
    waiting_bytes = sum(len(event.data) for event in link._events if isinstance(event, Received))
    assert waiting_bytes <= WAITING_MOST_BYTES + len(PIECE)
    transport.sink(Down(None))
    await link.flush()
    assert await link.ended() is None
    assert link.budget.dropped_bytes + len(heard) == FLOOD_PIECES * len(PIECE), "every byte was heard or counted"


async def test_a_loop_that_was_busy_hears_all_that_a_line_can_bring() -> None:
    transport, heard = Held(), bytearray()
    link = Link("A", LineSettings(), lambda: 0, lambda port, line: transport)
    link.receiver = heard.extend
    opening = asyncio.create_task(link.open())
    await asyncio.sleep(0)
    transport.sink(Up())
    await opening
    sent = bytes(range(256)) * 40
    for byte in sent:
        transport.sink(Received(bytes([byte])))
    transport.sink(Down(None))
    await link.ended()
    assert heard == sent
