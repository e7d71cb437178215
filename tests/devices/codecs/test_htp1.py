"""HTP/1 on the wire: a decoder that survives anything. The published bytes are in test_htp1_messages.py."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.codecs.htp1 import BODY_MAX_BYTES, RETRANSMIT, Decoder, Frame, crc16, encode
from devices.codecs.htp1_messages import (
    Fault,
    Idle,
    IdleReply,
    Key,
    Message,
    Nak,
    Pong,
    Text,
    encode_text,
    pack,
    unpack,
)

frames = st.builds(
    Frame,
    addr=st.integers(0, 255),
    type=st.integers(0, 255),
    seq=st.integers(0, 255),
    payload=st.binary(max_size=200),
    flags=st.integers(0, 7),
)


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
