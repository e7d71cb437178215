"""What ``hallterm doctor`` and ``hallterm backup`` say, and their exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hallterm import backup_command, doctor
from hallterm.config import Settings, load
from hallterm.locale import use
from storage.journal import Journal
from tests.storage.conftest import issue_tickets


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use("en")
    yield
    use("en")


@pytest.fixture
def here(folder: Path) -> Settings:
    """Settings of this data folder, all else default."""
    (folder / "hallterm.toml").write_text("[backup]\nkeep_daily = 1\nkeep_weekly = 0\n", encoding="utf-8")
    return load(folder / "hallterm.toml", data=folder)


def test_a_sound_folder_is_said_to_be_sound(
    journal: Journal, here: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    issue_tickets(journal, 4)
    assert doctor.main(here) == 0
    said = capsys.readouterr().out
    assert "Journal: 4 lines in 1 logs, every one as it was written" in said
    assert "Tables: the same as rebuilt from the journal" in said
    assert "event 4" in said
    assert "Disk: a flush takes" in said
    assert "Backups: none" in said


def test_a_changed_line_is_named(journal: Journal, here: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    issue_tickets(journal, 4)
    journal.database.execute("UPDATE event SET line = replace(line, 'A002', 'A009') WHERE seq = 3")
    assert doctor.main(here) == 1
    assert "line 3 of 3606-01/0 was changed after it was written" in capsys.readouterr().out


def test_a_changed_table_is_named_in_chinese(
    journal: Journal, here: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (ticket,) = issue_tickets(journal, 1)
    journal.database.execute("UPDATE ticket SET prefix = 'Z'")
    use("zh_CN")
    assert doctor.main(here) == 1
    assert f"表 ticket: 行 {ticket}/{journal.identity.hall} 的 prefix 与日志不一致" in capsys.readouterr().out


def test_json_holds_the_same_findings(journal: Journal, here: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    issue_tickets(journal, 2)
    assert doctor.main(here, json=True) == 0
    found = msgspec.json.decode(capsys.readouterr().out)
    assert found["chain"] == {"events": 2, "logs": 1, "breaks": []}
    assert found["counts"]["ticket"] == 2
    assert found["differences"] == []


def test_a_damaged_file_is_one_sentence(journal: Journal, here: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    journal.close()
    (here.data.path / "hall.db").write_bytes(b"rubbish" * 1000)
    assert doctor.main(here) == 1
    assert "hall.db is damaged (header)" in capsys.readouterr().out


def test_a_folder_without_a_hall_says_what_to_do(here: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(here) == 1
    assert "run hallterm setup" in capsys.readouterr().out
    assert backup_command.main(here) == 1
    assert "hallterm setup" in capsys.readouterr().err


def test_the_backup_command_makes_and_prunes(
    journal: Journal, here: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    issue_tickets(journal, 2)
    assert backup_command.main(here) == 0
    assert "2 lines up to no. 2" in capsys.readouterr().out
    assert backup_command.main(here) == 0
    assert "Old backups removed: 1; kept: 1" in capsys.readouterr().out


def test_a_backup_of_a_broken_journal_is_refused_with_a_sentence(
    journal: Journal, here: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    issue_tickets(journal, 2)
    journal.database.execute("UPDATE event SET line = replace(line, 'A001', 'A009')")
    assert backup_command.main(here) == 1
    assert "run hallterm doctor" in capsys.readouterr().err


def test_every_sentence_has_its_chinese() -> None:
    catalogue = Path(doctor.__file__).parent / "locale" / "zh_CN" / "doctor.po"
    known = catalogue.read_text(encoding="utf-8")
    tables = (doctor.HARMS, doctor.FAULTS, doctor.WRONGS, backup_command.SENTENCES)
    for table in tables:
        for sentence in table.values():
            assert f'msgid "{sentence}"' in known
