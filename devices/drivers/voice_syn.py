"""The SYN6288 voice: asks whether it still speaks before each sentence, so that none cuts off another.

Options: `digits`, ten characters spoken for 0 to 9; `poll_ms` between two questions whether it still speaks.
"""

import asyncio
import contextlib
from typing import ClassVar, Final

from devices.codecs.syn6288 import Command, Frame, Reply, ReplyDecoder, encode
from devices.drivers.base import DriverContext, Pressless
from devices.drivers.speech import CHINESE_DIGITS, next_speech, spelled, whole
from devices.events import Identity, Role

POLL_MS: Final = 200
TRIES: Final = 2
ANSWERS_BYTES: Final = 2
STATES: Final = frozenset({Reply.BUSY, Reply.IDLE})


class VoiceSyn(Pressless):
    """One sentence at a time, in order; a frame that arrived damaged is sent once more."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.VOICE})

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._decoder = ReplyDecoder()
        self._replies: asyncio.Queue[Reply] = asyncio.Queue()
        self._poll_s = whole(context.options, "poll_ms", POLL_MS) / 1000
        digits = context.options.get("digits", CHINESE_DIGITS)
        self._digits = digits if isinstance(digits, str) and len(digits) in (0, 10) else CHINESE_DIGITS

    def received(self, data: bytes) -> None:
        for reply in self._decoder.feed(data):
            self._replies.put_nowait(reply)
        stats, counters = self._decoder.stats, self._context.counters
        counters.frames += stats.frames
        counters.noise_bytes += stats.noise_bytes
        self._decoder = ReplyDecoder()

    async def identify(self) -> Identity | None:
        return Identity(model="SYN6288") if await self._state() is not None else None

    async def run(self) -> None:
        """Returns when the chip no longer answers."""
        wishes = self._context.wishes
        while True:
            wishes.changed.clear()
            waiting = next_speech(self._context) is not None
            state = await self._state()
            if state is None:
                return
            if waiting and state is Reply.IDLE:
                await self._say()
            if wishes.speech:
                await asyncio.sleep(self._poll_s)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._context.timing.heart_s):
                    await wishes.changed.wait()

    async def _say(self) -> None:
        """The first of the queue, as it is now: something urgent may have come in front."""
        speech = next_speech(self._context)
        if speech is None:
            return
        self._context.wishes.speech.remove(speech)
        frame = Frame(Command.SAY, spelled(speech.text, self._digits))
        counters = self._context.counters
        for attempt in range(TRIES):
            counters.retries += attempt > 0
            answer = await self._ask(frame, frozenset({Reply.ACCEPTED, Reply.BAD_FRAME}))
            counters.naks += answer is Reply.BAD_FRAME
            if answer is None:
                answer = await self._state()  # perhaps only the answer got lost
            if answer in (Reply.ACCEPTED, Reply.BUSY):
                counters.spoken += 1
                await asyncio.sleep(self._poll_s)  # it takes a moment before it says that it is busy
                return
        counters.speech_dropped += 1

    async def _state(self) -> Reply | None:
        """Whether it speaks; None if it does not answer in any try."""
        for _ in range(1 + self._context.timing.retries):
            answer = await self._ask(Frame(Command.QUERY), STATES)
            if answer is not None:
                return answer
        return None

    async def _ask(self, frame: Frame, expected: frozenset[Reply]) -> Reply | None:
        """The first answer of those expected; None after the time of a reply."""
        context, wire = self._context, encode(frame)
        async with context.link.turn:
            while not self._replies.empty():
                self._replies.get_nowait()
            context.link.send(wire)
            limit_s = context.timing.reply_s + context.link.line.transfer_s(len(wire) + ANSWERS_BYTES)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limit_s):
                    while (reply := await self._replies.get()) not in expected:
                        pass
                    context.score.add(context.clock(), 1, 0)
                    return reply
        context.counters.timeouts += 1
        context.score.add(context.clock(), 0, 1)
        return None
