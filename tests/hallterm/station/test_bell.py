"""Somebody asks for an exchange now: the station rings for it, and the thread that sends does not wait for its pace."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from hallterm.station import syncing
from hallterm.station.syncing import Bell
from storage import clock, nodes
from storage.facts import NodeEnrolled
from storage.journal import Journal
from storage.local import Board, SyncWord
from storage.promises import prepare_store
from sync.keys import load_or_make
from tests.hallterm.station.line import Line, StationThread, wait_until
from tests.sync.centres import centre_in_thread
from tests.sync.trust import CENTRE_KEY

HALL = "360600001"


def test_the_station_rings_when_a_terminal_asks(line: Line) -> None:
    station, rung = StationThread(line.folder, line.bench), threading.Event()
    try:
        station.station.bell.ring = rung.set
        line.board.request("send", now=clock.now())
        wait_until(rung.is_set, "the bell")
    finally:
        station.stop()


def test_the_bell_sends_what_was_recorded_since_long_before_the_next_turn(tmp_path: Path) -> None:
    hall, centre = tmp_path / "hall", tmp_path / "centre"
    for folder in (hall, centre):
        folder.mkdir()
    own, above = Journal.open(hall / "hall.db"), Journal.open(centre / "centre.db")
    own.found(f"{HALL}-01", HALL)
    above.found("centre-1", "")
    prepare_store(above)
    key = load_or_make(hall)
    with above.write("-", clock.now()) as tx:
        tx.record(NodeEnrolled(node=f"{HALL}-01", scope=HALL, key=key.public, box=key.public_box))
    nodes.enrolled_with(own, nodes.Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, HALL))
    board, bell = Board(hall / "local.db"), Bell()
    with centre_in_thread(lambda: Journal.open(centre / "centre.db"), next_s=3600.0) as url:
        end = syncing.start(hall, url, bell=bell)
        try:
            wait_until(lambda: board.sync().online, "the first exchange")
            with own.write("-", clock.now()) as tx:
                tx.record(NodeEnrolled(node="somebody", scope=HALL, key="00" * 32))
            sent = "SELECT have FROM log WHERE node = ?"
            assert not above.database.value(sent, (f"{HALL}-01",))
            bell.ring()
            wait_until(lambda: above.database.value(sent, (f"{HALL}-01",)) == 1, "what was recorded")
        finally:
            end()
    for one in (own, above, board):
        one.close()


def test_before_the_first_exchange_nobody_knows(tmp_path: Path) -> None:
    """The other side takes the call and says nothing."""
    own = Journal.open(tmp_path / "hall.db")
    own.found(f"{HALL}-01", HALL)
    nodes.enrolled_with(own, nodes.Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, HALL))
    board = Board(tmp_path / "local.db")
    board.set_sync(SyncWord(online=True, since_t=5))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        end = syncing.start(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
        wait_until(lambda: board.sync().detail == syncing.TRYING, "trying")
        assert not board.sync().online
    wait_until(lambda: board.sync().detail.startswith("unreachable"), "the line was cut: offline")
    assert board.sync().since_t
    end()
    for one in (own, board):
        one.close()
