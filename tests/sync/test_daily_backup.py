"""A serving centre backs itself up: once a day at a quiet hour, old copies go, and a failure waits an hour."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from hallterm import admin_command, centre_backups
from hallterm.centre_backups import DailyBackup, backups_made
from hallterm.config import BackupSettings, Settings, load
from storage import clock, durable
from storage.facts import Moment
from storage.journal import Journal
from storage.receive import accept
from tests.sync.facts import batch_of, serve_visits

DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
MIDNIGHT = 1_796_054_400_000
"""2026-12-01 00:00 at +08:00, a Tuesday."""
PATIENCE_S = 60
Opener = Callable[[], Journal]


def at(day: int, hour: int, minute: int = 0) -> Moment:
    wall = day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS
    return Moment(MIDNIGHT + wall, wall, "boot")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Backups go to another disk."""
    kept = BackupSettings(keep_daily=2, keep_weekly=2, folder=tmp_path / "disk")
    return msgspec.structs.replace(load(environ={}, data=tmp_path), backup=kept)


def names(settings: Settings) -> list[str]:
    assert settings.backup.folder is not None
    return [name[:13] for name in durable.made(settings.backup.folder)]


def test_one_a_day_at_two_in_the_night_and_old_ones_go(
    settings: Settings, device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    serve_visits(device, 1)
    accept(centre, batch_of(device, 1, 5), 0)
    daily = DailyBackup(settings, open_centre, tmp_path / "centre.db", at(0, 1, 30))
    for day in range(8):
        assert daily.minute(at(day, 1, 59)) is None
        assert daily.minute(at(day, 2, 10)) is not None
        assert daily.minute(at(day, 2, 11)) is None
        assert daily.minute(at(day, 15)) is None
    assert names(settings) == [
        "20261208-0210",
        "20261207-0210",
        "20261206-0210",
    ]  # the sixth: a Sunday, last of its week
    assert centre.database.value("SELECT durable FROM log WHERE node = '3301-0310-07'") == 5
    assert daily.minute(at(8, 3, 9)) is None
    assert daily.minute(at(8, 3, 11)) is not None, "it was off at two"
    assert names(settings)[0] == "20261209-0311"
    monkeypatch.setattr(clock, "now", lambda: at(9, 12))
    assert admin_command.back_up(settings, "", None) == 0
    assert "Old backups removed: 1; kept: 3" in capsys.readouterr().out
    assert names(settings) == ["20261210-1200", "20261209-0311", "20261206-0210"]


def test_what_fails_is_tried_again_after_an_hour_and_nothing_is_founded(
    settings: Settings, open_centre: Opener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    daily = DailyBackup(settings, open_centre, tmp_path / "centre.db", at(0, 0))
    assert [daily.minute(at(0, 0, 59)), names(settings)] == [None, []]
    (tmp_path / "disk").write_text("no folder", encoding="utf-8")
    assert daily.minute(at(0, 2)) is None
    (tmp_path / "disk").unlink()
    shutil.move(tmp_path / "centre.db", tmp_path / "elsewhere.db")
    assert daily.minute(at(0, 2, 59)) is None
    assert caplog.messages == ["backup failed: FileExistsError"]
    assert daily.minute(at(0, 3)) is None
    assert caplog.messages[1:] == ["backup failed: FileNotFoundError"]
    assert not (tmp_path / "centre.db").exists()
    shutil.move(tmp_path / "elsewhere.db", tmp_path / "centre.db")
    assert daily.minute(at(0, 4)) is not None


def test_the_thread_makes_it_and_ends(
    settings: Settings, open_centre: Opener, centre: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centre_backups, "LOOKS_EVERY_S", 0.01)
    monkeypatch.setattr(clock, "now", lambda: at(0, 2))
    off = msgspec.structs.replace(settings, backup=BackupSettings(folder=settings.backup.folder, centre_daily=False))
    for quiet, is_hub in ((off, False), (settings, True)):
        with backups_made(quiet, open_centre, "", is_hub=is_hub):
            assert not [one for one in threading.enumerate() if one.name == "backups"]
    with backups_made(settings, open_centre, "", is_hub=False):
        deadline = time.monotonic() + PATIENCE_S
        while not names(settings):
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
    assert names(settings) == ["20261201-0200"]
    assert not [one for one in threading.enumerate() if one.name == "backups"]
