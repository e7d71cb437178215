"""Scanner lines: ends, prefixes, charsets, lengths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.line import LINE_MOST_BYTES, Decoder, Frame, encode
from tests.devices.codecs.pieces import MODEST, cut

TEXT = st.text(st.characters(categories=("L", "N"), max_codepoint=0x9FFF), min_size=1, max_size=40)
FRAMES = st.builds(Frame, TEXT, st.sampled_from(["", "]Q1", "]C0"]))


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"360600\r\n", [Frame("360600")]),
        (b"A1\tB2\n\n", [Frame("A1"), Frame("B2")]),
        (b"\x02A1\x03\r", [Frame("A1")]),
        (b"half\x02A1\r", [Frame("A1")]),
        (b"]Q3,01,32,\r", [Frame(",01,32,", "]Q3")]),
        ("税务\r".encode("gb18030"), [Frame("税务")]),
        ("税务\r".encode(), [Frame("税务")]),
        (b"]Q3\r", []),
        (b"\r\n\t\r", []),
    ],
)
def test_lines_come_out_without_what_the_scanner_put_around_them(wire: bytes, expected: list[Frame]) -> None:
    assert Decoder().feed(wire) == expected


def test_what_is_no_text_or_too_long_is_counted_and_the_next_line_is_read() -> None:
    decoder = Decoder(10)
    assert decoder.feed(b"\xff\xff\rA\x00B\r" + b"x" * 50 + b"\rok\r" + b"y" * 10 + b"\r") == [
        Frame("ok"),
        Frame("y" * 10),
    ]
    assert (decoder.stats.charset_errors, decoder.stats.length_errors, decoder.stats.frames) == (2, 1, 2)


@given(st.lists(FRAMES, max_size=5), st.data())
@MODEST
def test_any_split_gives_the_same_lines(frames: list[Frame], data: st.DataObject) -> None:
    decoder = Decoder()
    pieces = cut(b"".join(encode(frame) for frame in frames), data)
    assert [frame for piece in pieces for frame in decoder.feed(piece)] == frames


@given(st.binary(max_size=80), FRAMES)
@MODEST
def test_after_noise_the_next_line_is_found(noise: bytes, frame: Frame) -> None:
    decoder = Decoder()
    decoder.feed(noise)
    decoder.idle()
    assert decoder.feed(encode(frame)) == [frame]
    decoder.feed(noise + b"\r")
    assert decoder.feed(encode(frame)) == [frame]


@given(st.binary(max_size=300), st.integers(1, 12))
@MODEST
def test_nothing_raises_and_at_most_a_line_is_kept(data: bytes, times: int) -> None:
    decoder = Decoder()
    decoder.feed(data * times)
    assert decoder.buffered_bytes <= LINE_MOST_BYTES


def test_no_repr_shows_what_was_scanned() -> None:
    assert repr(Frame("999999190001010016")) == "Frame(18 characters)"
