"""A line as in the hills: so many kbit/s each way, a round trip, and cut off after so many bytes.

``speed`` makes the line's time pass faster than ours: at 10, a line of 20 kbit/s and 600 ms is played at 200 kbit/s and 60 ms.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import NamedTuple

from tests.sync.proxy import Proxy, through

PIECE_BYTES = 256


class Quality(NamedTuple):
    """``cut`` is between how many bytes, in both directions together, a connection ends; None: never."""

    bits_per_s: int = 20_000
    round_trip_s: float = 0.6
    cut: tuple[int, int] | None = None


class SlowLine(Proxy):
    """Carries whole connections, byte by byte in time."""

    def __init__(self, port: int, seed: int, quality: Quality, speed: float) -> None:
        super().__init__(port, seed, lambda _: through)
        self.quality, self.speed = quality, speed
        self.carried_bytes = self.cuts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.quality.round_trip_s / self.speed)  # the connection is made
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        left = [self.random.randint(*self.quality.cut) if self.quality.cut else 2**60]
        ways = [
            asyncio.create_task(self._carry(reader, far_writer, left)),
            asyncio.create_task(self._carry(far_reader, writer, left)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:  # the line itself ends
            pass
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, far_writer):
                with suppress(OSError):
                    end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: list[int]) -> None:
        """One way, until its end or the cut."""
        begins = True
        with suppress(OSError):
            while data := await reader.read(PIECE_BYTES):
                if begins:
                    await asyncio.sleep(self.quality.round_trip_s / 2 / self.speed)
                begins = len(data) < PIECE_BYTES
                await asyncio.sleep(len(data) * 8 / self.quality.bits_per_s / self.speed)
                self.carried_bytes += len(data)
                left[0] -= len(data)
                if left[0] <= 0:
                    self.cuts += 1
                    return
                writer.write(data)
                await writer.drain()
