"""A rating from a pad that proves little: counted, answered after the commit, and marked for the supervisor."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import msgspec

from devices.bindings import ExpectedIdentity
from devices.sim.bench import Bench
from hallterm.rules.day import business_day
from hallterm.rules.settings_table import SettingName
from hallterm.workflows import counter
from storage import clock, views
from storage.doctor import verify_chain
from storage.facts import RatingGiven, Scale, SettingSet
from storage.rebuild import compare
from storage.views.devices import press_patterns
from tests.hallterm.station.line import CLERK, HALL, Line, StationThread, wait_until

BETWEEN_PRESSES_S = 0.4


class Presser:
    """Somebody who presses until it is taken, never so fast that it would be the line's repeat."""

    def __init__(self, line: Line, key: int) -> None:
        self._line, self._key, self._at_s = line, key, 0.0

    def rated(self) -> bool:
        if time.monotonic() - self._at_s >= BETWEEN_PRESSES_S and not self._line.ratings():
            self._at_s = time.monotonic()
            self._line.bench.press("1", self._key)
        return bool(self._line.ratings())


def of_four_levels(line: Line) -> None:
    """A hall whose scale fits the four keys of the pad."""
    now = clock.now()
    with line.journal.write("0001", now) as tx:
        tx.record(SettingSet(SettingName.RATING_SCALE, f'"{Scale.FOUR}"', HALL, f"{business_day(now.t)[:7]}-01"))


def test_a_rating_from_a_weak_line_counts_and_is_marked(working_hall: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(working_hall, folder)
    with Bench(tmp_path / "sim") as bench:
        pad = bench.add_ff68("1")
        nameless = msgspec.structs.replace(bench._bindings["ff68", "1"], identity=ExpectedIdentity())
        bench._bindings["ff68", "1"] = nameless
        line = Line(folder, bench)
        of_four_levels(line)
        station = StationThread(folder, bench)
        try:
            line.open()
            line.await_pad()
            service = line.serve()
            wait_until(lambda: pad.ticket.strip(), "the number over the window")
            line.do(counter.finish)
            wait_until(lambda: pad.prompts == 1, "the question")
            wait_until(Presser(line, 2).rated, "the rating")
            wait_until(lambda: pad.thanked == [2], "the answer")
            line.await_idle()
            assert line.ratings() == [(service, 3)]
            (given,) = line.facts(RatingGiven.kind)
            assert (given["pad"], given["key"], given["weak"]) == ("ff68-1", 2, True)
            day = views.last_day(line.db, HALL)
            assert [(one.staff, one.rated, one.weak) for one in press_patterns(line.db, HALL, day, day)] == [
                (CLERK, 1, 1)
            ]
            assert verify_chain(line.db).holds
            assert compare(line.db) == []
        finally:
            station.stop()
            line.close()
