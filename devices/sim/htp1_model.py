"""What every simulated HTP/1 device does: framing, HELLO, PING, HEART, and silence until the host has spoken."""

from typing import Final

from devices.codecs.htp1 import ACK_REQ, ADDR_ALL, ADDR_ALONE, FROM_DEVICE, RETRANSMIT, Decoder, Frame, encode
from devices.codecs.htp1_messages import (
    BY_TYPE,
    REPLY,
    DeviceClass,
    Flags,
    Heart,
    Hello,
    HelloAck,
    Message,
    Nak,
    NakCode,
    Ping,
    Pong,
    pack,
    unpack,
)

HEART_S: Final = 10.0


class Htp1Model:
    """Base of the simulated pad and display."""

    device_class: DeviceClass
    model = "SIM"
    keys = 0

    def __init__(self, serial: str, address: int, boot: int = 0x5C1F, heart_s: float = HEART_S) -> None:
        self.serial, self.address, self.boot = serial, address, boot
        self.heard_host = False
        self.flags = Flags(0)
        self._heart_ms = int(heart_s * 1000)
        self._next_heart_ms: int | None = None
        self._booted_ms: int | None = None
        self._decoder = Decoder()
        self._seq = 0x20
        self._out = bytearray()

    def reset(self) -> None:
        """As after a power cut: a new boot number, nothing remembered, silent."""
        self.boot = (self.boot + 1) & 0xFFFF
        self.heard_host = False
        self.flags &= Flags.CASE_OPEN
        self._next_heart_ms = self._booted_ms = None
        self._decoder = Decoder()

    def received(self, data: bytes, now_ms: int) -> bytes:
        for frame in self._decoder.feed(data):
            if frame.from_device or frame.addr not in (self.address, ADDR_ALONE, ADDR_ALL):
                continue
            if not self.heard_host:
                self.heard_host = True
                self._next_heart_ms = now_ms + self._heart_ms
            self._answer(frame, now_ms)
        return self._flush()

    def tick(self, now_ms: int) -> bytes:
        self._booted_ms = now_ms if self._booted_ms is None else self._booted_ms
        if self._next_heart_ms is not None and now_ms >= self._next_heart_ms:
            self._next_heart_ms = now_ms + self._heart_ms
            uptime_s = (now_ms - self._booted_ms) // 1000
            self.say(Heart(int(bool(self.flags & Flags.WINDOW_OPEN)), int(self.flags), self.boot, uptime_s))
        self.work(now_ms)
        return self._flush()

    def next_ms(self) -> int | None:
        return self._next_heart_ms

    def work(self, now_ms: int) -> None:
        """What the device does by itself."""

    def handle(self, message: Message, frame: Frame, now_ms: int) -> Message | NakCode | None:
        """The reply to a request, why it is refused, or None for what is never answered."""
        return NakCode.UNKNOWN

    def say(self, message: Message, flags: int = 0, seq: int | None = None) -> int:
        """Sends by itself; silent before the host has spoken. The seq it went out with."""
        if seq is None:
            self._seq = self._seq % 255 + 1
            seq = self._seq
        if self.heard_host:
            kind, payload = pack(message)
            self._out += encode(Frame(self.address, kind, seq, payload, FROM_DEVICE | flags))
        return seq

    def say_until_acknowledged(self, message: Message, seq: int | None = None) -> int:
        return self.say(message, ACK_REQ | (RETRANSMIT if seq is not None else 0), seq)

    def _answer(self, frame: Frame, now_ms: int) -> None:
        message = unpack(frame)
        answer: Message | NakCode | None
        match message:
            case None:
                answer = NakCode.LENGTH if frame.type in BY_TYPE else NakCode.UNKNOWN
            case Hello():
                answer = HelloAck(self.device_class, self.model, 2, "1.4.2", self.serial, self.boot, self.keys, 0x003F)
            case Ping():
                answer = Pong(0, int(self.flags), self._decoder.stats.bad & 0xFFFF)
            case _:
                answer = self.handle(message, frame, now_ms)
        if answer is None or frame.addr == ADDR_ALL or not frame.ack_req:
            return
        reply = Nak(frame.type, answer) if isinstance(answer, NakCode) else answer
        kind, payload = pack(reply)
        assert isinstance(answer, NakCode) or kind == frame.type | REPLY
        self._out += encode(Frame(self.address, kind, frame.seq, payload, FROM_DEVICE))

    def _flush(self) -> bytes:
        out, self._out = bytes(self._out), bytearray()
        return out
