"""``hallterm calendar``: the working days of a hall, decided at its own PC by somebody who may."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hallterm.calendar_command import Who, closing, import_year
from hallterm.config import ConfigError, Settings, load
from hallterm.locale import use
from hallterm.workflows.reference import StaffDraft, add_staff
from hallterm.workflows.sign_on import change_password
from hallterm.workflows.workdays import is_workday
from storage import views
from storage.facts import Role
from storage.journal import Journal
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, at, founded

TABLE = "day,kind,name\n2027-02-17,holiday,春节\n2027-02-20,makeup,调休\n"
CLERK = "0317"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A founded hall with a clerk who has a password."""
    monkeypatch.setattr("storage.vault.PASSES", 1)
    with founded(tmp_path) as stores:
        draft = StaffDraft(CLERK, "张晓梅", (Role.CLERK,), password="first one 1")
        add_staff(stores.desk(staff=ADMIN), stores.vault, draft, at("08:05"))
        change_password(stores.desk(staff=CLERK), stores.vault, "first one 1", PASSWORD, PASSWORD, at("08:06"))
    use("en")
    return load(None, {}, data=tmp_path)


def as_who(monkeypatch: pytest.MonkeyPatch, number: str) -> Who:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    return Who(number, password_stdin=True)


def works(folder: Path, day: str) -> bool:
    journal = Journal.open(folder / "hall.db")
    try:
        hall = views.hall(journal.database, HALL)
        assert hall is not None
        return is_workday(journal.database, hall, day)
    finally:
        journal.close()


def test_an_announced_year_takes_the_place_of_the_presumed_one(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (works(tmp_path, "2027-02-17"), works(tmp_path, "2027-02-20")) == (True, False)
    file = tmp_path / "2027.csv"
    file.write_text(TABLE, encoding="utf-8")
    assert import_year(here, file, as_who(monkeypatch, ADMIN)) == 0
    assert "2 days of 2027" in capsys.readouterr().out
    assert (works(tmp_path, "2027-02-17"), works(tmp_path, "2027-02-20")) == (False, True)


def test_a_closing_day_and_back(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert closing(here, "2026-12-01", True, "检修", as_who(monkeypatch, ADMIN)) == 0
    assert "is closed on 2026-12-01" in capsys.readouterr().out
    assert not works(tmp_path, "2026-12-01")
    assert closing(here, "2026-12-01", False, "", as_who(monkeypatch, ADMIN)) == 0
    assert works(tmp_path, "2026-12-01")


def test_a_clerk_may_not(here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(TABLE, encoding="utf-8")
    with pytest.raises(ConfigError, match="your roles"):
        import_year(here, file, as_who(monkeypatch, CLERK))


def test_the_fault_of_a_table_is_told_with_its_line(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text("day,kind,name\n2027-02-30,holiday,x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2"):
        import_year(here, file, as_who(monkeypatch, ADMIN))
