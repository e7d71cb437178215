"""A terminal asks the station for the card on its reader: name and number come, and lie nowhere."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path

import pytest

from devices.card import CardCode, CardReading
from devices.sim.card_reader import MadeUpCard, SimCardReader, made_up_card
from hallterm.station.cards import SOCKET_NAME, read_card
from tests.hallterm.station.line import HALL, Line, StationThread, wait_until

WINDOW = f"{HALL}-01"


@pytest.fixture
def reader(line: Line) -> SimCardReader:
    return line.bench.add_card_reader("1", {"budget_ms": 500})


def read_again(folder: Path, reader: SimCardReader, card: MadeUpCard | None) -> CardReading:
    """The card is put down and asked for until the reader answers: on a busy machine it may take too long to."""
    answers: list[CardReading] = []

    def answered() -> bool:
        reader.put(card)
        answers.append(read_card(folder, WINDOW))
        return answers[-1].code is not CardCode.NOT_READY

    wait_until(answered, "an answer of the reader")
    return answers[-1]


@pytest.fixture
def reading_station(line: Line, reader: SimCardReader, station: StationThread) -> StationThread:
    wait_until(lambda: line.device("id_card_reader") == "ready", "the reader")
    return station


def holds(folder: Path, text: str) -> list[Path]:
    """The files below ``folder`` in which this text stands, in UTF-8 or as the reader sends it."""
    wanted = (text.encode(), text.encode("utf-16-le"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(one in path.read_bytes() for one in wanted)]


def test_a_card_reaches_the_terminal_and_no_file_or_log(
    line: Line, reader: SimCardReader, reading_station: StationThread, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    card = made_up_card(5)
    assert read_again(line.folder, reader, card) == CardReading(CardCode.READ, card.name, card.number)
    for secret in (card.number, card.name):
        assert secret not in caplog.text
        assert holds(line.folder, secret) == []
    assert holds(line.folder, "0317") != []  # what is looked for in the right way is found


def test_without_a_card_or_a_reader_the_answer_says_so(
    line: Line, reader: SimCardReader, reading_station: StationThread
) -> None:
    assert read_again(line.folder, reader, None) == CardReading(CardCode.NO_CARD)
    assert read_card(line.folder, f"{HALL}-02") == CardReading(CardCode.NOT_READY)
    assert read_card(line.folder, "../../etc") == CardReading(CardCode.NOT_READY)


@pytest.mark.parametrize(("folder_mode", "socket_mode"), [(0o755, 0o600), (0o770, 0o660)])
def test_the_socket_is_for_whom_the_folder_is_and_goes_with_the_station(
    line: Line, folder_mode: int, socket_mode: int
) -> None:
    line.folder.chmod(folder_mode)
    assert read_card(line.folder, WINDOW) == CardReading(CardCode.NOT_READY)
    running = StationThread(line.folder, line.bench)
    path = line.folder / SOCKET_NAME
    wait_until(lambda: path.exists() and path.stat().st_mode & 0o777 == socket_mode, "the socket")
    running.stop()
    assert not path.exists()


def test_a_socket_left_by_a_killed_station_is_replaced(line: Line, reader: SimCardReader) -> None:
    folder = os.open(line.folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(f"/proc/self/fd/{folder}/{SOCKET_NAME}")
    os.close(folder)
    running = StationThread(line.folder, line.bench)
    try:
        wait_until(lambda: line.device("id_card_reader") == "ready", "the reader")
        assert read_again(line.folder, reader, made_up_card()).code is CardCode.READ
    finally:
        running.stop()


def test_a_client_that_says_nothing_does_not_end_the_desk(
    line: Line, reader: SimCardReader, reading_station: StationThread
) -> None:
    folder = os.open(line.folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(f"/proc/self/fd/{folder}/{SOCKET_NAME}")
    os.close(folder)
    assert read_again(line.folder, reader, made_up_card()).code is CardCode.READ
