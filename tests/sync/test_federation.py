"""Hall, city, nation: three real processes in a row. The city tells its sums upwards; the nation has them exactly."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from storage.clock import now
from storage.facts import SUMS, ActionUndone, CounterAction, FiguresAdded, SumsOfMatter, WindowNow, WindowState
from storage.journal import Journal
from storage.receive import accept
from storage.rollup import Rollup, open_folder
from storage.views.sums import HallSums, hall_sums
from sync.client import SyncClient
from sync.enrol import make_offer
from sync.join import join
from tests.sync.facts import CLERK, DAY, at, batch_by_hand, batch_of, finished, serve_visits
from tests.sync.trust import DEVICE_KEY

HALL, CITY, PROVINCE = "360600001", "360600", "360000"
WINDOW = f"{HALL}-03"
DEADLINE_S = 120
SERVE = """
import sys
from pathlib import Path
from hallterm.centre import main
from hallterm.config import load
sys.exit(main(load(Path(sys.argv[2]), environ={}, data=Path(sys.argv[1])), "", sys.argv[3], 1))
"""


class Office:
    """A centre's process; ``upstream`` is where it tells its sums."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.config = folder / "hallterm.toml"
        self.config.write_text("", encoding="utf-8")
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        listen = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.folder), str(self.config), listen], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        found = re.search(r":(\d+)$", self.process.stdout.readline().strip())
        assert found
        self.port = int(found[1])

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.communicate()
            self.process = None

    def offer(self, scope: str) -> str:
        journal = self.journal()
        try:
            return make_offer(journal, scope, now())
        finally:
            journal.close()

    def journal(self) -> Journal:
        return Journal.open(self.folder / "centre.db")

    def join(self, above: Office, scope: str, centre_of: str = "") -> subprocess.CompletedProcess[str]:
        """By the commands of both administrators, each a process: the code above, the joining here."""
        code = hallterm("admin", "code", scope, "--data", str(above.folder)).stdout.split()[0]
        place = ["--centre-of", centre_of or scope, "--url", above.url, "--data", str(self.folder)]
        done = hallterm("enrol", code, *place)
        self.config.write_text(f'[sync]\nupstream = "{above.url}"\n', encoding="utf-8")
        return done

    def sums(self) -> list[HallSums]:
        journal = self.journal()
        try:
            return hall_sums(journal.database, CITY, DAY, DAY, 100) or []
        finally:
            journal.close()


def hallterm(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hallterm", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def until(state: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not state():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "hall.db")
    journal.found("hall-1", HALL)
    yield journal
    journal.close()


@pytest.mark.faults
def test_three_levels_have_the_same_sums_though_the_middle_one_is_killed(hall: Journal, tmp_path: Path) -> None:
    nation, city = Office(tmp_path / "nation"), Office(tmp_path / "city")
    with ExitStack() as stack:
        for office in (nation, city):
            stack.callback(office.kill)
            office.start()
        wrong = city.join(nation, CITY, centre_of="330100")
        assert (wrong.returncode, "does not know this code" in wrong.stderr) == (1, True), wrong
        done = city.join(nation, CITY)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"for {CITY}" in done.stdout
        city.kill()
        city.start()
        join(hall, DEVICE_KEY, city.url, city.offer(HALL), "test")
        client = SyncClient(lambda: Journal.open(tmp_path / "hall.db"), city.url, DEVICE_KEY)
        stack.callback(client.close)
        for turn in range(4):
            serve_visits(hall, 20, start=turn * 20, window=WINDOW)
            while client.step(now()).waiting:
                pass
            city.kill()  # whatever it was about to tell
            city.start()
        until(lambda: bool(nation.sums()) and nation.sums() == city.sums())
        assert nation.sums()[0].services == nation.sums()[0].rated == 80
    journal = nation.journal()
    assert journal.database.value("SELECT count(*) FROM service") == 0
    assert journal.database.value("SELECT count(*) FROM figure WHERE staff <> ''") == 0
    assert journal.database.value("SELECT count(*) FROM quarantine") == 0
    journal.close()


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Journal]:
    journal = open_folder(tmp_path / "city", CITY)
    yield journal
    journal.close()


def _centre(path: Path) -> Journal:
    journal = Journal.open(path)
    journal.found("centre-1", "")
    return journal


def _sums(journal: Journal) -> list[tuple[object, ...]]:
    columns = ", ".join(f'sum("{name}")' for name in SUMS)
    sql = f"SELECT period, hall, code, {columns} FROM figure GROUP BY period, hall, code ORDER BY period, hall, code"
    kept = journal.database.rows(sql)
    return [row for row in kept if any(row[3:])]


def test_each_difference_is_told_once_and_can_shrink(hall: Journal, told: Journal, tmp_path: Path) -> None:
    city, nation = _centre(tmp_path / "city.db"), _centre(tmp_path / "nation.db")
    rollup = Rollup(city, told)
    assert rollup.tell(at(0)) == 0
    serve_visits(hall, 10, window=WINDOW)
    accept(city, batch_of(hall, 1, 50), 0)
    assert rollup.tell(at(1)) == 1
    assert rollup.tell(at(2)) == 0
    assert Rollup(city, told).tell(at(3)) == 0  # another process, which compares every day
    with hall.write(CLERK, at(9)) as tx:
        idle = WindowNow(WindowState.IDLE)
        tx.record(_undone(idle))
    accept(city, batch_of(hall, 51, 1), 0)
    assert rollup.tell(at(4)) == 1
    accept(nation, batch_of(told, 1, 2), 0)
    assert _sums(nation) == _sums(city) == _sums(told)
    assert nation.database.value("SELECT services FROM figure WHERE period = ? AND code <> 'A'", (DAY,)) == 9
    for journal in (city, nation):
        journal.close()


def _undone(idle: WindowNow) -> ActionUndone:
    back = finished("hall-1/0/48/00000000", "", counted_s=9, window=WINDOW)
    return ActionUndone(
        of_fact="",
        action=CounterAction.FINISH,
        staff=CLERK,
        window=WINDOW,
        window_now=idle,
        service=back.service,
        finished=back,
    )


def test_a_province_between_city_and_nation_tells_the_sums_of_its_cities(
    hall: Journal, told: Journal, tmp_path: Path
) -> None:
    """Each place speaks for what is below it: the nation takes halls of cities from a province, and of no other one."""
    province, nation = _centre(tmp_path / "province.db"), _centre(tmp_path / "nation.db")
    with told.write("-", at(0)) as tx:
        tx.record(FiguresAdded(day=DAY, hall=HALL, matters=(SumsOfMatter("A", {"tickets": 2}),)))
    accept(province, msgspec.structs.replace(batch_of(told, 1, 1), scope=CITY), 0)
    log = open_folder(tmp_path / "province", PROVINCE)
    assert Rollup(province, log).tell(at(1)) == 1
    up = batch_of(log, 1, 1)
    assert accept(nation, msgspec.structs.replace(up, scope=PROVINCE), 0).quarantined == ()
    assert _sums(nation) == _sums(province) != []
    other = _centre(tmp_path / "other.db")
    assert accept(other, msgspec.structs.replace(up, scope="330000"), 0).quarantined == ((1, "other_place"),)
    for journal in (province, nation, other, log):
        journal.close()


def test_a_sum_that_is_not_known_here_is_put_aside(told: Journal, tmp_path: Path) -> None:
    """Of a newer program, or of somebody who means harm: the figures stay as they are, and its neighbour counts."""
    nation = _centre(tmp_path / "nation.db")
    with told.write("-", at(0)) as tx:
        tx.record(FiguresAdded(day=DAY, hall=HALL, matters=(SumsOfMatter("A", {"tickets": 2}),)))
    good = batch_of(told, 1, 1).lines[0]
    hostile = good.replace(b'"s":1', b'"s":2').replace(b"tickets", b"x' --")
    receipt = accept(nation, batch_by_hand("city-1", [good, hostile]), 0)
    assert receipt.quarantined == ((2, "refused"),)
    assert nation.database.rows("SELECT period, hall, tickets FROM figure ORDER BY period") == [
        (DAY[:4], HALL, 2),
        (DAY[:7], HALL, 2),
        (DAY, HALL, 2),
    ]
    nation.close()
