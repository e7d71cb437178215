"""What the monitor shows and what it never shows."""

import asyncio
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.bindings import Binding
from devices.codecs import htp1, sam
from devices.codecs.aabb import Show, Variant
from devices.codecs.aabb import encode as strip_wire
from devices.codecs.htp1_messages import Rate, Text, pack
from devices.codecs.lcus import Frame as RelayFrame
from devices.codecs.lcus import encode as relay_wire
from devices.errors import LineSettings
from devices.events import Role
from devices.ports import PortMatch
from devices.sim.card_reader import SimCardReader, made_up_card
from devices.sim.scanner import SimScanner
from devices.technician.monitor import HIDDEN, LINE_BYTES, Direction, Filter, Monitor
from devices.technician.outputs import read_card
from devices.technician.rig import monitor_for, rigged
from tests.devices.technician.conftest import Plug

CARD = "6222020200112233444"
PERSON = made_up_card(7)
FAST = LineSettings(115200)


class Clock:
    def __init__(self) -> None:
        self.now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


def monitor(clock: Clock, protocol: str = "", **more: object) -> Monitor:
    return Monitor(protocol, line=FAST, clock=clock, wall=lambda: clock.now_ms / 1000, **more)  # type: ignore[arg-type]


def wire(message: object, flags: int = 0) -> bytes:
    kind, payload = pack(message)  # type: ignore[arg-type]
    return htp1.encode(htp1.Frame(3, kind, 33, payload, flags))


def test_each_frame_has_a_line_with_its_meaning_and_the_time_since_the_last(clock: Clock) -> None:
    shown = monitor(clock, "htp1")
    rate = wire(Rate(0x7E11, 1, 2150, 180), htp1.FROM_DEVICE)
    shown.received(rate[:5])
    clock.now_ms += 5
    shown.received(rate[5:])
    clock.now_ms += 30
    shown.sent(wire(Text(1, "请A023号")))
    lines = shown.tail(10)
    page = shown.since()
    assert [line.direction for line in page.lines] == [Direction.RECEIVED, Direction.SENT]
    assert page.lines[0].hex == rate.hex(" ").upper()
    assert page.lines[0].meaning.startswith("RATE addr=03 seq=33 wid=32273 key=1 t_ms=2150")
    assert "text=请A023号" in page.lines[1].meaning
    assert page.lines[1].gap_ms == 30
    assert [line[:25] for line in lines] == ["1970-01-01 08:16:40.000 R", "1970-01-01 08:16:40.035 T"], (
        "the hall's zone"
    )


def test_a_reader_asks_from_its_cursor_and_hears_what_it_missed(clock: Clock) -> None:
    shown = monitor(clock, lines=10)
    first = shown.since()
    for number in range(25):
        clock.now_ms += 100
        shown.received(bytes([number]))
    shown.tail(1)
    page = shown.since(first.cursor, most=4)
    assert [line.hex for line in page.lines] == ["15", "16", "17", "18"]
    assert page.skipped == 21
    assert shown.since(page.cursor).lines == ()
    assert shown.since(page.cursor).skipped == 0
    wanted = shown.since(0, wanted=Filter(Direction.RECEIVED, "1"))
    assert {line.hex[0] for line in wanted.lines} == {"1"}
    assert shown.since(0, wanted=Filter(Direction.SENT)).lines == ()


def test_a_flood_is_counted_and_not_kept(clock: Clock) -> None:
    shown = monitor(clock)
    for _ in range(100):
        shown.received(b"\xff" * 4096)
    assert shown.dropped_bytes > 300_000
    assert sum(line.hex.count("FF") for line in shown.since().lines) <= 16_384


@pytest.mark.parametrize(
    ("protocol", "wire_bytes", "direction", "meaning"),
    [
        ("sam", sam.encode(sam.Frame(sam.Command.FIND.value)), Direction.SENT, "FIND"),
        ("sam", sam.encode(sam.Frame(sam.Status.NO_CARD.value)), Direction.RECEIVED, "NO_CARD bytes=0"),
        ("lcus", relay_wire(RelayFrame(2, True)), Direction.SENT, "RELAY channel=2 on=True"),
        ("aabb", strip_wire(Show(3, b"A023"), Variant.XOR), Direction.SENT, "SHOW addr=03 text=A023"),
        ("aabb", b"\x1b", Direction.RECEIVED, "ACK"),
        ("ff68", bytes.fromhex("FF68020268030306 16"), Direction.RECEIVED, "BEEP addr=03 data="),
        ("syn", b"\x41\x4f", Direction.RECEIVED, "ACCEPTED; IDLE"),
        ("escpos", b"\x16", Direction.RECEIVED, "STATUS bits=16"),
        ("line", b"A023\r", Direction.RECEIVED, "LINE characters=4"),
    ],
)
def test_every_protocol_is_understood(
    clock: Clock, protocol: str, wire_bytes: bytes, direction: Direction, meaning: str
) -> None:
    shown = monitor(clock, protocol)
    (shown.received if direction is Direction.RECEIVED else shown.sent)(wire_bytes)
    shown.tail(1)
    assert shown.since().lines[0].meaning == meaning


def leaks(shown: Monitor, secret: str, tmp_path: Path) -> bool:
    shown.save(tmp_path / "saved.txt")
    saved = (tmp_path / "saved.txt").read_text("utf-8")
    pieces = "".join(line.text for line in shown.since().lines)
    as_bytes = secret.encode().hex(" ").upper()
    return any(secret[6:] in text for text in (saved, pieces)) or as_bytes[18:] in saved


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, 30), min_size=1, max_size=6), protocol=st.sampled_from(["", "sam", "line"]))
def test_no_split_shows_a_card_or_a_person(cuts: list[int], protocol: str) -> None:
    clock = Clock()
    shown = monitor(clock, protocol)
    answer = sam.encode(sam.Frame(sam.Status.OK.value + PERSON.answer()))
    stream = answer + f"%B{CARD}^ZHANG/SAN^2512\r".encode() + f"{PERSON.number}\r".encode() + answer
    while stream:
        for cut in cuts:
            shown.received(stream[:cut])
            stream = stream[cut:]
            clock.now_ms += 7
    shown.tail(1)
    lines = shown.since().lines
    texts = "".join(line.text for line in lines)
    hexes = " ".join(line.hex for line in lines)
    assert CARD[6:] not in texts
    assert "ZHANG" not in texts
    assert PERSON.number[6:] not in texts
    assert PERSON.name.encode("utf-16-le").hex(" ").upper() not in hexes
    assert PERSON.number[6:].encode("utf-16-le").hex(" ").upper() not in hexes
    assert HIDDEN in hexes
    assert all(line.hidden == line.text.count("·") for line in lines)


def test_noise_in_the_head_of_a_card_frame_opens_nothing(clock: Clock) -> None:
    answer = bytearray(sam.encode(sam.Frame(sam.Status.OK.value + PERSON.answer())))
    chance = random.Random(5)
    for _ in range(60):
        shown = monitor(clock, "sam")
        damaged = bytearray(answer)
        damaged[chance.randrange(10)] = chance.randrange(256)
        shown.received(bytes(damaged))
        shown.tail(1)
        hexes = " ".join(line.hex for line in shown.since().lines)
        assert PERSON.name.encode("utf-16-le").hex(" ").upper() not in hexes
        clock.now_ms += 60_000


async def test_a_real_reading_leaves_nothing_of_the_card(plug: Plug, tmp_path: Path) -> None:
    reader = SimCardReader()
    device = plug(reader, 115200)
    device.do(lambda: reader.put(PERSON))
    binding = Binding(Role.ID_CARD_READER, "idcard_sam", "1", PortMatch(name=str(device.link)), FAST)
    shown = monitor_for(binding)
    async with rigged(binding, str(device.link), monitor=shown) as rig:
        assert await rig.identify()
        assert await read_card(rig) == "read"
    meanings = [line.meaning for line in shown.since().lines]
    assert "READ" in meanings
    assert sum(line.hidden for line in shown.since().lines) > 1024
    assert not leaks(shown, PERSON.number, tmp_path)
    assert PERSON.name not in (tmp_path / "saved.txt").read_text("utf-8")


async def test_a_scanner_is_shown_by_its_length_only(plug: Plug) -> None:
    scanner = SimScanner()
    device = plug(scanner, 9600)
    binding = Binding(Role.SCANNER, "scanner_line", "1", PortMatch(name=str(device.link)))
    shown = monitor_for(binding)
    async with rigged(binding, str(device.link), monitor=shown) as rig:
        await rig.identify()
        await rig.work()
        device.do(lambda: scanner.scan("HELLO-4711"))
        while not any(line.notes for line in shown.since().lines):
            await asyncio.sleep(0.005)
    line = next(line for line in shown.since().lines if line.notes)
    assert line.meaning == "LINE characters=10"
    assert line.text.rstrip(".") == "·" * 10
    assert len(line.hex.split()) <= LINE_BYTES
