"""``hallterm setting`` at a hall and at a centre: the command line on real files, one real process."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from hallterm import cli
from hallterm.centre import FILE, found
from hallterm.config import ConfigError, load
from hallterm.rules.settings_table import SettingName
from hallterm.setting_command import SetOptions, set_setting
from storage.journal import Journal
from tests.hallterm.test_cli import hallterm
from tests.hallterm.workflows.founded import ADMIN, PASSWORD
from tests.hallterm.workflows.founded import founded as founded_hall

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    with founded_hall(tmp_path):
        pass
    return tmp_path


def run(folder: Path, *words: str) -> int:
    return cli.main(["setting", *words, "--data", str(folder), "--lang", "en"])


def change(folder: Path, name: str, value: str, options: SetOptions, password: str = PASSWORD) -> int:
    settings = load(None, {"HOME": str(folder)}, data=folder)
    return set_setting(settings, name, value, options, io.StringIO(f"{password}\n"))


def values(folder: Path, captured: Captured, *words: str) -> dict[str, dict[str, object]]:
    captured.readouterr()
    assert run(folder, "list", "--json", *words) == 0
    return {row["name"]: row for row in json.loads(captured.readouterr().out)}


def test_every_setting_is_listed_for_people_and_for_machines(hall: Path, capsys: Captured) -> None:
    assert run(hall, "list") == 0
    text = capsys.readouterr().out
    rows = values(hall, capsys)
    assert list(rows) == list(SettingName)
    assert all(name in text for name in rows)
    row = rows["rating_timeout_s"]
    assert (row["value"], row["default"], row["unit"], row["is_set"]) == (30, 30, "s", False)


def test_the_director_changes_one_from_tomorrow(hall: Path, capsys: Captured) -> None:
    options = SetOptions(day="tomorrow", staff=ADMIN, password_stdin=True)
    assert change(hall, "rating_unit", "per_visit", options) == 0
    assert "One rating for: each visit from 20" in capsys.readouterr().out
    row = values(hall, capsys)["rating_unit"]
    assert (row["value"], row["next_value"]) == ("per_service", "per_visit")
    assert row["next_day"]


@pytest.mark.parametrize(
    ("name", "value", "options", "password", "words"),
    [
        ("rating_timeout_s", "5", SetOptions(), PASSWORD, "from 15 to 60"),
        ("nonsense", "5", SetOptions(), PASSWORD, "hallterm setting list"),
        ("rating_timeout_s", "45", SetOptions(day="soon"), PASSWORD, "soon is no day"),
        ("rating_timeout_s", "45", SetOptions(scope="360600"), PASSWORD, "at the centre"),
        ("rating_timeout_s", "45", SetOptions(), "wrong", "[Pp]assword"),
    ],
)
def test_a_refusal_is_one_sentence(
    hall: Path, capsys: Captured, name: str, value: str, options: SetOptions, password: str, words: str
) -> None:
    given = SetOptions(options.scope, options.day, staff=ADMIN, password_stdin=True)
    with pytest.raises(ConfigError, match=words) as caught:
        change(hall, name, value, given, password)
    assert len(str(caught.value).splitlines()) == 1
    assert not any(row["is_set"] for row in values(hall, capsys).values())


def test_a_folder_without_a_hall_is_left_alone(tmp_path: Path) -> None:
    done = hallterm("setting", "list", "--data", str(tmp_path / "none"), folder=tmp_path, LANG="en_US.UTF-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds no hall: run hallterm setup first" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_centre_sets_for_a_city_what_its_halls_may_not_change(tmp_path: Path, capsys: Captured) -> None:
    found(tmp_path)
    assert run(tmp_path, "set", "rating_timeout_s", "25") == 2
    assert "--scope" in capsys.readouterr().err
    assert run(tmp_path, "set", "rating_timeout_s", "25", "--scope", "360600") == 0
    row = values(tmp_path, capsys, "--scope", "360600001")["rating_timeout_s"]
    assert (row["value"], row["scope"], row["decided_above"]) == (25, "360600", True)
    journal = Journal.open(tmp_path / FILE)
    lines = [json.loads(bytes(line)) for (line,) in journal.database.rows("SELECT line FROM event ORDER BY pos")]
    journal.close()
    assert [line["d"]["name"] for line in lines if line["k"] == "setting.set"] == ["rating_timeout_s"]
