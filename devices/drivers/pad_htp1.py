"""The rating pad on HTP/1: opens windows, reports presses upward, acknowledges only when the house says so.

On a bus nothing may speak unasked: what the pad has to say is fetched, quickly while somebody may press.
"""

import contextlib
import math
from typing import ClassVar, Final

from devices.codecs.htp1 import Frame
from devices.codecs.htp1_messages import (
    Ack,
    Close,
    CloseReason,
    DeviceClass,
    Fault,
    FaultCode,
    Fetch,
    FetchReply,
    Flags,
    Heart,
    Idle,
    Key,
    Message,
    Open,
    OpenReply,
    Pong,
    Rate,
    ReplyCode,
    unpack,
    unwrap,
)
from devices.drivers.base import DriverContext, WindowWish
from devices.drivers.htp1_device import Htp1Device
from devices.drivers.htp1_line import NoReplyError, RefusedError
from devices.events import (
    DeviceState,
    Identity,
    KeyPressed,
    PadFault,
    RatePressed,
    Role,
    WindowNotOpened,
    WindowOpened,
    WindowTimedOut,
)

IDLE_FETCH_S: Final = 1.0
FETCHED_MOST: Final = 8
"""Messages taken in one round; a pad that never runs dry must not keep the bus to itself."""
REPEAT_MS: Final = 1_000
"""On a bus a press is fetched until it is acknowledged; it is told to the house no more often than this."""


class PadHtp1(Htp1Device):
    """One pad for one window; the window's wish is opened again after each reconnect and reset."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.RATING_DEVICE})
    device_class = DeviceClass.RATING_PAD

    def __init__(self, context: DriverContext) -> None:
        super().__init__(context)
        self._open_wid: int | None = None
        self._shown: tuple[int, str] | None = None
        self._flags = Flags(0)
        self._told: tuple[int, int, int] = (-1, -1, 0)

    def misfit(self, identity: Identity) -> str:
        too_few = identity.keys < len(self.context.keys)
        return super().misfit(identity) or ("keys" if too_few else "")

    async def run(self) -> None:
        self._open_wid = self._shown = None
        self._flags = Flags(0)
        await super().run()

    def acknowledge(self, seq: int, code: int) -> None:
        self.line.tell(Ack(seq, code))

    def healthy_state(self) -> tuple[DeviceState, str]:
        if self.wishes.quarantined:
            return DeviceState.QUARANTINED, "tamper"
        if self._flags & Flags.STUCK_KEY:
            return DeviceState.DEGRADED, "stuck_key"
        return super().healthy_state()

    async def serve(self) -> None:
        if self.wishes.close is not None:
            await self._close(*self.wishes.close)
        window = self.wishes.window
        if window is not None and window.wid != self._open_wid:
            await self._open(window)
        if self.wishes.idle != self._shown and self.wishes.idle is not None:
            wanted = self.wishes.idle
            await self.line.request(Idle(*wanted))
            self._shown = wanted

    async def poll(self) -> None:
        if self.bus:
            for _ in range(FETCHED_MOST):
                if not await self._fetch():
                    break
        await super().poll()

    def silent(self) -> None:
        """Somebody waits for a window, and no OPEN has reached the pad: said now, not when it is too late."""
        window = self.wishes.window
        if window is not None and window.wid != self._open_wid:
            self._give_up(window.wid, "silent")

    def pause_s(self) -> float:
        if not self.bus:
            return super().pause_s()
        timing = self.context.timing
        awaited = self.wishes.window is not None or self._flags & Flags.RATING_WAITING
        return timing.fetch_s if awaited else min(IDLE_FETCH_S, super().pause_s())

    async def _fetch(self) -> bool:
        """Whether there may be more to fetch."""
        answer = await self.line.request(Fetch())
        if not isinstance(answer, FetchReply):
            return False
        place = Frame(self.line.address, 0, 0)
        self.heard(place, Heart(answer.state, answer.flags, answer.boot, 0))
        frame = unwrap(answer, place)
        message = unpack(frame) if frame is not None else None
        if frame is None or message is None:
            return False
        self.heard(frame, message)
        return not isinstance(message, Rate)

    async def _close(self, wid: int, reason: int) -> None:
        with contextlib.suppress(RefusedError):  # it has no such window, which is what we want
            await self.line.request(Close(wid, reason))
        if self._open_wid == wid:
            self._open_wid = None
        if self.wishes.close == (wid, reason):
            self.wishes.close = None

    async def _open(self, window: WindowWish) -> None:
        left_s = math.ceil((window.deadline_ms - self.context.clock()) / 1000)
        if left_s <= 0:
            self._give_up(window.wid, "expired")
            return
        try:
            answer = await self.line.request(Open(window.wid, left_s))
        except NoReplyError:
            self._give_up(window.wid, "silent")
            raise
        except RefusedError:
            self._give_up(window.wid, "refused")
            return
        if not isinstance(answer, OpenReply) or answer.code != ReplyCode.OK:
            self._give_up(window.wid, "refused")
            return
        self._open_wid = window.wid
        self.context.counters.windows_opened += 1
        self.context.emit(WindowOpened(self.context.window, self.identity.serial, window.wid))

    def _give_up(self, wid: int, why: str) -> None:
        """The pad may have opened it and lost only the answer, so it is closed when it speaks again."""
        self.context.counters.windows_not_opened += 1
        self.wishes.forget_window(wid)
        if why != "refused" and self.wishes.close is None:
            self.wishes.close = (wid, CloseReason.CANCELLED)
        self.context.emit(WindowNotOpened(self.context.window, wid, why))

    def hear(self, frame: Frame, message: Message) -> None:
        match message:
            case Rate():
                self._pressed(frame, message)
            case Key(key, _, held_ms):
                serial, now_ms = self.identity.serial, self.context.clock()
                self.context.emit(KeyPressed(self.context.window, serial, key, held_ms, int(self._flags), now_ms))
            case Heart(_, flags, _, _) | Pong(_, flags, _, _, _):
                self.flagged(Flags(flags))
            case Fault(code, detail, _):
                self._fault(code, detail)
            case _:
                self.context.counters.strays += 1

    def _pressed(self, frame: Frame, press: Rate) -> None:
        now_ms = self.context.clock()
        seq, wid, told_ms = self._told
        again = self.bus and (seq, wid) == (frame.seq, press.wid)
        if again and now_ms - told_ms < REPEAT_MS:
            return
        self._told = (frame.seq, press.wid, now_ms)
        self.context.counters.ratings += 0 if frame.retransmit or again else 1
        self.wishes.pressed(frame.seq, press.wid)
        self.context.emit(
            RatePressed(
                self.context.window, self.identity.serial, frame.seq, press.wid, press.key, press.t_ms, press.held_ms,
                self.identity.boot, int(self._flags), frame.retransmit or again, now_ms,
            )
        )  # fmt: skip

    def flagged(self, flags: Flags) -> None:
        if flags & Flags.CASE_OPEN and not self._flags & Flags.CASE_OPEN:
            self._tampered()
        changed = flags != self._flags
        self._flags = flags
        if changed:
            self.wishes.changed.set()

    def _fault(self, code: int, detail: int) -> None:
        serial = self.identity.serial
        if code == FaultCode.WINDOW_TIMED_OUT:
            self.wishes.forget_window(detail)
            self.context.emit(WindowTimedOut(self.context.window, serial, detail))
            return
        if code == FaultCode.TAMPER:
            self.flagged(self._flags | Flags.CASE_OPEN if detail else self._flags & ~Flags.CASE_OPEN)
            return
        if code in (FaultCode.STUCK, FaultCode.FREED):
            stuck = code == FaultCode.STUCK
            self.flagged(self._flags | Flags.STUCK_KEY if stuck else self._flags & ~Flags.STUCK_KEY)
        self.context.emit(PadFault(self.context.window, serial, code, detail))

    def _tampered(self) -> None:
        self.wishes.quarantined = True
        self.context.report(DeviceState.QUARANTINED, "tamper")
        self.context.emit(PadFault(self.context.window, self.identity.serial, FaultCode.TAMPER, 1))
