"""Simulated lamps: a relay board on LCUS, and a lamp on HTP/1."""

from devices.codecs.htp1 import Frame as Htp1Frame
from devices.codecs.htp1_messages import DeviceClass, Led, LedPattern, LedReply, Message, NakCode, ReplyCode
from devices.codecs.lcus import Decoder
from devices.sim.htp1_model import HEART_S, Htp1Model


class SimRelays:
    """`lit` are the channels that are on; `switched` is everything it was told."""

    def __init__(self) -> None:
        self.lit: set[int] = set()
        self.switched: list[tuple[int, bool]] = []
        self._decoder = Decoder()

    def reset(self) -> None:
        """As after a power cut: all off."""
        self.lit.clear()

    def received(self, data: bytes, now_ms: int) -> bytes:
        for frame in self._decoder.feed(data):
            self.switched.append((frame.channel, frame.on))
            if frame.on:
                self.lit.add(frame.channel)
            else:
                self.lit.discard(frame.channel)
        return b""

    def tick(self, now_ms: int) -> bytes:
        return b""

    def next_ms(self) -> int | None:
        return None


class SimHtpLamp(Htp1Model):
    """`pattern` is how it lights now."""

    device_class = DeviceClass.LAMP
    model = "LP1-A"

    def __init__(self, serial: str, address: int = 0x21, *, boot: int = 0x0B01, heart_s: float = HEART_S) -> None:
        super().__init__(serial, address, boot, heart_s)
        self.pattern = LedPattern.OFF
        self.told = 0

    def reset(self) -> None:
        super().reset()
        self.pattern = LedPattern.OFF

    def handle(self, message: Message, frame: Htp1Frame, now_ms: int) -> Message | NakCode | None:
        if not isinstance(message, Led):
            return NakCode.UNKNOWN
        if message.pattern not in frozenset(LedPattern):
            return NakCode.RANGE
        self.pattern = LedPattern(message.pattern)
        self.told += 1
        return LedReply(ReplyCode.OK)
