"""Every HTP/1 message: its published bytes, there and back, and what does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.bindings import Binding
from devices.codecs.htp1 import FROM_DEVICE, Decoder, Frame, encode
from devices.codecs.htp1_messages import (
    BY_TYPE,
    MESSAGES,
    REPLY,
    CfgKey,
    FetchReply,
    Message,
    MessageType,
    Rate,
    pack,
    unpack,
    unwrap,
)
from devices.codecs.htp1_upkeep import Loop, SetAddr, slot_ms, wire_value
from devices.errors import LineSettings
from devices.events import Role
from devices.sim.pad import SimPad
from devices.sim.window import SimWindowDisplay
from tests.devices.codecs.golden import GOLDEN
from tests.devices.codecs.golden import MESSAGES as PUBLISHED


@pytest.mark.parametrize(("frame", "wire"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN])
def test_published_frames(frame: Frame, wire: bytes) -> None:
    assert encode(frame) == wire
    assert Decoder().feed(wire) == [frame]


@pytest.mark.parametrize("row", PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published_meanings(row: tuple[str, int, int, int, Message, str]) -> None:
    frames = Decoder().feed(bytes.fromhex(row[5]))
    assert [unpack(frame) for frame in frames] == [row[4]]


def test_every_type_is_a_message_and_has_a_published_frame() -> None:
    assert set(BY_TYPE) == set(MessageType)
    assert {frame.type for _, frame, _ in GOLDEN} == set(MessageType)
    assert len(MESSAGES) == len(BY_TYPE)


def test_every_request_but_two_has_a_reply_of_its_own() -> None:
    requests = {kind for kind in MessageType if kind < MessageType.RATE}
    without = {kind for kind in requests if kind | REPLY not in BY_TYPE}
    assert without == {MessageType.ACK, MessageType.DISCOVER}


@given(st.integers(0, 255), st.binary(max_size=40))
def test_what_can_be_read_is_written_the_same(kind: int, payload: bytes) -> None:
    message = unpack(Frame(3, kind, 1, payload))
    if message is not None and kind not in (MessageType.IDLE, MessageType.TEXT):  # hostile text loses its controls
        again = unpack(Frame(3, *_swapped(pack(message))))
        assert again == message


def _swapped(packed: tuple[int, bytes]) -> tuple[int, int, bytes]:
    return packed[0], 1, packed[1]


@pytest.mark.parametrize("payload", [b"", b"\0\0\1", b"\0\0\1\2\x40", b"\0\0\1\2\0\1"])
def test_a_fetch_reply_is_health_alone_or_with_a_whole_message(payload: bytes) -> None:
    assert unpack(Frame(3, MessageType.FETCH_REPLY, 1, payload)) is None


def test_a_fetched_message_is_the_frame_the_device_would_have_sent() -> None:
    reply = FetchReply(2, 0x81, 0x5C1F, MessageType.RATE, 0x21, Rate(7, 1, 2, 3).payload())
    frame = unwrap(reply, Frame(3, MessageType.FETCH_REPLY, 9))
    assert frame is not None
    assert frame.ack_req
    assert frame.from_device
    assert (frame.addr, frame.seq, unpack(frame)) == (3, 0x21, Rate(7, 1, 2, 3))
    assert unwrap(FetchReply(0, 0, 1), Frame(3, 0, 9, flags=FROM_DEVICE)) is None


def test_a_loop_longer_than_a_frame_and_a_foreign_serial_number_are_refused() -> None:
    with pytest.raises(ValueError, match="201"):
        pack(Loop(bytes(201)))
    with pytest.raises(ValueError, match="ascii"):
        pack(SetAddr(4, "评价器"))


def test_slots_of_discovery_are_as_long_as_the_line_is_slow() -> None:
    assert [slot_ms(baud) for baud in (9600, 19200, 38400, 57600, 115200)] == [60, 30, 15, 10, 5]


def test_the_line_is_9600_8n1_unless_someone_says_otherwise() -> None:
    assert Binding(Role.RATING_DEVICE, "pad_htp1").line == LineSettings(9600, "8N1")
    for device in (SimPad("HT25A0000317"), SimWindowDisplay("CP25A0000001")):
        assert device.baud == LineSettings().baud
    assert wire_value(CfgKey.BAUD, 9600) == 96
