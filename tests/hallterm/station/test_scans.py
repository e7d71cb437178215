"""What a serial scanner reads at a window comes to the terminal there, as if it had been typed, and lies nowhere."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from devices.sim.card_reader import made_up_card
from devices.sim.scanner import SimScanner
from hallterm.config import load
from hallterm.keys import resolve
from hallterm.modes import COUNTER
from hallterm.rules.day import local
from hallterm.rules.identity_words import masked
from hallterm.station.cards import take_scans
from hallterm.station.scans import KEPT_MOST, LIFE_MS, Scans, waiting_since_m
from hallterm.wiring import TerminalApp
from storage import clock
from storage.facts import Moment
from tests.hallterm.station.line import CLERK, HALL, Line, StationThread, wait_until
from tests.hallterm.station.test_cards import holds
from tests.hallterm.station.typist import Typist

W1, W2 = f"{HALL}-01", f"{HALL}-02"
CODE = "A023-PAPERS"


@pytest.fixture
def scanner(line: Line) -> SimScanner:
    return line.bench.add_scanner("1")


@pytest.fixture
def scanning(line: Line, scanner: SimScanner, station: StationThread) -> StationThread:
    wait_until(lambda: line.device("scanner") == "ready", "the scanner")
    return station


def scan(line: Line, scanner: SimScanner, text: str) -> None:
    device = line.bench.device("scanner", "1")
    device.do(partial(scanner.scan, text))


class Terminal(TerminalApp):
    """The station is a thread of the test."""

    def _look_after_station(self) -> None:
        pass


@asynccontextmanager
async def terminal_of(line: Line) -> AsyncIterator[Typist]:
    config = line.folder.parent / "hallterm.toml"
    config.write_text(f'[data]\npath = "{line.folder}"\n[ui]\nlanguage = "en"\n', encoding="utf-8")
    app = Terminal(load(config, {}), resolve(), COUNTER)
    try:
        app.storage.sit(window=W1, staff=CLERK)
        async with app.run_test(size=(80, 24)) as pilot:
            yield Typist(app, pilot)
    finally:
        app.storage.close(120)


async def test_a_scan_is_a_typed_one_and_an_id_card_fills_only_the_field_that_takes_it(
    line: Line, scanner: SimScanner, scanning: StationThread, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = made_up_card(9).number
    line.serve()
    async with terminal_of(line) as clerk:
        await clerk.sees("SERVING", 4)
        scan(line, scanner, CODE)
        await clerk.sees("A code was read, but nothing here asks for it", 22)
        scan(line, scanner, person)
        await clerk.sees("An ID card was read, but nothing here asks for it", 22)
        await clerk.press("ctrl+p", "full_stop")
        await clerk.sees("ID or tax number  [_", 11)
        scan(line, scanner, "9" + CODE)
        await clerk.sees(f"[9{CODE}_", 11)
        scan(line, scanner, person.lower() + " ")
        await clerk.sees(masked(person, local(clock.now().t).date()), 10)
    assert [fact["staff"] for fact in line.facts("visit.identified")] == [CLERK]
    for text in (person, CODE):
        assert holds(line.folder, text) == []
        assert text not in caplog.text


def test_a_scan_is_taken_once_and_only_at_its_own_window(
    line: Line, scanner: SimScanner, scanning: StationThread
) -> None:
    scan(line, scanner, CODE)
    wait_until(lambda: waiting_since_m(line.board, W1, clock.now()) > 0, "the scan")
    assert waiting_since_m(line.board, W2, clock.now()) == 0
    assert take_scans(line.folder, W2) == []
    assert take_scans(line.folder, W1) == [CODE]
    assert take_scans(line.folder, W1) == []


def test_few_are_kept_and_none_for_long(line: Line) -> None:
    scans, now = Scans(line.board), clock.now()
    for count in range(KEPT_MOST + 2):
        scans.put(W1, str(count), now)
    assert scans.take(W1) == [str(count) for count in range(2, KEPT_MOST + 2)]
    scans.put(W1, CODE, now)
    scans.put(W2, CODE, now)
    later = Moment(now.t + LIFE_MS, now.m + LIFE_MS, now.boot)
    assert waiting_since_m(line.board, W1, later) == 0
    scans.drop_old(later)
    assert scans.take(W1) == scans.take(W2) == []
    assert take_scans(line.folder, W1) == []  # without a station
