"""``hallterm restore --way`` at a hall: what the screen of damaged data offers, with the same words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hallterm.config import Settings, load
from hallterm.locale import use
from hallterm.repair_ways import Way
from hallterm.restore_command import restore
from hallterm.station.lock import serving
from storage.backup import make_backup
from storage.clock import now
from storage.doctor import verify_chain
from storage.journal import Journal
from tests.sync.facts import serve_visits


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A hall with a backup of one visit, and a second visit since; its first page is damaged."""
    use("en")
    folder = tmp_path / "hall"
    folder.mkdir()
    with closing(Journal.open(folder / "hall.db")) as journal:
        journal.found("330103001-02", "330103001")
        serve_visits(journal, 1, window="330103001-02")
        make_backup(folder, now())
        serve_visits(journal, 1, start=1, window="330103001-02")
    with (folder / "hall.db").open("rb+") as file:
        file.write(os.urandom(200))
    yield load(environ={}, data=folder)
    use("zh_CN")


def test_look_and_at_once(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    folder = settings.data.path
    before = (folder / "hall.db").read_bytes()
    assert restore(settings, way=Way.LOOK) == 0
    assert (
        "5 lines. Beyond it the damaged file and the second copy have 5 more, 0 are missing" in capsys.readouterr().out
    )
    assert (folder / "hall.db").read_bytes() == before
    with serving(folder):
        assert restore(settings) == 1
    assert "hallterm serve still runs here" in capsys.readouterr().err
    assert restore(settings, way=Way.AT_ONCE) == 0
    assert "5 lines of the last backup are there; numbers of today begin with B2-001" in capsys.readouterr().out
    with closing(Journal.open(folder / "hall.db")) as journal:
        assert verify_chain(journal.database).holds
        assert len(journal.database.rows("SELECT epoch FROM log")) == 2


def test_anew_only_without_a_backup_and_never_over_sound_data(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = settings.data.path
    assert restore(settings, way=Way.ANEW) == 1
    assert "possible here, but: all, at-once, stick, look" in capsys.readouterr().err
    (folder / "backup").rename(folder / "away")
    assert restore(settings, way=Way.AT_ONCE) == 1
    assert "possible here, but: all, anew, stick, look" in capsys.readouterr().err
    assert restore(settings, way=Way.ANEW) == 0
    assert "Set this PC up anew" in capsys.readouterr().out
    assert not (folder / "hall.db").exists()
    with closing(Journal.open(folder / "hall.db")) as journal:
        journal.found("330103001-02", "330103001")
    for way in (Way.ALL, Way.ANEW):
        assert restore(settings, way=way) == 1
        assert "There is no backup" in capsys.readouterr().err
