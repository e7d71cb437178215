"""Whether a line carries bytes: by a plug that joins TX and RX, or by a device that says back what it hears."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from devices.codecs.htp1_messages import Loop, LoopReply
from devices.drivers.htp1_line import Htp1Line, NoReplyError, RefusedError
from devices.errors import LineSettings
from devices.link import TransportFactory
from devices.port import SerialPort
from devices.technician.asking import asking
from devices.technician.line import OpenLine, opened
from devices.technician.monitor import Monitor
from devices.technician.results import Figure, Outcome, Tried
from devices.technician.rig import Rig

PATTERN: Final = bytes.fromhex("00FF55AA7E7D1113")
"""All zeros, all ones, both alternations, the flag and escape of HTP/1, XON and XOFF."""
FRAMES: Final = 1_000
REPLY_S: Final = 0.2
BITS: Final = 8
SILENT_MOST: Final = 10
"""So many frames without an answer, and nothing will come."""
Progress = Callable[["LoopFigures"], None]


class LoopFigures(msgspec.Struct, frozen=True):
    """`errors` are frames that came back damaged or not at all, `bit_errors` of `bits` sent; a lost byte is 8."""

    baud: int
    frames: int
    errors: int
    bits: int
    bit_errors: int
    lost_bytes: int
    rtt_ms_p50: float
    rtt_ms_p95: float
    asked: int = FRAMES

    @property
    def ber(self) -> float:
        """The share of wrong bits."""
        return self.bit_errors / self.bits if self.bits else 0.0

    @property
    def nothing_came(self) -> bool:
        """No plug, no device, or a wire that is cut."""
        return self.frames > 0 and self.lost_bytes * BITS == self.bits

    def tried(self, name: str) -> Tried:
        """As a test of a report: one damaged frame is a failure."""
        figures: dict[str, Figure] = {
            "baud": self.baud, "frames": self.frames, "errors": self.errors, "ber": self.ber,
            "rtt_ms_p50": round(self.rtt_ms_p50, 1), "rtt_ms_p95": round(self.rtt_ms_p95, 1),
        }  # fmt: skip
        code = "silent" if self.nothing_came else "damaged" if self.errors else ""
        return Tried(name, Outcome.FAIL if code else Outcome.PASS, code, figures)


async def plug_test(
    port: str, *, line: LineSettings = LineSettings(), frames: int = FRAMES,  # noqa: B008
    progress: Progress = lambda figures: None, monitor: Monitor | None = None, transport: TransportFactory = SerialPort,
) -> LoopFigures:  # fmt: skip
    """The pattern through a plug at one speed; PortError if the line breaks. Gives up after 10 frames of silence."""
    count = _Count(line.baud, frames)
    async with opened(port, line, monitor=monitor, transport=transport) as open_line:
        for _ in range(frames):
            count.add(PATTERN, *await _there_and_back(open_line))
            progress(count.figures())
            if count.silent == SILENT_MOST:
                break
    return count.figures()


async def plug_tests(
    port: str, bauds: Sequence[int], *, frames: int = FRAMES, progress: Progress = lambda figures: None,
    transport: TransportFactory = SerialPort,
) -> tuple[LoopFigures, ...]:  # fmt: skip
    """One after the other, the speeds in the order given."""
    return tuple(
        [
            await plug_test(port, line=LineSettings(baud), frames=frames, progress=progress, transport=transport)
            for baud in bauds
        ]
    )


async def loop_test(rig: Rig, *, frames: int = FRAMES, progress: Progress = lambda figures: None) -> LoopFigures:
    """LOOP to an HTP/1 device, each asked once so that every loss is seen; the driver must rest. PortError."""
    count = _Count(rig.link.line.baud, frames)
    with asking(rig, retries=0) as line:
        for number in range(frames):
            data = PATTERN + number.to_bytes(2, "big")
            begun = time.perf_counter()
            heard = await _said_back(line, data)
            count.add(data, heard, (time.perf_counter() - begun) * 1000)
            progress(count.figures())
            if count.silent == SILENT_MOST:
                break
    return count.figures()


async def _said_back(line: Htp1Line, data: bytes) -> bytes:
    try:
        answer = await line.request(Loop(data))
    except (NoReplyError, RefusedError):
        return b""
    return answer.data if isinstance(answer, LoopReply) else b""


async def _there_and_back(line: OpenLine) -> tuple[bytes, float]:
    begun = time.perf_counter()
    limit_s = REPLY_S + line.link.line.transfer_s(2 * len(PATTERN))
    heard = await line.ask(PATTERN, limit_s, lambda heard: len(heard) >= len(PATTERN))
    return heard, (time.perf_counter() - begun) * 1000


class _Count:
    def __init__(self, baud: int, asked: int) -> None:
        self._baud, self._asked = baud, asked
        self._frames = self._errors = self._bits = self._bit_errors = self._lost_bytes = 0
        self._trips_ms: list[float] = []
        self.silent = 0

    def add(self, sent: bytes, heard: bytes, trip_ms: float) -> None:
        self._frames += 1
        self._bits += BITS * len(sent)
        missing = max(0, len(sent) - len(heard))
        wrong = sum((one ^ other).bit_count() for one, other in zip(sent, heard, strict=False))
        self._lost_bytes += missing
        self._bit_errors += wrong + BITS * missing
        self._errors += heard != sent
        self.silent = 0 if heard else self.silent + 1
        if heard == sent:
            self._trips_ms.append(trip_ms)

    def figures(self) -> LoopFigures:
        return LoopFigures(
            self._baud, self._frames, self._errors, self._bits, self._bit_errors, self._lost_bytes,
            self._percentile(0.5), self._percentile(0.95), self._asked,
        )  # fmt: skip

    def _percentile(self, share: float) -> float:
        ordered = sorted(self._trips_ms)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
