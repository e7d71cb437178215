"""The C pad and the simulated pad are one device: the same hours give the same bytes at the same times."""

from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.codecs.htp1 import ACK_REQ, ADDR_ALL, ADDR_ALONE, FROM_DEVICE, RETRANSMIT, Decoder, Frame, crc16, encode
from devices.codecs.htp1_messages import (
    Ack,
    CfgGet,
    CfgKey,
    CfgSet,
    CfgValue,
    Close,
    CloseReply,
    Commit,
    Discover,
    Fault,
    Fetch,
    FetchReply,
    Heart,
    Hello,
    Idle,
    Key,
    KeyState,
    Led,
    Loop,
    Message,
    MessageType,
    Nak,
    NakCode,
    Open,
    Ping,
    Prompt,
    Rate,
    Reset,
    SelfTest,
    SetAddr,
    pack,
    unpack,
    unwrap,
)
from tests.devices.firmware.program import SERIAL, Program
from tests.devices.firmware.virtual import PythonPad

M = TypeVar("M", bound=Message)
WIDS: Final = st.sampled_from([1, 2, 0x7E11])
small = st.integers(0, 12)
messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(Open, WIDS | st.just(0), st.sampled_from([0, 1, 5, 60, 61]), small),
    st.builds(Open, WIDS, st.just(30)),
    st.builds(Close, WIDS, st.integers(0, 3)),
    st.builds(Ack, st.integers(0x1E, 0x26), st.integers(0, 4)),
    st.just(Fetch()),
    st.just(Ping()),
    st.builds(Hello, st.integers(0, 1)),
    st.builds(Idle, small, st.sampled_from(["", "0317", "王芳"])),
    st.builds(Prompt, small, small | st.just(0xFF)),
    st.builds(Led, small, small, small),
    st.builds(CfgGet, st.integers(0, 8)),
    st.builds(CfgSet, st.integers(0, 8), st.sampled_from([0, 1, 3, 5, 7, 10, 20, 96, 100, 192, 1152, 300])),
    st.builds(Commit, st.sampled_from([b"CM", b"CN"])),
    st.builds(SelfTest, st.integers(0, 4)),
    st.builds(SetAddr, st.sampled_from([0, 3, 4, 0xF7, 0xF8]), st.sampled_from([SERIAL, "HT25A0000522"])),
    st.builds(Loop, st.binary(max_size=40)),
    st.builds(Discover, st.sampled_from([0, 1, 16, 64, 65])),
    st.just(Reset()),
)
kinds = st.sampled_from(MessageType).map(int) | st.integers(0, 255)
address = st.sampled_from([3, 3, 3, 3, 4, ADDR_ALONE, ADDR_ALL])
flags = st.sampled_from([ACK_REQ, ACK_REQ, ACK_REQ, 0, ACK_REQ | RETRANSMIT, RETRANSMIT, FROM_DEVICE | ACK_REQ])


def wire(addr: int, seq: int, frame_flags: int, message: Message) -> str:
    kind, payload = pack(message)
    return "rx " + encode(Frame(addr, kind, seq, payload, frame_flags)).hex()


requests = st.builds(wire, address, st.integers(1, 3), flags, messages)
strange = st.builds(Frame, address, kinds, st.integers(0, 3), st.binary(max_size=4), flags).map(
    lambda frame: "rx " + encode(frame).hex()
)
noise = st.binary(max_size=12).map(lambda data: "rx " + data.hex())


def press(key: int, held_ms: int = 180) -> list[str]:
    return [f"down {key}", f"+{held_ms}", f"up {key}", "+40"]


fingers = st.builds("{} {}".format, st.sampled_from(["down", "up"]), st.integers(1, 3) | st.just(5))
others = st.sampled_from(["tamper 1", "tamper 0", "unlock", "reset"])
waits = st.sampled_from([10, 20, 30, 40, 100, 300, 1000, 2500, 6000, 8100, 31_000]).map("+{}".format)
opens = st.builds(Open, WIDS, st.just(30)).map(lambda message: wire(3, 7, ACK_REQ, message))
presses = st.builds(press, st.integers(1, 3), st.sampled_from([20, 30, 180]))
single = st.one_of(requests, fingers, waits, waits, strange, noise, others).map(lambda step: [step])
held_over = st.tuples(fingers, waits, opens, waits, fingers, waits).map(list)
steps = st.lists(st.one_of(single, single, opens.map(lambda step: [step]), presses, held_over), max_size=20)


def play(script: list[str], *pads: PythonPad | Program) -> list[Frame]:
    """Everything the pads said, which was the same."""
    now_ms, said, decoder = 0, list[Frame](), Decoder()
    for number, step in enumerate(script):
        if step.startswith("+"):
            now_ms += int(step[1:])
            step = f"at {now_ms}"
        answers = [pad.tell(step) for pad in pads]
        assert len(set(answers)) == 1, (script[: number + 1], answers)
        said += decoder.feed(bytes.fromhex(answers[0]))
    return said


def of(kind: type[M], said: list[Frame]) -> list[M]:
    return [message for frame in said if isinstance(message := unpack(frame), kind)]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps, st.booleans())
def test_any_day_is_the_same_in_c_and_in_python(watched_pad: Path, script: list[list[str]], bus: bool) -> None:
    hello = wire(ADDR_ALONE, 9, ACK_REQ, Hello())
    with Program(watched_pad, "--batch", "--address", "3", *(["--bus"] if bus else [])) as in_c:
        play([hello, *chain.from_iterable(script), "+300"], in_c, PythonPad(bus=bus))


def test_a_rating_nobody_acknowledges_is_given_up_at_the_same_time(batch: Program) -> None:
    opened = wire(3, 1, ACK_REQ, Open(7, 60))
    said = play([opened, "+500", *press(2), *["+1000"] * 60, *press(2)], batch, PythonPad())
    assert of(Rate, said) == [Rate(7, 2, 500, 180)] * 12
    assert [frame.retransmit for frame in said if frame.type == MessageType.RATE] == [False] + [True] * 11
    assert of(Key, said) == [Key(2, KeyState.NO_WINDOW, 180)]
    assert len(of(Heart, said)) == 6


def test_a_key_that_bounces_or_is_held_across_open_rates_nothing(batch: Program) -> None:
    bounce = ["down 2", "+20", "up 2", "+10", "down 2", "+20", "up 2", "+200"]
    held = ["down 1", "+100", wire(3, 1, ACK_REQ, Open(7, 60)), "+500", "up 1", "+100"]
    good = ["down 4", "+30", "up 4", "+20"]
    pads = batch, PythonPad()
    assert of(Rate, play([*held, *bounce, *good], *pads)) == []
    assert of(Rate, play(["+1010"], *pads)) == [Rate(7, 4, 850, 30)]


def test_a_new_window_forgets_the_rating_of_the_last_one(batch: Program) -> None:
    script = [wire(3, 1, ACK_REQ, Open(7, 60)), *press(1), wire(3, 2, ACK_REQ, Open(8, 60)), "+3000"]
    said = play(script, batch, PythonPad())
    assert [press.wid for press in of(Rate, said)] == [7]


def test_a_rating_on_a_bus_waits_for_its_fetch(batch: Program) -> None:
    opened, fetches = wire(3, 1, ACK_REQ, Open(7, 60)), [wire(3, seq, ACK_REQ, Fetch()) for seq in range(2, 7)]
    told = wire(3, 9, 0, Ack(0x20, 0))
    script = [opened, fetches[0], *press(2), fetches[1], "+9000", *press(4), fetches[2], told, fetches[3], fetches[4]]
    said = play(script, batch, PythonPad())
    assert [reply.kind for reply in of(FetchReply, said)] == [0, 0x40, 0x40, 0x41, 0]
    assert [unpack(frame) for reply in of(FetchReply, said)[2:4] if (frame := unwrap(reply, said[0]))] == [
        Rate(7, 2, 0, 180), Key(4, KeyState.SPENT, 180),
    ]  # fmt: skip
    assert {frame.type for frame in said} == {MessageType.OPEN_REPLY, MessageType.FETCH_REPLY}


def test_a_device_that_is_fetched_no_more_speaks_again(batch: Program) -> None:
    said = play([wire(3, 2, ACK_REQ, Fetch()), "+29000", "+12000"], batch, PythonPad())
    assert len(of(Heart, said)) == 2


def test_stuck_keys_chords_and_the_unlocking_chord(batch: Program) -> None:
    script = ["down 1", "+9000", "up 1", "+100", "down 2", "+100", "down 3", "+100", "up 2", "up 3", "+100"]
    unlock = ["down 1", "down 5", "+5200", "up 1", "up 5", "+100"]
    rate = [wire(3, 8, ACK_REQ, CfgSet(CfgKey.BAUD, 1152)), wire(3, 9, ACK_REQ, Commit())]
    asked = ["+20000", wire(3, 10, ACK_REQ, CfgGet(CfgKey.BAUD)), "+600000", wire(3, 11, ACK_REQ, Commit())]
    hello = wire(3, 7, ACK_REQ, Hello())
    said = play([hello, *rate, *script, *unlock, *rate, *asked], batch, PythonPad())
    assert of(Fault, said) == [Fault(1, 0b1, 1), Fault(2, 0b1, 1), Fault(4, 0b110, 1), Fault(4, 0b10001, 1)]
    assert [nak.code for nak in of(Nak, said)] == [NakCode.LOCKED] * 3
    assert of(CfgValue, said) == [CfgValue(CfgKey.BAUD, 1152)]


def test_a_new_rate_that_nobody_speaks_is_given_up(batch: Program) -> None:
    change = [wire(3, 8, ACK_REQ, CfgSet(CfgKey.BAUD, 1152)), "+10010", wire(3, 10, ACK_REQ, CfgGet(CfgKey.BAUD))]
    said = play(["unlock", *change], batch, PythonPad())
    assert of(CfgValue, said) == [CfgValue(CfgKey.BAUD, 96)]


def test_settings_that_were_not_committed_are_forgotten_at_a_reset(batch: Program) -> None:
    set_volume, ask = wire(3, 8, ACK_REQ, CfgSet(CfgKey.VOLUME, 2)), wire(3, 9, ACK_REQ, CfgGet(CfgKey.VOLUME))
    again = wire(3, 5, ACK_REQ, CfgGet(CfgKey.VOLUME))
    said = play(["unlock", set_volume, ask, wire(3, 4, ACK_REQ, Reset()), again], batch, PythonPad())
    assert of(CfgValue, said) == [CfgValue(CfgKey.VOLUME, 2), CfgValue(CfgKey.VOLUME, 6)]


def test_only_the_pad_with_the_serial_number_takes_an_address_and_all_answer_discovery(batch: Program) -> None:
    other, own = SetAddr(9, "HT25A0000522"), SetAddr(4, SERIAL)
    said = play([wire(ADDR_ALONE, 1, ACK_REQ, message) for message in (other, own)], batch, PythonPad())
    assert [(frame.addr, frame.type) for frame in said] == [(4, MessageType.SETADDR_REPLY)]


def test_discovery_is_answered_in_the_slot_of_the_serial_number(batch: Program) -> None:
    in_slot = crc16(SERIAL.encode()) % 16 * 60
    script = [wire(ADDR_ALL, 1, 0, Discover(16)), f"+{in_slot - 10}", wire(3, 2, ACK_REQ, Ping()), "+10"]
    said = play(script, batch, PythonPad())
    assert [(frame.type, frame.seq) for frame in said] == [(MessageType.PONG, 2), (MessageType.HELLO_ACK, 1)]


def test_a_repeated_request_is_answered_alike_and_not_done_again(batch: Program) -> None:
    close = [wire(3, 2, flags, Close(7, 0)) for flags in (ACK_REQ, ACK_REQ | RETRANSMIT)]
    said = play([wire(3, 1, ACK_REQ, Open(7, 60)), *close, wire(3, 3, ACK_REQ, Close(7, 0))], batch, PythonPad())
    assert [reply.code for reply in of(CloseReply, said)] == [0, 0, 1]


def test_a_repetition_to_everybody_or_that_wants_no_answer_is_neither_answered_nor_done(batch: Program) -> None:
    close = Close(7, 0)
    unanswered = [wire(ADDR_ALL, 2, ACK_REQ | RETRANSMIT, close), wire(3, 2, RETRANSMIT, close)]
    said = play([wire(3, 1, ACK_REQ, Open(7, 60)), wire(3, 2, ACK_REQ, close), *unanswered], batch, PythonPad())
    assert [frame.type for frame in said] == [MessageType.OPEN_REPLY, MessageType.CLOSE_REPLY]
