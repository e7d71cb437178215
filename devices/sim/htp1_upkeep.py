"""What a technician may ask of a simulated HTP/1 device: settings, self-test, addresses, loop, reset, discovery."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from devices.codecs.htp1 import crc16
from devices.codecs.htp1_messages import (
    Caps,
    CfgGet,
    CfgKey,
    CfgReply,
    CfgSet,
    CfgValue,
    Commit,
    CommitReply,
    Discover,
    Flags,
    Loop,
    LoopReply,
    Message,
    MessageType,
    NakCode,
    Reset,
    ResetReply,
    SelfTest,
    SelfTestPart,
    SelfTestReply,
    SelfTestResult,
    SetAddr,
    SetAddrReply,
    State,
)
from devices.codecs.htp1_upkeep import BAUD_UNIT, COMMIT_WORD, SLOTS_MOST, slot_ms

FALL_BACK_MS: Final = 10_000
ADDRESSES: Final = range(0x01, 0xF8)
ALLOWED: Final[Mapping[CfgKey, Iterable[int]]] = {
    CfgKey.ADDRESS: ADDRESSES,
    CfgKey.BAUD: (96, 192, 384, 576, 1152),
    CfgKey.VOLUME: range(11),
    CfgKey.DEBOUNCE_MS: range(10, 101),
    CfgKey.KEYS: range(3, 6),
    CfgKey.BUS: range(2),
}
NEEDED: Final[Mapping[SelfTestPart, Caps]] = {
    SelfTestPart.LAMPS: Caps.LEDS,
    SelfTestPart.SOUND: Caps.SOUND,
    SelfTestPart.DISPLAY: Caps.IDLE_DISPLAY | Caps.TEXT,
}
UPKEEP: Final = frozenset(
    {
        MessageType.CFG_GET, MessageType.CFG_SET, MessageType.COMMIT, MessageType.SELFTEST, MessageType.SETADDR,
        MessageType.LOOP, MessageType.RESET, MessageType.DISCOVER,
    }
)  # fmt: skip


class Device(Protocol):
    """What upkeep knows of the device it belongs to."""

    serial: str
    flags: Flags

    @property
    def caps(self) -> Caps: ...

    @property
    def state(self) -> State: ...


class Upkeep:
    """Settings in force and settings kept; a rate that nobody speaks at falls back, a reset forgets the rest."""

    def __init__(self, settings: dict[CfgKey, int]) -> None:
        self.settings = settings
        self.kept = dict(settings)
        self.reset_due = False
        self._fall_back: tuple[int, int] | None = None
        self._slot: tuple[int, int] | None = None

    def reset(self) -> None:
        self.settings = dict(self.kept)
        self.reset_due = False
        self._fall_back = self._slot = None

    def confirm(self) -> None:
        """A frame of the host arrived at the rate in force."""
        self._fall_back = None

    def fall_back(self, now_ms: int) -> None:
        if self._fall_back is not None and now_ms >= self._fall_back[0]:
            self.settings[CfgKey.BAUD] = self._fall_back[1]
            self._fall_back = None

    def slot_over(self, now_ms: int) -> int | None:
        """The SEQ of a DISCOVER whose slot has come, once."""
        if self._slot is None or now_ms < self._slot[0]:
            return None
        seq, self._slot = self._slot[1], None
        return seq

    def next_ms(self) -> Iterable[int]:
        return [pending[0] for pending in (self._fall_back, self._slot) if pending is not None]

    def answer(self, device: Device, message: Message, seq: int, now_ms: int) -> Message | NakCode | None:
        """The reply, why it is refused, or None for what is not answered (now)."""
        match message:
            case CfgGet(key):
                known = key in self.settings
                return CfgValue(key, self.settings[CfgKey(key)]) if known else NakCode.RANGE
            case CfgSet(key, value):
                return self._set(device, key, value, now_ms)
            case Commit(word):
                return self._commit(device, word)
            case SelfTest(part):
                return _test(device, part)
            case SetAddr(address, serial):
                return self._move(address) if serial == device.serial else None
            case Loop(data):
                return LoopReply(data)
            case Reset():
                self.reset_due = True
                return ResetReply()
            case Discover(slots) if 1 <= slots <= SLOTS_MOST:
                slot = crc16(device.serial.encode("ascii").ljust(12)) % slots
                self._slot = (now_ms + slot * slot_ms(self.settings[CfgKey.BAUD] * BAUD_UNIT), seq)
        return None

    def _set(self, device: Device, key: int, value: int, now_ms: int) -> Message | NakCode:
        if device.state is not State.IDLE:
            return NakCode.WRONG_STATE
        if not device.flags & Flags.UNLOCKED:
            return NakCode.LOCKED
        if key not in self.settings or value not in ALLOWED[CfgKey(key)]:
            return NakCode.RANGE
        if key == CfgKey.BAUD and value != self.settings[CfgKey.BAUD]:
            self._fall_back = (now_ms + FALL_BACK_MS, self.settings[CfgKey.BAUD])
        self.settings[CfgKey(key)] = value
        return CfgReply()

    def _commit(self, device: Device, word: bytes) -> Message | NakCode:
        if not device.flags & Flags.UNLOCKED:
            return NakCode.LOCKED
        if word != COMMIT_WORD:
            return NakCode.RANGE
        self.kept = dict(self.settings)
        return CommitReply()

    def _move(self, address: int) -> Message | NakCode:
        if address not in ADDRESSES:
            return NakCode.RANGE
        self.settings[CfgKey.ADDRESS] = self.kept[CfgKey.ADDRESS] = address
        return SetAddrReply()


def _test(device: Device, part: int) -> Message | NakCode:
    if device.state is not State.IDLE:
        return NakCode.WRONG_STATE
    if part not in tuple(SelfTestPart):
        return NakCode.RANGE
    if part == SelfTestPart.INTERNAL:
        return SelfTestReply(part, SelfTestResult.PASSED)
    fitted = device.caps & NEEDED[SelfTestPart(part)]
    return SelfTestReply(part, SelfTestResult.SHOWN if fitted else SelfTestResult.NOT_FITTED)
