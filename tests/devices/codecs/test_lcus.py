"""LCUS relays: the published bytes, and that nothing on the line can confuse the decoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.lcus import CHANNEL_MOST, FRAME_BYTES, HEAD, Decoder, Frame, encode
from tests.devices.codecs.pieces import MODEST, cut

GOLDEN = {Frame(1, True): "A0 01 01 A2", Frame(1, False): "A0 01 00 A1"}
FRAMES = st.builds(Frame, st.integers(1, CHANNEL_MOST), st.booleans())


def test_frames_have_the_published_bytes_both_ways() -> None:
    for frame, published in GOLDEN.items():
        assert encode(frame) == bytes.fromhex(published)
        assert Decoder().feed(bytes.fromhex(published)) == [frame]


@pytest.mark.parametrize("channel", [0, CHANNEL_MOST + 1])
def test_a_channel_no_board_has_is_refused(channel: int) -> None:
    with pytest.raises(ValueError, match=str(channel)):
        encode(Frame(channel, True))


@given(st.lists(FRAMES, max_size=6), st.data())
@MODEST
def test_any_split_gives_the_same_frames(frames: list[Frame], data: st.DataObject) -> None:
    decoder = Decoder()
    pieces = cut(b"".join(encode(frame) for frame in frames), data)
    assert [frame for piece in pieces for frame in decoder.feed(piece)] == frames


@given(st.binary(max_size=60), FRAMES)
@MODEST
def test_after_noise_the_next_frame_is_found(noise: bytes, frame: Frame) -> None:
    decoder = Decoder()
    assert decoder.feed(noise.replace(bytes([HEAD]), b"") + encode(frame)) == [frame]
    decoder.feed(noise)
    decoder.idle()
    assert decoder.feed(encode(frame)) == [frame]


@given(st.binary(max_size=200))
@MODEST
def test_nothing_raises_and_less_than_a_frame_is_kept(data: bytes) -> None:
    decoder = Decoder()
    frames = decoder.feed(data)
    assert decoder.buffered_bytes < FRAME_BYTES
    assert all(encode(frame) in data for frame in frames)
