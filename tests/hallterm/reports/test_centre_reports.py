"""The whole city read at a centre over real HTTP: the same report as there, within the grants of the person."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hallterm.centre_door import Door
from hallterm.centre_reading import CannotRead, CentreRequest, read_report, sign_on
from hallterm.centre_reports import make_report, not_in
from hallterm.cli import main
from hallterm.config import Settings, load
from hallterm.locale import use
from hallterm.reports.make import make
from hallterm.reports.model import Report
from hallterm.reports.registry import REPORTS
from storage import facts as f
from storage.facts import Role
from storage.journal import Journal
from storage.vault import Vault
from sync.limits import Limits, Rate
from tests.hallterm.reports.city import HallDays, hall_code, put
from tests.hallterm.reports.test_reports import CITY, HALL, NOW
from tests.hallterm.workflows.shift import Shift
from tests.sync.centres import centre_in_thread
from tests.sync.facts import at

PASSWORD = "correct horse"
LEADER, DIRECTOR, CLERK, ADMIN = "9001", "9002", "9003", "9004"
PEOPLE = {
    LEADER: (Role.BUREAU_LEADER, CITY),
    DIRECTOR: (Role.HALL_DIRECTOR, HALL),
    CLERK: (Role.CLERK, HALL),
    ADMIN: (Role.ADMIN, CITY),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, city_logs: list[HallDays]) -> Path:
    """The city of the other tests in the journal of a centre, and four people with passwords."""
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        folder = tmp_path_factory.mktemp("centre")
        journal, vault = Journal.open(folder / "centre.db"), Vault.open(folder)
        journal.found("centre-1", "")
        with journal.transaction() as database:
            put(database, city_logs)
        with journal.write("-", at(0)) as tx:
            tx.record(f.HallSet(CITY, "鹰潭市"))
            for number, (role, place) in PEOPLE.items():
                tx.record(f.StaffSet(number, "somebody", place))
                tx.record(f.GrantSet(number, role, place))
        for number in PEOPLE:
            vault.set_password(number, PASSWORD)
        journal.close()
        vault.close()
    return folder


@pytest.fixture(scope="module")
def settings(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The configuration of a PC whose centre this is."""
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        quick.setattr("hallterm.workflows.sign_on.PASSES", 1)
        open_centre = partial(Journal.open, folder / "centre.db")
        door = Door(folder, open_centre)
        unlimited = Limits(*[Rate(1e9, 1e9)] * 3)
        options = {"check": door.check, "make_report": make_report, "clock": lambda: NOW, "limits": unlimited}
        with centre_in_thread(open_centre, **options) as url:
            file = tmp_path_factory.mktemp("pc") / "hallterm.toml"
            file.write_text(f'[sync]\nupstream = "{url}"\n', encoding="utf-8")
            yield load(file, environ={})


@pytest.fixture(scope="module")
def tokens(settings: Settings) -> dict[str, str]:
    return {number: sign_on(settings, number, PASSWORD) for number in PEOPLE}


def there(folder: Path, id: str, scope: str, period: str = "2026-10") -> Report:
    journal = Journal.open(folder / "centre.db")
    try:
        return make(journal.database, id, period, scope, NOW, coverage=not_in)
    finally:
        journal.close()


@pytest.mark.parametrize("id", [id for id in ("R01", "R02", "R03", "R04", "R10", "R20", "R30") if id in REPORTS])
def test_the_city_reads_the_same_over_the_line(
    settings: Settings, tokens: dict[str, str], folder: Path, id: str
) -> None:
    read = read_report(settings, tokens[LEADER], CentreRequest(id, "2026-10", CITY), {})
    assert read == there(folder, id, CITY)
    assert len(read.rows) >= 4 or id in ("R10", "R20")


@pytest.mark.parametrize("id", ["R05", "R06", "R07", "R08", "R11"])
def test_lists_of_a_hall_read_the_same_over_the_line(
    settings: Settings, tokens: dict[str, str], folder: Path, id: str
) -> None:
    assert read_report(settings, tokens[LEADER], CentreRequest(id, "2026-10", HALL), {}) == there(folder, id, HALL)


def test_words_that_are_made_there_come_in_the_language_of_the_reader(
    settings: Settings, tokens: dict[str, str]
) -> None:
    use("zh_CN")
    read = read_report(settings, tokens[LEADER], CentreRequest("R08", "2026-10", HALL), {})
    reasons = {str(cell) for cell in read.values("reason")}
    assert reasons
    assert all(not reason.isascii() for reason in reasons)


def test_halls_that_are_not_in_are_named_with_their_age(settings: Settings, tokens: dict[str, str]) -> None:
    read = read_report(settings, tokens[LEADER], CentreRequest("R01", "2026-10", CITY), {})
    assert {one.hall for one in read.missing} == {hall_code(number) for number in range(5)}
    assert read.missing[0].last_day == "", "this hall never sent anything"


def test_who_may_not_is_told_which_role_where_would(settings: Settings, tokens: dict[str, str]) -> None:
    asked = CentreRequest("R01", "2026-10", CITY)
    for number in (DIRECTOR, CLERK):
        with pytest.raises(CannotRead) as refused:
            read_report(settings, tokens[number], asked, {CITY: "鹰潭市"})
        said = refused.value.reason.text()
        assert '"bureau leader" or "collection department"' in said
        assert "at 鹰潭市" in said
        assert "the administrator can grant it" in said
        assert "hall director" not in said, "no director has the city"
    assert read_report(settings, tokens[DIRECTOR], CentreRequest("R01", "2026-10", HALL), {}).rows


def test_figures_without_people_have_masked_names(settings: Settings, tokens: dict[str, str]) -> None:
    read = read_report(settings, tokens[ADMIN], CentreRequest("R01", "2026-10", HALL), {})
    clear = read_report(settings, tokens[LEADER], CentreRequest("R01", "2026-10", HALL), {})
    assert read.values("staff_name") != clear.values("staff_name")
    assert read.values("rated") == clear.values("rated")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (CentreRequest("R99", "2026-10", CITY), "does not have this report"),
        (CentreRequest("R01", "2026-10-08", CITY), "does not have this report"),
        (CentreRequest("R01", "2026-10", "999999"), "does not have this report"),
        (CentreRequest("R05", "2026-10", CITY), "does not have this report"),
    ],
)
def test_what_there_is_not_is_one_sentence(
    settings: Settings, tokens: dict[str, str], asked: CentreRequest, said: str
) -> None:
    with pytest.raises(CannotRead) as refused:
        read_report(settings, tokens[LEADER], asked, {})
    assert said in refused.value.reason.text()


def test_a_wrong_password_and_an_old_token_are_told_apart(settings: Settings) -> None:
    with pytest.raises(CannotRead) as refused:
        sign_on(settings, DIRECTOR, "wrong")
    assert "does not know this number" in refused.value.reason.text()
    with pytest.raises(CannotRead) as refused:
        read_report(settings, "e30.e30", CentreRequest("R01", "2026-10", CITY), {})
    assert refused.value.code == "no-token"


def test_a_centre_that_is_away_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "hallterm.toml"
    file.write_text('[sync]\nupstream = "http://127.0.0.1:9"\n', encoding="utf-8")
    with pytest.raises(CannotRead) as refused:
        sign_on(load(file, environ={}), LEADER, PASSWORD)
    assert "the centre at http://127.0.0.1:9 does not answer" in refused.value.reason.text()
    with pytest.raises(CannotRead) as refused:
        sign_on(load(None, {}, data=tmp_path), LEADER, PASSWORD)
    assert "knows no centre" in refused.value.reason.text()


def test_the_command_line_reads_at_the_centre(
    settings: Settings,
    shift: Shift,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tmp_path / "pc.toml"
    config.write_text(f'[sync]\nupstream = "{settings.sync.upstream}"\n', encoding="utf-8")
    words = ["--config", str(config), "--data", str(tmp_path / "data"), "--lang", "en"]
    asked = ["report", "R01", "--period", "2026-10", "--centre", "--staff", LEADER, "--password-stdin"]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert main([*asked, *words]) == 0
    out = capsys.readouterr().out
    assert out.startswith("R01 Satisfaction  2026-10  鹰潭市")
    assert "? not all in:" in out
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong\n"))
    assert main([*asked, *words]) == 2
    assert "the centre does not know this number with this password" in capsys.readouterr().err
