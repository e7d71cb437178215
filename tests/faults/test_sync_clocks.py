"""T6: wall clocks that are wrong by decades or jump in mid-service: durations exact, order kept, the day known or marked.

Drawn shifts at a counter whose wall clock is set at random; ``HALLTERM_CLOCKS`` says how many (5), ``HALLTERM_SEED``
replays. Once end to end with libfaketime, where it is installed (or named by ``HALLTERM_FAKETIME``). Mutants: durations by
the wall clock; a corrected time that is not of the line's own moment.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from hallterm.workflows import counter
from storage import clocks
from storage.clock import now as read_clock
from storage.clocks import Corrected, Reading, Sample, business_day, corrected, day_doubts
from storage.doctor import verify_chain
from storage.facts import HallSet, Moment, PauseReason
from storage.journal import Journal
from storage.promises import prepare_store
from storage.rebuild import compare
from storage.receive import Exchange, accept
from sync.enrol import make_offer
from sync.join import join
from sync.keys import load_or_make
from tests.hallterm.workflows.founded import HALL, Stores, at
from tests.hallterm.workflows.shift import Clock, Shift, make_hall, on_copy
from tests.sync.centres import CentreProcess
from tests.sync.facts import batch_of, has
from tests.sync.test_tls import Authority

pytestmark = pytest.mark.faults
SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
SHIFTS = int(os.environ.get("HALLTERM_CLOCKS", "5"))
YEAR_S = 365 * 86_400
JUMPS_S = (-20 * YEAR_S, 10 * YEAR_S, -3_600, 3_600, -1, 1, 90_000, -90_000)
MATTERS = 3
PLACES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
)
LIBRARY = next((one for one in (os.environ.get("HALLTERM_FAKETIME", ""), *PLACES) if one and Path(one).exists()), "")
PROJECT = Path(__file__).parents[2]


class TrueClock(Clock):
    """Knows what time it really is; somebody sets the wall clock now and then."""

    def __init__(self, start: Moment) -> None:
        super().__init__(start)
        self.off_ms = 0

    @property
    def true_t(self) -> int:
        return self.t - self.off_ms

    def jump(self, seconds: float) -> None:
        super().jump(seconds)
        self.off_ms += round(seconds * 1000)


class FollowingClock(TrueClock):
    """Mutant: durations are read from the wall."""

    def jump(self, seconds: float) -> None:
        super().jump(seconds)
        self.m += round(seconds * 1000)


class Told(NamedTuple):
    """A line, and when it really was."""

    seq: int
    true_t: int


class Play:
    """One clerk's morning, and a centre that hears of it now and then."""

    def __init__(self, shift: Shift, folder: Path, seed: int, clock: type[TrueClock]) -> None:
        self.random = random.Random(seed)
        self.shift = shift
        shift.gap_s = 0
        shift.pads = False  # whoever is finished has left: no rating is waited for
        shift.clock = self.clock = clock(shift.clock())
        self.centre = Journal.open(folder / "centre.db")
        self.centre.found("centre-1", "")
        prepare_store(self.centre)
        self.node = shift.stores.journal.identity.node
        lines = shift.db.rows("SELECT seq, line FROM event ORDER BY seq")
        self.told = [Told(seq, json.loads(bytes(line))["t"]) for seq, line in lines]  # the clock was right until now
        self.heard_from: set[str] = set()

    def note(self) -> None:
        """What was just recorded was recorded now."""
        first = self.told[-1].seq + 1
        self.told += [Told(n, self.clock.true_t) for n in range(first, self.shift.stores.journal.own_seq() + 1)]

    def pass_time(self) -> int:
        """Time passes, and perhaps somebody sets the wall clock; ms that passed."""
        passed_ms = self.random.randint(1, 200_000)
        self.clock.after(passed_ms / 1000)
        if self.random.random() < 0.4:
            self.clock.jump(self.random.choice(JUMPS_S))
        return passed_ms

    def matter(self) -> None:
        """Somebody is served, with pauses that do not count; the time that counts is exact."""
        shift, desk = self.shift, self.shift.desk()
        shift.serve(desk)
        self.note()
        running_ms = 0
        for _ in range(self.random.randint(0, 2)):
            running_ms += self.pass_time()
            self.press(counter.pause, PauseReason.TAXPAYER_LEFT)
            self.pass_time()
            self.press(counter.resume)
        running_ms += self.pass_time()
        service = shift.serving(desk).id
        self.press(counter.finish)
        assert shift.service(service).counted_s == running_ms // 1000, "a duration is wrong"

    def press(self, action: object, *values: object) -> None:
        self.shift.do(action, self.shift.desk(), *values, after_s=0)  # type: ignore[arg-type]
        self.note()

    def exchange(self) -> None:
        """The centre takes what is new; its own clock is right."""
        journal, have = self.shift.stores.journal, has(self.centre, self.shift.stores.journal)
        batch = batch_of(journal, have + 1, 500)
        accept(self.centre, batch, self.clock.true_t, Exchange(self.clock.boot, self.clock.m))
        self.heard_from.add(self.clock.boot)

    def check(self) -> None:
        """What the centre makes of the lines."""
        rows = self.centre.database.rows("SELECT seq, line FROM event WHERE node = ? ORDER BY seq", (self.node,))
        assert [int(seq) for seq, _line in rows] == [told.seq for told in self.told]
        lines = [json.loads(bytes(line)) for _seq, line in rows]
        boots = self.centre.database.rows("SELECT first_m, first_at_t, last_m, last_at_t, boot FROM clock_sample")
        samples = {str(boot): Sample(*map(int, found)) for *found, boot in boots}
        times = corrected([Reading(line["t"], line["m"], line["b"]) for line in lines], samples)
        for line, time, told in zip(lines, times, self.told, strict=True):
            assert time.is_guess == (line["b"] not in self.heard_from)
            assert time.is_guess or abs(time.at_t - told.true_t) <= 1, "a time is wrong"
        self.check_days(lines, times)
        assert verify_chain(self.centre.database).holds
        assert compare(self.shift.db) == []

    def check_days(self, lines: list[dict[str, object]], times: list[Corrected]) -> None:
        """A line that was counted on another day than it happened is named, and whether that is sure."""
        wrong = set()
        for line, time, told in zip(lines, times, self.told, strict=True):
            data = line["d"]
            day = data.get("day", "") if isinstance(data, dict) else ""
            if day and not time.is_guess and day != business_day(told.true_t):
                wrong.add(told.seq)
        assert {one.seq for one in day_doubts(self.centre.database, self.node) if not one.is_guess} == wrong

    def run(self) -> None:
        self.shift.open()
        self.note()
        for _ in range(MATTERS):
            self.matter()
            if self.random.random() < 0.6:
                self.exchange()
            if self.random.random() < 0.3:
                self.clock.reboot(self.random.randint(30, 90_000))
                self.shift.open()
                self.note()
        self.exchange()
        self.check()
        self.centre.close()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clocks") / "founded"
    make_hall(folder)
    stores = Stores(folder)
    with stores.journal.write("0001", at("08:10")) as tx:
        tx.record(HallSet(HALL, "市办税厅", open_always=True))  # a hall that a wrong clock finds open
    stores.close()
    return folder


def play(hall: Path, folder: Path, shifts: int, clock: type[TrueClock] = TrueClock) -> None:
    for seed in range(SEED, SEED + shifts):
        with on_copy(hall, folder / str(seed)) as shift:
            try:
                Play(shift, folder / str(seed), seed, clock).run()
            except AssertionError as error:
                raise AssertionError(f"HALLTERM_SEED={seed} HALLTERM_CLOCKS=1: {error}") from error


def test_durations_order_and_days_are_right_whatever_the_wall_says(hall: Path, tmp_path: Path) -> None:
    play(hall, tmp_path, SHIFTS)


def test_the_comparison_can_fail_durations_by_the_wall(hall: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="a duration is wrong"):
        play(hall, tmp_path, 20, FollowingClock)


def test_the_comparison_can_fail_a_time_of_another_moment(
    hall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "by_sample", lambda m, sample: sample.last_at_t)
    with pytest.raises(AssertionError, match="a time is wrong"):
        play(hall, tmp_path, 20)


SEND = """
import sys, time
from pathlib import Path
from storage.clock import now
from storage.facts import TicketIssued
from storage.journal import Journal
from sync.client import SyncClient
from sync.keys import load_or_make
folder, url, ca = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
journal = Journal.open(folder / "hall.db")
for n in range(20):
    with journal.write("-", now()) as tx:
        tx.record(TicketIssued(day=time.strftime("%Y-%m-%d"), number=f"A{n:03d}", prefix="A"))
client = SyncClient(lambda: journal, url, load_or_make(folder), ca=ca)
outcome = client.step(now())
client.close()
print(time.localtime().tm_year, outcome.result, outcome.waiting)
"""


@pytest.mark.skipif(not LIBRARY, reason="libfaketime is not installed")
def test_a_dead_battery_stops_no_exchange_and_changes_no_statistic(tmp_path: Path) -> None:
    """A whole process twenty years back: TLS with the pinned authority, the times at the centre are those of today."""
    authority = Authority(tmp_path, "ours")
    process = CentreProcess(tmp_path / "centre", tls=authority.issue())
    process.start()
    device = Journal.open(tmp_path / "hall.db")
    device.found("3301-0310-07", "3301")
    centre = Journal.open(tmp_path / "centre" / "centre.db")
    try:
        code = make_offer(centre, "3301", read_clock())
        join(device, load_or_make(tmp_path), process.url, code, "test", ca=authority.file)
        device.close()
        faked = {"LD_PRELOAD": LIBRARY, "FAKETIME": "-20y", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        command = [sys.executable, "-c", SEND, str(tmp_path), process.url, str(authority.file)]
        said = subprocess.run(
            command, cwd=PROJECT, env=os.environ | faked, capture_output=True, text=True, check=False, timeout=120
        )
        this_year = datetime.now().astimezone().year
        assert said.stdout.split() == [str(this_year - 20), "stored", "0"], said.stderr
        doubts = day_doubts(centre.database, "3301-0310-07")
        today = {business_day(read_clock().t - ms) for ms in (0, 120_000)}
        assert len(doubts) == 20
        assert {one.is_guess for one in doubts} == {False}
        assert {one.corrected_day for one in doubts} <= today
    finally:
        centre.close()
        process.stop()
