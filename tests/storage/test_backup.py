"""T7: backups that were checked, and what is left when a file is damaged: nothing is deleted, nothing found is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from storage.backup import list_backups, make_backup, prune, restore
from storage.database import open_sqlite
from storage.doctor import DamageReport, Harm, damage, verify_chain
from storage.errors import StorageDamaged
from storage.facts import Moment
from storage.journal import Journal
from storage.rebuild import compare
from storage.schema import SCHEMA
from storage.vault import Vault
from tests.storage.conftest import NOW, issue_tickets

DAY_MS = 86_400_000


def later(days: float) -> Moment:
    return Moment(NOW.t + int(days * DAY_MS), NOW.m, NOW.boot)


def closed_with(folder: Path, journal: Journal, count: int) -> None:
    """Write, bring everything into the one file, and close it: what a damaged PC is left with."""
    issue_tickets(journal, count)
    journal.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()


def overwrite(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def check_restored(folder: Path, lines: int) -> None:
    journal = Journal.open(folder / "hall.db")
    report = verify_chain(journal.database)
    assert (report.events, report.breaks) == (lines, ())
    assert compare(journal.database) == []
    issue_tickets(journal, 1)
    assert verify_chain(journal.database).holds
    journal.close()


def test_a_backup_is_made_while_others_write_and_holds_by_itself(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 5)
    other = Journal.open(folder / "hall.db")
    with other.write("-", NOW):
        report = make_backup(folder, NOW)
    other.close()
    assert (report.events, report.seq) == (5, 5)
    assert report.name == "20260302-052000"
    assert [path.name for path in report.path.iterdir()] == ["hall.db"]
    copy = Journal.open(report.path / "hall.db")
    assert verify_chain(copy.database).holds
    assert copy.identity == journal.identity
    copy.close()


def test_the_vault_is_in_the_backup_and_its_key_is_not(journal: Journal, folder: Path) -> None:
    vault = Vault.open(folder)
    vault.seal("somebody")
    key = (folder / "keys" / "vault.key").read_bytes()
    report = make_backup(folder, NOW)
    vault.close()
    assert sorted(path.name for path in report.path.iterdir()) == ["hall.db", "vault.db"]
    assert not any(key in path.read_bytes() for path in report.path.iterdir())


def test_a_journal_that_does_not_hold_gives_no_backup(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 5)
    journal.database.execute("UPDATE event SET line = replace(line, 'A001', 'A009') WHERE seq = 2")
    with pytest.raises(StorageDamaged) as refused:
        make_backup(folder, NOW)
    assert refused.value.values["detail"] == "chain"
    assert list((folder / "backup").iterdir()) == []


def test_seven_days_and_four_weeks_are_kept_and_always_the_newest(journal: Journal, folder: Path) -> None:
    for days in range(60):
        make_backup(folder, later(days), folder / "b") if days % 3 == 0 or days > 50 else None
    make_backup(folder, later(59.2), folder / "b")
    prune(folder, 7, 4, folder / "b")
    kept = [one.name[:8] for one in list_backups(folder, folder / "b")]
    assert kept == [
        *("20260430", "20260429", "20260428", "20260427", "20260426", "20260425", "20260424"),
        *("20260419", "20260410"),
    ]
    assert list_backups(folder, folder / "b")[0].made.hour == 10
    prune(folder, 0, 0, folder / "b")
    assert [one.name[:8] for one in list_backups(folder, folder / "b")] == ["20260430"]


def test_two_backups_of_one_second_are_two(journal: Journal, folder: Path) -> None:
    names = [make_backup(folder, NOW).name for _ in range(2)]
    assert [one.name for one in list_backups(folder)] == names[::-1]


def test_all_lines_after_the_backup_are_salvaged_from_a_file_without_a_head(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 10)
    make_backup(folder, NOW)
    closed_with(folder, journal, 30)
    overwrite(folder / "hall.db", 0, os.urandom(4096))
    assert damage(folder) == DamageReport("hall.db", Harm.DAMAGED, "header")
    bad = (folder / "hall.db").read_bytes()
    report = restore(folder, list_backups(folder)[0], later(1))
    assert (report.in_backup, report.salvaged, report.missing, report.last_seq) == (10, 30, 0, 40)
    assert damage(folder) is None
    assert [(folder / name).read_bytes() for name in report.set_aside] == [bad]
    check_restored(folder, 40)


def test_salvage_ends_where_the_chain_breaks_and_says_what_is_lost(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 10)
    make_backup(folder, NOW)
    closed_with(folder, journal, 30)
    content = (folder / "hall.db").read_bytes()
    overwrite(folder / "hall.db", content.index(b'{"s":26,"k"') + 30, b"\xff\xff\xff")
    report = restore(folder, list_backups(folder)[0], later(1))
    assert (report.in_backup, report.salvaged, report.missing, report.last_seq) == (10, 15, 15, 25)
    check_restored(folder, 25)


def test_lines_that_are_only_in_the_write_ahead_log_are_salvaged(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 4)
    make_backup(folder, NOW)
    journal.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    issue_tickets(journal, 6)
    files = {path: path.read_bytes() for path in folder.glob("hall.db*")}
    journal.close()
    for path, content in files.items():
        path.write_bytes(content)
    overwrite(folder / "hall.db", 0, b"\0" * 100)
    report = restore(folder, list_backups(folder)[0], later(1))
    assert (report.in_backup, report.salvaged, report.missing) == (4, 6, 0)
    check_restored(folder, 10)


def test_a_truncated_file_gives_back_what_is_in_the_rest(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 3)
    make_backup(folder, NOW)
    closed_with(folder, journal, 60)
    size = (folder / "hall.db").stat().st_size
    os.truncate(folder / "hall.db", size // 2)
    assert damage(folder) is not None
    report = restore(folder, list_backups(folder)[0], later(1))
    assert report.last_seq == 3 + report.salvaged
    assert report.salvaged + report.missing <= 60
    check_restored(folder, report.last_seq)


def test_a_lost_file_comes_back_from_the_backup(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 3)
    make_backup(folder, NOW)
    closed_with(folder, journal, 2)
    (folder / "hall.db").unlink()
    report = restore(folder, list_backups(folder)[0], later(1))
    assert (report.set_aside, report.in_backup, report.salvaged) == ((), 3, 0)
    check_restored(folder, 3)


def test_a_sound_vault_stays_and_a_damaged_one_is_set_aside(journal: Journal, folder: Path) -> None:
    vault = Vault.open(folder)
    ref = vault.seal("in the backup")
    made = make_backup(folder, NOW)
    newer = vault.seal("after the backup")
    vault.close()
    journal.close()
    restore(folder, list_backups(folder)[0], later(1))
    vault = Vault.open(folder)
    assert vault.reveal(newer) == "after the backup"
    vault.close()
    overwrite(folder / "vault.db", 0, os.urandom(200))
    report = restore(folder, list_backups(folder)[0], later(2))
    assert report.set_aside[1].endswith("vault.db")
    vault = Vault.open(folder)
    assert (vault.reveal(ref), vault.reveal(newer)) == ("in the backup", None)
    vault.close()
    assert made.path.exists()


def test_a_bad_backup_is_refused_and_nothing_is_touched(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 3)
    made = make_backup(folder, NOW)
    closed_with(folder, journal, 1)
    content = (made.path / "hall.db").read_bytes()
    overwrite(made.path / "hall.db", content.index(b'"number":"A001"') + 12, b"9")
    before = {path.name: path.read_bytes() for path in folder.glob("*.db")}
    with pytest.raises(StorageDamaged):
        restore(folder, list_backups(folder)[0], later(1))
    assert {path.name: path.read_bytes() for path in folder.glob("*.db")} == before
    assert not list(folder.glob(".restoring*"))


def test_a_restored_file_is_a_store_of_its_own(journal: Journal, folder: Path) -> None:
    journal.database.execute("INSERT INTO meta VALUES ('store', 'abc')")
    make_backup(folder, NOW)
    journal.close()
    restore(folder, list_backups(folder)[0], later(1))
    journal = Journal.open(folder / "hall.db")
    assert journal.database.value("SELECT value FROM meta WHERE name = 'store'") is None
    journal.close()


def test_a_sound_folder_and_an_empty_one_have_no_damage(journal: Journal, folder: Path, tmp_path: Path) -> None:
    issue_tickets(journal, 1)
    assert damage(folder) is None
    (tmp_path / "empty").mkdir()
    assert damage(tmp_path / "empty") is None


def test_a_broken_page_is_damage(journal: Journal, folder: Path) -> None:
    closed_with(folder, journal, 50)
    overwrite(folder / "hall.db", 4096 * 5, b"\xff" * 4096)
    found = damage(folder)
    assert found is not None
    assert (found.file, found.harm) == ("hall.db", Harm.DAMAGED)


def test_the_file_of_a_newer_program_is_told_from_a_damaged_one(journal: Journal, folder: Path) -> None:
    journal.database.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    assert damage(folder) == DamageReport("hall.db", Harm.NEWER, str(SCHEMA + 1))


def test_a_file_that_may_not_be_read_is_told_from_a_damaged_one() -> None:
    code = (
        "import os, sys; from pathlib import Path; import storage.vault; from storage.doctor import damage\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "print(damage(Path(sys.argv[1])).harm)"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        Journal.open(folder / "hall.db").close()
        (folder / "hall.db").chmod(0)
        command = [sys.executable, "-c", code, name]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert said.stdout.strip() == "denied", said.stderr


def test_a_backup_is_a_plain_file_that_any_sqlite_reads(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 2)
    made = make_backup(folder, NOW)
    database = open_sqlite(made.path / "hall.db")
    assert database.value("SELECT count(*) FROM ticket") == 2
    database.close()
