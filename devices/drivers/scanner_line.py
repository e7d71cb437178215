"""A bar code scanner on a port of its own, speaking in lines; what looks like card data goes no further.

Option `line_most_bytes`: longer lines are dropped.
"""

from typing import ClassVar, Final

from devices.card_data import is_card_data
from devices.codecs.line import LINE_MOST_BYTES, Decoder
from devices.drivers.base import DriverContext, Pressless
from devices.drivers.speech import whole
from devices.events import Identity, Role, Scanned

SAME_WITHIN_MS: Final = 1_500
HALF_LINE_MS: Final = 1_000


class ScannerLine(Pressless):
    """The same code twice within 1.5 s is one scan; half a line that was left lying joins no later one."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.SCANNER})

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._decoder = Decoder(whole(context.options, "line_most_bytes", LINE_MOST_BYTES))
        self._heard_ms = context.clock()
        self._last = ("", -SAME_WITHIN_MS)

    def received(self, data: bytes) -> None:
        now_ms, counters = self._context.clock(), self._context.counters
        if now_ms - self._heard_ms > HALF_LINE_MS:
            self._decoder.idle()
        self._heard_ms = now_ms
        before = self._decoder.stats.length_errors, self._decoder.stats.charset_errors
        for frame in self._decoder.feed(data):
            counters.frames += 1
            self._scanned(frame.text, now_ms)
        counters.length_errors += self._decoder.stats.length_errors - before[0]
        counters.scans_refused += self._decoder.stats.charset_errors - before[1]

    async def identify(self) -> Identity | None:
        """Nobody can be asked: an open port is a scanner."""
        return Identity()

    async def run(self) -> None:
        """Until the port ends; everything happens in `received`."""
        while True:
            self._context.wishes.changed.clear()
            await self._context.wishes.changed.wait()

    def _scanned(self, text: str, now_ms: int) -> None:
        counters = self._context.counters
        if is_card_data(text):
            counters.scans_refused += 1
            return
        repeated = text == self._last[0] and now_ms - self._last[1] < SAME_WITHIN_MS
        self._last = (text, now_ms)
        if repeated:
            counters.scans_repeated += 1
            return
        counters.scans += 1
        self._context.emit(Scanned(self._context.window, text))
