"""The reader of ID cards: the published bytes, the card's text, and that nothing on the line can confuse the decoder."""

from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.sam import (
    HEAD_BYTES,
    LENGTH_MOST,
    PREAMBLE,
    CardText,
    Command,
    Decoder,
    Frame,
    Status,
    card_text,
    encode,
)
from devices.sim.card_reader import made_up_card
from tests.devices.codecs.pieces import MODEST, cut

COMMANDS = {
    Command.STATUS: "AA AA AA 96 69 00 03 11 FF ED",
    Command.FIND: "AA AA AA 96 69 00 03 20 01 22",
    Command.SELECT: "AA AA AA 96 69 00 03 20 02 21",
    Command.READ: "AA AA AA 96 69 00 03 30 01 32",
}
ANSWERS = {
    Status.OK.value: "AA AA AA 96 69 00 04 00 00 90 94",
    Status.NO_CARD.value: "AA AA AA 96 69 00 04 00 00 80 84",
    Status.FOUND.value + bytes(4): "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97",
    Status.OK.value + bytes(8): "AA AA AA 96 69 00 0C 00 00 90" + " 00" * 8 + " 9C",
}
FRAMES = st.builds(Frame, st.binary(min_size=2, max_size=40))
WHOLE_CARD_BYTES = 1295


def test_frames_have_the_published_bytes_both_ways() -> None:
    bodies = {command.value: published for command, published in COMMANDS.items()} | ANSWERS
    for body, published in bodies.items():
        assert encode(Frame(body)) == bytes.fromhex(published)
        assert Decoder().feed(bytes.fromhex(published)) == [Frame(body)]


def test_a_card_is_1295_bytes_and_gives_name_and_number() -> None:
    card = made_up_card(7)
    wire = encode(Frame(Status.OK.value + card.answer()))
    assert len(wire) == WHOLE_CARD_BYTES
    (frame,) = Decoder().feed(wire)
    assert frame.status == Status.OK
    assert card_text(frame.data) == CardText(card.name, card.number)
    assert card_text(frame.data[:100]) is None
    assert card_text(b"") is None


def test_no_repr_shows_a_person() -> None:
    card = made_up_card()
    frame = Frame(Status.OK.value + card.answer())
    assert card.number not in repr(card_text(frame.data))
    assert card.number.encode("utf-16-le")[:8] not in repr(frame).encode()
    assert repr(frame) == f"Frame({len(frame.body)} bytes)"


@given(st.lists(FRAMES, max_size=4), st.data())
@MODEST
def test_any_split_gives_the_same_frames(frames: list[Frame], data: st.DataObject) -> None:
    decoder = Decoder()
    pieces = cut(b"".join(encode(frame) for frame in frames), data)
    assert [frame for piece in pieces for frame in decoder.feed(piece)] == frames


@given(st.binary(max_size=80), FRAMES)
@MODEST
def test_after_noise_the_next_frame_is_found(noise: bytes, frame: Frame) -> None:
    decoder = Decoder()
    assert decoder.feed(noise.replace(PREAMBLE, b"") + encode(frame)) == [frame]


@given(FRAMES, st.integers(0, 20))
@MODEST
def test_a_false_head_hides_a_frame_only_until_the_line_is_quiet(frame: Frame, noise: int) -> None:
    decoder = Decoder()
    head = PREAMBLE + LENGTH_MOST.to_bytes(2, "big") + bytes(noise)
    assert decoder.feed(head + encode(frame)) + decoder.idle() == [frame]
    assert decoder.buffered_bytes == 0


@given(st.binary(max_size=200), st.integers(0, 40))
@MODEST
def test_nothing_raises_and_little_is_kept(data: bytes, times: int) -> None:
    decoder = Decoder()
    decoder.feed((PREAMBLE + data) * times)
    assert decoder.buffered_bytes < HEAD_BYTES + LENGTH_MOST


@given(FRAMES, st.data())
@MODEST
def test_a_flipped_bit_never_gives_another_frame(frame: Frame, data: st.DataObject) -> None:
    wire = bytearray(encode(frame))
    wire[data.draw(st.integers(0, len(wire) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    decoder = Decoder()
    assert decoder.feed(bytes(wire)) == []
