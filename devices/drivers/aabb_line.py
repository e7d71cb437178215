"""Questions to AA-BB strips: one at a time, answered by a single `1B` or by silence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from devices.codecs import aabb
from devices.codecs.aabb import Probe, Show, Variant
from devices.drivers.base import DriverContext

HEARD_MAX_BYTES: Final = aabb.FRAME_MAX_BYTES + 64
SAMPLE: Final = b"88"

Ask = Callable[[bytes], Awaitable[bool]]


class AabbLine:
    """The answer names no strip, so a question holds the line until it is answered or given up."""

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._echo = b""
        self._heard = bytearray()
        self._answer: asyncio.Event | None = None

    def received(self, data: bytes) -> None:
        if self._answer is None or self._answer.is_set():
            self._context.counters.noise_bytes += len(data)
            return
        self._heard += data
        if self._echo.startswith(self._heard[: len(self._echo)]):  # what an adapter brings back, so far
            if len(self._heard) < len(self._echo):
                return
            self._context.counters.echoes += bool(self._echo)
            del self._heard[: len(self._echo)]
        self._echo = b""
        if aabb.ACK in self._heard:
            self._answer.set()
        del self._heard[:-HEARD_MAX_BYTES]

    async def ask(self, wire: bytes) -> bool:
        """Whether a strip answered in any try; raises the PortError that prevented it."""
        timing, counters, score = self._context.timing, self._context.counters, self._context.score
        limit_s = timing.reply_s + self._context.link.line.transfer_s(len(wire) + 1)
        async with self._context.link.turn:
            for attempt in range(1 + timing.retries):
                counters.retries += attempt > 0
                sent_ms = self._context.clock()
                answered = await self._once(wire, limit_s)
                score.add(self._context.clock(), int(answered), int(not answered))
                if answered:
                    counters.frames += 1
                    score.trips.add(self._context.clock() - sent_ms)
                    return True
                counters.timeouts += 1
        return False

    async def _once(self, wire: bytes, limit_s: float) -> bool:
        self._answer = answer = asyncio.Event()
        self._echo, self._heard = wire, bytearray()
        try:
            self._context.link.send(wire)
            async with asyncio.timeout(limit_s):
                await answer.wait()
        except TimeoutError:
            return False
        finally:
            self._answer = None
        return True


async def learn_variant(ask: Ask, address: int) -> Variant | None:
    """Shows "88" with either check; the variant the strip answers to, None if to neither.

    `ask` sends bytes and tells whether `1B` came back, as `AabbLine.ask` does.
    """
    for variant in Variant:
        if await ask(aabb.encode(Show(address, SAMPLE), variant)):
            return variant
    return None


def probe(address: int) -> bytes:
    """Asks whether a strip of this address is there; harmless."""
    return aabb.encode(Probe(address), Variant.XOR)
