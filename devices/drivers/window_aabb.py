"""LED text strips on "AA-BB": one over a window, or one to four of following addresses as a hall board.

Options: `variant` ("xor", "sum"), `charset` ("gb2312", "gbk", "gb18030"), `columns` of half a Chinese character, `rows`,
`refresh_s`, and the style `show`, `speed`, `delay`, `colour`, `valid` of devices.codecs.aabb.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from devices.codecs import aabb
from devices.codecs.aabb import Charset, Show, Style, Variant
from devices.drivers.aabb_line import AabbLine, probe
from devices.drivers.base import DriverContext, Option
from devices.drivers.speech import whole
from devices.events import DeviceState, Identity, Role

COLUMNS: Final = 16
ROWS_MOST: Final = 4
REFRESH_S: Final = 60
BOARD_INTERVAL_MS: Final = 500
"""A hall board takes two writes a second at most: it redraws slowly, and flicker is no news."""
STYLE_MOST: Final = Style(show=0x0F, speed=7, delay=99, colour=2, valid=0xFE)


class StripOptions(msgspec.Struct, frozen=True):
    """What the profile and the binding say; ValueError from `read` if a value is none the protocol has."""

    variant: Variant = Variant.XOR
    charset: Charset = Charset.GB2312
    columns: int = COLUMNS
    rows: int = 1
    refresh_s: int = REFRESH_S
    style: Style = Style()

    @classmethod
    def read(cls, options: Mapping[str, Option]) -> "StripOptions":
        style = {name: whole(options, name, getattr(Style(), name)) for name in Style.__struct_fields__}
        if any(not 0 <= value <= getattr(STYLE_MOST, name) for name, value in style.items()):
            raise ValueError("style")
        rows, columns = whole(options, "rows", 1), whole(options, "columns", COLUMNS)
        if not 1 <= rows <= ROWS_MOST or columns < 1:
            raise ValueError("size")
        variant = Variant(str(options.get("variant", Variant.XOR)))
        charset = Charset(str(options.get("charset", Charset.GB2312)))
        return cls(variant, charset, columns, rows, max(1, whole(options, "refresh_s", REFRESH_S)), Style(**style))


class Pace:
    """At most one write in so many ms."""

    def __init__(self, interval_ms: int) -> None:
        self._interval_ms = interval_ms
        self._next_ms = 0

    def wait_ms(self, now_ms: int) -> int:
        return max(0, self._next_ms - now_ms)

    def wrote(self, now_ms: int) -> None:
        self._next_ms = now_ms + self._interval_ms


class WindowAabb:
    """The newest text wins; what was overtaken is never sent. An empty line is shown as a blank."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.WINDOW_DISPLAY, Role.HALL_BOARD})

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._line = AabbLine(context)
        self._options: StripOptions | None = None
        with contextlib.suppress(ValueError):
            self._options = StripOptions.read(context.options)
        self._pace = Pace(BOARD_INTERVAL_MS if context.role is Role.HALL_BOARD else 0)
        self._shown: dict[int, bytes] = {}
        self._refreshed_ms = context.clock()

    def received(self, data: bytes) -> None:
        self._line.received(data)

    async def identify(self) -> Identity | None:
        """Its address is all a strip tells."""
        address = self._context.address
        return Identity(address=address) if not address or await self._line.ask(probe(address)) else None

    def misfit(self, identity: Identity) -> str:
        if not identity.address:
            return "address"
        return "options" if self._options is None else ""

    def acknowledge(self, seq: int, code: int) -> None:
        """A strip has no presses."""

    async def run(self) -> None:
        """Returns when the strip no longer answers; one that answers a probe but no text wants the other check."""
        wishes, options = self._context.wishes, self._options or StripOptions()
        self._shown.clear()
        while True:
            wishes.changed.clear()
            taken = await self._bring(options)
            if not taken and not await self._line.ask(probe(self._context.address)):
                return
            self._report(taken)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(self._context.timing.heart_s, options.refresh_s)):
                    await wishes.changed.wait()
            if self._context.clock() - self._refreshed_ms >= options.refresh_s * 1000:  # it may have lost its power
                self._refreshed_ms = self._context.clock()
                self._shown.clear()

    async def _bring(self, options: StripOptions) -> bool | None:
        """Shows what is wished: whether the strips took it, None if there was nothing to show."""
        taken: bool | None = None
        while (wanted := self._next_row(options)) is not None:
            wait_ms = self._pace.wait_ms(self._context.clock())
            if wait_ms:
                await asyncio.sleep(wait_ms / 1000)
                continue  # the wish may have changed meanwhile
            row, text = wanted
            self._pace.wrote(self._context.clock())
            show = Show(self._context.address + row, text, options.style)
            if not await self._line.ask(aabb.encode(show, options.variant)):
                return False
            self._shown[row] = text
            taken = True
        return taken

    def _next_row(self, options: StripOptions) -> tuple[int, bytes] | None:
        """The first row that differs, counted from 0."""
        lines = self._context.wishes.lines
        if lines is None:
            return None
        padded = (*lines, *[""] * options.rows)[: options.rows]
        texts = (aabb.encode_text(line, options.columns, options.charset) or b" " for line in padded)
        return next(((row, text) for row, text in enumerate(texts) if self._shown.get(row) != text), None)

    def _report(self, taken: bool | None) -> None:
        if taken is False:
            self._context.report(DeviceState.DEGRADED, "text_refused")
        elif self._context.score.degraded:
            self._context.report(DeviceState.DEGRADED, "score")
        else:
            self._context.report(DeviceState.READY, "")
