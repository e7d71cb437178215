"""The scanner on a real pty: each code once, and no card data at all."""

import pytest

from devices.events import DeviceState, Role, Scanned
from devices.sim.bench import Bench
from devices.sim.card_reader import made_up_card
from devices.sim.scanner import SimScanner
from tests.devices.conftest import Hall, wait_until

PLANTED = ("%B4111111111111111^TEST/CARD^2912?", ";4111111111111111=29121010000?", "6222021234567890128")


@pytest.fixture
def scanner(bench: Bench) -> SimScanner:
    return bench.add_scanner("1")


@pytest.fixture
def scanning(bench: Bench, scanner: SimScanner, halls: list[Hall]) -> Hall:
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.SCANNER)
    return hall


def scan(hall: Hall, scanner: SimScanner, *texts: str) -> None:
    device = hall.bench.device("scanner", "1")
    for text in texts:
        device.do(lambda text=text: scanner.scan(text))  # type: ignore[misc]


def send(hall: Hall, scanner: SimScanner, data: bytes) -> None:
    hall.bench.device("scanner", "1").do(lambda: scanner.send(data))


def texts(hall: Hall) -> list[str]:
    return [event.text for event in hall.recorder.of(Scanned)]


def counter(hall: Hall, name: str) -> int:
    return hall.manager.status()[0].counters[name]


def test_codes_come_in_order_and_one_held_too_long_counts_once(scanning: Hall, scanner: SimScanner) -> None:
    scan(scanning, scanner, "A023", "A023", "发票", "A023")
    wait_until(lambda: len(texts(scanning)) == 3)
    assert texts(scanning) == ["A023", "发票", "A023"]
    assert [event.window for event in scanning.recorder.of(Scanned)] == ["1"] * 3
    assert (counter(scanning, "scans"), counter(scanning, "scans_repeated")) == (3, 1)


def test_card_data_becomes_nothing_and_a_resident_id_passes(scanning: Hall, scanner: SimScanner) -> None:
    scan(scanning, scanner, *PLANTED, made_up_card().number)
    wait_until(lambda: bool(texts(scanning)))
    assert texts(scanning) == [made_up_card().number]
    assert counter(scanning, "scans_refused") == len(PLANTED)
    for planted in PLANTED:
        assert planted not in repr(scanning.recorder.events) + repr(scanning.manager.status())


def test_prefixes_ends_long_lines_and_what_is_no_text(scanning: Hall, scanner: SimScanner) -> None:
    send(scanning, scanner, b"\x02]Q1A1\x03\r\n" + b"x" * 1500 + b"\r\xff\xfe\rB2\t")
    wait_until(lambda: len(texts(scanning)) == 2)
    assert texts(scanning) == ["A1", "B2"]
    assert (counter(scanning, "length_errors"), counter(scanning, "scans_refused")) == (1, 1)


def test_half_a_code_from_before_the_cable_came_off_joins_no_later_one(scanning: Hall, scanner: SimScanner) -> None:
    send(scanning, scanner, b"A1")
    scanning.bench.unplug("scanner", "1")
    scanning.await_state(DeviceState.ABSENT, Role.SCANNER)
    scanning.bench.replug("scanner", "1")
    scanning.await_state(DeviceState.READY, Role.SCANNER)
    scan(scanning, scanner, "B2")
    wait_until(lambda: bool(texts(scanning)))
    assert texts(scanning) == ["B2"]
