"""The second copy on another disk: written there while that disk is there, read from both places when a file is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from hallterm.station.second_copy import SecondCopy
from storage import nodes
from storage.backup import list_backups, make_backup, restore
from storage.facts import Moment
from storage.journal import Journal
from storage.nodes import Upstream
from sync.spool import EVERY_MS
from tests.sync.facts import at, serve_visits
from tests.sync.trust import CENTRE_KEY

NODE = "3301-0310-07"


def minute(n: int) -> Moment:
    return Moment(at(0).t, at(0).m + n * 2 * EVERY_MS, "b0")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    (tmp_path / "data").mkdir()
    made = Journal.open(tmp_path / "data" / "hall.db")
    made.found(NODE, "3301")
    nodes.enrolled_with(made, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
    return made


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.seg")) if folder.is_dir() else []


def test_it_goes_to_the_other_disk_and_stays_here_while_that_is_away(journal: Journal, tmp_path: Path) -> None:
    data, stick = tmp_path / "data", tmp_path / "stick"
    stick.mkdir()
    copy = SecondCopy(journal, data, stick)
    copy.minute(minute(0))
    serve_visits(journal, 2)
    make_backup(data, at(0))
    serve_visits(journal, 2, start=2)
    copy.minute(minute(1))
    assert (files(stick), files(data / "spool")) == ([f"{NODE}-0-1-20.seg"], [])
    stick.rename(tmp_path / "pulled")
    serve_visits(journal, 1, start=4)
    copy.minute(minute(2))
    copy.minute(minute(3))
    assert files(data / "spool")
    assert not stick.exists()
    (tmp_path / "pulled").rename(stick)
    for name in files(data / "spool"):
        (data / "spool" / name).unlink()
    copy.minute(minute(4))
    assert files(stick) == [f"{NODE}-0-1-20.seg", f"{NODE}-0-21-25.seg"]
    journal.close()
    for path in data.glob("hall.db*"):
        path.unlink()
    report = restore(data, list_backups(data)[0], at(9), stick)
    assert (report.in_backup, report.salvaged, report.missing) == (10, 15, 0)
