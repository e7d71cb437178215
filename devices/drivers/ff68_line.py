"""Frames of one address on a line where everybody speaks unasked and no frame says who sent it.

What comes back within 300 ms of having been sent is our echo (adapters and some devices give one); what is heard twice
within 300 ms was pressed once.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from devices.codecs import ff68
from devices.codecs.ff68 import Frame
from devices.drivers.base import DriverContext

REPEAT_MS: Final = 300
QUIET_S: Final = 0.1
REMEMBERED_FRAMES: Final = 32


class Ff68Line:
    """Hands the frames of our address to `on_frame`, without echoes and repeats."""

    def __init__(self, context: DriverContext, on_frame: Callable[[Frame], None]) -> None:
        self._context = context
        self._on_frame = on_frame
        self._decoder = ff68.Decoder()
        self._sent: dict[Frame, int] = {}
        self._heard: dict[Frame, int] = {}
        self._quiet: asyncio.TimerHandle | None = None

    def received(self, data: bytes) -> None:
        if self._quiet is not None:
            self._quiet.cancel()
        self._take(self._decoder.feed(data))
        if self._decoder.buffered_bytes:
            self._quiet = asyncio.get_running_loop().call_later(QUIET_S, self._fell_quiet)

    async def send(self, frame: Frame) -> None:
        """Returns when the line took it; raises the PortError that prevented it."""
        async with self._context.link.turn:
            _remember(self._sent, frame, self._context.clock())
            self._context.link.send(ff68.encode(frame))
            await self._context.link.flush()
            _remember(self._sent, frame, self._context.clock())

    def _fell_quiet(self) -> None:
        self._take(self._decoder.idle())

    def _take(self, frames: list[Frame]) -> None:
        now_ms, counters, stats = self._context.clock(), self._context.counters, self._decoder.stats
        ours = [frame for frame in frames if frame.addr == self._context.address]
        counters.frames += len(ours)
        counters.strays += len(frames) - len(ours)
        counters.crc_errors += stats.crc_errors
        counters.length_errors += stats.length_errors
        counters.noise_bytes += stats.noise_bytes
        self._context.score.add(now_ms, len(ours), stats.crc_errors)
        self._decoder.stats = type(stats)()
        for frame in ours:
            self._sort(frame, now_ms)

    def _sort(self, frame: Frame, now_ms: int) -> None:
        if _recent(self._sent, frame, now_ms):
            self._context.counters.echoes += 1
            return
        repeated = _recent(self._heard, frame, now_ms)
        _remember(self._heard, frame, now_ms)
        if repeated:
            self._context.counters.strays += 1
        else:
            self._on_frame(frame)


def _recent(frames: dict[Frame, int], frame: Frame, now_ms: int) -> bool:
    at_ms = frames.get(frame)
    return at_ms is not None and now_ms - at_ms < REPEAT_MS


def _remember(frames: dict[Frame, int], frame: Frame, now_ms: int) -> None:
    frames.pop(frame, None)
    frames[frame] = now_ms
    while len(frames) > REMEMBERED_FRAMES:
        del frames[next(iter(frames))]
