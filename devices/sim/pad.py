"""The simulated HTP/1 rating pad, with the device rules of a real one."""

import random
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from devices.codecs.htp1 import Frame
from devices.codecs.htp1_messages import (
    Ack,
    CfgKey,
    Close,
    CloseReason,
    CloseReply,
    DeviceClass,
    Fault,
    FaultCode,
    Flags,
    Idle,
    IdleReply,
    Key,
    KeyState,
    Led,
    LedPattern,
    LedReply,
    Message,
    MessageType,
    NakCode,
    Open,
    OpenReply,
    Prompt,
    PromptReply,
    Rate,
    ReplyCode,
    State,
    Voice,
    pack,
)
from devices.codecs.htp1_upkeep import CONFIGURED_VOLUME
from devices.sim.device import now_ms as clock_ms
from devices.sim.htp1_model import HEART_S, HOST_TYPES, Htp1Model
from devices.sim.keyboard import HELD_MS, UNLOCK_MS, Keyboard

RESEND_MS: Final = (250, 500, 1_000, 2_000)
RESEND_LATER_MS: Final = 5_000
RESEND_MOST: Final = 12
TIMEOUT_MOST_S: Final = 60
UNLOCKED_MS: Final = 600_000
STARS_MOST: Final = 5
VOLUME_MOST: Final = 10
COUNT_16: Final = 0xFFFF


class AutoPress(msgspec.Struct, frozen=True):
    """Presses by itself after a while; one in `silent_one_in` does not. Same seed, same people."""

    seed: int
    least_s: float = 2.0
    most_s: float = 6.0
    silent_one_in: int = 10
    weights: Sequence[float] = (60, 25, 9, 4, 2)


class _Window(msgspec.Struct):
    wid: int
    opened_ms: int
    ends_ms: int
    spent: bool = False


class _Press(msgspec.Struct):
    """A rating until it is acknowledged."""

    rate: Rate
    seq: int
    tries: int
    next_ms: int


class SimPad(Htp1Model):
    """Five keys, one window at a time; `acks` keeps what the host made of the presses: (wid, code)."""

    device_class = DeviceClass.RATING_PAD
    model = "PJ5-A"
    takes = HOST_TYPES - {MessageType.TEXT}
    factory = {CfgKey.VOLUME: 6, CfgKey.DEBOUNCE_MS: 30, CfgKey.KEYS: 5}  # noqa: RUF012

    def __init__(
        self, serial: str, address: int = 3, *, auto: AutoPress | None = None, boot: int = 0x5C1F,
        heart_s: float = HEART_S, bus: bool = False, clock: Callable[[], int] = clock_ms,
    ) -> None:  # fmt: skip
        super().__init__(serial, address, boot, heart_s, bus=bus, clock=clock)
        self.acks: list[tuple[int, int]] = []
        self.idle: tuple[int, str] = (0, "")
        self.opens: list[int] = []
        self.played: list[tuple[int, int]] = []
        self.lit: list[Led] = []
        self.drop_acks = 0
        self.window: _Window | None = None
        self._press: _Press | None = None
        self._keyboard = Keyboard(self)
        self._locks_ms: int | None = None
        self._auto = auto
        self._random = random.Random(auto.seed if auto else 0)

    # What the citizen and the technician do.

    def press(self, key: int, held_ms: int = HELD_MS) -> None:
        """Down now, up by itself after `held_ms`."""
        self._keyboard.press(self._known(key), held_ms, self.clock())

    def key_down(self, key: int) -> None:
        self._keyboard.contact(self._known(key), True, self.clock(), self._debounce_ms)

    def key_up(self, key: int) -> None:
        self._keyboard.contact(self._known(key), False, self.clock(), self._debounce_ms)

    def tamper(self, opened: bool = True) -> None:
        self.flags = self.flags | Flags.CASE_OPEN if opened else self.flags & ~Flags.CASE_OPEN
        self.say(Fault(FaultCode.TAMPER, int(opened), 1))

    def unlock(self) -> None:
        """The SETUP jumper, or keys 1 and last held for five seconds."""
        self.flags |= Flags.UNLOCKED
        self._locks_ms = self.clock() + UNLOCKED_MS

    def forge(self, rate: Rate) -> None:
        """A rating nobody asked for, as a broken or dishonest pad would send it."""
        self._send_rating(rate, self.clock())

    def reset(self) -> None:
        super().reset()
        self.window = self._press = self._locks_ms = None
        self.idle = (0, "")
        self._keyboard = Keyboard(self)

    # The device's own rules.

    @property
    def state(self) -> State:
        if self.window is None:
            return State.IDLE
        return State.SPENT if self.window.spent else State.OPEN

    def handle(self, message: Message, frame: Frame, now_ms: int) -> Message | NakCode | None:
        match message:
            case Open():
                return self._open(message, now_ms)
            case Close(wid, reason):
                return CloseReply(self._close(wid)) if reason in tuple(CloseReason) else NakCode.RANGE
            case Idle(stars, text):
                if stars > STARS_MOST:
                    return NakCode.RANGE
                self.idle = (stars, text)
                return IdleReply(ReplyCode.OK)
            case Prompt(voice, volume):
                if voice not in tuple(Voice) or not (volume <= VOLUME_MOST or volume == CONFIGURED_VOLUME):
                    return NakCode.RANGE
                self.played.append((voice, volume))
                return PromptReply(ReplyCode.OK)
            case Led(_, pattern):
                if pattern not in tuple(LedPattern):
                    return NakCode.RANGE
                self.lit.append(message)
                return LedReply(ReplyCode.OK)
            case Ack(seq, code):
                self._acknowledged(seq, code)
                return None
        return NakCode.UNKNOWN

    def work(self, now_ms: int) -> None:
        self._keyboard.work(now_ms, self._debounce_ms)
        if self.window is None and self._keyboard.held_ms(1 | 1 << self.keys - 1, now_ms) >= UNLOCK_MS:
            self.unlock()
        if self._locks_ms is not None and now_ms >= self._locks_ms:
            self._locks_ms = None
            self.flags &= ~Flags.UNLOCKED
        if self.window is not None and now_ms >= self.window.ends_ms:
            if not self.window.spent:
                self.say(Fault(FaultCode.WINDOW_TIMED_OUT, self.window.wid, 2))
            self._shut()
        self._resend(now_ms)

    def next_ms(self) -> int | None:
        times = [super().next_ms(), self._locks_ms, *self._keyboard.next_ms(self._debounce_ms)]
        times.append(self.window.ends_ms if self.window else None)
        times.append(self._press.next_ms if self._press and not self.quiet() else None)
        return min((at for at in times if at is not None), default=None)

    def waiting(self) -> tuple[int, int, bytes] | None:
        if self._press is None:
            return None
        kind, payload = pack(self._press.rate)
        return kind, self._press.seq, payload

    # What the keyboard tells.

    def released(self, key: int, since_ms: int, at_ms: int) -> None:
        held_ms = min(at_ms - since_ms, COUNT_16)
        if self.window is None or self.window.spent:
            self.say(Key(key, KeyState.SPENT if self.window else KeyState.NO_WINDOW, held_ms))
            return
        self.window.spent = True
        t_ms = min(max(0, since_ms - self.window.opened_ms), COUNT_16)
        self._send_rating(Rate(self.window.wid, key, t_ms, held_ms), self.clock())

    def two_keys(self, mask: int) -> None:
        self.say(Fault(FaultCode.TWO_KEYS, mask, 1))

    def stuck(self, mask: int) -> None:
        self.flags |= Flags.STUCK_KEY
        self.say(Fault(FaultCode.STUCK, mask, 1))

    def freed(self, mask: int) -> None:
        if not self._keyboard.any_stuck:
            self.flags &= ~Flags.STUCK_KEY
        self.say(Fault(FaultCode.FREED, mask, 1))

    # The window and its one rating.

    def _open(self, request: Open, now_ms: int) -> OpenReply | NakCode:
        in_range = request.wid and 1 <= request.timeout_s <= TIMEOUT_MOST_S and request.prompt in tuple(Voice)
        if not in_range:
            return NakCode.RANGE
        self.opens.append(request.wid)
        if self.window is None or self.window.wid != request.wid:
            if self._press is not None and self._press.rate.wid != request.wid:
                self._forget_press()
            self.window = _Window(request.wid, now_ms, now_ms + request.timeout_s * 1000)
            self.flags |= Flags.WINDOW_OPEN
            self._keyboard.spoil()
            self._plan_auto_press(now_ms)
        return OpenReply(ReplyCode.OK)

    def _close(self, wid: int) -> ReplyCode:
        if self.window is None or self.window.wid != wid:
            return ReplyCode.NOT_THIS_WINDOW
        self._shut()
        return ReplyCode.OK

    def _shut(self) -> None:
        self.window = None
        self.flags &= ~Flags.WINDOW_OPEN
        if self._auto is not None:
            self._keyboard.lift()

    def _acknowledged(self, seq: int, code: int) -> None:
        if self.drop_acks > 0:
            self.drop_acks -= 1
        elif self._press is not None and self._press.seq == seq:
            self.acks.append((self._press.rate.wid, code))
            self._forget_press()

    def _send_rating(self, rate: Rate, now_ms: int) -> None:
        self.flags |= Flags.RATING_WAITING
        seq = self.say_until_acknowledged(rate)
        self._press = _Press(rate, seq, 1, now_ms + RESEND_MS[0])

    def _resend(self, now_ms: int) -> None:
        press = self._press
        if press is None or now_ms < press.next_ms or self.quiet():
            return
        if press.tries >= RESEND_MOST:
            self._forget_press()
            return
        self.say_until_acknowledged(press.rate, press.seq)
        press.next_ms = now_ms + (RESEND_MS[press.tries] if press.tries < len(RESEND_MS) else RESEND_LATER_MS)
        press.tries += 1

    def _forget_press(self) -> None:
        self._press = None
        self.flags &= ~Flags.RATING_WAITING

    def _plan_auto_press(self, now_ms: int) -> None:
        if self._auto is None:
            return
        silent = self._random.randrange(self._auto.silent_one_in) == 0
        after_s = self._random.uniform(self._auto.least_s, self._auto.most_s)
        key = self._random.choices(range(1, self.keys + 1), self._auto.weights)[0]
        if not silent:
            self._keyboard.press(key, HELD_MS, now_ms + int(after_s * 1000))

    @property
    def _debounce_ms(self) -> int:
        return self.upkeep.settings[CfgKey.DEBOUNCE_MS]

    def _known(self, key: int) -> int:
        if not 1 <= key <= self.keys:
            raise ValueError(f"key {key}, 1 to {self.keys} expected")
        return key
