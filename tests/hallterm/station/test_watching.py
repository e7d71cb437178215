"""A technician watches what the running station exchanges with a device; the port stays with the station."""

from __future__ import annotations

import asyncio
import os
import stat
import threading
from pathlib import Path

import pytest

from devices.card import CardCode
from devices.errors import LineSettings
from devices.sim.card_reader import SimCardReader, made_up_card
from devices.technician.listing import holders
from devices.technician.monitor import Direction, Monitor, MonitorLine
from hallterm.station import watching
from hallterm.station.cards import read_card
from hallterm.station.watching import SOCKET_NAME, WATCHERS_MOST, watch
from hallterm.workflows.technician.station import StationRefused
from tests.hallterm.station.line import HALL, Line, StationThread, wait_until

W1 = f"{HALL}-01"
PAD = "rating_device"


@pytest.fixture
def card_reader(line: Line) -> SimCardReader:
    return line.bench.add_card_reader("1", {"budget_ms": 500})


class Watching:
    """`watch` in a thread of its own, as a technician's terminal has it."""

    def __init__(self, folder: Path, role: str, window: str) -> None:
        self.monitor = Monitor()
        self.refused: StationRefused | None = None
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(watch(folder, role, window, self.monitor))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    def lines(self) -> tuple[MonitorLine, ...]:
        return self.monitor.since(0).lines

    def heard(self, direction: Direction, text: str) -> bool:
        return any(one.direction is direction and text in one.meaning for one in self.lines())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(120)
        assert self.over

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except StationRefused as refused:
            self.refused = refused
        finally:
            self._loop.close()


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "watcher"]


def test_what_the_station_says_and_hears_is_seen_while_it_serves_on(line: Line, station: StationThread) -> None:
    assert not watchers()
    assert stat.S_IMODE(os.stat(line.folder / SOCKET_NAME).st_mode) & stat.S_IRWXO == 0
    seen = Watching(line.folder, PAD, "1")
    wait_until(lambda: seen.heard(Direction.SENT, "PING") and seen.heard(Direction.RECEIVED, "HEART"), "traffic")
    assert line.device(PAD) == "ready"
    assert {one.pid for one in holders({os.path.realpath(line.bench.device("pad", "1").link)}).values()} == {
        os.getpid()
    }
    line.bench.press("1", 2)
    wait_until(lambda: seen.heard(Direction.RECEIVED, "KEY"), "a press")
    seen.stop()
    wait_until(lambda: not watchers(), "the end of watching")
    assert not station.station.taps._monitors


def test_it_goes_on_when_the_device_is_plugged_in_again(line: Line, station: StationThread) -> None:
    seen = Watching(line.folder, PAD, W1)
    wait_until(seen.lines, "traffic")
    line.bench.unplug("pad", "1")
    wait_until(lambda: line.device(PAD) != "ready", "a pulled cable")
    before = len(seen.lines())
    line.bench.replug("pad", "1")
    wait_until(lambda: line.device(PAD) == "ready" and len(seen.lines()) > before, "traffic again")
    seen.stop()


def test_cards_are_not_seen(line: Line, card_reader: SimCardReader, station: StationThread) -> None:
    wait_until(lambda: line.device("id_card_reader") == "ready", "the reader")
    seen = Watching(line.folder, "id_card_reader", "1")
    wait_until(watchers, "a watcher")
    card = made_up_card(5)
    card_reader.put(card)

    def read_and_seen() -> bool:
        assert read_card(line.folder, W1).code in (CardCode.READ, CardCode.NO_CARD)
        return sum(one.hidden for one in seen.lines()) > 1_000

    wait_until(read_and_seen, "hidden bytes")
    seen.stop()
    shown = "".join(one.written() + one.text for one in seen.lines())
    for secret in (card.number.encode(), card.number.encode("utf-16-le"), card.name.encode("utf-16-le")):
        assert secret.hex(" ").upper() not in shown
    assert card.number not in shown


def test_what_cannot_be_watched_is_said(line: Line, station: StationThread) -> None:
    unknown = Watching(line.folder, "scanner", "1")
    wait_until(lambda: unknown.over, "a refusal")
    assert unknown.refused is not None
    assert unknown.refused.answer["why"] == "unknown_device"
    several = [Watching(line.folder, PAD, "1") for _ in range(WATCHERS_MOST)]
    wait_until(lambda: all(one.lines() for one in several), "four watchers")
    fifth = Watching(line.folder, PAD, "1")
    wait_until(lambda: fifth.over, "a refusal")
    assert fifth.refused is not None
    assert fifth.refused.answer["why"] == "watched"
    for one in several:
        one.stop()


def test_without_a_station_it_is_refused_and_with_its_end_it_ends(line: Line) -> None:
    alone = Watching(line.folder, PAD, "1")
    wait_until(lambda: alone.over, "a refusal")
    assert alone.refused is not None
    assert alone.refused.answer["why"] == "not_watched"
    running = StationThread(line.folder, line.bench)
    line.await_pad()
    seen = Watching(line.folder, PAD, "1")
    wait_until(seen.lines, "traffic")
    running.stop()
    wait_until(lambda: seen.over, "the end")
    assert seen.refused is None
    assert not watchers()
    assert not (line.folder / watching.SOCKET_NAME).exists()


def test_what_a_slow_reader_misses_is_counted() -> None:
    """Two batches that left lines out between two looks."""
    monitor = Monitor(line=LineSettings())
    line = MonitorLine(7, 0, 0, Direction.SENT, "7E", "~")
    monitor.relay((line,), 3, 0)
    monitor.relay((line, line), 2, 17)
    page = monitor.since(0)
    assert (len(page.lines), page.skipped, page.cursor) == (3, 5, 8)
    assert monitor.since(page.cursor).skipped == 0
    assert monitor.dropped_bytes == 17
