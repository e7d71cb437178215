"""The simulated HTP/1 rating pad, with the device rules of a real one."""

import random
from collections.abc import Sequence
from typing import Final

import msgspec

from devices.codecs.htp1 import Frame
from devices.codecs.htp1_messages import (
    Ack,
    Close,
    CloseReply,
    DeviceClass,
    Fault,
    FaultCode,
    Flags,
    Idle,
    IdleReply,
    Key,
    Message,
    NakCode,
    Open,
    OpenReply,
    Rate,
    ReplyCode,
)
from devices.sim.device import now_ms as clock_ms
from devices.sim.htp1_model import HEART_S, Htp1Model

DEBOUNCE_MS: Final = 30
STUCK_MS: Final = 8_000
RESEND_MS: Final = (250, 500, 1_000, 2_000)
RESEND_LATER_MS: Final = 5_000
RESEND_MOST: Final = 12
HELD_MS: Final = 180
TIMEOUT_MOST_S: Final = 60
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
    keys = 5

    def __init__(
        self, serial: str, address: int = 3, *, auto: AutoPress | None = None, boot: int = 0x5C1F,
        heart_s: float = HEART_S,
    ) -> None:  # fmt: skip
        super().__init__(serial, address, boot, heart_s)
        self.acks: list[tuple[int, int]] = []
        self.idle: tuple[int, str] = (0, "")
        self.opens: list[int] = []
        self.drop_acks = 0
        self.window: _Window | None = None
        self._press: _Press | None = None
        self._down: dict[int, int] = {}
        self._spoiled: set[int] = set()
        self._releases: list[tuple[int, int]] = []
        self._stuck: set[int] = set()
        self._auto = auto
        self._random = random.Random(auto.seed if auto else 0)

    # What the citizen and the technician do.

    def press(self, key: int, held_ms: int = HELD_MS) -> None:
        """Down now, up by itself after `held_ms`."""
        self.key_down(key)
        self._releases.append((clock_ms() + held_ms, key))

    def key_down(self, key: int) -> None:
        if not 1 <= key <= self.keys:
            raise ValueError(f"key {key}, 1 to {self.keys} expected")
        self._down[key] = clock_ms()
        if len(self._down) > 1:
            self._spoiled |= set(self._down)
            self.say(Fault(FaultCode.TWO_KEYS, self._mask(), 1))

    def key_up(self, key: int) -> None:
        self._released(key, clock_ms())

    def tamper(self, opened: bool = True) -> None:
        self.flags = self.flags | Flags.CASE_OPEN if opened else self.flags & ~Flags.CASE_OPEN
        self.say(Fault(FaultCode.TAMPER, int(opened), 1))

    def forge(self, rate: Rate) -> None:
        """A rating nobody asked for, as a broken or dishonest pad would send it."""
        self._send_rating(rate, clock_ms())

    def reset(self) -> None:
        super().reset()
        self.window = self._press = None
        self.idle = (0, "")
        self._down.clear()
        self._spoiled.clear()
        self._releases.clear()
        self._stuck.clear()

    # The device's own rules.

    def handle(self, message: Message, frame: Frame, now_ms: int) -> Message | NakCode | None:
        match message:
            case Open(wid, timeout_s):
                return self._open(wid, timeout_s, now_ms)
            case Close(wid):
                return CloseReply(self._close(wid))
            case Idle(stars, text):
                self.idle = (stars, text)
                return IdleReply(ReplyCode.OK)
            case Ack(seq, code):
                self._acknowledged(seq, code)
                return None
        return NakCode.UNKNOWN

    def work(self, now_ms: int) -> None:
        for due_ms, key in [release for release in self._releases if release[0] <= now_ms]:
            self._releases.remove((due_ms, key))
            self._released(key, due_ms)
        for key, since_ms in self._down.items():
            if now_ms - since_ms > STUCK_MS and key not in self._stuck:
                self._stuck.add(key)
                self.flags |= Flags.STUCK_KEY
                self.say(Fault(FaultCode.STUCK, 1 << key - 1, 1))
        if self.window is not None and now_ms >= self.window.ends_ms:
            if not self.window.spent:
                self.say(Fault(FaultCode.WINDOW_TIMED_OUT, self.window.wid, 2))
            self._shut()
        self._resend(now_ms)

    def next_ms(self) -> int | None:
        times = [super().next_ms(), *(due_ms for due_ms, _ in self._releases)]
        times += [since_ms + STUCK_MS + 1 for key, since_ms in self._down.items() if key not in self._stuck]
        times.append(self.window.ends_ms if self.window else None)
        times.append(self._press.next_ms if self._press else None)
        return min((at for at in times if at is not None), default=None)

    def _open(self, wid: int, timeout_s: int, now_ms: int) -> OpenReply | NakCode:
        if not 1 <= timeout_s <= TIMEOUT_MOST_S:
            return NakCode.RANGE
        self.opens.append(wid)
        if self.window is None or self.window.wid != wid:
            self.window = _Window(wid, now_ms, now_ms + timeout_s * 1000)
            self.flags |= Flags.WINDOW_OPEN
            self._spoiled |= set(self._down)  # a key held across OPEN must not count
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
            self._releases.clear()

    def _acknowledged(self, seq: int, code: int) -> None:
        if self.drop_acks > 0:
            self.drop_acks -= 1
        elif self._press is not None and self._press.seq == seq:
            self.acks.append((self._press.rate.wid, code))
            self._forget_press()

    def _released(self, key: int, at_ms: int) -> None:
        since_ms = self._down.pop(key, at_ms - HELD_MS)
        held_ms, spoiled = at_ms - since_ms, key in self._spoiled
        self._spoiled.discard(key)
        if key in self._stuck:
            self._stuck.discard(key)
            self.flags &= ~Flags.STUCK_KEY if not self._stuck else ~Flags(0)
            self.say(Fault(FaultCode.FREED, 1 << key - 1, 1))
            return
        if held_ms < DEBOUNCE_MS or spoiled:
            return
        if self.window is None or self.window.spent or self._press is not None:
            self.say(Key(key, 1, min(held_ms, COUNT_16)))
            return
        self.window.spent = True
        t_ms = max(0, since_ms - self.window.opened_ms)
        self._send_rating(Rate(self.window.wid, key, min(t_ms, COUNT_16), min(held_ms, COUNT_16)), at_ms)

    def _send_rating(self, rate: Rate, now_ms: int) -> None:
        self.flags |= Flags.RATING_WAITING
        seq = self.say_until_acknowledged(rate)
        self._press = _Press(rate, seq, 1, now_ms + RESEND_MS[0])

    def _resend(self, now_ms: int) -> None:
        press = self._press
        if press is None or now_ms < press.next_ms:
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
            self._releases.append((now_ms + int(after_s * 1000), key))

    def _mask(self) -> int:
        return sum(1 << key - 1 for key in self._down)
