"""Readers of resident ID cards: read once when asked, name and number to whoever asked, the photo to nobody.

Option `budget_ms`: how long a card may take from the question to the answer.
"""

import asyncio
import contextlib
from typing import ClassVar, Final

from devices.card import CardCode, CardReading
from devices.card_data import is_resident_id
from devices.codecs.sam import CardText, Command, Decoder, Frame, Status, card_text, encode
from devices.codecs.scan import CodecStats
from devices.drivers.base import DriverContext, Pressless
from devices.drivers.speech import whole
from devices.events import Identity, Role

BUDGET_MS: Final = 1_500
FIND_AGAIN_S: Final = 0.2
ANSWER_BYTES: Final = 32

ANSWERS: Final[dict[Command, frozenset[bytes]]] = {
    Command.STATUS: frozenset({Status.OK}),
    Command.FIND: frozenset({Status.FOUND, Status.NO_CARD}),
    Command.SELECT: frozenset({Status.OK, Status.NOT_SELECTED}),
    Command.READ: frozenset({Status.OK, Status.NOT_READ}),
}
"""What a reader may answer to what; a late answer to an earlier question is passed over."""


class IdcardSam(Pressless):
    """Never reads unasked; keeps nothing of what it read."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.ID_CARD_READER})

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._budget_s = whole(context.options, "budget_ms", BUDGET_MS) / 1000
        self._decoder = Decoder()
        self._answers: asyncio.Queue[Frame] = asyncio.Queue()

    def received(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            self._answers.put_nowait(frame)
        stats, counters = self._decoder.stats, self._context.counters
        self._context.score.add(self._context.clock(), stats.frames, stats.crc_errors + stats.length_errors)
        for field in stats.__struct_fields__:
            setattr(counters, field, getattr(counters, field) + getattr(stats, field))
        self._decoder.stats = CodecStats()

    async def identify(self) -> Identity | None:
        return Identity(model="SAM") if await self._alive() else None

    async def run(self) -> None:
        """Returns when the reader no longer answers."""
        wishes = self._context.wishes
        while True:
            wishes.changed.clear()
            while wishes.readings:
                done = wishes.readings.popleft()
                reading = CardReading(CardCode.UNREADABLE)
                try:
                    reading = await self._read()
                finally:
                    done(reading)
            if not await self._alive():
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._context.timing.heart_s):
                    await wishes.changed.wait()

    async def _read(self) -> CardReading:
        """Find, select, read, within the budget; a card that is put down late is still found."""
        code = CardCode.NO_CARD
        try:
            async with asyncio.timeout(self._budget_s), self._context.link.turn:
                while await self._ask(Command.FIND) != Status.FOUND:
                    await asyncio.sleep(FIND_AGAIN_S)
                code = CardCode.UNREADABLE
                if await self._ask(Command.SELECT) != Status.OK:
                    return CardReading(code)
                card = await self._card()
        except TimeoutError:
            self._context.counters.timeouts += 1
            return CardReading(code)
        if card is None or not card.name or not is_resident_id(card.number):
            return CardReading(code)
        self._context.counters.cards_read += 1
        return CardReading(CardCode.READ, card.name, card.number)

    async def _card(self) -> CardText | None:
        answer = await self._exchange(Command.READ)
        return card_text(answer.data) if answer.status == Status.OK else None

    async def _ask(self, command: Command) -> bytes:
        return (await self._exchange(command)).status

    async def _exchange(self, command: Command) -> Frame:
        """The answer to this command, however long it takes: the caller has the budget and the turn."""
        self._forget()
        self._context.link.send(encode(Frame(command.value)))
        while (answer := await self._answers.get()).status not in ANSWERS[command]:
            self._context.counters.strays += 1
        return answer

    async def _alive(self) -> bool:
        timing = self._context.timing
        limit_s = timing.reply_s + self._context.link.line.transfer_s(ANSWER_BYTES)
        for _ in range(1 + timing.retries):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limit_s), self._context.link.turn:
                    await self._ask(Command.STATUS)
                    return True
            self._context.counters.timeouts += 1
        return False

    def _forget(self) -> None:
        """What was left of an earlier answer belongs to nobody any more."""
        while not self._answers.empty():
            self._answers.get_nowait()
        self._decoder = Decoder()
