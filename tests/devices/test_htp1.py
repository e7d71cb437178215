"""HTP/1 on the wire: the published bytes, and a decoder that survives anything."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.codecs.htp1 import ACK_REQ, BODY_MAX_BYTES, FROM_DEVICE, RETRANSMIT, Decoder, Frame, crc16, encode
from devices.codecs.htp1_messages import (
    Ack,
    AckCode,
    Close,
    Fault,
    Heart,
    Hello,
    HelloAck,
    Idle,
    IdleReply,
    Key,
    Message,
    Nak,
    Open,
    OpenReply,
    Ping,
    Pong,
    Rate,
    Text,
    encode_text,
    pack,
    unpack,
)

PAD = HelloAck(1, "PJ5-A", 2, "1.4.2", "HT25A0000317", 0x5C1F, 5, 0x003F)
GOLDEN: list[tuple[str, int, int, int, Message, str]] = [
    ("HELLO", 0xFE, 1, ACK_REQ, Hello(), "7E 41 FE 01 01 01 01 B3 CA 7E"),
    (
        "HELLO_ACK", 3, 1, FROM_DEVICE, PAD,
        "7E 44 03 81 01 1E 01 50 4A 35 2D 41 20 20 20 02 01 04 02"
        " 48 54 32 35 41 30 30 30 30 33 31 37 5C 1F 05 00 3F 15 82 7E",
    ),
    ("IDLE", 3, 2, ACK_REQ, Idle(5, "0317"), "7E 41 03 05 02 05 05 30 33 31 37 59 25 7E"),
    ("OPEN", 3, 3, ACK_REQ, Open(0x7E11, 45), "7E 41 03 03 03 04 7D 02 7D 03 2D 01 0F 7D 02 7E"),
    ("OPEN ok", 3, 3, FROM_DEVICE, OpenReply(0), "7E 44 03 83 03 01 00 A0 F6 7E"),
    (
        "RATE", 3, 0x21, ACK_REQ | FROM_DEVICE, Rate(0x7E11, 1, 2150, 180),
        "7E 45 03 40 21 07 7D 02 7D 03 01 08 66 00 B4 DE F4 7E",
    ),
    ("ACK counted", 3, 4, 0, Ack(0x21, AckCode.COUNTED), "7E 40 03 10 04 02 21 00 77 DE 7E"),
    ("ACK duplicate", 3, 5, 0, Ack(0x21, AckCode.DUPLICATE), "7E 40 03 10 05 02 21 01 7D 03 4B 7E"),
    ("CLOSE", 3, 6, ACK_REQ, Close(0x7E11, 0), "7E 41 03 04 06 03 7D 02 7D 03 00 FB 0C 7E"),
    ("PING", 3, 7, ACK_REQ, Ping(), "7E 41 03 02 07 00 C6 1E 7E"),
    ("HEART", 3, 0x22, FROM_DEVICE, Heart(0, 0, 0x5C1F, 86400), "7E 44 03 42 22 08 00 00 5C 1F 00 01 51 80 D9 12 7E"),
    (
        "TEXT", 0x13, 8, ACK_REQ, Text(1, "A023 请到3号窗口"),
        "7E 41 7D 04 08 08 14 01 00 00 05 41 30 32 33 20 C7 EB B5 BD 33 BA C5 B4 B0 BF DA 90 00 7E",
    ),
]  # fmt: skip
GOLDEN_FRAMES = [
    ("lamp on 21h", Frame(0x21, 0x07, 9, bytes([1, 2, 0]), ACK_REQ), "7E 41 21 07 09 03 01 02 00 FC 19 7E"),
    (
        "SETADDR by serial",
        Frame(0xFE, 0x0D, 0x0B, b"\x04HT25A0000317", ACK_REQ),
        "7E 41 FE 0D 0B 0D 04 48 54 32 35 41 30 30 30 30 33 31 37 E9 3F 7E",
    ),
]

frames = st.builds(
    Frame,
    addr=st.integers(0, 255),
    type=st.integers(0, 255),
    seq=st.integers(0, 255),
    payload=st.binary(max_size=200),
    flags=st.integers(0, 7),
)


@pytest.mark.parametrize(
    ("addr", "seq", "flags", "message", "wire"), [row[1:] for row in GOLDEN], ids=[r[0] for r in GOLDEN]
)
def test_published_exchanges(addr: int, seq: int, flags: int, message: Message, wire: str) -> None:
    kind, payload = pack(message)
    frame = Frame(addr, kind, seq, payload, flags)
    assert encode(frame) == bytes.fromhex(wire)
    assert Decoder().feed(bytes.fromhex(wire)) == [frame]
    assert unpack(frame) == message


@pytest.mark.parametrize(("frame", "wire"), [row[1:] for row in GOLDEN_FRAMES], ids=[r[0] for r in GOLDEN_FRAMES])
def test_published_frames(frame: Frame, wire: str) -> None:
    assert encode(frame) == bytes.fromhex(wire)
    assert Decoder().feed(bytes.fromhex(wire)) == [frame]


def test_crc_check_value() -> None:
    assert crc16(b"123456789") == 0x29B1


@given(st.lists(frames, max_size=5), st.randoms(use_true_random=False))
def test_round_trip_over_any_split(sent: list[Frame], rng: random.Random) -> None:
    wire = b"".join(map(encode, sent))
    decoder, received, at = Decoder(), [], 0
    while at < len(wire):
        step = rng.randint(1, 40)
        received += decoder.feed(wire[at : at + step]) + decoder.idle()
        at += step
    assert received == sent


@given(frames)
def test_the_wire_has_two_flags_and_no_flow_control(frame: Frame) -> None:
    wire = encode(frame)
    assert wire.count(0x7E) == 2
    assert 0x11 not in wire
    assert 0x13 not in wire


@given(st.lists(st.binary(max_size=600), max_size=4), frames)
def test_after_any_noise_the_next_frame_is_found_and_the_buffer_stays_bounded(noise: list[bytes], frame: Frame) -> None:
    decoder = Decoder()
    for piece in noise:
        decoder.feed(piece)
        assert decoder.buffered_bytes <= BODY_MAX_BYTES <= 208
    assert decoder.feed(encode(frame))[-1:] == [frame]


@given(frames, st.data())
def test_a_cut_frame_is_no_frame_and_the_next_one_is_found(frame: Frame, data: st.DataObject) -> None:
    wire = encode(frame)
    cut = data.draw(st.integers(0, len(wire) - 2))  # the closing flag alone may be the next frame's
    decoder = Decoder()
    assert decoder.feed(wire[:cut]) == []
    assert decoder.feed(wire) == [frame]


@settings(max_examples=300)
@given(frames, st.data())
def test_a_flipped_bit_never_makes_another_frame(frame: Frame, data: st.DataObject) -> None:
    wire = bytearray(encode(frame))
    bit = data.draw(st.integers(0, len(wire) * 8 - 1))
    wire[bit // 8] ^= 1 << bit % 8
    decoder = Decoder()
    assert decoder.feed(bytes(wire)) in ([], [frame])
    assert decoder.feed(encode(frame))[-1:] == [frame]


def test_flow_control_bytes_from_an_adapter_do_not_hurt() -> None:
    wire = encode(Frame(3, 2, 7))
    assert Decoder().feed(wire[:4] + b"\x11\x13" + wire[4:]) == [Frame(3, 2, 7)]


def test_another_protocol_version_is_ignored_and_counted() -> None:
    body = bytes([0x51, 3, 2, 7, 0])
    decoder = Decoder()
    assert decoder.feed(b"\x7e" + body + crc16(body).to_bytes(2, "big") + b"\x7e") == []
    assert decoder.stats.other_version == 1


@given(frames)
def test_unpack_never_raises_and_what_it_reads_packs_again(frame: Frame) -> None:
    message = unpack(frame)
    if message is not None:
        pack(message)


@pytest.mark.parametrize(
    "message",
    [
        Pong(1, 0x84, 7), Pong(0, 0, 0, 5, 4980), Key(2, 1, 90), Fault(5, 0x7E11, 2), Fault(3, 1, 1), Fault(6),
        Nak(3, 5), IdleReply(0), Idle(0, "王芳"), Text(2, "暂停"),
    ],
    ids=lambda message: type(message).__name__,
)  # fmt: skip
def test_messages_round_trip(message: Message) -> None:
    kind, payload = pack(message)
    assert unpack(Frame(1, kind, 1, payload, RETRANSMIT)) == message


def test_text_is_cut_at_whole_characters_and_loses_control_characters() -> None:
    assert encode_text("请\n到", 4) == "请到".encode("gb18030")
    assert encode_text("请到", 3) == "请".encode("gb18030")
    assert encode_text("\ud800", 2) == "□".encode("gb18030")
