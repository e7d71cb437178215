"""The C pad on a real pty behind the real manager: what a station may expect of any pad that follows docs/HTP1.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import serial

from devices.bindings import Binding, ExpectedIdentity
from devices.codecs.htp1 import ACK_REQ, Decoder, Frame, encode
from devices.codecs.htp1_messages import (
    AckCode,
    CfgKey,
    CfgReply,
    CfgSet,
    FaultCode,
    Hello,
    HelloAck,
    Loop,
    LoopReply,
    Message,
    pack,
    unpack,
)
from devices.events import DeviceState, KeyPressed, PadFault, RatePressed, Role, WindowOpened, WindowTimedOut
from devices.manager import DeviceManager
from devices.platform import monotonic_ms
from devices.ports import PortMatch
from devices.rating import Press, RatingLedger, VerdictCode
from devices.sim.bench import KEYS
from tests.devices.conftest import QUICK, Recorder, wait_until
from tests.devices.firmware.program import SERIAL, Program

WID: Final = 0x7E11
HEART_MS: Final = 400


def said(pad: Program) -> dict[str, int]:
    """What the pad says of itself on its other side."""
    return {name: int(value) for name, value in (pair.split("=") for pair in pad.tell("state").split())}


class Counter:
    """One window with the C pad: manager, ledger, and what a station does between them."""

    def __init__(self, pad: Program, folder: Path, *, address: int = 0, bus: bool = False) -> None:
        self.pad, self.recorder, self.ledger = pad, Recorder(), RatingLedger()
        self.terminal = pad.read_line().removeprefix("pty ")
        link = folder / f"usb-C_pad_{SERIAL}-if00"
        link.symlink_to(self.terminal)
        options = {"bus": True} if bus else {}
        binding = Binding(
            Role.RATING_DEVICE, "pad_htp1", "1", PortMatch(name=str(link)), identity=ExpectedIdentity(serial=SERIAL),
            address=address, keys=KEYS, options=options,
        )  # fmt: skip
        self.manager = DeviceManager([binding], self.recorder, by_id=folder, timing=QUICK)
        self.judged = 0

    @property
    def state(self) -> DeviceState:
        return self.manager.status()[0].state

    def await_state(self, state: DeviceState) -> None:
        wait_until(lambda: self.state is state)

    def open(self, wid: int, timeout_s: int = 60) -> None:
        before = len(self.recorder.of(WindowOpened))
        assert self.manager.open_window("1", wid, timeout_s)
        self.ledger.open(wid, f"s{wid}", SERIAL, timeout_s, monotonic_ms())
        self.recorder.wait(lambda: len(self.recorder.of(WindowOpened)) > before)

    def next_press(self) -> RatePressed:
        self.recorder.wait(lambda: len(self.recorder.of(RatePressed)) > self.judged)
        self.judged += 1
        return self.recorder.of(RatePressed)[self.judged - 1]

    def judge(self, event: RatePressed) -> VerdictCode:
        """Commits and acknowledges."""
        press = Press(event.pad_serial, event.wid, event.key, event.t_ms, event.held_ms, event.flags)
        verdict = self.ledger.judge(press, event.received_ms)
        if verdict.ack is not None:
            self.manager.acknowledge("1", event.seq, verdict.ack)
        return verdict.code

    def await_ack(self, code: AckCode) -> None:
        wait_until(lambda: said(self.pad)["acked"] == code)


@contextmanager
def running(counter: Counter) -> Iterator[Counter]:
    counter.manager.start()
    try:
        counter.await_state(DeviceState.READY)
        yield counter
    finally:
        counter.manager.stop()


@pytest.fixture
def counter(c_pad: Path, tmp_path: Path) -> Iterator[Counter]:
    with Program(c_pad, "--heart", str(HEART_MS)) as pad, running(Counter(pad, tmp_path)) as counter:
        yield counter


def test_it_says_who_it_is(counter: Counter) -> None:
    identity = counter.manager.status()[0].identity
    assert identity is not None
    assert (identity.model, identity.serial, identity.firmware, identity.keys) == ("PJ5-A", SERIAL, "1.4.2", 5)
    assert (identity.address, identity.boot) == (1, 0x5C1F)


def test_a_press_is_repeated_until_it_is_acknowledged_and_counted_once(counter: Counter) -> None:
    counter.pad.tell("drop-acks 1")
    counter.open(WID)
    counter.pad.tell("press 2")
    first = counter.next_press()
    assert (first.wid, first.key, first.retransmit) == (WID, 2, False)
    assert first.held_ms >= 180
    assert counter.judge(first) is VerdictCode.COUNTED
    again = counter.next_press()
    assert (again.seq, again.retransmit, again.t_ms) == (first.seq, True, first.t_ms)
    assert counter.judge(again) is VerdictCode.DUP_RETRANSMIT
    counter.await_ack(AckCode.DUPLICATE)
    wait_until(lambda: said(counter.pad)["state"] == 0)


def test_key_held_across_open_two_keys_and_a_second_press_do_not_rate(counter: Counter) -> None:
    counter.pad.tell("down 1")
    counter.open(WID)
    counter.pad.tell("up 1")
    counter.pad.tell("down 2")
    counter.pad.tell("down 3")
    counter.recorder.wait(lambda: bool(counter.recorder.of(PadFault)))
    fault = counter.recorder.of(PadFault)[0]
    assert (fault.code, fault.detail) == (FaultCode.TWO_KEYS, 0b110)
    counter.pad.tell("up 2")
    counter.pad.tell("up 3")
    counter.pad.tell("press 4")
    press = counter.next_press()
    assert press.key == 4
    counter.pad.tell("press 5")
    counter.recorder.wait(lambda: [event.key for event in counter.recorder.of(KeyPressed)] == [5])
    assert counter.judge(press) is VerdictCode.COUNTED


def test_a_key_that_is_stuck_is_told_and_freed(c_pad: Path, tmp_path: Path) -> None:
    with (
        Program(c_pad, "--speed", "20", "--heart", str(20 * HEART_MS)) as pad,
        running(Counter(pad, tmp_path)) as counter,
    ):
        pad.tell("down 3")
        counter.await_state(DeviceState.DEGRADED)
        pad.tell("up 3")
        counter.await_state(DeviceState.READY)
        told = [(fault.code, fault.detail) for fault in counter.recorder.of(PadFault)]
        assert told == [(FaultCode.STUCK, 0b100), (FaultCode.FREED, 0b100)]
        assert counter.recorder.of(KeyPressed) == []


def test_a_reset_gives_a_new_boot_number_and_the_window_again(counter: Counter) -> None:
    counter.open(WID)
    assert said(counter.pad)["wid"] == WID
    counter.pad.tell("reset")
    counter.recorder.wait(lambda: [event.wid for event in counter.recorder.of(WindowOpened)] == [WID, WID])
    assert said(counter.pad)["boot"] == 0x5C20
    counter.pad.tell("press 1")
    assert counter.next_press().boot == 0x5C20


def test_nobody_pressing_is_told(counter: Counter) -> None:
    counter.open(WID, timeout_s=1)
    counter.recorder.wait(lambda: [event.wid for event in counter.recorder.of(WindowTimedOut)] == [WID])


def test_an_open_case_quarantines_it(counter: Counter) -> None:
    counter.pad.tell("tamper 1")
    counter.await_state(DeviceState.QUARANTINED)


def test_on_a_bus_it_says_nothing_unasked_and_is_fetched(c_pad: Path, tmp_path: Path) -> None:
    arguments = ("--bus", "--address", "7", "--heart", str(HEART_MS))
    with Program(c_pad, *arguments) as pad, running(Counter(pad, tmp_path, address=7, bus=True)) as counter:
        counter.open(WID)
        pad.tell("press 3")
        press = counter.next_press()
        assert (press.wid, press.key) == (WID, 3)
        assert counter.judge(press) is VerdictCode.COUNTED
        counter.await_ack(AckCode.COUNTED)


class Line:
    """The pad's terminal in our own hands."""

    def __init__(self, terminal: str, baud: int = 9600) -> None:
        self.port = serial.Serial(terminal, baud, timeout=0.05)
        self._decoder = Decoder()
        self._seq = 0

    def send(self, message: Message, flags: int = ACK_REQ) -> bytes:
        self._seq += 1
        return encode(Frame(0xFE, *_numbered(message, self._seq), flags))

    def await_answer(self, kind: type[Message]) -> Message:
        found: list[Message] = []

        def come() -> bool:
            messages = [unpack(frame) for frame in self._decoder.feed(self.port.read(256))]
            found.extend(message for message in messages if isinstance(message, kind))
            return bool(found)

        wait_until(come)
        return found[0]


def _numbered(message: Message, seq: int) -> tuple[int, int, bytes]:
    kind, payload = pack(message)
    return kind, seq, payload


@pytest.fixture
def pad(c_pad: Path) -> Iterator[Program]:
    with Program(c_pad) as running:
        yield running


def test_split_bytes_and_noise_cost_nothing_but_the_damaged_frame(pad: Program) -> None:
    line = Line(pad.read_line().removeprefix("pty "))
    loop = Loop(bytes.fromhex("00FF55AA7E7D1113"))
    with line.port as port:
        for byte in line.send(Hello()):
            port.write(bytes([byte]))
            port.flush()
        assert isinstance(line.await_answer(HelloAck), HelloAck)
        port.write(b"\xff\x00\x7d" + line.send(Hello())[:9] + b"\x55\x13" + line.send(loop))
        assert line.await_answer(LoopReply) == LoopReply(loop.data)


def test_what_is_sent_at_another_rate_is_not_heard(pad: Program) -> None:
    line = Line(pad.read_line().removeprefix("pty "))
    pad.tell("unlock")
    with line.port as port:
        port.write(line.send(CfgSet(CfgKey.BAUD, 1152)))
        assert line.await_answer(CfgReply) == CfgReply()
        assert said(pad)["baud"] == 115200
        heard, lost = said(pad)["bytes"], line.send(Loop(b"lost"))
        port.write(lost)
        wait_until(lambda: said(pad)["bytes"] == heard + len(lost))
        port.baudrate = 115200
        port.write(line.send(Loop(b"heard")))
        assert line.await_answer(LoopReply) == LoopReply(b"heard")
