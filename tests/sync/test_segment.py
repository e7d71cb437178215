"""T11: any bytes are a segment or a typed error; what was written is what is read."""

from __future__ import annotations

import gzip
import tracemalloc
from contextlib import suppress
from functools import partial

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.chain import first_hash, next_hash
from sync import answer, segment, wire
from sync.segment import Header, Line
from sync.wire import Clock
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

H0 = first_hash("n-1", 0)
LINES = [b'{"s":1,"k":"x.y"}', '{"s":2,"k":"票"}'.encode(), b'{"s":3}']


def header(lines: list[bytes], **changes: object) -> Header:
    head = H0
    for line in lines:
        head = next_hash(head, line)
    whole = Header(node="n-1", epoch=0, first=1, n=len(lines), prev=H0.hex(), head=head.hex(), now=Clock(1, 2, "b"))
    return msgspec.structs.replace(whole, **changes)


def packed(*lines: bytes) -> bytes:
    return gzip.compress(b"\n".join(lines) + b"\n", mtime=0)


GOOD = segment.write(header(LINES), LINES, DEVICE_KEY.sign)
HEAD_LINE = msgspec.json.encode(header(LINES))
SIGNED = msgspec.json.encode(wire.Signature("0" * 128))


def test_what_was_written_is_what_is_read() -> None:
    read = segment.read(GOOD)
    assert read.header == header(LINES)
    assert list(read.batch.lines) == LINES
    assert (read.batch.prev, read.batch.body) == (H0, GOOD)
    assert segment.write(header(LINES), LINES, DEVICE_KEY.sign) == GOOD


def test_a_heartbeat_has_no_lines() -> None:
    assert segment.read(segment.write(header([]), [], DEVICE_KEY.sign)).batch.lines == ()


def test_fields_of_a_newer_program_are_ignored() -> None:
    newer = HEAD_LINE[:-1] + b',"later":[1]}'
    assert segment.read(packed(newer, *LINES, SIGNED)).header == header(LINES)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", wire.NotGzip),
        (b"not gzip at all", wire.NotGzip),
        (GOOD[:-1], wire.NotGzip),
        (GOOD + b"x", wire.NotGzip),
        (GOOD + GOOD, wire.NotGzip),
        (gzip.compress(b"", mtime=0), wire.BadLines),
        (gzip.compress(b"no newline", mtime=0), wire.BadLines),
        (packed(HEAD_LINE, SIGNED), wire.BadLines),
        (packed(HEAD_LINE, *LINES, b"", SIGNED), wire.BadLines),
        (gzip.compress(b"\n" * 3_000_000, mtime=0), wire.BadLines),
        (packed(HEAD_LINE, *LINES), wire.BadSignature),
        (packed(HEAD_LINE, *LINES, b'{"sig":"aa"}'), wire.BadSignature),
        (packed(b"{}", *LINES, SIGNED), wire.BadHeader),
        (packed(b"[" * 100_000, *LINES, SIGNED), wire.BadHeader),
        (packed(b'{"p":2}', SIGNED), wire.OtherProtocol),
        (bytes(wire.MAX_PACKED + 1), wire.TooLarge),
    ],
)
def test_what_is_no_segment_is_named(body: bytes, error: type[wire.WireError]) -> None:
    with pytest.raises(error):
        segment.read(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"node": "a/b"},
        {"node": ""},
        {"node": "n\n"},
        {"epoch": -1},
        {"first": 0},
        {"n": 501},
        {"prev": "00"},
        {"head": "G" * 64},
        {"app": "x" * 65},
    ],
)
def test_a_header_out_of_bounds_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(wire.BadHeader):
        segment.read(segment.write(header(LINES, **changes), LINES, DEVICE_KEY.sign))


def test_a_gzip_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(bytes(400 * 1024 * 1024), 9)
    assert len(bomb) < wire.MAX_PACKED
    tracemalloc.start()
    try:
        with pytest.raises(wire.TooLarge):
            segment.read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 * wire.MAX_UNPACKED
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_segment_or_an_error(body: bytes) -> None:
    for whole in (body, gzip.compress(body, mtime=0), gzip.compress(body + b"\n" + SIGNED + b"\n")):
        for read in (segment.read, partial(answer.read, key=CENTRE_KEY.public)):
            with suppress(wire.WireError):  # any other exception fails the test
                read(whole)


@given(st.lists(st.binary(max_size=300).map(lambda line: line.replace(b"\n", b"")), max_size=30))
def test_lines_travel_as_the_bytes_they_are(lines: list[bytes]) -> None:
    assert list(segment.read(segment.write(header(lines), lines, DEVICE_KEY.sign)).batch.lines) == lines


@given(st.integers(10, len(GOOD) - 1), st.integers(0, 7))
def test_a_flipped_bit_never_passes(place: int, bit: int) -> None:
    """Deflate leaves a few bits unused: a flip there changes nothing, and then nothing may have changed."""
    try:
        found = segment.read(GOOD[:place] + bytes([GOOD[place] ^ 1 << bit]) + GOOD[place + 1 :])
    except wire.WireError:
        return
    good = segment.read(GOOD)
    batch = msgspec.structs.replace(found.batch, body=good.batch.body)
    assert found._replace(batch=batch) == good  # what it says, not how it is packed


@given(st.integers(0, len(GOOD) - 1))
def test_a_cut_never_passes(length: int) -> None:
    with pytest.raises(wire.WireError):
        segment.read(GOOD[:length])


@given(st.lists(st.integers(1, 16 * 1024), max_size=600), st.integers(1, 600))
def test_a_cut_segment_fits_and_always_moves(sizes: list[int], most: int) -> None:
    lines = [Line(bytes(size), H0) for size in sizes]
    taken = segment.fitting(lines, most)
    assert taken == lines[: len(taken)]
    assert len(taken) <= min(most, wire.MAX_EVENTS)
    assert bool(taken) == bool(lines)
    size = sum(len(one.line) + 1 for one in taken)
    assert size <= segment.MAX_LINES_SIZE
    if len(taken) < min(most, len(lines), wire.MAX_EVENTS):
        assert size + len(lines[len(taken)].line) + 1 > segment.MAX_LINES_SIZE
