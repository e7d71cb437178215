"""Cards swiped in the real program and held under a scanner leave nothing.

Looked through: every file of the data folder (journal and its WAL, tables, vault, board, logs, the record of a crash, the
technician's report and the lines of a watched port, keys.toml, backups), what crossed the line to the centre and the
station's sockets, what was painted and what Textual dumps of a screen, what commands print, and all live objects of the
terminals and of the station.
"""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from devices import bindings
from devices.card_data import is_card_data
from devices.sim.bench import Bench
from devices.sim.scanner import SimScanner
from hallterm.demo_hall import HALL, PASSWORD, STAFF, WINDOW, DemoHall
from hallterm.station.cards import take_scans
from hallterm.station.main import SIMULATORS
from storage.clock import now
from storage.facts import GrantSet, Role, StaffSet
from storage.journal import Journal
from storage.vault import Vault
from tests.end_to_end.hall import Hall, called_number, sign_on, state_row, wait_counter
from tests.end_to_end.keys import key_bytes
from tests.end_to_end.terminal import Terminal
from tests.end_to_end.test_technician import cursor_on
from tests.faults.relay import Relay

pytestmark = [pytest.mark.pty, pytest.mark.faults]

PREFIXES = ("622202", "621700", "4", "51", "356600", "625096")
CARD_READ = "这里读到一张银行卡"
SCANNER_WINDOW = "3"
STOPPED = "hallterm 停了"
THERE = ("spelt by keys", WINDOW)
THERE_IN_THE_STATION = "there-in-the-station"
TECHNICIAN = "T017"
HIDDEN = "R ·· ·· ·· ·· "
CONTROL = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[()][0-9A-B]|\x1b[=>]")
KEPT_SIGNS = 8
"""So many digits in a row of a card's own part are a trace of it."""


def cards(seed: int) -> list[str]:
    """A number of each kind, with a right Luhn digit."""
    luck = random.Random(seed)
    lengths = [19, 19, 16, 16, 16, 16]
    return [card(prefix, length, luck) for prefix, length in zip(PREFIXES, lengths, strict=True)]


def card(prefix: str, length: int, luck: random.Random) -> str:
    while True:
        number = prefix + "".join(luck.choice("0123456789") for _place in range(length - len(prefix)))
        if is_card_data(number):
            return number


def swipes(number: str) -> list[bytes]:
    """The number alone, as a second track, and as two tracks behind an F-key."""
    second = f";{number}=30122010000000000?"
    first = f"%B{number}^ZHANG/SAN^30122010000000000?"
    return [number.encode() + b"\r", second.encode() + b"\r\n", key_bytes("f5") + f"{first}{second}".encode() + b"\r"]


NUMBERS = cards(seed=20261124)


class WatchedHall(DemoHall):
    """The demonstration hall with a scanner, a reader that types, and a relay before its centre."""

    def __init__(self, folder: Path, findings: Path) -> None:
        super().__init__(folder, pad_presses=False)
        self.findings = findings
        self.bench = Bench(self.simulators)
        self.scanner: SimScanner
        self.relay: Relay

    def _wait_for(self, child: subprocess.Popen[str], words: str) -> str:
        said = super()._wait_for(child, words)
        if words == "ready":
            self.scanner = self.bench.add_scanner(SCANNER_WINDOW)
            file = self.simulators / "devices.toml"
            whole = (*bindings.load(file.read_text("utf-8")), *self.bench.bindings())
            file.write_text(bindings.dump(whole), "utf-8")
            (self._machine_folder() / "keys.toml").write_text(f'[reader."{WINDOW}"]\n', "utf-8")
            return said
        address = re.search(r"http://([\d.]+):(\d+)", said)
        assert address is not None
        self.relay = Relay(address[1], int(address[2]))
        return f"http://127.0.0.1:{self.relay.port}"

    def _child(self, arguments: list[str]) -> subprocess.Popen[str]:
        """The station is one that can be searched."""
        if "station" in arguments:
            command = arguments[arguments.index("station") :]
            arguments = ["-m", "tests.end_to_end.apps.searched_station", str(self.findings), *command]
        return super()._child(arguments)

    def _found(self) -> None:
        super()._found()
        journal, vault = Journal.open(self.folder / "hall.db"), Vault.open(self.folder)
        with journal.write("0001", now()) as tx:
            tx.record(StaffSet(number=TECHNICIAN, name="王工", hall=HALL))
            tx.record(GrantSet(staff=TECHNICIAN, role=Role.TECHNICIAN, node=HALL))
        vault.set_password(TECHNICIAN, PASSWORD)
        vault.close()
        journal.close()

    def scan(self, data: bytes) -> None:
        self.bench.device("scanner", SCANNER_WINDOW).do(lambda: self.scanner.send(data))

    def stop(self) -> None:
        super().stop()
        self.bench.stop()
        with suppress(AttributeError):
            self.relay.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedHall]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(SIMULATORS, "")
        with WatchedHall(tmp_path / "hall", looked_for(tmp_path / "station", (THERE_IN_THE_STATION,))) as hall:
            yield hall


def traces(data: bytes, numbers: Sequence[str]) -> list[str]:
    """What of the cards' own digits stands in these bytes, as text or UTF-16."""
    texts = (data.decode("latin-1"), data[::2].decode("latin-1"), data[1::2].decode("latin-1"))
    return [
        number
        for number in numbers
        for at in range(len(number) - KEPT_SIGNS + 1)
        if any(number[at : at + KEPT_SIGNS] in text for text in texts)
    ]


def searched(folder: Path, numbers: Sequence[str]) -> tuple[int, list[str]]:
    """How many files there are, and those with a trace of a card."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return len(files), [str(path) for path in files if traces(path.read_bytes(), numbers)]


def swiped_everywhere(terminal: Terminal, numbers: Sequence[str]) -> None:
    """Into the fields of the sign-on, at the idle counter, into lists and the field of matters."""
    terminal.wait_for(lambda rows: "[" in rows[6])
    everything = [data for number in numbers for data in swipes(number)]
    places = iter(everything)

    def some(count: int) -> None:
        for _swipe in range(count):
            terminal.send(next(places))
            terminal.wait_for(CARD_READ)
            terminal.wait_quiet(0.05)
        terminal.wait_quiet(0.3)  # no hand types so soon after a card

    some(3)
    sign_on(terminal, STAFF, PASSWORD)
    wait_counter(terminal)
    terminal.wait_for(state_row("空闲"))
    some(4)
    assert state_row("空闲")(terminal.screen())
    terminal.press("f5")
    called_number(terminal)
    terminal.press("ctrl+y")
    terminal.wait_quiet()
    some(4)
    terminal.press("escape")
    terminal.wait_quiet()
    terminal.press("f6")
    terminal.wait_for(state_row("办理中"))
    terminal.press("ctrl+l", "f6")
    terminal.wait_for("[_")
    some(len(everything) - 11)
    assert "[_" in terminal.text()
    assert next(places, None) is None


def looked_for(folder: Path, there: Sequence[str]) -> Path:
    """The folder of one process's search; what is there for certain must be found."""
    folder.mkdir()
    (folder / "secrets").write_text("\n".join(secret[::-1] for secret in (*NUMBERS, *there)), "ascii")
    return folder


def nothing_found(folder: Path, there: Sequence[str]) -> None:
    """The process has looked, and found what is there but no card."""
    live = (folder / "found").read_text("utf-8")
    assert [number for number in NUMBERS if number[::-1] in live] == []
    assert [one for one in there if one[::-1] not in live] == [], "the search finds what is there"
    assert searched(folder, NUMBERS)[1] == [], "a dump of the screen shows a card"


def painted(raw: bytes) -> bytes:
    """What went to the terminal, and the same without what moves cursors and colours between two digits."""
    return raw + b"\0" + CONTROL.sub(b"", raw)


@contextmanager
def reader_terminal(hall: Hall, findings: Path) -> Iterator[Terminal]:
    """The program at the window with the reader; F12 searches it, F11 lets it crash."""
    by_id = str(hall.folder / "simulators" / "by-id")
    environment = {"HOME": str(hall.folder), "HALLTERM_NO_STATION": "1", SIMULATORS: by_id}
    command = [sys.executable, "-m", "tests.end_to_end.apps.reader_app", str(hall.config), WINDOW, str(findings)]
    with Terminal(command, env=environment) as terminal:
        yield terminal


def search(terminal: Terminal, findings: Path) -> None:
    terminal.press("f12")
    terminal.wait_until(lambda: (findings / "found").exists(), what="the objects were never searched")
    nothing_found(findings, THERE)


def watched_by_a_technician(terminal: Terminal, watched: WatchedHall, hall: Hall) -> None:
    """The port of the scanner while cards are read, the lines saved; a swipe at the key test; a signed report."""
    terminal.wait_for("[")
    terminal.press("up", *["backspace"] * len(STAFF))
    terminal.wait_for(lambda rows: "[_" in rows[6])
    sign_on(terminal, TECHNICIAN, PASSWORD)
    terminal.wait_for(">1端口")
    cursor_on(terminal, "SC25A")
    terminal.press("3")
    terminal.wait_for(">3")
    terminal.press("f6")
    terminal.wait_for("9600 8N1  R")
    before = refused_scans(hall)
    for number in NUMBERS:
        watched.scan(swipes(number)[1])
    terminal.wait_for(HIDDEN)
    terminal.wait_until(lambda: refused_scans(hall) >= before + len(NUMBERS), what="the scanner's cards never came")
    terminal.press("f8")
    terminal.wait_for("行已存在 reports/")
    terminal.press("f6")
    terminal.wait_for("已停止")
    terminal.press("5")
    terminal.wait_for(">5按键")
    terminal.press("f7")
    terminal.wait_for("请在 POS 上刷一次卡")
    terminal.send(key_bytes("f9") + swipes(NUMBERS[0])[1])
    terminal.wait_for("归读卡器")
    terminal.press("8")
    terminal.wait_for(">8报告")
    terminal.press("f8")
    terminal.wait_for("已签字")


def test_cards_leave_no_trace(watched: WatchedHall, tmp_path: Path) -> None:
    hall = Hall(watched.folder, watched.folder)
    findings = looked_for(tmp_path / "counter", THERE)
    with reader_terminal(hall, findings) as terminal:
        swiped_everywhere(terminal, NUMBERS)
        for number in NUMBERS:
            for data in swipes(number)[:2]:
                watched.scan(data)
        terminal.wait_until(lambda: refused_scans(hall) >= 2 * len(NUMBERS), what="the scanner's cards never came")
        search(terminal, findings)
        terminal.wait_until(lambda: b"HTTP/1.1" in watched.relay.carried(), what="the centre never got anything")
        terminal.press("f11")
        terminal.wait_for(STOPPED)
        shown = painted(bytes(terminal.raw))
    findings = looked_for(tmp_path / "technician", THERE)
    with reader_terminal(hall, findings) as terminal:
        watched_by_a_technician(terminal, watched, hall)
        search(terminal, findings)
        watched.children[-1].send_signal(signal.SIGUSR1)
        terminal.wait_until(lambda: (watched.findings / "found").exists(), what="the station was never searched")
        terminal.press("f11")
        terminal.wait_for(STOPPED)
        shown += painted(bytes(terminal.raw))
    nothing_found(watched.findings, (THERE_IN_THE_STATION,))
    assert not any(traces(text.encode(), NUMBERS) for text in take_scans(watched.folder, WINDOW))
    assert traces(shown + printed(hall), NUMBERS) == []
    assert traces(watched.relay.carried(), NUMBERS) == []
    files, found = searched(watched.folder, NUMBERS)
    assert found == []
    assert files > 10
    assert {"service.started", "ticket.called"} <= set(hall.kinds())
    for kept in (
        "log/incident-*",
        "log/station.log",
        "reports/*.toml",
        "reports/*.log",
        "backup/*",
        "hallterm.d/keys.toml",
    ):
        assert list(watched.folder.glob(kept)), f"no {kept} was looked through"


def printed(hall: Hall) -> bytes:
    """What a backup and the state of all devices print."""
    text = b""
    for words in (["backup"], ["device", "status", "--json"]):
        command = [sys.executable, "-m", "hallterm", *words, "--config", str(hall.config)]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        text += done.stdout + done.stderr
    assert b"scans_refused" in text or b"scans.refused" in text
    return text


def refused_scans(hall: Hall) -> int:
    """How many lines the station's scanner refused so far."""
    words = hall.read(lambda desk: desk.board.devices())
    return sum(word.counters.get("scans_refused", 0) for word in words if word.role == "scanner")


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (number, *_others) = cards(seed=1)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"\0" + number[4:14].encode("utf-16-le"))
    (tmp_path / "clean").write_text(HALL)
    assert searched(tmp_path, [number]) == (2, [str(tmp_path / "deep" / "file")])
