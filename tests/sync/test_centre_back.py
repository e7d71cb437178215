"""A centre with a damaged file says what to run: then it is again what its halls recorded, and its own log goes on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from hallterm.config import Settings, load
from hallterm.locale import use
from hallterm.repair_ways import Way
from hallterm.restore_command import restore
from storage import facts
from storage.clock import now
from storage.database import open_sqlite
from storage.doctor import verify_chain
from storage.durable import back_up
from storage.journal import Journal
from storage.rebuild import compare
from sync.client import Result, SyncClient
from sync.keys import NodeKey, key_path, load_or_make
from tests.sync.centres import centre_in_thread
from tests.sync.facts import LINES, bytes_or_int, serve_visits
from tests.sync.trust import CENTRE_KEY, enrolled

PAGE = 4096
HALLS = ("330103001", "330103002")
DAMAGED = "database is damaged"
Made = tuple[Settings, list[tuple[Journal, NodeKey]]]


@pytest.fixture
def english() -> Iterator[None]:
    use("en")
    yield
    use("en")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with a backup and two halls that did more since; one of them has not sent the last of it. Only copied."""
    place = tmp_path_factory.mktemp("centre_back")
    office = place / "office"
    office.mkdir()
    CENTRE_KEY.save(key_path(office))
    with closing(Journal.open(office / "centre.db")) as centre:
        centre.found("centre-1", "")
        halls = [hall(place / name) for name in HALLS]
        for n, (journal, key) in enumerate(halls):
            enrolled(journal, centre, key)
            serve_visits(journal, 3, window=window_of(n))
        drained(office, halls)
        back_up(centre, office / "backup", now())
        with centre.write("-", now()) as tx:
            tx.record(facts.SettingSet("call_timeout_s", "90", "3301", "2026-12-01"))
        for n, (journal, _key) in enumerate(halls):
            serve_visits(journal, 4, start=3, window=window_of(n))
        drained(office, halls)
        serve_visits(halls[0][0], 2, start=7, window=window_of(0))
    for journal, _key in halls:
        journal.close()
    return place


@pytest.fixture
def made(founded: Path, tmp_path: Path, english: None) -> Iterator[Made]:
    place = shutil.copytree(founded, tmp_path / "place")
    halls = [hall(place / name) for name in HALLS]
    yield load(environ={}, data=place / "office"), halls
    for journal, _key in halls:
        journal.close()


def hall(folder: Path) -> tuple[Journal, NodeKey]:
    folder.mkdir(exist_ok=True)
    journal = Journal.open(folder / "hall.db")
    if not journal.is_set_up:
        journal.found(f"{folder.name}-01", folder.name)
    return journal, load_or_make(folder)


def window_of(n: int) -> str:
    return f"{HALLS[n]}-03"


def drained(office: Path, halls: list[tuple[Journal, NodeKey]]) -> None:
    """Every hall sends until nothing waits."""
    with centre_in_thread(lambda: Journal.open(office / "centre.db")) as url:
        for journal, key in halls:
            where = Path(journal.database.where)
            client = SyncClient(partial(Journal.open, where), url, key)
            try:
                steps = [client.step(now()) for _step in range(12)]
            finally:
                client.close()
            assert {one.result for one in steps} <= {Result.STORED, Result.REWOUND}, steps
            assert (steps[-1].result, steps[-1].waiting) == (Result.STORED, 0)


def wreck_head(path: Path) -> None:
    with path.open("rb+") as file:
        file.write(os.urandom(PAGE))


def wreck_table(path: Path) -> None:
    """One of the centre's tables is gone, the segments can be read."""
    with closing(open_sqlite(path)) as database:
        root = int(database.value("SELECT rootpage FROM sqlite_master WHERE name = 'ticket'"))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("rb+") as file:
        file.seek((root - 1) * PAGE)
        file.write(os.urandom(PAGE))


def holds_all(settings: Settings, halls: list[tuple[Journal, NodeKey]]) -> None:
    """The centre is the union of the halls' logs, once each."""
    with closing(Journal.open(settings.data.path / "centre.db")) as centre:
        for journal, _key in halls:
            name = (journal.identity.node, 0)
            ours = [tuple(map(bytes_or_int, row)) for row in journal.database.rows(LINES, name)]
            assert [tuple(map(bytes_or_int, row)) for row in centre.database.rows(LINES, name)] == ours
        services = sum(int(one.database.value("SELECT count(*) FROM service")) for one, _key in halls)
        assert centre.database.value("SELECT count(*) FROM service") == services == 16
        assert verify_chain(centre.database).holds
        assert compare(centre.database) == []


@pytest.mark.parametrize(
    ("wreck", "of_halls"), [(wreck_head, 0), (wreck_table, 40)], ids=["unreadable", "segments can be read"]
)
def test_the_sentence_leads_to_a_command_after_which_nothing_is_lost(
    made: Made, wreck: Callable[[Path], None], of_halls: int, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, halls = made
    file = settings.data.path / "centre.db"
    wreck(file)
    damaged = file.read_bytes()
    if not of_halls:
        served = run("serve", "--data", str(settings.data.path), "--listen", "127.0.0.1:0")
        assert DAMAGED in served.stderr
        command = re.search(r"run hallterm (restore --data \S+)", served.stderr)
        assert command
        said = run(*command[1].split()).stdout
    else:
        assert restore(settings) == 0
        said = capsys.readouterr().out
    assert f", 1 of this centre and {of_halls} of halls read from the damaged file; 0 of this centre" in said
    assert [one.read_bytes() for one in settings.data.path.glob("bad-*-centre.db")] == [damaged]
    drained(settings.data.path, halls)
    holds_all(settings, halls)
    with closing(Journal.open(file)) as centre:
        assert centre.database.value("SELECT count(*) FROM setting WHERE name = 'call_timeout_s'") == 1
        with centre.write("-", now()) as tx:
            tx.record(facts.SettingSet("call_timeout_s", "80", "3606", "2026-12-02"))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "hallterm", *words, "--lang", "en"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_other_way_at_a_centre(
    made: Made, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, halls = made
    folder = settings.data.path
    wreck_table(folder / "centre.db")
    before = (folder / "centre.db").read_bytes()
    assert restore(settings, way=Way.LOOK) == 0
    assert "1 of this centre and 40 of halls" in capsys.readouterr().out
    assert (folder / "centre.db").read_bytes() == before
    assert restore(settings, way=Way.ANEW) == 1
    assert "but: all, at-once, stick, look" in capsys.readouterr().err
    monkeypatch.setenv("HALLTERM_STICKS", str(folder.parent / "usb"))
    assert restore(settings, way=Way.STICK) == 1
    (folder.parent / "usb" / "one").mkdir(parents=True)
    (folder / "backup").rename(folder.parent / "usb" / "one" / "backup")
    assert restore(settings, way=Way.LOOK) == 0
    assert "No backup. The damaged file has 3 lines of this centre and 70 of halls" in capsys.readouterr().out
    assert restore(settings, way=Way.STICK) == 0
    assert "of backup" in capsys.readouterr().out
    (folder.parent / "usb" / "one" / "backup").rename(folder / "backup")
    wreck_head(folder / "centre.db")
    assert restore(settings, way=Way.AT_ONCE) == 0
    assert "32 lines of backup" in capsys.readouterr().out
    drained(folder, halls)
    holds_all(settings, halls)


def test_without_a_backup_the_file_gives_what_it_has_and_a_sound_one_is_left_alone(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, halls = made
    folder = settings.data.path
    (folder / "backup").rename(folder / "away")
    assert restore(settings) == 1
    assert "There is no backup" in capsys.readouterr().err
    wreck_table(folder / "centre.db")
    with closing(Journal.open(folder / "centre.db")):
        assert restore(settings) == 1
        assert "is in use: stop hallterm serve" in capsys.readouterr().err
    assert restore(settings) == 0
    drained(folder, halls)
    holds_all(settings, halls)
