"""The station's minute records what the hall is warned of; a second look in the same minute adds nothing."""

from __future__ import annotations

from pathlib import Path

from hallterm.station.keeping import Keeping
from tests.hallterm.workflows.conftest import hall_folder as hall_folder
from tests.hallterm.workflows.conftest import shift as shift
from tests.hallterm.workflows.shift import Shift


def test_the_minute_of_the_station_records_warnings(shift: Shift, tmp_path: Path) -> None:
    shift.issue("B")
    keeping = Keeping(shift.stores.journal, tmp_path, shift.clock())
    keeping.minute(shift.clock.after(60))
    keeping.minute(shift.clock())
    raised = shift.stores.facts("warning.raised")
    assert [(one["warning"], one["level"]) for one in raised] == [("no_open_window", "red")]
