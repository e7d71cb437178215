"""What must hold for the decoders of the older protocols whatever comes over the line."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.codecs import aabb, customer_display, ff68, jt905, modbus
from devices.codecs.aabb import Style, Variant

FEW = settings(max_examples=40, deadline=None)
BYTE = st.integers(0, 255)
ADDRESS = st.integers(1, 0xF7)


class Codec(msgspec.Struct, frozen=True):
    """One protocol: its frames, both directions, and how many bytes its decoder may hold."""

    name: str
    frames: st.SearchStrategy[Any]
    encode: Callable[[Any], bytes]
    decoder: Callable[[], Any]
    most_bytes: int


def strip(variant: Variant) -> Codec:
    styles = st.builds(Style, BYTE.filter(lambda b: b < 16), st.integers(0, 7), st.integers(0, 99), st.integers(0, 2))
    texts = st.text("A0 请到号窗口李a3", max_size=40).map(lambda text: aabb.encode_text(text, 64))
    shows = st.builds(aabb.Show, ADDRESS, texts, styles, st.booleans())
    shows = shows.filter(lambda show: aabb.check_of(_body(show), variant) != aabb.END)
    frames = st.one_of(shows, st.builds(aabb.Probe, ADDRESS), st.builds(aabb.Power, ADDRESS, st.booleans()))
    return Codec(
        f"aabb_{variant}", frames, lambda frame: aabb.encode(frame, variant), lambda: aabb.Decoder(variant),
        aabb.FRAME_MAX_BYTES,
    )  # fmt: skip


def _body(show: aabb.Show) -> bytes:
    return bytes(msgspec.structs.astuple(show.style)) + show.text


FF68 = Codec(
    "ff68", st.builds(ff68.Frame, BYTE, BYTE, st.binary(max_size=ff68.DATA_MAX_BYTES)), ff68.encode, ff68.Decoder,
    ff68.FRAME_MAX_BYTES,
)  # fmt: skip
JT905 = Codec(
    "jt905", st.builds(jt905.Frame, BYTE, BYTE, st.integers(0, 0xFFFF), st.binary(max_size=30)), jt905.encode,
    jt905.Decoder, 4 + 4 + 256 + 3,
)  # fmt: skip
DISPLAY = Codec(
    "display",
    st.one_of(
        st.just(customer_display.Clear()),
        st.builds(customer_display.Show, st.from_regex(customer_display.SHOWABLE, fullmatch=True)),
        st.builds(customer_display.Lamp, st.sampled_from(customer_display.Label)),
    ),
    customer_display.encode, customer_display.Decoder, 24,
)  # fmt: skip
CODECS = [FF68, JT905, DISPLAY, strip(Variant.XOR), strip(Variant.SUM)]
STRIPS = CODECS[3:]
every = pytest.mark.parametrize("codec", CODECS, ids=[codec.name for codec in CODECS])
checked = pytest.mark.parametrize("codec", [FF68, JT905], ids=["ff68", "jt905"])


def all_of(decoder: Any, pieces: Sequence[bytes]) -> list[Any]:
    found = [frame for piece in pieces for frame in decoder.feed(piece)]
    return [*found, *decoder.idle()]


@every
@FEW
@given(data=st.data())
def test_what_was_sent_arrives_however_it_is_cut(codec: Codec, data: st.DataObject) -> None:
    frames = data.draw(st.lists(codec.frames, max_size=4))
    wire = b"".join(map(codec.encode, frames))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=6)))
    bounds = [0, *cuts, len(wire)]
    assert all_of(codec.decoder(), [wire[a:b] for a, b in pairwise(bounds)]) == frames


@every
@FEW
@given(data=st.data())
def test_after_any_noise_the_next_good_frame_is_found(codec: Codec, data: st.DataObject) -> None:
    frame = data.draw(codec.frames)
    heads = st.sampled_from([codec.encode(data.draw(codec.frames))[:6], b"\xff\x68", b"\x55\xaa", b"\xaa", b"\x1bQA"])
    noise = data.draw(st.lists(st.one_of(st.binary(max_size=30), heads), max_size=5).map(b"".join))
    decoder = codec.decoder()
    found = decoder.feed(noise) + decoder.idle() + all_of(decoder, [codec.encode(frame)])
    assert found[-1] == frame


@checked
@FEW
@given(data=st.data())
def test_a_good_frame_right_behind_noise_is_found_once_the_line_is_quiet(codec: Codec, data: st.DataObject) -> None:
    frame = data.draw(codec.frames)
    noise = data.draw(st.lists(st.one_of(st.binary(max_size=20), st.just(codec.encode(frame)[:5])), max_size=4))
    assert frame in all_of(codec.decoder(), [b"".join(noise) + codec.encode(frame)])


@every
@FEW
@given(data=st.data())
def test_a_frame_cut_short_is_no_frame(codec: Codec, data: st.DataObject) -> None:
    wire = codec.encode(data.draw(codec.frames))
    kept = data.draw(st.integers(0, len(wire) - 1))
    assert all_of(codec.decoder(), [wire[:kept]]) == []


@checked
@FEW
@given(data=st.data())
def test_one_flipped_bit_is_always_seen(codec: Codec, data: st.DataObject) -> None:
    """The sum and the XOR see it even though they are no CRC."""
    wire = bytearray(codec.encode(data.draw(codec.frames)))
    wire[data.draw(st.integers(0, len(wire) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert all_of(codec.decoder(), [bytes(wire)]) == []


@pytest.mark.parametrize("codec", STRIPS, ids=[codec.name for codec in STRIPS])
@FEW
@given(data=st.data())
def test_one_flipped_bit_in_style_text_or_check_of_a_strip_is_seen(codec: Codec, data: st.DataObject) -> None:
    """Unless it makes an end mark: address and command are not checked, and a text may end where it should not."""
    show = data.draw(codec.frames.filter(lambda frame: isinstance(frame, aabb.Show)))
    wire = bytearray(codec.encode(show))
    at = data.draw(st.integers(aabb.COMMAND_BYTES, len(wire) - 2))
    wire[at] ^= 1 << data.draw(st.integers(0, 7))
    if wire[at] != aabb.END:
        assert not any(isinstance(frame, aabb.Show) for frame in all_of(codec.decoder(), [bytes(wire)]))


def test_the_sum_does_not_see_two_bytes_that_changed_places() -> None:
    """Why a rating from such a line is marked weak."""
    wire = bytearray(ff68.encode(ff68.digits(3, ticket="023")))
    wire[-4], wire[-3] = wire[-3], wire[-4]
    assert ff68.Decoder().feed(bytes(wire)) == [ff68.digits(3, ticket="032")]


def test_a_flipped_bit_in_the_address_of_a_strip_is_not_seen() -> None:
    wire = bytearray(aabb.encode(aabb.Show(3, b"A023"), Variant.XOR))
    wire[1] ^= 1
    assert aabb.Decoder(Variant.XOR).feed(bytes(wire)) == [aabb.Show(2, b"A023")]


@every
@FEW
@given(data=st.data())
def test_a_decoder_never_raises_and_stays_small(codec: Codec, data: st.DataObject) -> None:
    decoder = codec.decoder()
    heads = st.sampled_from(
        [codec.encode(data.draw(codec.frames))[:6], b"\xff\x68\x12\x12\x68", b"\xaa\x01\xbb\x51\x54"]
    )
    for piece in data.draw(st.lists(st.one_of(st.binary(max_size=400), heads), max_size=6)):
        decoder.feed(piece)
        assert decoder.buffered_bytes <= codec.most_bytes
    decoder.idle()
    assert decoder.buffered_bytes == 0


REQUESTS = st.one_of(
    st.builds(modbus.WriteCoil, ADDRESS, st.integers(0, 0xFFFF), st.booleans()),
    st.builds(modbus.ReadCoils, ADDRESS, st.integers(0, 0xFFFF), st.integers(1, 40)),
)


def answer(request: modbus.Request, bits: int) -> bytes:
    """What a relay answers whose coils are `bits`."""
    if isinstance(request, modbus.WriteCoil):
        return modbus.encode(request)
    size = (request.count + 7) // 8
    states = (bits & (1 << request.count) - 1).to_bytes(size, "little")
    return modbus.sealed(bytes([request.addr, 1, size]) + states)


@FEW
@given(REQUESTS, st.integers(0, 2**40 - 1))
def test_the_answer_of_a_relay_says_what_its_coils_are(request: modbus.Request, bits: int) -> None:
    states = modbus.read_answer(request, answer(request, bits))
    wanted = (request.on,) if isinstance(request, modbus.WriteCoil) else tuple(
        bool(bits >> place & 1) for place in range(request.count)
    )  # fmt: skip
    assert states == wanted


@FEW
@given(REQUESTS, st.integers(0, 2**40 - 1), st.data())
def test_a_damaged_or_cut_answer_of_a_relay_is_none(request: modbus.Request, bits: int, data: st.DataObject) -> None:
    wire = bytearray(answer(request, bits))
    assert modbus.read_answer(request, bytes(wire[: data.draw(st.integers(0, len(wire) - 1))])) is None
    wire[data.draw(st.integers(0, len(wire) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert modbus.read_answer(request, bytes(wire)) is None


@FEW
@given(REQUESTS, st.binary(max_size=40))
def test_reading_an_answer_never_raises(request: modbus.Request, noise: bytes) -> None:
    modbus.read_answer(request, noise)
