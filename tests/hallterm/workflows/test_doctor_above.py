"""``hallterm doctor`` at a centre: the file, and whether the reports agree, over the city and in each hall, which is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from hallterm.config import load
from hallterm.doctor import examine, main, report
from hallterm.doctor_sums import misfits
from hallterm.locale import use
from tests.hallterm.screens.assessed import MONTH, month
from tests.hallterm.workflows.decided import paired
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import Shift

NOW = at("11:00")


def test_the_centre_is_examined_as_a_hall_is(shift: Shift, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "centre"
    month(shift.stores)
    with paired(shift, folder) as pair:
        pair.exchange()
        database = pair.centre.database
        assert misfits(database, NOW) == ()
        with pair.centre.transaction() as db:
            where = '"hall" = ? AND "period" = ?'
            db.execute(
                f'UPDATE figure SET "rated" = "rated" + 1, "level_5" = "level_5" + 1 WHERE {where}', (HALL, MONTH)
            )
            db.execute(f'UPDATE figure SET "timed" = "timed" + 2 WHERE {where}', (HALL, MONTH))
        wrong = misfits(database, NOW)
        assert wrong is not None
        places = {one.split()[1] for one in wrong}
        assert places == {HALL, "360600"}, "the hall is named, and the city that it spoils"
        assert {one.split()[0] for one in wrong} == {MONTH}
    use("en")
    found = examine(folder)
    assert found.chain is not None
    assert found.chain.holds
    assert found.differences
    assert {one.table for one in found.differences} == {"figure"}
    assert found.sums is not None
    assert not found.is_sound
    assert any(line.startswith("Tables:") for line in report(found))
    assert main(load(None, {}, data=folder)) == 1
    assert "R02: the city's mean is over its clerks: holds" in capsys.readouterr().out


def test_a_sound_centre_without_a_hall_s_day_has_no_sums_to_check(shift: Shift, tmp_path: Path) -> None:
    folder = tmp_path / "centre"
    with paired(shift, folder) as pair:
        pair.exchange()
    found = examine(folder)
    assert found.present
    assert found.is_sound
    assert found.differences == ()
