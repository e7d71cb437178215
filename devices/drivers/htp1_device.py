"""What all HTP/1 devices share: identity by HELLO, supervision by HEART (by PING on a bus), wishes served in a loop."""

import asyncio
import contextlib
from typing import ClassVar, Final

from devices.codecs.htp1 import ADDR_ALONE, Frame
from devices.codecs.htp1_messages import DeviceClass, Flags, Heart, Hello, HelloAck, Message, Ping, Pong
from devices.drivers.base import DriverContext
from devices.drivers.htp1_line import Htp1Line, NoReplyError, RefusedError
from devices.events import DeviceState, Identity, Role

PROBE_AFTER_HEARTS: Final = 1.5
PING_HEARTS: Final = 6
"""Where hearts are told, health is asked for so much more rarely."""


class Htp1Device:
    """Base of the HTP/1 drivers; a subclass serves its wishes and hears its messages."""

    roles: ClassVar[frozenset[Role]] = frozenset()
    device_class: ClassVar[DeviceClass]

    def __init__(self, context: DriverContext) -> None:
        self.context = context
        self.wishes = context.wishes
        self.line = Htp1Line(context, self._hear)
        self.identity = Identity()
        self._class = 0
        self.bus = bool(context.options.get("bus"))
        self._proven = False
        self._unanswered = False
        self._pinged_ms = context.clock()

    def received(self, data: bytes) -> None:
        self.line.received(data)

    def acknowledge(self, seq: int, code: int) -> None:
        """Only pads wait for it."""

    async def identify(self) -> Identity | None:
        self._proven = False
        self.line.address = self.context.address or ADDR_ALONE
        found = await self._ask()
        if found is not None:
            self.identity = found
            self.line.address = found.address
        return found

    def misfit(self, identity: Identity) -> str:
        return "" if self._class == self.device_class else "class"

    async def run(self) -> None:
        self._proven, self._unanswered = True, False
        try:
            while self._proven:
                await self._round()
        finally:
            self._proven = False

    async def serve(self) -> None:
        """Brings the device to what the wishes say; may raise NoReplyError or RefusedError."""
        raise NotImplementedError

    def hear(self, frame: Frame, message: Message) -> None:
        """A message of the proven device that answers no request."""

    def flagged(self, flags: Flags) -> None:
        """The state flags the device told last."""

    def silent(self) -> None:
        """The device did not answer, whatever it was asked."""

    async def poll(self) -> None:
        """Asks what the device does not tell by itself."""
        every_ms = self.context.timing.heart_s * 1000 * (1 if self.bus else PING_HEARTS)
        now_ms = self.context.clock()
        if now_ms - self._pinged_ms < every_ms:
            return
        self._pinged_ms = now_ms
        answer = await self.line.request(Ping())
        if isinstance(answer, Pong):
            self.context.counters.supply_mv = answer.supply_mv
            self._up(answer.uptime_s)
            self.flagged(Flags(answer.flags))

    def pause_s(self) -> float:
        """How long a round waits for a wish."""
        return self.context.timing.heart_s / 2

    def healthy_state(self) -> tuple[DeviceState, str]:
        return (DeviceState.DEGRADED, "score") if self.context.score.degraded else (DeviceState.READY, "")

    def supervise(self) -> None:
        """State by silence; six hearts missed ends the proof."""
        timing, silent_ms = self.context.timing, self.context.clock() - self.line.heard_ms
        if silent_ms >= timing.lost_hearts * timing.heart_s * 1000:
            self._proven = False
        elif self._unanswered or silent_ms >= timing.stale_hearts * timing.heart_s * 1000:
            self.context.report(DeviceState.STALE, "silent")
        else:
            self.context.report(*self.healthy_state())

    async def _round(self) -> None:
        """Probes what is silent, serves, polls, and waits for a wish."""
        self.wishes.changed.clear()
        heart_ms = self.context.timing.heart_s * 1000
        try:
            if self._unanswered or self.context.clock() - self.line.heard_ms > PROBE_AFTER_HEARTS * heart_ms:
                await self._probe()
            if self._proven:
                await self.serve()
                await self.poll()
            self._unanswered = False
        except NoReplyError:
            self._unanswered = True
            self.silent()
        except RefusedError:
            self._unanswered = False
        self.supervise()
        if self._proven:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.pause_s()):
                    await self.wishes.changed.wait()

    async def _probe(self) -> None:
        """A silent device may have been reset, and a reset device is silent until it hears the host."""
        found = await self._ask()
        if found is None:
            raise NoReplyError
        self._proven = self._proven and found == self.identity

    async def _ask(self) -> Identity | None:
        try:
            answer = await self.line.request(Hello())
        except (NoReplyError, RefusedError):
            return None
        if not isinstance(answer, HelloAck):
            return None
        self._class = answer.device_class
        return Identity(
            answer.model, answer.serial, answer.fw, str(answer.hw), answer.boot, self.line.reply_address, answer.nkeys
        )

    def heard(self, frame: Frame, message: Message) -> None:
        """A message that came unasked, or that was fetched."""
        self._hear(frame, message)

    def _hear(self, frame: Frame, message: Message) -> None:
        if isinstance(message, Heart):
            self._up(message.uptime_s)
            if message.boot != self.identity.boot:
                self._proven = False
                self.wishes.changed.set()
        if self._proven:
            self.hear(frame, message)

    def _up(self, uptime_s: int) -> None:
        """What comes by FETCH tells none, and is 0 or -1."""
        if uptime_s > 0:
            self.context.counters.uptime_s = uptime_s
