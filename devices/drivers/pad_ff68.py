"""The rating pad of the FF68 line, with the caller keypad beside it. The host keeps the window, the pad knows none.

Nothing on this line says who is there: the pad is ready when the port is open ("unproven" until a key was heard), its
serial is its address, and what it sends is marked weak. The answer to a press is sent after the commit only.
Options: `keypad_acks` false if the caller keypad wants no echo as its answer.
"""

import asyncio
import contextlib
from collections import deque
from typing import ClassVar, Final

import msgspec

from devices.codecs import ff68
from devices.codecs.ff68 import START_RATING, Frame, Func
from devices.codecs.htp1_messages import AckCode, CloseReason
from devices.drivers.base import DriverContext, WindowWish
from devices.drivers.ff68_line import Ff68Line
from devices.drivers.ff68_window import HostWindow, PressKind
from devices.events import (
    CallerAction,
    CallerKey,
    DeviceState,
    Identity,
    KeyPressed,
    RatePressed,
    Role,
    WindowNotOpened,
    WindowOpened,
)

COUNT_16: Final = 0xFFFF
RESEND_MS: Final = 1_000
RESENDS_MOST: Final = 12
"""The pad tells a press once, so it is told to the house again until it is recorded, as better pads do themselves."""
SEQ_MOST: Final = 255
ENTER: Final = 0x0F
CALLER_KEYS: Final[dict[int, CallerAction]] = {
    0x0C: CallerAction.CALL,
    0x0D: CallerAction.RECALL,
    START_RATING: CallerAction.RATE,
    0x12: CallerAction.PAUSE,
    0x13: CallerAction.TRANSFER,
}
"""The last byte of what a caller keypad sends."""
ENTERED_KEYS: Final[dict[bytes, CallerAction]] = {
    bytes([6, ENTER]): CallerAction.NO_SHOW,
    bytes([0, ENTER]): CallerAction.HOLD,
    bytes([3, ENTER]): CallerAction.TAKE_BACK,
}
"""A digit and the enter key."""


def caller_action(data: bytes) -> CallerAction | None:
    """What a keypad's frame asks for, None if nothing that is known."""
    return ENTERED_KEYS.get(data) or (CALLER_KEYS.get(data[-1]) if data else None)


class PadFf68:
    """Keys are counted from 1: the pad's key 0 is key 1 of the binding."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.RATING_DEVICE})

    def __init__(self, context: DriverContext) -> None:
        self._context, self._wishes = context, context.wishes
        self._line = Ff68Line(context, self._hear)
        self._serial = f"ff68-{context.address}"
        self._window: HostWindow | None = None
        self._served: WindowWish | None = None
        self._stars: int | None = None
        self._rate: RatePressed | None = None
        self._told_ms, self._untold = 0, 0
        self._answers: deque[Frame] = deque()
        self._proven = False

    def received(self, data: bytes) -> None:
        self._line.received(data)

    async def identify(self) -> Identity | None:
        """Nobody can be asked; a technician finds the pad by its beep."""
        return Identity(serial=self._serial, address=self._context.address)

    def misfit(self, identity: Identity) -> str:
        return "" if identity.address else "address"

    def acknowledge(self, seq: int, code: int) -> None:
        """The house has decided; only a counted press, or the same once more, is answered."""
        rate, window = self._rate, self._window
        if rate is None or rate.seq != seq:
            return
        self._untold = 0
        if code in (AckCode.COUNTED, AckCode.DUPLICATE):
            self._answer(ff68.rating_taken(self._context.address, rate.key - 1))
            if window is not None:
                window.lock()
        elif window is not None:
            window.unlock()

    async def run(self) -> None:
        """Until the port ends."""
        while True:
            self._wishes.changed.clear()
            await self._serve()
            self._report()
            pause_s = min(self._context.timing.heart_s, RESEND_MS / 1000)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s if self._untold else self._context.timing.heart_s):
                    await self._wishes.changed.wait()

    async def _serve(self) -> None:
        while self._answers:
            await self._line.send(self._answers.popleft())
        if self._untold and self._context.clock() - self._told_ms >= RESEND_MS:
            self._tell_again()
        if self._wishes.close is not None:
            self._close(*self._wishes.close)
        window = self._wishes.window
        if window is not None and self._context.clock() >= window.deadline_ms:
            self._expire(window)
        elif window is not None and window != self._served:
            await self._open(window)
        if self._wishes.idle is not None and self._wishes.idle[0] != self._stars:
            stars = self._wishes.idle[0]
            await self._line.send(ff68.stars(self._context.address, min(ff68.STARS_MOST, max(0, stars))))
            self._stars = stars

    def _close(self, wid: int, reason: int) -> None:
        self._wishes.close = None
        if self._window is None or self._window.wid != wid:
            return
        if reason == CloseReason.RATED:
            self._window.lock()
        else:
            self._window = None

    def _expire(self, window: WindowWish) -> None:
        """Nobody pressed; a wish that was never served could not be asked at all."""
        self._wishes.forget_window(window.wid)
        if window != self._served and (self._window is None or self._window.wid != window.wid):
            self._context.counters.windows_not_opened += 1
            self._context.emit(WindowNotOpened(self._context.window, window.wid, "expired"))

    async def _open(self, window: WindowWish) -> None:
        await self._line.send(ff68.start_rating(self._context.address))
        now_ms = self._context.clock()
        if self._window is not None and self._window.wid == window.wid:
            self._window.ask_again(now_ms, window.deadline_ms)
        else:
            self._window = HostWindow(window.wid, now_ms, window.deadline_ms)
        self._served = window
        self._context.counters.windows_opened += 1
        self._context.emit(WindowOpened(self._context.window, self._serial, window.wid))

    def _hear(self, frame: Frame) -> None:
        if frame.func == Func.PAD_KEY and len(frame.data) == 1:
            self._prove()
            self._press(frame.data[0] + 1)
        elif frame.func == Func.KEY and frame.data:
            self._prove()
            self._caller(frame)
        else:
            self._context.counters.strays += 1

    def _press(self, key: int) -> None:
        now_ms, window = self._context.clock(), self._window
        kind = window.press(key, now_ms) if window is not None else PressKind.INFORMATION
        if window is None or kind is PressKind.INFORMATION:
            self._context.emit(KeyPressed(self._context.window, self._serial, key, 0, 0, now_ms))
        elif kind is PressKind.AGAIN:
            self._tell(retransmit=True)
        else:
            seq = next(reversed(self._wishes.presses), 0) % SEQ_MOST + 1
            t_ms = min(now_ms - window.opened_ms, COUNT_16)
            self._rate = RatePressed(
                self._context.window, self._serial, seq, window.wid, key, t_ms, 0, 0, 0, False, now_ms, weak=True
            )
            self._context.counters.ratings += 1
            self._untold = RESENDS_MOST
            self._wishes.pressed(seq, window.wid)
            self._tell()
            self._wishes.changed.set()

    def _tell(self, *, retransmit: bool = False) -> None:
        if self._rate is not None:
            self._told_ms = self._context.clock()
            self._context.emit(msgspec.structs.replace(self._rate, retransmit=retransmit))

    def _tell_again(self) -> None:
        """Nobody recorded it yet; in the end the citizen may press once more."""
        self._untold -= 1
        if self._untold:
            self._tell(retransmit=True)
        elif self._window is not None:
            self._window.unlock()

    def _caller(self, frame: Frame) -> None:
        """A keypad takes its own frame as the answer; the one frame that would start a rating is not sent back."""
        action = caller_action(frame.data)
        if self._context.options.get("keypad_acks", True) and frame.data[-1] != START_RATING:
            self._answer(frame)
        if action is None:
            self._context.counters.strays += 1
            return
        self._context.emit(CallerKey(self._context.window, frame.addr, action, self._context.clock()))

    def _answer(self, frame: Frame) -> None:
        self._answers.append(frame)
        self._wishes.changed.set()

    def _prove(self) -> None:
        if not self._proven:
            self._proven = True
            self._wishes.changed.set()

    def _report(self) -> None:
        if self._context.score.degraded:
            self._context.report(DeviceState.DEGRADED, "score")
        else:
            self._context.report(DeviceState.READY, "" if self._proven else "unproven")
