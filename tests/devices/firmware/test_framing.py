"""Two decoders and two encoders, in C and in Python: the same bytes give the same frames, whatever they are."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.codecs.htp1 import Decoder, Frame, encode
from tests.devices.codecs.golden import GOLDEN
from tests.devices.firmware.program import Program

same_program = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
frames = st.builds(
    Frame, addr=st.integers(0, 255), type=st.integers(0, 255), seq=st.integers(0, 255),
    payload=st.binary(max_size=200), flags=st.integers(0, 7),
)  # fmt: skip
awkward = st.sampled_from([0x7E, 0x7D, 0x11, 0x13, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x40, 0x41])
noise = st.one_of(st.binary(max_size=300), st.lists(awkward, max_size=300).map(bytes))


def in_python(wire: bytes) -> str:
    decoder = Decoder()
    bodies = [head(frame).hex() + f"{len(frame.payload):02x}" + frame.payload.hex() for frame in decoder.feed(wire)]
    return " ".join([*bodies, f"bad={decoder.stats.bad}"])


def head(frame: Frame) -> bytes:
    return bytes([0x40 | frame.flags, frame.addr, frame.type, frame.seq])


@same_program
@given(st.lists(st.one_of(noise, frames.map(encode)), max_size=6))
def test_any_bytes_are_the_same_frames(batch: Program, pieces: list[bytes]) -> None:
    wire = b"".join(pieces)
    assert batch.tell(f"decode {wire.hex()}") == in_python(wire)


@same_program
@given(st.lists(frames.map(encode), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_damaged_frames_are_the_same_frames(batch: Program, sent: list[bytes], rng: random.Random) -> None:
    wire = bytearray(b"".join(sent))
    for _ in range(rng.randint(0, 4)):
        wire[rng.randrange(len(wire))] ^= 1 << rng.randrange(8)
    del wire[rng.randrange(len(wire)) : rng.randrange(len(wire) + 1)]
    assert batch.tell(f"decode {wire.hex()}") == in_python(bytes(wire))


@same_program
@given(frames)
def test_frames_are_the_same_bytes(batch: Program, frame: Frame) -> None:
    assert batch.tell(f"encode {(head(frame) + frame.payload).hex()}") == encode(frame).hex()


@pytest.mark.parametrize(("frame", "wire"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN])
def test_golden_frames_are_made_and_read_in_c(batch: Program, frame: Frame, wire: bytes) -> None:
    assert batch.tell(f"encode {(head(frame) + frame.payload).hex()}") == wire.hex()
    assert batch.tell(f"decode {wire.hex()}") == in_python(wire)
    assert in_python(wire).endswith(" bad=0")


def test_the_sanitizers_watch_where_the_compiler_has_them(c_pad: Path, watched_pad: Path) -> None:
    program = watched_pad.read_bytes()
    assert (b"__asan" in program and b"__ubsan" in program) or watched_pad == c_pad
