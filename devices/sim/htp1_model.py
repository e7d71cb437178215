"""What every simulated HTP/1 device does on its line: framing, repeats, silence until spoken to, HEART, the bus.

What a device is asked by technicians is in devices.sim.htp1_upkeep; a kind of device adds `handle` and `work`.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from devices.codecs.htp1 import ACK_REQ, ADDR_ALL, ADDR_ALONE, FROM_DEVICE, RETRANSMIT, Decoder, Frame, encode
from devices.codecs.htp1_messages import (
    Caps,
    CfgKey,
    DeviceClass,
    Fetch,
    FetchReply,
    Flags,
    Heart,
    Hello,
    HelloAck,
    Message,
    MessageType,
    Nak,
    NakCode,
    Ping,
    Pong,
    State,
    pack,
    unpack,
)
from devices.codecs.htp1_upkeep import BAUD_UNIT
from devices.sim.device import now_ms as clock_ms
from devices.sim.htp1_upkeep import UPKEEP, Upkeep

HEART_S: Final = 10.0
POLLED_MS: Final = 30_000
SPOOL_MESSAGES: Final = 8
SUPPLY_MV: Final = 4_980
NEVER_REFUSED: Final = frozenset({MessageType.ACK, MessageType.SETADDR, MessageType.DISCOVER})
FITTED: Final[Mapping[DeviceClass, Caps]] = {
    DeviceClass.RATING_PAD: Caps.KEYS | Caps.LEDS | Caps.SOUND | Caps.IDLE_DISPLAY | Caps.CASE_SWITCH | Caps.SETTINGS,
    DeviceClass.WINDOW_DISPLAY: Caps.TEXT | Caps.COLOURS | Caps.SETTINGS,
    DeviceClass.LAMP: Caps.LEDS | Caps.SETTINGS,
    DeviceClass.BOARD: Caps.TEXT | Caps.COLOURS | Caps.SETTINGS,
}
HOST_TYPES: Final = frozenset(kind for kind in MessageType if kind < MessageType.RATE)


class Htp1Model:
    """Base of the simulated pad, display and lamp."""

    device_class: DeviceClass
    model = "SIM"
    takes: ClassVar[frozenset[MessageType]] = HOST_TYPES
    """What this kind of device understands; a wrong length of it is NAK LENGTH, anything else NAK UNKNOWN."""
    factory: ClassVar[Mapping[CfgKey, int]] = {}
    """Settings besides address, baud and bus."""

    def __init__(
        self, serial: str, address: int, boot: int = 0x5C1F, heart_s: float = HEART_S, *, bus: bool = False,
        clock: Callable[[], int] = clock_ms,
    ) -> None:  # fmt: skip
        self.serial, self.boot = serial, boot
        self.clock = clock
        self.heard_host = False
        self.flags = Flags(0)
        self.upkeep = Upkeep({CfgKey.ADDRESS: address, CfgKey.BAUD: 96, CfgKey.BUS: int(bus), **self.factory})
        self._heart_ms = int(heart_s * 1000)
        self._next_heart_ms: int | None = None
        self._polled_until_ms: int | None = None
        self._booted_ms = clock()
        self._decoder = Decoder()
        self._seq = boot & 0xFF
        self._out = bytearray()
        self._spool: deque[tuple[int, int, bytes]] = deque(maxlen=SPOOL_MESSAGES)
        self._answered: tuple[int, int, Frame] | None = None

    @property
    def caps(self) -> Caps:
        return FITTED[self.device_class]

    @property
    def address(self) -> int:
        return self.upkeep.settings[CfgKey.ADDRESS]

    @property
    def baud(self) -> int:
        """The rate the device speaks at now; a pty carries any."""
        return self.upkeep.settings[CfgKey.BAUD] * BAUD_UNIT

    @property
    def keys(self) -> int:
        return self.upkeep.settings.get(CfgKey.KEYS, 0)

    @keys.setter
    def keys(self, keys: int) -> None:
        self.upkeep.settings[CfgKey.KEYS] = keys

    @property
    def state(self) -> State:
        return State.IDLE

    def reset(self) -> None:
        """As after a power cut: a new boot number, only what was committed is remembered, silent."""
        self.boot = (self.boot + 1) & 0xFFFF
        self.heard_host = False
        self.flags &= Flags.CASE_OPEN
        self.upkeep.reset()
        self._next_heart_ms = self._polled_until_ms = self._answered = None
        self._booted_ms = self.clock()
        self._decoder = Decoder()
        self._seq = self.boot & 0xFF
        self._spool.clear()

    def quiet(self) -> bool:
        """On a bus nothing may be said unasked: by setting, or while the host fetches."""
        polled = self._polled_until_ms is not None and self.clock() < self._polled_until_ms
        return polled or bool(self.upkeep.settings[CfgKey.BUS])

    def received(self, data: bytes, now_ms: int) -> bytes:
        for byte in data:  # one by one: a reset between two frames forgets the rest of the line
            for frame in self._decoder.feed(bytes([byte])):
                self._hear(frame, now_ms)
        return self._flush()

    def tick(self, now_ms: int) -> bytes:
        self.work(now_ms)
        self.upkeep.fall_back(now_ms)
        if self._next_heart_ms is not None and now_ms >= self._next_heart_ms:
            self._next_heart_ms = now_ms + self._heart_ms
            if not self.quiet():
                self.say(Heart(self.state, int(self.flags), self.boot, self._uptime_s(now_ms)))
        self._take_slot(now_ms)
        return self._flush()

    def next_ms(self) -> int | None:
        times = (self._next_heart_ms, self._polled_until_ms, *self.upkeep.next_ms())
        return min((at for at in times if at is not None), default=None)

    def work(self, now_ms: int) -> None:
        """What the device does by itself."""

    def handle(self, message: Message, frame: Frame, now_ms: int) -> Message | NakCode | None:
        """The reply to a request, why it is refused, or None for what is never answered."""
        return NakCode.UNKNOWN

    def waiting(self) -> tuple[int, int, bytes] | None:
        """What a FETCH brings first and again until it is acknowledged: type, seq, payload."""
        return None

    def say(self, message: Message, flags: int = 0, seq: int | None = None) -> int:
        """Sends by itself, or keeps it for the next FETCH; silent before the host has spoken. The seq it has."""
        if seq is None:
            self._seq = self._seq % 255 + 1
            seq = self._seq
        kind, payload = pack(message)
        if self.heard_host and self.quiet() and not flags & ACK_REQ:
            self._spool.append((kind, seq, payload))
        elif self.heard_host and not self.quiet():
            self._out += encode(Frame(self.address, kind, seq, payload, FROM_DEVICE | flags))
        return seq

    def say_until_acknowledged(self, message: Message, seq: int | None = None) -> int:
        """On a bus nothing is sent: `waiting` has it."""
        return self.say(message, ACK_REQ | (RETRANSMIT if seq is not None else 0), seq)

    def identity(self) -> HelloAck:
        return HelloAck(
            self.device_class, self.model, 2, "1.4.2", self.serial, self.boot, self.keys, int(self.caps)
        )  # fmt: skip

    def _hear(self, frame: Frame, now_ms: int) -> None:
        if frame.from_device:
            return
        self.upkeep.confirm()
        if frame.addr not in (self.address, ADDR_ALONE, ADDR_ALL):
            return
        if not self.heard_host:
            self.heard_host = True
            self._next_heart_ms = now_ms + self._heart_ms
        self._answer(frame, now_ms)
        if self.upkeep.reset_due:
            self.reset()

    def _answer(self, frame: Frame, now_ms: int) -> None:
        wanted = frame.ack_req and frame.addr != ADDR_ALL
        if frame.retransmit and self._answered is not None and self._answered[:2] == (frame.type, frame.seq):
            if wanted:
                self._out += encode(self._answered[2])
            return
        address = self.address
        answer = self._judge(frame, now_ms)
        if answer is None or not wanted:
            return
        reply = Nak(frame.type, answer) if isinstance(answer, NakCode) else answer
        if reply.TYPE is MessageType.SETADDR_REPLY:
            address = self.address
        kind, payload = pack(reply)
        said = Frame(address, kind, frame.seq, payload, FROM_DEVICE)
        self._answered = (frame.type, frame.seq, said)
        self._out += encode(said)

    def _judge(self, frame: Frame, now_ms: int) -> Message | NakCode | None:
        message = unpack(frame)
        if message is None or frame.type not in self.takes:
            problem = NakCode.LENGTH if frame.type in self.takes else NakCode.UNKNOWN
            return None if frame.type in NEVER_REFUSED else problem
        match message:
            case Hello(max_version):
                return self.identity() if max_version else NakCode.RANGE
            case Ping():
                errors, uptime_s = self._decoder.stats.bad & 0xFFFF, self._uptime_s(now_ms)
                return Pong(self.state, int(self.flags), errors, uptime_s, SUPPLY_MV)
            case Fetch():
                return self._fetched(now_ms)
        if message.TYPE in UPKEEP:
            return self.upkeep.answer(self, message, frame.seq, now_ms)
        return self.handle(message, frame, now_ms)

    def _fetched(self, now_ms: int) -> FetchReply:
        self._polled_until_ms = now_ms + POLLED_MS
        news = self.waiting()
        if news is None and self._spool:
            news = self._spool.popleft()
        return FetchReply(self.state, int(self.flags), self.boot, *(news or ()))

    def _take_slot(self, now_ms: int) -> None:
        seq = self.upkeep.slot_over(now_ms)
        if seq is not None:
            kind, payload = pack(self.identity())
            self._out += encode(Frame(self.address, kind, seq, payload, FROM_DEVICE))

    def _uptime_s(self, now_ms: int) -> int:
        return (now_ms - self._booted_ms) // 1000

    def _flush(self) -> bytes:
        out, self._out = bytes(self._out), bytearray()
        return out
