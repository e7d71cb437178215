"""T10: files of older programs are opened and brought up to date, with the same facts; nothing of a log is touched."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from peewee import Database, sqlite3  # type: ignore[attr-defined]

from hallterm.repair import explain
from storage import outbox
from storage.doctor import verify_chain
from storage.errors import NoRoomToUpgrade, StorageBusy
from storage.journal import Journal
from storage.promises import prepare_store
from storage.rebuild import compare, differences
from storage.receive import Verdict, accept
from storage.schema import SCHEMA
from storage.tables import DERIVED_MODELS, JOURNAL_MODELS
from sync import segment
from sync.keys import holds
from tests.end_to_end.small_disk import CannotMount, mounted
from tests.storage.conftest import NOW, issue_tickets
from tests.sync.facts import batch_of
from tests.sync.trust import DEVICE_KEY

PRIOR = Path(__file__).parent / "prior"
RELEASES = sorted(int(path.stem) for path in PRIOR.glob("*.sql"))
LINES, ACKED = 30, 12


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def made_by(release: int, path: Path) -> None:
    """A file as the program of that schema left it."""
    with closing(sqlite3.connect(path)) as file:
        file.executescript((PRIOR / f"{release}.sql").read_text(encoding="utf-8"))


def columns(journal: Journal) -> dict[str, set[str]]:
    models = (*JOURNAL_MODELS, *DERIVED_MODELS)
    names = [str(model._meta.table_name) for model in models]
    return {name: {row[1] for row in journal.database.rows(f'PRAGMA table_info("{name}")')} for name in names}


@pytest.mark.parametrize("release", RELEASES)
def test_a_file_of_an_older_program_is_brought_up_to_date(release: int, tmp_path: Path) -> None:
    made_by(release, tmp_path / "hall.db")
    journal, fresh = Journal.open(tmp_path / "hall.db"), Journal.open(tmp_path / "fresh.db")
    assert journal.database.value("PRAGMA user_version") == SCHEMA
    assert columns(journal) == columns(fresh)
    report = verify_chain(journal.database)
    assert (report.events, report.breaks) == (LINES, ())
    assert compare(journal.database) == []
    own = outbox.standing(journal)
    assert (own.epoch, own.have, own.acked, own.waiting, own.is_closed) == (0, LINES, ACKED, LINES - ACKED, False)
    issue_tickets(journal, 1)
    assert verify_chain(journal.database).holds
    assert [path.name for path in tmp_path.glob("*.before-*")] == [f"hall.before-{SCHEMA}-from-{release}.db"]
    journal.close()
    fresh.close()


@pytest.mark.parametrize("release", RELEASES)
def test_what_an_older_program_wrote_is_taken_in_whole(release: int, tmp_path: Path) -> None:
    made_by(release, tmp_path / "hall.db")
    device, centre = Journal.open(tmp_path / "hall.db"), Journal.open(tmp_path / "centre.db")
    centre.found("centre-1", "")
    prepare_store(centre)
    receipt = accept(centre, batch_of(device, 1, LINES), NOW.t)
    assert (receipt.verdict, receipt.have, receipt.quarantined) == (Verdict.STORED, LINES, ())
    assert list(differences(device.database, centre.database)) == []
    device.close()
    centre.close()


@pytest.mark.parametrize("path", sorted(PRIOR.glob("*.seg")), ids=lambda path: path.stem)
def test_a_segment_of_an_older_program_is_read(path: Path) -> None:
    found = segment.read(path.read_bytes())
    assert (found.header.first, found.header.n, found.header.parent, found.header.receipt) == (1, LINES, None, None)
    assert holds(DEVICE_KEY.public, found.covered, found.signature)


def test_of_several_that_open_an_older_file_at_once_one_brings_it_up_to_date(tmp_path: Path) -> None:
    """After an upgrade the station and all terminals start together."""
    file = tmp_path / "hall.db"
    made_by(RELEASES[0], file)
    half = tmp_path / f"hall.before-{SCHEMA}-from-{RELEASES[0]}.half"
    half.write_text("somebody was killed while he copied", encoding="utf-8")

    def opened(_nth: int) -> int:
        journal = Journal.open(file)
        try:
            return int(journal.database.value("PRAGMA user_version"))
        finally:
            journal.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(4))) == [SCHEMA] * 4
    (copy,) = tmp_path.glob("*.before-*")
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert before.execute("PRAGMA user_version").fetchone() == (RELEASES[0],)


def test_without_room_for_a_copy_and_a_log_as_large_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a small disk of its own where one may be mounted, else by what the system says is free."""
    place = tmp_path / "small"
    file, filled = place / "hall.db", place / "filled"

    def said(_path: Path) -> Usage:
        return Usage(0, 0, 2 * file.stat().st_size - 4096 if filled.read_bytes() else 2**30)

    with ExitStack() as stack:
        try:
            stack.enter_context(mounted(place))
        except CannotMount:
            place.mkdir(exist_ok=True)
            monkeypatch.setattr(shutil, "disk_usage", said)
        made_by(RELEASES[-1], file)
        filled.write_bytes(b"x")
        filled.write_bytes(bytes(max(1, shutil.disk_usage(place).free - 2 * file.stat().st_size + 8192)))
        with pytest.raises(NoRoomToUpgrade) as refused:
            Journal.open(file)
        assert refused.value.values["needed"] == 2 * file.stat().st_size > int(str(refused.value.values["free"])) > 0
        assert " 1 MB" in explain(refused.value, place)
        assert not list(place.glob("*.before-*"))
        with closing(sqlite3.connect(file)) as untouched:
            assert untouched.execute("PRAGMA user_version").fetchone() == (RELEASES[-1],)
        filled.write_bytes(b"")
        with closing(Journal.open(file)) as journal:
            assert journal.database.value("PRAGMA user_version") == SCHEMA


def test_a_file_that_somebody_writes_into_is_brought_up_to_date_or_said_to_be_busy(tmp_path: Path) -> None:
    file = tmp_path / "hall.db"
    made_by(RELEASES[-1], file)
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            Journal.open(file)
        writer.execute("ROLLBACK")
    Journal.open(file).close()


def test_the_tables_of_a_new_file_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many migrations there have been: opening a new file costs what its tables cost."""
    made: list[int] = []
    create_tables: Any = Database.create_tables

    def counted(database: Any, models: Any, **options: Any) -> None:
        made.append(len(models))
        create_tables(database, models, **options)

    monkeypatch.setattr(Database, "create_tables", counted)
    Journal.open(tmp_path / "hall.db").close()
    assert made == [len(JOURNAL_MODELS) + len(DERIVED_MODELS)]
