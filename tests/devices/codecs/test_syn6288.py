"""SYN6288: the published bytes, and that nothing on the line can confuse the decoder."""

from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.syn6288 import (
    HEAD,
    HEAD_BYTES,
    LENGTH_MOST,
    TEXT_MAX_BYTES,
    Command,
    Decoder,
    Frame,
    Reply,
    ReplyDecoder,
    encode,
    encode_text,
)
from tests.devices.codecs.pieces import MODEST, cut

GOLDEN = {
    Frame(Command.SAY, "请A023号到3号窗口"): "FD 00 14 01 01 C7 EB 41 30 32 33 BA C5 B5 BD 33 BA C5 B4 B0 BF DA EF",
    Frame(Command.QUERY): "FD 00 02 21 DE",
    Frame(Command.STOP): "FD 00 02 02 FD",
}
SPOKEN = st.text(st.sampled_from("请到号窗口AB0123456789，一"), min_size=1, max_size=60)
FRAMES = st.builds(Frame, st.just(Command.SAY), SPOKEN) | st.builds(
    Frame, st.sampled_from([command for command in Command if command is not Command.SAY])
)


def test_commands_have_the_published_bytes_both_ways() -> None:
    for frame, published in GOLDEN.items():
        assert encode(frame) == bytes.fromhex(published)
        assert Decoder().feed(bytes.fromhex(published)) == [frame]


def test_replies_are_single_bytes() -> None:
    decoder = ReplyDecoder()
    assert decoder.feed(bytes.fromhex("4A 41 4E 00 4F 45")) == [
        Reply.STARTED, Reply.ACCEPTED, Reply.BUSY, Reply.IDLE, Reply.BAD_FRAME,
    ]  # fmt: skip
    assert (decoder.stats.frames, decoder.stats.noise_bytes) == (5, 1)


def test_what_the_chip_cannot_say_is_left_out_and_a_long_text_ends_between_characters() -> None:
    assert encode_text("请☃\x07A\n🎫号").decode("gb2312") == "请A号"
    assert encode_text("A" + "请" * 150).decode("gb2312") == "A" + "请" * 99
    assert len(encode(Frame(Command.SAY, "请" * 150))) == HEAD_BYTES + 3 + TEXT_MAX_BYTES


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
    found = decoder.feed(noise.replace(bytes([HEAD]), b"")) + decoder.feed(encode(frame))
    assert found == [frame]
    decoder.feed(noise)
    decoder.idle()
    assert decoder.feed(encode(frame)) == [frame]


@given(FRAMES)
@MODEST
def test_a_false_head_hides_a_frame_only_until_the_line_is_quiet(frame: Frame) -> None:
    decoder = Decoder()
    head = bytes([HEAD]) + LENGTH_MOST.to_bytes(2, "big")
    assert decoder.feed(head + encode(frame)) + decoder.idle() == [frame]


@given(st.binary(max_size=600))
@MODEST
def test_nothing_raises_and_little_is_kept(data: bytes) -> None:
    decoder = Decoder()
    decoder.feed(data)
    assert decoder.buffered_bytes < HEAD_BYTES + LENGTH_MOST
    decoder.idle()
    assert decoder.buffered_bytes == 0


@given(FRAMES, st.data())
@MODEST
def test_half_a_frame_is_none(frame: Frame, data: st.DataObject) -> None:
    wire = encode(frame)
    decoder = Decoder()
    assert decoder.feed(wire[: data.draw(st.integers(0, len(wire) - 1))]) == []
