"""A small hall in a folder, the real program on it in a terminal, and what is in its files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from wcwidth import wcswidth, wcwidth

from devices.sim.control import send_command
from hallterm.demo_hall import DemoHall
from hallterm.locale import language, use
from hallterm.station.lock import station_runs
from hallterm.widgets.bars import reasons_rows
from hallterm.workflows.desk import Desk
from hallterm.workflows.setup import FirstRun, WindowSpec, first_run
from hallterm.workflows.ticketing import issue
from storage import vault as vaults
from storage import views
from storage.clock import now
from storage.doctor import verify_chain
from storage.facts import Fact, GrantSet, Line, Role, StaffSet
from storage.journal import Journal
from storage.local import Beat, Board
from storage.vault import PASSES, Vault
from tests.end_to_end.terminal import DEADLINE_S, Terminal

HALL = "360600001"
NAME = "市办税厅"
ADMIN = "0001"
MEI, WEI = "0317", "0305"
PEOPLE = {MEI: "张晓梅", WEI: "李强"}
PASSWORD = "correct horse"
WINDOWS = (WindowSpec(1, ("A", "B"), ("C",)), WindowSpec(2, ("B",), ("A",)), WindowSpec(3))
RUN = FirstRun(NAME, HALL, WINDOWS, ADMIN, "王建国", PASSWORD, open_always=True)

PROGRAM = (sys.executable, "-m", "hallterm")

T = TypeVar("T")


def window(number: int) -> str:
    """The code of a window."""
    return f"{HALL}-{number:02d}"


class Hall:
    """A data folder and a configuration; ``make`` founds it, ``copy_of`` copies one.

    ``data`` is the data folder, unless said otherwise ``data`` below ``folder``, where ``hallterm.toml`` stands.
    """

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self.folder = folder
        self.data = data or folder / "data"
        self.config = folder / "hallterm.toml"

    def make(self, run: FirstRun = RUN, people: dict[str, str] = PEOPLE) -> Hall:
        """Found it, with clerks of one password; hashed as the program does, or it would hash them anew."""
        self._configure()
        spoken = language()
        use("zh_CN")
        journal, vault = Journal.open(self.data / "hall.db"), Vault.open(self.data)
        hurried, vaults.PASSES = vaults.PASSES, PASSES
        try:
            first_run(journal, vault, run, now())
            with journal.write(run.admin_number, now()) as tx:
                for number, name in people.items():
                    tx.record(StaffSet(number=number, name=name, hall=HALL))
                    tx.record(GrantSet(staff=number, role=Role.CLERK, node=HALL))
            for number in people:
                vault.set_password(number, PASSWORD)
        finally:
            vaults.PASSES = hurried
            use(spoken)
            vault.close()
            journal.close()
        return self

    def empty(self) -> Hall:
        """Only the configuration: the first start is still to come."""
        self._configure()
        return self

    def copy_of(self, other: Hall) -> Hall:
        """The same hall in this folder."""
        shutil.copytree(other.data, self.data)
        self._configure()
        return self

    def _configure(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.config.write_text(f'[data]\npath = "{self.data}"\n', encoding="utf-8")

    # The program on it

    def terminal(
        self,
        *arguments: str,
        at: int = 0,
        lang: str = "zh_CN",
        station: bool = False,
        program: Sequence[str] = PROGRAM,
        **options: Any,
    ) -> Terminal:
        """``python -m hallterm`` with these arguments; it starts a station of its own only if told to."""
        words = [*arguments, "--config", str(self.config), *(["--lang", lang] if lang else [])]
        env = {"HOME": str(self.folder), "HALLTERM_NO_STATION": None if station else "1", **options.pop("env", {})}
        places = ["--window", window(at)] if at else []
        return Terminal([*program, *words, *places], env=env, **options)

    def counter(self, at: int = 1, staff: str = MEI, password: str = PASSWORD, **options: Any) -> Terminal:
        """A terminal with this person signed on at this window; close it."""
        terminal = self.terminal(at=at, **options)
        try:
            sign_on(terminal, staff, password)
            wait_counter(terminal)
        except BaseException:
            terminal.close()
            raise
        return terminal

    @contextmanager
    def station(self, program: Sequence[str] = PROGRAM, **env: str) -> Iterator[subprocess.Popen[bytes]]:
        """The background process, ended afterwards."""
        child = subprocess.Popen(
            [*program, "station", "--config", str(self.config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **env},
        )
        try:
            yield child
        finally:
            child.terminate()
            child.wait(120)

    # What is in its files

    def read(self, question: Callable[[Desk], T]) -> T:
        """Ask journal and board as another process."""
        journal, board = Journal.open(self.data / "hall.db"), Board(self.data / "local.db")
        try:
            return question(Desk(journal, board, HALL))
        finally:
            board.close()
            journal.close()

    def issue(self, matter: str = "B02") -> str:
        """Somebody takes a ticket somewhere else; its number."""
        return self.read(lambda desk: issue(desk, now(), matter[0], service_code=matter)).number

    def record(self, *facts: Fact) -> None:
        """Facts as another process, or another node, would bring them."""

        def write(desk: Desk) -> None:
            with desk.journal.write(ADMIN, now()) as tx:
                for fact in facts:
                    tx.record(fact)

        self.read(write)

    def lines(self) -> list[Line]:
        """The journal, oldest first."""
        rows = self.read(lambda desk: desk.journal.database.rows("SELECT line FROM event ORDER BY pos"))
        return [msgspec.json.decode(bytes(row[0]), type=Line) for row in rows]

    def kinds(self) -> list[str]:
        return [line.k for line in self.lines()]

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of all facts of a kind."""
        return [msgspec.json.decode(bytes(line.d)) for line in self.lines() if line.k == kind]

    def state(self, number: int = 1) -> str:
        """The state of a window."""
        row = self.read(lambda desk: views.window(desk.journal.database, window(number)))
        return str(row.state) if row else ""

    def beat(self, number: int = 1) -> Beat | None:
        """The last sign of life of a window."""
        return self.read(lambda desk: desk.board.last_beat(window(number)))

    def chain_holds(self) -> bool:
        """Every line is what was written, none is missing."""
        return self.read(lambda desk: verify_chain(desk.journal.database).holds)

    @property
    def station_runs(self) -> bool:
        return station_runs(self.data)

    def logs(self) -> str:
        """Everything in the log folder."""
        folder = self.data / "log"
        return "\n".join(path.read_text("utf-8") for path in sorted(folder.iterdir())) if folder.exists() else ""


def sign_on(terminal: Terminal, staff: str, password: str = PASSWORD) -> None:
    """Number and password by keys; what is filled in already is kept."""
    rows = terminal.wait_for(lambda rows: any(one in rows[1] for one in ("待传", "Unsent")))
    if f"[{staff}_" not in rows[6]:
        terminal.press("up")
        terminal.wait_for(lambda rows: "[" in rows[6])
        terminal.press(*["backspace"] * 12)
        terminal.type(staff)
        terminal.wait_for(lambda rows: f"[{staff}_" in rows[6])
        terminal.press("enter")
    terminal.type(password)
    terminal.press("enter")


def wait_counter(terminal: Terminal) -> None:
    """The counter is on the screen."""
    terminal.wait_for(lambda rows: "|" in rows[4] and "^P" in rows[-1].replace("Ctrl-", "^"))


def state_row(words: str) -> Callable[[list[str]], bool]:
    """Row 4 begins with the name of the state."""
    return lambda rows: rows[3].strip().startswith(words)


def called_number(terminal: Terminal) -> str:
    """The number that was called, once its own row is painted too: one read may end between two rows."""
    states, tickets = (" 已叫号", " CALLED"), (" 票号", " Ticket")
    return terminal.wait_for(lambda rows: rows[3].startswith(states) and rows[4].startswith(tickets))[4].split()[1]


def press_until(terminal: Terminal, key: str, done: Callable[[], object]) -> None:
    """Press a key that is asked twice, as often as it takes: too early it does not count."""
    again_until(terminal, lambda: terminal.press(key), done)


def again_until(terminal: Terminal, act: Callable[[], None], done: Callable[[], object]) -> None:
    """Do something again and again, twice a second, until it has its effect."""
    until = time.monotonic() + DEADLINE_S
    while not done():
        if time.monotonic() > until:
            raise AssertionError(f"it never worked\n{terminal.text()}")
        act()
        with suppress(AssertionError):
            terminal.wait_until(done, 0.5)


def press_pad_until(terminal: Terminal, demo: DemoHall, number: int, done: Callable[[], object]) -> None:
    """A citizen presses *very good* at a window until it counts: a press before the prompt does not.

    Twice a second: a key is down for 0.2 s, and one that is pressed again before it was up is a key that is held.
    """

    def press() -> None:
        assert send_command(demo.simulators, f"press {number} 1") == "ok"

    again_until(terminal, press, done)


def grid(terminal: Terminal, columns: int, rows: int) -> list[list[str]]:
    """The cells as the terminal holds them; the second half of a wide character is empty."""
    return [[terminal.cell(row, column).data for column in range(1, columns + 1)] for row in range(1, rows + 1)]


def broken_rows(cells: list[list[str]]) -> list[int]:
    """Rows in which half of a wide character stands alone, or that have not exactly their cells."""
    return [number for number, row in enumerate(cells, 1) if not _is_whole(row)]


def _is_whole(row: list[str]) -> bool:
    halves = [column for column, sign in enumerate(row) if sign == ""]
    wide = [column + 1 for column, sign in enumerate(row) if sign and wcwidth(sign[0]) == 2]
    return halves == wide and wcswidth("".join(row)) == len(row)


def lines_between_panes(cells: list[list[str]]) -> set[int]:
    """Columns (from 1) of the line between the panes, over all rows of the body."""
    body = cells[3 : -2 - reasons_rows(len(cells[0]), len(cells))]
    return {row.index("|") + 1 for row in body if "|" in row} | ({0} if any("|" not in row for row in body) else set())
