"""A ticket printer on ESC/POS: asks its state before and after a job, and calls it printed only if both are good.

The real-time status bytes are those of `DLE EOT n`: 1 printer, 2 why it is offline, 4 paper; each is `0xx1xx10`.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import ClassVar, Final

import msgspec

from devices.drivers.base import DriverContext, Pressless
from devices.drivers.escpos_ticket import render
from devices.events import DeviceState, Identity, Role
from devices.ticket import PrintCode, PrintResult, TicketDoc

CHUNK_BYTES: Final = 512
STATUS_MASK: Final = 0x93
STATUS_FIXED: Final = 0x12
STATUS_KINDS: Final = (1, 2, 4)
FIRST_STATUS_S: Final = 1.0

PROBLEMS: Final[tuple[tuple[int, int, PrintCode], ...]] = (
    (4, 0x60, PrintCode.PAPER_OUT),
    (2, 0x20, PrintCode.PAPER_OUT),
    (2, 0x04, PrintCode.COVER_OPEN),
    (2, 0x40, PrintCode.ERROR),
    (1, 0x08, PrintCode.OFFLINE),
)
"""Which bits of which status byte mean what, the most useful answer first."""
PAPER_LOW: Final = 0x0C


class PrinterStatus(msgspec.Struct, frozen=True):
    """`problem` is None when it can print."""

    problem: PrintCode | None
    paper_low: bool


def read_status(answers: dict[int, int]) -> PrinterStatus:
    """What the answers to DLE EOT 1, 2 and 4 say together."""
    problem = next((code for kind, bits, code in PROBLEMS if answers[kind] & bits), None)
    return PrinterStatus(problem, bool(answers[4] & PAPER_LOW))


class PrinterEscpos(Pressless):
    """Prints one job at a time; polls its state in between."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.TICKET_PRINTER})

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._answers: asyncio.Queue[int] = asyncio.Queue()

    def received(self, data: bytes) -> None:
        for byte in data:
            if byte & STATUS_MASK == STATUS_FIXED:
                self._context.counters.frames += 1
                self._answers.put_nowait(byte)
            else:
                self._context.counters.noise_bytes += 1

    async def identify(self) -> Identity | None:
        return Identity() if await self._status(FIRST_STATUS_S) is not None else None

    async def run(self) -> None:
        """Returns when the printer no longer answers."""
        wishes = self._context.wishes
        while True:
            wishes.changed.clear()
            while wishes.jobs:
                await self._job(*wishes.jobs.popleft())
            status = await self._status(self._context.timing.printer_status_s)
            if status is None:
                return
            self._report(status)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._context.timing.heart_s):
                    await wishes.changed.wait()

    async def _job(self, doc: TicketDoc, done: Callable[[PrintResult], None]) -> None:
        result = PrintResult(PrintCode.NOT_READY)
        try:
            before = await self._status(self._context.timing.printer_status_s)
            if before is None or before.problem:
                result = PrintResult((before and before.problem) or PrintCode.OFFLINE)
                return
            result = PrintResult(PrintCode.UNSURE)
            await self._send(render(doc))
            after = await self._status(self._context.timing.printer_status_s)
            if after is not None:
                result = PrintResult(after.problem or PrintCode.PRINTED, after.paper_low)
        finally:
            printed = result.code is PrintCode.PRINTED
            self._context.counters.jobs_printed += printed
            self._context.counters.jobs_failed += not printed
            done(result)

    async def _send(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK_BYTES):
            self._context.link.send(data[start : start + CHUNK_BYTES])
            await self._context.link.flush()

    async def _status(self, limit_s: float) -> PrinterStatus | None:
        """None if the printer does not answer within the limit; asked one kind at a time, answers look alike."""
        answers: dict[int, int] = {}
        while not self._answers.empty():
            self._answers.get_nowait()
        for kind in STATUS_KINDS:
            self._context.link.send(bytes([0x10, 0x04, kind]))
            try:
                async with asyncio.timeout(limit_s):
                    answers[kind] = await self._answers.get()
            except TimeoutError:
                self._context.counters.timeouts += 1
                return None
        return read_status(answers)

    def _report(self, status: PrinterStatus) -> None:
        if status.problem or status.paper_low:
            self._context.report(DeviceState.DEGRADED, status.problem or "paper_low")
        else:
            self._context.report(DeviceState.READY, "")
