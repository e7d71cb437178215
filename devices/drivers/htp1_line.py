"""Requests and replies of HTP/1, on a line of its own or on a bus that other devices share.

On a bus (option "bus") nothing is sent outside a turn, frames of other addresses are passed over, damaged bytes are
charged to the device whose answer is awaited, and a device that is silent already is asked once, not three times.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from devices.codecs import htp1
from devices.codecs.htp1 import Frame
from devices.codecs.htp1_messages import REPLY, Message, Nak, NakCode, pack, unpack
from devices.drivers.base import DriverContext
from devices.errors import PortError

REPLY_BYTES: Final = 48
"""Room for the longest usual reply on the line, HELLO_ACK with escapes."""
NAK_REASONS: Final = {int(code): code.name.lower() for code in NakCode}


class NoReplyError(Exception):
    """The device did not answer in any try."""


class RefusedError(Exception):
    """The device answered NAK with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Htp1Line:
    """One outstanding request at a time; everything else the device says goes to `on_message`."""

    def __init__(self, context: DriverContext, on_message: Callable[[Frame, Message], None]) -> None:
        self.address = context.address or htp1.ADDR_ALONE
        self.reply_address = self.address
        self.heard_ms = context.clock()
        self._context = context
        self._on_message = on_message
        self._decoder = htp1.Decoder()
        self._seq = 0
        self._bus = bool(context.options.get("bus"))
        self._silent = False
        self._sent: tuple[int, int, int] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._waiting: tuple[int, int, asyncio.Future[Message]] | None = None

    def received(self, data: bytes) -> None:
        frames = self._decoder.feed(data)
        ours = [frame for frame in frames if frame.from_device and self.address in (htp1.ADDR_ALONE, frame.addr)]
        self._count(len(ours))
        for frame in frames:
            if frame in ours:
                self._take(frame)
            elif (frame.addr, frame.type, frame.seq) == self._sent and not frame.from_device:
                self._context.counters.echoes += 1
            elif not self._bus:
                self._context.counters.strays += 1

    async def request(self, message: Message) -> Message:
        """The reply; NoReplyError after all tries, RefusedError for a NAK, PortError if the line breaks."""
        async with self._context.link.turn:
            kind, payload = pack(message)
            seq = self._next_seq()
            reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            self._waiting = (kind, seq, reply)
            try:
                return await self._try(Frame(self.address, kind, seq, payload, htp1.ACK_REQ), reply)
            finally:
                self._waiting = None

    def tell(self, message: Message) -> None:
        """Sends what is never answered; a broken line is noticed elsewhere."""
        kind, payload = pack(message)
        frame = Frame(self.address, kind, self._next_seq(), payload)
        if self._bus:
            task = asyncio.get_running_loop().create_task(self._tell_in_turn(frame))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)
        else:
            with contextlib.suppress(PortError):
                self._send(frame)

    async def _tell_in_turn(self, frame: Frame) -> None:
        link = self._context.link
        async with link.turn:
            with contextlib.suppress(PortError):
                await asyncio.sleep(link.line.transfer_s(self._send(frame)))

    def _send(self, frame: Frame) -> int:
        """The bytes of the frame on the wire."""
        wire = htp1.encode(frame)
        self._sent = (frame.addr, frame.type, frame.seq)
        self._context.link.send(wire)
        return len(wire)

    async def _try(self, frame: Frame, reply: asyncio.Future[Message]) -> Message:
        timing, counters, clock = self._context.timing, self._context.counters, self._context.clock
        for attempt in range(1 if self._bus and self._silent else 1 + timing.retries):
            if attempt:
                counters.retries += 1
                frame = Frame(frame.addr, frame.type, frame.seq, frame.payload, htp1.ACK_REQ | htp1.RETRANSMIT)
            sent_ms = clock()
            size_bytes = self._send(frame)
            limit_s = timing.reply_s + self._context.link.line.transfer_s(size_bytes + REPLY_BYTES)
            done, _ = await asyncio.wait({reply}, timeout=limit_s)
            if done:
                self._silent = False
                if not attempt:  # the answer to a repeated request tells no time
                    self._context.score.trips.add(clock() - sent_ms)
                answer = reply.result()
                if isinstance(answer, Nak):
                    counters.refused(NAK_REASONS.get(answer.code, ""))
                    raise RefusedError(answer.code)
                return answer
            counters.timeouts += 1
            self._context.score.add(clock(), 0, 1)
        self._silent = True
        raise NoReplyError

    def _next_seq(self) -> int:
        self._seq = self._seq % 255 + 1
        return self._seq

    def _take(self, frame: Frame) -> None:
        message = unpack(frame)
        if message is None:  # something newer than we are
            self._context.counters.strays += 1
            return
        self.heard_ms = self._context.clock()
        if not self._answers(frame, message):
            self._on_message(frame, message)

    def _answers(self, frame: Frame, message: Message) -> bool:
        if self._waiting is None or self._waiting[1] != frame.seq or self._waiting[2].done():
            return False
        kind, _, reply = self._waiting
        if frame.type != kind | REPLY and not (isinstance(message, Nak) and message.request_type == kind):
            return False
        self.reply_address = frame.addr
        reply.set_result(message)
        return True

    def _count(self, ours: int) -> None:
        stats, counters = self._decoder.stats, self._context.counters
        counters.frames += ours
        charged = not self._bus or self._waiting is not None
        self._context.score.add(self._context.clock(), ours, stats.bad if charged else 0)
        if charged:
            for field in ("crc_errors", "length_errors", "escape_errors", "noise_bytes"):
                setattr(counters, field, getattr(counters, field) + getattr(stats, field))
        self._decoder.stats = htp1.CodecStats()
