"""The FF68 line on a real pty: pad, caller keypad and digits of one counter, and what the host makes of them."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices import platform
from devices.bindings import Binding
from devices.codecs import ff68
from devices.codecs.ff68 import Frame, Func
from devices.codecs.htp1_messages import AckCode, CloseReason
from devices.drivers.ff68_window import ANSWER_MS, GUARD_MS, HostWindow, PressKind
from devices.drivers.pad_ff68 import RESEND_MS, RESENDS_MOST, PadFf68
from devices.events import (
    CallerAction,
    CallerKey,
    DeviceState,
    KeyPressed,
    RatePressed,
    Role,
    StateChanged,
    WindowNotOpened,
    WindowOpened,
)
from devices.manager import DeviceManager
from devices.sim.bench import Bench
from devices.sim.commands import obey
from devices.sim.ff68 import SimFf68
from tests.devices.conftest import QUICK, Hall, Recorder, wait_until

WID, TIMEOUT_S = 0x7E11, 45
PAD_SERIAL = "ff68-1"
REPEAT_MS = 300


class Clock:
    """The boot's clock, and a hand that moves it on or holds it."""

    def __init__(self) -> None:
        self._ahead_ms = 0
        self._held_ms: int | None = None

    def __call__(self) -> int:
        return platform.monotonic_ms() + self._ahead_ms if self._held_ms is None else self._held_ms

    def pass_ms(self, ms: int) -> None:
        self._ahead_ms += ms

    def hold(self) -> None:
        """However slow this machine is, no time passes from now on."""
        self._held_ms = self()


class Counter(Hall):
    """One window on the FF68 line, with the clock in hand."""

    def __init__(self, bench: Bench, bindings: tuple[Binding, ...] | None = None) -> None:
        self.bench, self.recorder, self.clock = bench, Recorder(), Clock()
        self.manager = DeviceManager(
            bench.bindings() if bindings is None else bindings,
            self.recorder,
            self.clock,
            by_id=bench.by_id,
            timing=QUICK,
        )
        self.manager.start()

    @property
    def sim(self) -> SimFf68:
        model = self.bench.device("ff68", "1").model
        assert isinstance(model, SimFf68)
        return model

    def do(self, action: Callable[[], None]) -> None:
        self.bench.device("ff68", "1").do(action)

    def ask(self, wid: int = WID) -> None:
        """A window that is past its guard."""
        before, prompts = len(self.recorder.of(WindowOpened)), self.sim.prompts
        assert self.manager.open_window("1", wid, TIMEOUT_S)
        self.recorder.wait(lambda: len(self.recorder.of(WindowOpened)) > before)
        wait_until(lambda: self.sim.prompts > prompts)
        self.clock.pass_ms(GUARD_MS)

    def press(self, key: int) -> RatePressed | KeyPressed:
        """What the house hears of it; presses here are never a line's repeats."""
        self.clock.pass_ms(REPEAT_MS)
        heard = self.heard
        self.bench.press("1", key)
        self.recorder.wait(lambda: len(self.heard) > len(heard))
        return self.heard[-1]

    def rate(self, key: int) -> RatePressed:
        pressed = self.press(key)
        assert isinstance(pressed, RatePressed)
        return pressed

    @property
    def heard(self) -> list[RatePressed | KeyPressed]:
        return [event for event in list(self.recorder.events) if isinstance(event, RatePressed | KeyPressed)]

    def settle(self, stars: int) -> None:
        """All that was to be sent before is sent."""
        self.manager.show_idle("1", "0317", stars)
        wait_until(lambda: self.sim.stars == stars)

    def counted(self, name: str) -> int:
        return next(s.counters[name] for s in self.manager.status() if s.role is Role.RATING_DEVICE)

    def reason(self) -> str:
        return next(s.reason for s in self.manager.status() if s.role is Role.RATING_DEVICE)


@pytest.fixture
def counter(bench: Bench, halls: list[Hall]) -> Counter:
    bench.add_ff68("1")
    started = Counter(bench)
    halls.append(started)
    started.await_state(DeviceState.READY)
    return started


def test_a_press_is_answered_after_the_commit_and_not_before(counter: Counter) -> None:
    counter.ask()
    wait_until(lambda: counter.sim.prompts == 1)
    pressed = counter.rate(2)
    assert (pressed.pad_serial, pressed.wid, pressed.key, pressed.weak) == (PAD_SERIAL, WID, 2, True)
    assert not pressed.retransmit
    assert pressed.t_ms >= GUARD_MS
    counter.settle(4)
    assert counter.sim.thanked == []
    counter.manager.acknowledge("1", pressed.seq, AckCode.COUNTED)
    wait_until(lambda: counter.sim.thanked == [2])


def test_a_press_without_a_window_is_information(counter: Counter) -> None:
    pressed = counter.press(1)
    assert isinstance(pressed, KeyPressed)
    assert (pressed.pad_serial, pressed.key) == (PAD_SERIAL, 1)


def test_a_press_right_after_the_question_is_information(counter: Counter) -> None:
    counter.clock.hold()
    assert counter.manager.open_window("1", WID, TIMEOUT_S)
    counter.recorder.wait(lambda: bool(counter.recorder.of(WindowOpened)))
    counter.bench.press("1", 1)
    counter.recorder.wait(lambda: bool(counter.heard))
    assert isinstance(counter.heard[0], KeyPressed)


def test_a_press_after_the_window_is_information(counter: Counter) -> None:
    counter.ask()
    counter.clock.pass_ms(TIMEOUT_S * 1000)
    assert isinstance(counter.press(1), KeyPressed)


def test_a_closed_window_takes_no_press(counter: Counter) -> None:
    counter.ask()
    counter.manager.close_window("1", WID, CloseReason.CLERK)
    counter.settle(3)
    assert isinstance(counter.press(1), KeyPressed)


def test_a_frame_the_line_repeats_is_one_press(counter: Counter) -> None:
    assert obey(counter.bench, "double 1 on") == "ok"
    counter.ask()
    pressed = counter.rate(1)
    wait_until(lambda: counter.counted("strays") >= 1)
    assert counter.heard == [pressed]


def test_another_key_after_the_first_is_information(counter: Counter) -> None:
    counter.ask()
    pressed = counter.rate(3)
    assert isinstance(counter.press(1), KeyPressed)
    counter.manager.acknowledge("1", pressed.seq, AckCode.COUNTED)
    wait_until(lambda: counter.sim.thanked == [3])
    counter.clock.pass_ms(ANSWER_MS)
    assert isinstance(counter.press(1), KeyPressed)
    assert isinstance(counter.press(3), KeyPressed)


def test_a_pad_that_missed_the_answer_gets_it_again(counter: Counter) -> None:
    counter.ask()
    first = counter.rate(3)
    counter.manager.acknowledge("1", first.seq, AckCode.COUNTED)
    wait_until(lambda: counter.sim.thanked == [3])
    again = counter.rate(3)
    assert again == msgspec.structs.replace(first, retransmit=True)
    counter.manager.acknowledge("1", again.seq, AckCode.DUPLICATE)
    wait_until(lambda: counter.sim.thanked == [3, 3])


def test_a_press_nobody_recorded_is_told_again_until_somebody_does(counter: Counter) -> None:
    counter.ask()
    first = counter.rate(2)
    for told in (2, 3):
        counter.clock.pass_ms(RESEND_MS)
        counter.recorder.wait(lambda told=told: len(counter.heard) == told)  # type: ignore[misc]
    assert counter.heard[1:] == [msgspec.structs.replace(first, retransmit=True)] * 2
    assert counter.sim.thanked == []
    counter.manager.acknowledge("1", first.seq, AckCode.COUNTED)
    wait_until(lambda: counter.sim.thanked == [2])
    counter.clock.pass_ms(RESEND_MS)
    counter.settle(1)
    assert len(counter.heard) == 3


def test_a_press_that_cannot_be_recorded_leaves_the_window_open_in_the_end(counter: Counter) -> None:
    counter.ask()
    counter.rate(2)
    for told in range(2, RESENDS_MOST + 1):
        counter.clock.pass_ms(RESEND_MS)
        counter.settle(told % 2)
        counter.recorder.wait(lambda told=told: len(counter.heard) == told)  # type: ignore[misc]
    counter.clock.pass_ms(RESEND_MS)
    counter.settle(1)
    second = counter.rate(4)
    assert (second.key, second.retransmit) == (4, False)


def test_a_press_that_does_not_count_leaves_the_window_open(counter: Counter) -> None:
    counter.ask()
    refused = counter.rate(4)
    counter.manager.acknowledge("1", refused.seq, AckCode.REFUSED)
    counter.settle(2)
    second = counter.rate(1)
    assert (second.wid, second.key, second.retransmit) == (WID, 1, False)
    assert counter.sim.thanked == []


def test_the_window_is_asked_again_after_the_cable_was_out(counter: Counter) -> None:
    counter.ask()
    counter.bench.unplug("ff68", "1")
    counter.await_state(DeviceState.ABSENT)
    counter.bench.replug("ff68", "1")
    counter.recorder.wait(lambda: [e.wid for e in counter.recorder.of(WindowOpened)] == [WID, WID])
    counter.clock.pass_ms(GUARD_MS)
    assert counter.rate(1).wid == WID


def test_a_window_that_ended_while_the_cable_was_out_is_not_asked(counter: Counter) -> None:
    counter.ask()
    counter.bench.unplug("ff68", "1")
    counter.await_state(DeviceState.ABSENT)
    counter.clock.pass_ms(TIMEOUT_S * 1000)
    counter.bench.replug("ff68", "1")
    counter.recorder.wait(lambda: bool(counter.recorder.of(WindowNotOpened)))
    assert [(e.wid, e.reason) for e in counter.recorder.of(WindowNotOpened)] == [(WID, "expired")]
    counter.settle(1)
    assert counter.sim.prompts == 1


def test_the_pad_asks_once_more_for_the_same_window(counter: Counter) -> None:
    counter.ask()
    counter.ask()
    wait_until(lambda: counter.sim.prompts == 2)
    assert counter.rate(2).wid == WID


def test_damaged_frames_and_other_addresses_are_not_heard(counter: Counter) -> None:
    counter.ask()
    wire = ff68.encode(Frame(1, Func.PAD_KEY, b"\0"))
    broken = [wire[:-1] + b"\x17", wire[:2] + b"\x04" + wire[3:], wire[:7] + b"\x01" + wire[8:], wire[:6]]
    other = ff68.encode(Frame(2, Func.PAD_KEY, b"\1"))
    for piece in (*broken, other):
        counter.do(lambda piece=piece: counter.sim._out.extend(piece))  # type: ignore[misc]
    wait_until(lambda: counter.counted("crc_errors") >= 2 and counter.counted("strays") >= 1)
    assert counter.heard == []
    assert counter.rate(4).key == 4
    assert len(counter.heard) == 1


def test_a_press_behind_half_a_frame_is_heard_when_the_line_is_quiet(counter: Counter) -> None:
    counter.ask()
    counter.clock.pass_ms(REPEAT_MS)
    counter.do(lambda: counter.sim._out.extend(bytes.fromhex("FF68121268")))
    counter.bench.press("1", 2)
    counter.recorder.wait(lambda: bool(counter.recorder.of(RatePressed)))
    assert counter.recorder.of(RatePressed)[0].key == 2


@pytest.mark.parametrize("action", list(CallerAction))
def test_a_key_of_the_caller_keypad_is_told_and_answered(counter: Counter, action: CallerAction) -> None:
    assert obey(counter.bench, f"caller 1 {action}") == "ok"
    counter.recorder.wait(lambda: bool(counter.recorder.of(CallerKey)))
    (key,) = counter.recorder.of(CallerKey)
    assert (key.window, key.address, key.action) == ("1", 1, action)
    if action is CallerAction.RATE:  # its echo would be the command that starts a rating
        counter.settle(1)
        assert (counter.sim.acknowledged, counter.sim.prompts) == ([], 0)
    else:
        wait_until(lambda: len(counter.sim.acknowledged) == 1)
    assert counter.heard == []


def test_our_own_echo_is_no_key_and_no_answer(counter: Counter) -> None:
    assert obey(counter.bench, "adapter-echo ff68 1 on") == "ok"
    counter.clock.hold()
    assert obey(counter.bench, "caller 1 call") == "ok"
    wait_until(lambda: len(counter.sim.acknowledged) == 1)
    wait_until(lambda: counter.counted("echoes") >= 1)
    counter.settle(5)
    assert len(counter.recorder.of(CallerKey)) == 1
    assert len(counter.sim.acknowledged) == 1


def test_the_pad_is_unproven_until_it_is_heard(counter: Counter) -> None:
    wait_until(lambda: counter.reason() == "unproven")
    counter.press(1)
    wait_until(lambda: counter.reason() == "")


def test_the_digits_show_the_ticket_and_go_dark_on_a_break(counter: Counter) -> None:
    counter.await_state(DeviceState.READY, Role.WINDOW_DISPLAY)
    for text, shown in (("请 A023 到 1 号窗口", "023"), ("A1024 please go to window 1", "024"), ("窗口暂停", "   ")):
        counter.manager.show_text("1", text)
        wait_until(lambda shown=shown: counter.sim.ticket == shown)  # type: ignore[misc]
    assert obey(counter.bench, "digits 1") == "ok    |"


def test_a_binding_without_an_address_is_refused(bench: Bench, halls: list[Hall]) -> None:
    bench.add_ff68("1")
    pad = next(b for b in bench.bindings() if b.driver == "pad_ff68")
    nameless = Binding(pad.role, pad.driver, pad.window, pad.port, keys=pad.keys)
    hall = Counter(bench, (nameless,))
    halls.append(hall)
    hall.await_state(DeviceState.WRONG_DEVICE)
    assert [e.reason for e in hall.recorder.of(StateChanged) if e.state is DeviceState.WRONG_DEVICE] == ["address"]
    assert PadFf68.roles == frozenset({Role.RATING_DEVICE})


STEPS = st.lists(
    st.tuples(st.sampled_from(["press", "lock", "unlock", "ask"]), st.integers(1, 4), st.integers(0, 4000))
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_window_has_one_rating_until_it_is_given_back(steps: list[tuple[str, int, int]]) -> None:
    """A second one only if the first was given back; none once it is locked, none in the guard, none too late."""
    now_ms, deadline_ms = 1_000, 31_000
    window = HostWindow(WID, now_ms, deadline_ms)
    asked_ms, rated, locked = now_ms, 0, False
    for step, key, later_ms in steps:
        now_ms += later_ms
        if step == "lock":
            window.lock()
            locked = True
        elif step == "unlock":
            window.unlock()
            rated = rated if locked else 0
        elif step == "ask":
            window.ask_again(now_ms, deadline_ms)
            asked_ms = now_ms
        else:
            kind = window.press(key, now_ms)
            if kind is PressKind.RATING:
                assert not locked
                assert not rated
                assert asked_ms + GUARD_MS <= now_ms <= deadline_ms
                rated = key
            elif kind is PressKind.AGAIN:
                assert key == rated
