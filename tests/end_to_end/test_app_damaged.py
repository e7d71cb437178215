"""A damaged file at the start: the launcher's screen, and each of its four ways on a file that is really damaged."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest

from storage.backup import make_backup
from storage.clock import now
from storage.database import open_sqlite
from tests.end_to_end.hall import MEI, Hall, press_until, sign_on, wait_counter
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

PAGE = 4096
ENTER = "按 Enter"


def damage_head(hall: Hall) -> None:
    """The first page is gone."""
    with (hall.data / "hall.db").open("rb+") as file:
        file.write(os.urandom(200))


def damage_table(hall: Hall) -> None:
    """The root page of one table is gone, the others can be read."""
    path = hall.data / "hall.db"
    with closing(open_sqlite(path)) as database:
        root = int(database.value("SELECT rootpage FROM sqlite_master WHERE name = 'window'"))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("rb+") as file:
        file.seek((root - 1) * PAGE)
        file.write(os.urandom(PAGE))


def fingerprint(hall: Hall) -> str:
    return hashlib.sha256((hall.data / "hall.db").read_bytes()).hexdigest()


def numbers(hall: Hall) -> list[str]:
    return sorted(str(one["number"]) for one in hall.facts("ticket.issued"))


def choose(terminal: Terminal, digit: str, said: str) -> None:
    """The digit twice, until it has led somewhere."""
    terminal.wait_for("3 秒")
    press_until(terminal, digit, lambda: said in flat(terminal))


def flat(terminal: Terminal) -> str:
    """All that is on the screen, with nothing between its rows."""
    return "".join(row.rstrip() for row in terminal.screen())


def sign_on_after(terminal: Terminal) -> None:
    assert 1049 not in terminal.modes_ever_set
    press_until(terminal, "enter", lambda: terminal.in_alternate_screen)
    sign_on(terminal, MEI)
    wait_counter(terminal)


def test_all_comes_back_from_the_last_backup_that_holds(hall: Hall) -> None:
    """The newest backup is no use; the one before it, and what can still be read, give everything."""
    number = hall.issue()
    make_backup(hall.data, now())
    later = hall.issue()
    newest = shutil.copytree(next((hall.data / "backup").iterdir()), hall.data / "backup" / "20991231-180500")
    (newest / "hall.db").write_bytes(os.urandom(5000))
    damage_head(hall)
    with hall.terminal(at=1) as terminal:
        choose(terminal, "1", ENTER)
        assert "[####################]" in terminal.text()
        sign_on_after(terminal)
    assert numbers(hall) == sorted([number, later])
    assert hall.chain_holds()
    assert len(list(hall.data.glob("bad-*.db"))) == 1


def test_work_goes_on_at_once_with_own_numbers_and_the_rest_comes_in(hall: Hall) -> None:
    before = hall.issue()
    make_backup(hall.data, now())
    later = hall.issue()
    damage_head(hall)
    with hall.terminal(at=1) as terminal:
        choose(terminal, "2", ENTER)
        assert "B1-001" in flat(terminal)
        sign_on_after(terminal)
        assert numbers(hall) == [before]
        own = hall.issue()
        assert own == "B1-001"
        with hall.station():
            terminal.wait_until(lambda: len(numbers(hall)) == 3)
    assert numbers(hall) == sorted([before, later, own])
    assert hall.chain_holds()


def test_a_backup_on_a_stick_is_found(hall: Hall, tmp_path: Path) -> None:
    number = hall.issue()
    make_backup(hall.data, now())
    sticks = tmp_path / "sticks"
    (sticks / "usb1").mkdir(parents=True)
    shutil.move(hall.data / "backup", sticks / "away")
    (hall.data / "hall.db").write_bytes(os.urandom(9000))
    before = fingerprint(hall)
    with hall.terminal(at=1, env={"HALLTERM_STICKS": str(sticks / "usb1")}) as terminal:
        choose(terminal, "4", "认不出")
        choose(terminal, "1", "认不出")
        assert fingerprint(hall) == before
        (sticks / "usb1" / "KINGSTON").mkdir()
        press_until(terminal, "3", lambda: "没有找到" in flat(terminal))
        shutil.move(sticks / "away", sticks / "usb1" / "KINGSTON" / "backup")
        press_until(terminal, "3", lambda: ENTER in flat(terminal))
        sign_on_after(terminal)
    assert numbers(hall) == [number]


def test_without_a_backup_one_looks_and_gets_back_what_the_file_itself_has(hall: Hall) -> None:
    number = hall.issue()
    with hall.station() as station:
        station_runs(hall)
        damage_table(hall)
        looked_and_got_back(hall)
        station.wait(60)
    assert numbers(hall) == [number]
    assert hall.chain_holds()


def station_runs(hall: Hall) -> None:
    """The background process has the file open; it is ended before anything is put in its place."""
    until = time.monotonic() + 60
    while not hall.station_runs:
        assert time.monotonic() < until
        time.sleep(0.05)


def looked_and_got_back(hall: Hall) -> None:
    with hall.terminal(at=1) as terminal:
        choose(terminal, "4", "什么都没有动")
        assert "找不回 0 条" in flat(terminal)
        assert list(hall.data.glob("bad-*.db")) == []
        choose(terminal, "1", ENTER)
        sign_on_after(terminal)


def test_nothing_is_touched_if_nobody_chooses(hall: Hall) -> None:
    damage_head(hall)
    before = fingerprint(hall)
    with hall.terminal(at=1) as terminal:
        terminal.wait_for("3 秒")
        press_until(terminal, "ctrl+q", lambda: not terminal.is_running)
        assert terminal.wait_exit() == 1
    assert fingerprint(hall) == before
